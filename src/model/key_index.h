// Finds the row of a key, and the key of a row, in the tensors of a file. Nothing is built when the
// file is opened. Used for vocabularies and for the keys of users and items.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "model/description.h"

namespace duomo::model {

// Immutable view; any thread. Memory-safe whatever the tensors contain: rows that they name
// beyond size() are treated as absent.
class KeyIndex {
 public:
  KeyIndex() = default;
  static KeyIndex OfRange(uint64_t size);
  // `keys[row]`; `order`: rows in ascending order of key, empty when the keys ascend already.
  static KeyIndex OfIntegers(std::span<const int64_t> keys, std::span<const uint32_t> order);
  // Row r is text[offsets[r] … offsets[r+1]); `order` as above (byte-wise), always present.
  static KeyIndex OfStrings(std::span<const uint64_t> offsets, std::string_view text,
                            std::span<const uint32_t> order);

  KeyKind kind() const { return kind_; }
  uint64_t size() const { return size_; }
  uint64_t text_size() const { return text_.size(); }        // bytes of all string keys
  std::optional<uint64_t> Find(int64_t key) const;           // range and integer keys
  std::optional<uint64_t> Find(std::string_view key) const;  // string keys
  // The row of the greatest key that is not above this one, or else of the least: of keys that
  // begin ranges (Input::bucketed). Integer keys; none where there are no keys.
  std::optional<uint64_t> FindRange(int64_t key) const;
  // Find() of each into rows[keys.size()], kAbsent where there is none or it is beyond. Much faster
  // for many keys: their cache misses overlap.
  void FindAll(std::span<const int64_t> keys, uint32_t* rows) const;
  static constexpr uint32_t kAbsent = UINT32_MAX;  // files have fewer rows
  // Of range and integer keys; of string keys, the row itself (entity_ids.h has their ids).
  int64_t IntegerAt(uint64_t row) const;
  std::string_view StringAt(uint64_t row) const;  // strings; else empty

 private:
  std::optional<uint64_t> WithinSize(uint64_t row) const {
    return row < size_ ? std::optional(row) : std::nullopt;
  }

  KeyKind kind_ = KeyKind::kRange;
  uint64_t size_ = 0;
  std::span<const int64_t> integers_;
  std::span<const uint64_t> offsets_;
  std::string_view text_;
  std::span<const uint32_t> order_;
};

}  // namespace duomo::model
