// Some rows of a vocabulary, to be asked for.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>

#include "core/array.h"

namespace duomo::retrieval {

// What asking takes does not depend on how many they are. A plain value; any thread.
class ValueSet {
 public:
  // `memory`: bytes that a bit for each value may take, beside 64 KiB that it always may. A range
  // in a hostile file may be larger than what lies in it.
  ValueSet(std::span<const uint32_t> values, size_t memory)
      : values_(values.begin(), values.end()) {
    std::sort(values_.begin(), values_.end());
    values_.erase(std::unique(values_.begin(), values_.end()), values_.end());
    if (values_.empty() || values_.back() / 8 > kLeast + memory) return;
    bits_.resize(size_t{values_.back()} / 64 + 2);  // the last one, 0, answers for all behind
    for (uint32_t value : values_) bits_[value / 64] |= uint64_t{1} << (value % 64);
  }

  size_t size() const { return values_.size(); }

  bool Has(uint32_t row) const {
    if (bits_.empty()) return std::binary_search(values_.begin(), values_.end(), row);
    return (bits_[std::min<size_t>(row / 64, bits_.size() - 1)] >> (row % 64) & 1) != 0;
  }

 private:
  static constexpr size_t kLeast = 1 << 16;

  AlignedVector<uint32_t> values_;  // ascending
  AlignedVector<uint64_t> bits_;    // bit v: whether v is one; empty: look into values_
};

}  // namespace duomo::retrieval
