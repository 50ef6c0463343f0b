#include "core/sort.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "core/random.h"

namespace duomo {
namespace {

TEST(SortSmall, SortsAsTheStandardDoes) {
  Random random(1);
  for (size_t size : {0, 1, 2, 3, 64, 1000}) {
    std::vector<uint64_t> numbers(size);
    for (uint64_t& n : numbers) n = random.Below(size);  // some stand there twice
    std::vector<uint64_t> expected = numbers;
    std::sort(expected.begin(), expected.end());
    SortSmall(numbers);
    EXPECT_EQ(numbers, expected);
  }
}

TEST(SortSmall, TakesAnOrder) {
  std::vector<std::string> names = {"b", "a", "c"};
  SortSmall(names, [](const auto& a, const auto& b) { return a > b; });
  EXPECT_EQ(names, (std::vector<std::string>{"c", "b", "a"}));
}

}  // namespace
}  // namespace duomo
