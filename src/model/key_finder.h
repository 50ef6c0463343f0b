// Finds many string keys of one index, faster than one by one.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "core/array.h"
#include "model/key_index.h"

namespace duomo::model {

// If there are enough searches to pay for a pass over the index, it holds the eight bytes after the
// common prefix of all keys in one array, as numbers in the same order. Immutable; the index must
// outlive it.
class KeyFinder {
 public:
  static constexpr size_t kTogether = 64;

  // `order`: that of the index.
  KeyFinder(const KeyIndex& keys, std::span<const uint32_t> order, size_t searches);

  // KeyIndex::Find() of each into rows[keys.size()], kAbsent where there is none. At most
  // kTogether.
  void FindAll(std::span<const std::string_view> keys, uint32_t* rows) const;

 private:
  uint64_t HeadOf(std::string_view key) const;
  uint32_t FindFrom(size_t begin, uint64_t head, std::string_view key) const;

  const KeyIndex& keys_;
  std::span<const uint32_t> order_;
  std::string_view common_;        // the common prefix of all keys
  AlignedVector<uint64_t> heads_;  // in the order of the keys; empty: does not pay
};

}  // namespace duomo::model
