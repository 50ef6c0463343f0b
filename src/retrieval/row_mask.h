// A set of rows of the catalogue, with one bit for each row.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>

#include "core/array.h"
#include "core/narrow.h"

namespace duomo::retrieval {

// Which items may be returned: bit r of the whole is words()[r/64] >> r%64. Bits beyond rows() are
// 0. A plain value; one thread at a time while it is changed.
class RowMask {
 public:
  RowMask() = default;
  void Reset(size_t rows, bool allowed);
  bool Test(uint64_t row) const { return (words_[ToSize(row / 64)] >> (row % 64)) & 1; }
  void Set(uint64_t row) { words_[ToSize(row / 64)] |= uint64_t{1} << (row % 64); }
  void SetAll(std::span<const uint32_t> rows);  // of those below rows()
  void ClearAll(std::span<const uint32_t> rows);
  void Clear(uint64_t row) { words_[ToSize(row / 64)] &= ~(uint64_t{1} << (row % 64)); }
  void And(const RowMask& other);  // of the same number of rows
  void Or(const RowMask& other);
  void Invert();
  // Clears the allowed rows for which holds(row) is false; asks in ascending order.
  template <typename Holds>
  void KeepIf(const Holds& holds) {
    for (size_t w = 0; w < words_.size(); ++w) {
      uint64_t gone = 0;
      for (uint64_t left = words_[w]; left != 0; left &= left - 1) {
        const uint64_t bit = left & (~left + 1);
        gone |= holds(w * 64 + static_cast<size_t>(std::countr_zero(left))) ? 0 : bit;
      }
      words_[w] &= ~gone;
    }
  }
  size_t Count() const;  // of the rows that are allowed
  std::span<const uint64_t> words() const { return words_; }
  std::span<uint64_t> words() { return words_; }
  size_t rows() const { return rows_; }

 private:
  void ClearBeyond();

  AlignedVector<uint64_t> words_;
  size_t rows_ = 0;
};

}  // namespace duomo::retrieval
