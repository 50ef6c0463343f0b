// A set of rows of a vocabulary, for membership tests.
#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>

#include "core/array.h"

namespace duomo::retrieval {

// The time of a test does not depend on the size of the set. A plain value; any thread.
class ValueSet {
 public:
  // `memory`: bytes that a bit for each value may take, beside 64 KiB that it always may. A range
  // in a hostile file may be larger than what lies in it.
  ValueSet(std::span<const uint32_t> values, size_t memory) {
    if (values.empty()) return;
    const size_t last = *std::max_element(values.begin(), values.end());
    if (last / 8 > kLeast + memory) {
      values_.assign(values.begin(), values.end());
      std::sort(values_.begin(), values_.end());
      values_.erase(std::unique(values_.begin(), values_.end()), values_.end());
      size_ = values_.size();
      return;
    }
    bits_.resize(last / 64 + 2);  // the last word is 0 and stands for all larger values
    for (uint32_t value : values) bits_[value / 64] |= uint64_t{1} << (value % 64);
    for (uint64_t word : bits_) size_ += static_cast<size_t>(std::popcount(word));
  }

  size_t size() const { return size_; }

  bool Has(uint32_t row) const {
    if (bits_.empty()) return std::binary_search(values_.begin(), values_.end(), row);
    return (bits_[std::min<size_t>(row / 64, bits_.size() - 1)] >> (row % 64) & 1) != 0;
  }

 private:
  static constexpr size_t kLeast = 1 << 16;

  size_t size_ = 0;
  AlignedVector<uint32_t> values_;  // ascending, where there are no bits
  AlignedVector<uint64_t> bits_;    // bit v: whether v is one; empty: look into values_
};

}  // namespace duomo::retrieval
