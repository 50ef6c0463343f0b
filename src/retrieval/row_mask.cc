#include "retrieval/row_mask.h"

#include <bit>

namespace duomo::retrieval {

void RowMask::Reset(size_t rows, bool allowed) {
  rows_ = rows;
  words_.assign((rows + 63) / 64, allowed ? ~uint64_t{0} : 0);
  if (allowed) ClearBeyond();
}

void RowMask::ClearBeyond() {
  if (rows_ % 64 != 0) words_.back() &= (uint64_t{1} << (rows_ % 64)) - 1;
}

void RowMask::SetAll(std::span<const uint32_t> rows) {
  for (uint32_t row : rows) {
    if (row < rows_) Set(row);
  }
}

void RowMask::ClearAll(std::span<const uint32_t> rows) {
  for (uint32_t row : rows) {
    if (row < rows_) Clear(row);
  }
}

size_t RowMask::Count() const {
  size_t count = 0;
  for (uint64_t word : words_) count += static_cast<size_t>(std::popcount(word));
  return count;
}

void RowMask::And(const RowMask& other) {
  for (size_t i = 0; i < words_.size(); ++i) words_[i] &= other.words_[i];
}

void RowMask::Or(const RowMask& other) {
  for (size_t i = 0; i < words_.size(); ++i) words_[i] |= other.words_[i];
}

void RowMask::Invert() {
  for (uint64_t& word : words_) word = ~word;
  ClearBeyond();
}

}  // namespace duomo::retrieval
