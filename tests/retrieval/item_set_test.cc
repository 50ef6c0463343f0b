// Sets against their definition, row by row; and numbers in ranges.
#include "retrieval/item_set.h"

#include <gtest/gtest.h>

#include <cfloat>
#include <cmath>
#include <limits>
#include <vector>

#include "core/random.h"
#include "model/attributes.h"
#include "retrieval/range_filter.h"

namespace duomo::retrieval {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

RowMask DrawMask(Random& random, size_t rows) {
  RowMask mask;
  mask.Reset(rows, false);
  uint64_t density = 1 + random.Below(6);
  for (size_t row = 0; row < rows; ++row) {
    if (random.Below(density) == 0) mask.Set(row);
  }
  return mask;
}

TEST(ItemSet, CombinesLikeTheWords) {
  Random random(4);
  for (size_t rows : {0, 1, 63, 64, 65, 1000}) {
    for (size_t count = 1; count <= 4; ++count) {
      std::vector<ItemSet> sets;
      std::vector<const ItemSet*> pointers;
      for (size_t i = 0; i < count; ++i) sets.emplace_back(DrawMask(random, rows));
      for (const ItemSet& set : sets) pointers.push_back(&set);
      const ItemSet any(Combine(Combination::kAny, pointers)),
          all(Combine(Combination::kAll, pointers)), none(Combine(Combination::kNone, pointers));
      size_t counted = 0;
      for (size_t row = 0; row < rows; ++row) {
        size_t in = 0;
        for (const ItemSet& set : sets) in += set.rows().Test(row);
        ASSERT_EQ(any.rows().Test(row), in > 0);
        ASSERT_EQ(all.rows().Test(row), in == count);
        ASSERT_EQ(none.rows().Test(row), in == 0);
        counted += in > 0;
      }
      ASSERT_EQ(any.count(), counted);
      ASSERT_EQ(none.count(), rows - counted);  // no bit beyond the rows
      ASSERT_EQ(all.full(), all.count() == rows);
    }
  }
}

bool Within(const Range& range, double x) {
  return (range.above_minimum ? x > range.minimum : x >= range.minimum) &&
         (range.below_maximum ? x < range.maximum : x <= range.maximum);
}
// As exact numbers: a long double has 64 bits of them on this machine, and the ends are chosen so
// that 53 would do elsewhere.
bool Within(const Range& range, int64_t x) {
  if (x == model::kMissingInteger) return false;
  const auto exact = static_cast<long double>(x);
  return (range.above_minimum ? exact > range.minimum : exact >= range.minimum) &&
         (range.below_maximum ? exact < range.maximum : exact <= range.maximum);
}

template <typename T>
void ExpectRanges(const std::vector<T>& values, const std::vector<double>& ends) {
  Random random(5);
  for (double minimum : ends) {
    for (double maximum : ends) {
      for (int open = 0; open < 4; ++open) {
        const Range range{minimum, maximum, (open & 1) != 0, (open & 2) != 0};
        RowMask before = DrawMask(random, values.size()), mask = before;
        ApplyRange(std::span<const T>(values), range, mask);
        for (size_t row = 0; row < values.size(); ++row) {
          ASSERT_EQ(mask.Test(row), before.Test(row) && Within(range, values[row]))
              << values[row] << " in " << minimum << " … " << maximum << ", open " << open;
        }
      }
    }
  }
}

TEST(RangeFilter, TakesWhatLiesBetween) {
  Random random(6);
  const std::vector<double> ends = {-kInfinity, -DBL_MAX, -3.5, -1, -0.0,    0,
                                    5e-324,     0.25,     1,    2,  DBL_MAX, kInfinity};
  std::vector<double> numbers;
  std::vector<float> floats;
  for (size_t i = 0; i < 333; ++i) {
    numbers.push_back(i % 7 == 0 ? model::kMissingNumber : ends[random.Below(ends.size())]);
    floats.push_back(i % 7 == 0 ? NAN : static_cast<float>(random.Below(5)) - 1.5f);
  }
  ExpectRanges(numbers, ends);
  ExpectRanges(floats, {-kInfinity, -1.5, -0.5, 0, 0.5, 1, kInfinity});
}

TEST(RangeFilter, TakesWholeNumbersOfAnySize) {
  Random random(7);
  const int64_t some[] = {INT64_MIN,       INT64_MIN + 1, -3,       -1, 0, 1, 2,
                          (1LL << 53) + 1, INT64_MAX - 1, INT64_MAX};
  std::vector<int64_t> integers;
  for (size_t i = 0; i < 200; ++i) integers.push_back(some[random.Below(std::size(some))]);
  ExpectRanges(integers, {-kInfinity, -0x1p63, -1, -0.5, 0, 0.5, 1, 2, 0x1p53, 0x1p62, 0x1p63,
                          1e300, kInfinity});
}

TEST(RangeFilter, RowsWithoutANumberAreInNoRange) {
  RowMask mask;
  mask.Reset(130, true);
  const std::vector<double> numbers(70, 1.0);  // of a file that contradicts itself
  ApplyRange(std::span<const double>(numbers), {0, 2}, mask);
  EXPECT_EQ(mask.Count(), 70u);
}

}  // namespace
}  // namespace duomo::retrieval
