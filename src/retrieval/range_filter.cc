#include "retrieval/range_filter.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "kernels/screen.h"

namespace duomo::retrieval {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

// From `least` to `most`: whole words by `keep`, what is left one by one.
template <typename T, typename Keep>
void Apply(std::span<const T> values, T least, T most, const Keep& keep, RowMask& mask) {
  const size_t whole = std::min(values.size(), mask.rows()) / 64;
  keep(values.data(), least, most, mask.words().data(), whole);
  for (size_t row = whole * 64; row < mask.rows(); ++row) {
    if (row >= values.size() || !(values[row] >= least && values[row] <= most)) mask.Clear(row);
  }
}

// The same range with both ends in it. False: it is empty.
bool Inclusive(const Range& range, double& least, double& most) {
  if ((range.above_minimum && range.minimum == kInfinity) ||
      (range.below_maximum && range.maximum == -kInfinity)) {
    return false;  // where nextafter() stays
  }
  least = range.above_minimum ? std::nextafter(range.minimum, kInfinity) : range.minimum;
  most = range.below_maximum ? std::nextafter(range.maximum, -kInfinity) : range.maximum;
  return least <= most;
}

// Of whole numbers: a double cannot tell large ones apart, nor can comparisons with it.
bool Inclusive(const Range& range, int64_t& least, int64_t& most) {
  constexpr double kBeyond = 0x1p63;
  if (range.minimum >= kBeyond || range.maximum < -kBeyond) return false;
  least = INT64_MIN + 1;  // INT64_MIN is a missing one
  most = INT64_MAX;
  if (range.minimum > -kBeyond) {
    double up = std::ceil(range.minimum);
    least = static_cast<int64_t>(up) + (range.above_minimum && up == range.minimum ? 1 : 0);
  }
  if (range.maximum < kBeyond) {
    double down = std::floor(range.maximum);
    most = static_cast<int64_t>(down);
    if (most == INT64_MIN) return false;
    most -= range.below_maximum && down == range.maximum ? 1 : 0;
  }
  return least <= most;
}

}  // namespace

void ApplyRange(std::span<const double> numbers, const Range& range, RowMask& mask) {
  double least, most;
  if (!Inclusive(range, least, most)) return mask.Reset(mask.rows(), false);
  Apply(numbers, least, most, kernels::Screen().keep_numbers, mask);
}

void ApplyRange(std::span<const int64_t> integers, const Range& range, RowMask& mask) {
  int64_t least, most;
  if (!Inclusive(range, least, most)) return mask.Reset(mask.rows(), false);
  Apply(integers, least, most, kernels::Screen().keep_integers, mask);
}

void ApplyRange(std::span<const float> numbers, const Range& range, RowMask& mask) {
  double least, most;
  if (!Inclusive(range, least, most)) return mask.Reset(mask.rows(), false);
  mask.KeepIf([&](size_t row) {
    return row < numbers.size() && double{numbers[row]} >= least && double{numbers[row]} <= most;
  });
}

}  // namespace duomo::retrieval
