#include "model/key_finder.h"

#include <algorithm>
#include <bit>
#include <cstring>

#include "core/array.h"
#include "core/narrow.h"

namespace duomo::model {
namespace {

constexpr size_t kFewest = 64;    // strings that pay for a table
constexpr uint64_t kWalk = 64;    // keys of the index for each of them that a walk may visit
constexpr size_t kFarthest = 64;  // places from its own at which a string may still lie

inline uint64_t HashOf(std::string_view text) {
  uint64_t hash = text.size();
  auto mix = [&](uint64_t word) {
    hash = (hash ^ word) * 0x9E3779B97F4A7C15;
    hash ^= hash >> 32;
  };
  const char* at = text.data();
  size_t left = text.size();
  uint64_t word;
  for (; left >= sizeof(word); at += sizeof(word), left -= sizeof(word)) {
    std::memcpy(&word, at, sizeof(word));
    mix(word);
  }
  if (text.size() >= sizeof(word)) {  // the last eight bytes, whether or not some were taken above
    std::memcpy(&word, at + left - sizeof(word), sizeof(word));
  } else {
    for (word = 0; left > 0; --left) word = word << 8 | static_cast<unsigned char>(*at++);
  }
  mix(word);
  return hash * 0xD6E8FEB86659FD93;
}

// A hash table of the strings that are asked for: open addressing, at most half full. Whoever makes
// hashes collide on purpose gains nothing: a string that finds no place near its own stays outside.
class AskedTable {
 public:
  explicit AskedTable(std::span<const std::string_view> texts)
      : texts_(texts), shift_(63 - static_cast<int>(std::bit_width(texts.size()))) {
    places_.resize((size_t{1} << (64 - shift_)) + kFarthest, Place{0, kEmpty});
    bits_.resize(size_t{1} << (64 - shift_ - 3));
  }

  // The string that equals text i and was put here before, or i; nothing if there is no place.
  std::optional<uint32_t> Put(uint32_t i) {
    const uint64_t hash = HashOf(texts_[i]);
    bits_[ToSize(hash >> (shift_ + 3))] |= uint64_t{1} << (hash & 63);
    Place* place = &places_[ToSize(hash >> shift_)];
    for (Place* end = place + kFarthest; place < end; ++place) {
      if (place->text == kEmpty) *place = {static_cast<uint32_t>(hash), i};
      if (Is(*place, hash, texts_[i])) return place->text;
    }
    return std::nullopt;
  }

  std::optional<uint32_t> Find(std::string_view key) const {
    const uint64_t hash = HashOf(key);
    if ((bits_[ToSize(hash >> (shift_ + 3))] >> (hash & 63) & 1) == 0) return std::nullopt;
    const Place* place = &places_[ToSize(hash >> shift_)];
    for (const Place* end = place + kFarthest; place < end && place->text != kEmpty; ++place) {
      if (Is(*place, hash, key)) return place->text;
    }
    return std::nullopt;
  }

 private:
  static constexpr uint32_t kEmpty = UINT32_MAX;
  struct Place {
    uint32_t tag;  // bits of the hash that did not choose the place
    uint32_t text;
  };

  bool Is(const Place& place, uint64_t hash, std::string_view text) const {
    return place.tag == static_cast<uint32_t>(hash) && texts_[place.text] == text;
  }

  std::span<const std::string_view> texts_;
  const int shift_;
  AlignedVector<Place> places_;
  AlignedVector<uint64_t>
      bits_;  // some 16 a string, of which one is set: most keys are none of them
};

uint32_t RowOf(const KeyIndex& keys, std::string_view text) {
  return static_cast<uint32_t>(
      std::min<uint64_t>(keys.Find(text).value_or(KeyIndex::kAbsent), KeyIndex::kAbsent));
}

}  // namespace

void FindAll(const KeyIndex& keys, std::span<const std::string_view> asked, uint32_t* rows) {
  if (asked.size() < kFewest || asked.size() >= UINT32_MAX || keys.size() / kWalk > asked.size()) {
    for (std::string_view text : asked) *rows++ = RowOf(keys, text);
    return;
  }
  AskedTable table(asked);
  AlignedVector<uint32_t> first(asked.size());  // of equal strings
  for (uint32_t i = 0; i < asked.size(); ++i) {
    const std::optional<uint32_t> same = table.Put(i);
    first[i] = same.value_or(i);
    rows[i] = same ? KeyIndex::kAbsent : RowOf(keys, asked[i]);
  }
  // Keys of an honest file lie side by side. In a hostile one each may be the whole text: what goes
  // beyond it counts as absent.
  uint64_t left = keys.text_size();
  const uint64_t count = std::min<uint64_t>(keys.size(), KeyIndex::kAbsent);
  for (uint64_t row = 0; row < count; ++row) {
    const std::string_view key = keys.StringAt(row);
    if (key.size() > left) break;
    left -= key.size();
    if (const auto text = table.Find(key)) rows[*text] = static_cast<uint32_t>(row);
  }
  for (size_t i = 0; i < asked.size(); ++i) rows[i] = rows[first[i]];
}

}  // namespace duomo::model
