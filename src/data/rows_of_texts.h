// Rows by text: a hash table over texts that lie elsewhere.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace duomo::data {

// The rows are indices of a list of strings that the caller keeps, and lets grow together with
// this. One thread while it grows. Memory: 11 to 21 bytes a text.
class RowsOfTexts {
 public:
  // The row of `text`, or, where `texts` lacks it, that of the new row at its end: then the caller
  // appends it, and `added` is true.
  uint32_t Add(std::string_view text, const std::vector<std::string>& texts, bool& added) {
    if (4 * (texts.size() + 1) > 3 * slots_.size()) Grow();
    uint32_t hash = Hash(text);
    Slot& slot = slots_[SlotOf(text, hash, texts)];
    added = slot.row == kNone;
    if (added) slot = {hash, static_cast<uint32_t>(texts.size())};
    return slot.row;
  }
  bool Find(std::string_view text, const std::vector<std::string>& texts, uint32_t& row) const {
    if (slots_.empty()) return false;
    row = slots_[SlotOf(text, Hash(text), texts)].row;
    return row != kNone;
  }

 private:
  struct Slot {
    uint32_t hash = 0;
    uint32_t row = kNone;  // kNone: free
  };

  static uint32_t Hash(std::string_view text) {
    uint64_t hash = std::hash<std::string_view>()(text);
    return static_cast<uint32_t>(hash ^ (hash >> 32));
  }
  size_t SlotOf(std::string_view text, uint32_t hash, const std::vector<std::string>& texts) const {
    size_t at = hash & (slots_.size() - 1);
    while (slots_[at].row != kNone && (slots_[at].hash != hash || texts[slots_[at].row] != text)) {
      at = (at + 1) & (slots_.size() - 1);
    }
    return at;
  }
  void Grow() {
    std::vector<Slot> old(std::max<size_t>(64, 2 * slots_.size()));
    old.swap(slots_);
    for (const Slot& slot : old) {
      if (slot.row == kNone) continue;
      size_t at = slot.hash & (slots_.size() - 1);
      while (slots_[at].row != kNone) at = (at + 1) & (slots_.size() - 1);
      slots_[at] = slot;
    }
  }

  static constexpr uint32_t kNone = UINT32_MAX;
  std::vector<Slot> slots_;  // a power of two of them, at most three quarters full
};

}  // namespace duomo::data
