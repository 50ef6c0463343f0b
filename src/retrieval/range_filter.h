// Filters by numbers: prices, years, times.
#pragma once

#include <cstdint>
#include <span>

#include "retrieval/row_mask.h"

namespace duomo::retrieval {

// Numbers from minimum to maximum; infinity: no bound. Neither is NaN.
struct Range {
  double minimum, maximum;
  bool above_minimum = false;  // without minimum itself
  bool below_maximum = false;  // without maximum itself
};

// Clears the rows of `mask` whose number is outside; `numbers` has one for each row. NaN, and of
// integers model::kMissingInteger, is in no range. About a nanosecond a row, whatever is in the
// mask.
void ApplyRange(std::span<const double> numbers, const Range& range, RowMask& mask);
void ApplyRange(std::span<const float> numbers, const Range& range, RowMask& mask);
void ApplyRange(std::span<const int64_t> integers, const Range& range, RowMask& mask);

}  // namespace duomo::retrieval
