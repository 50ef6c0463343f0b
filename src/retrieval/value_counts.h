// How many results have each value, for limits.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>

#include "core/array.h"

namespace duomo::retrieval {

// A hash table with linear probing; its memory follows the number of different values and is kept
// when it is cleared. One thread.
class ValueCounts {
 public:
  // Hashes by multiplication with an odd number that a file cannot know: its values could be chosen
  // to collide.
  ValueCounts() : factor_((kGolden ^ reinterpret_cast<uintptr_t>(this) * kGolden) | 1) {}

  // Halves a table that was far too large, so that many clearings cost what was counted.
  void Clear() {
    if (used_ == 0) return;
    if (slots_.size() > std::max(kFewest, 8 * used_)) slots_.resize(slots_.size() / 2);
    std::fill(slots_.begin(), slots_.end(), Slot{});
    used_ = 0;
  }

  size_t Of(uint32_t value) const { return used_ == 0 ? 0 : SlotOf(value).count; }

  // Counts the value; returns how many there are then.
  size_t Add(uint32_t value) {
    if (2 * (used_ + 1) > slots_.size()) Grow();
    Slot& slot = SlotOf(value);
    if (slot.count == 0) {
      slot.value = value;
      ++used_;
    }
    return ++slot.count;
  }

 private:
  struct Slot {
    uint32_t value = 0;
    uint32_t count = 0;  // 0: free
  };
  static constexpr size_t kFewest = 64;
  static constexpr uint64_t kGolden = 0x9e3779b97f4a7c15;

  // Of the value, or where it would be.
  const Slot& SlotOf(uint32_t value) const {
    const size_t mask = slots_.size() - 1;  // their number is a power of 2
    size_t at = (value * factor_) >> 32 & mask;
    while (slots_[at].count != 0 && slots_[at].value != value) at = (at + 1) & mask;
    return slots_[at];
  }
  Slot& SlotOf(uint32_t value) { return const_cast<Slot&>(std::as_const(*this).SlotOf(value)); }

  void Grow() {
    AlignedVector<Slot> old(std::max(kFewest, 2 * slots_.size()), {}, slots_.get_allocator());
    old.swap(slots_);
    for (const Slot& slot : old) {
      if (slot.count != 0) SlotOf(slot.value) = slot;
    }
  }

  uint64_t factor_;
  AlignedVector<Slot> slots_;
  size_t used_ = 0;
};

}  // namespace duomo::retrieval
