#include "core/random.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

namespace duomo {
namespace {

TEST(PythonRandomTest, DrawsWhatPythonDraws) {
  PythonRandom random(0);  // random.seed(0); [random.random() for _ in range(3)]
  EXPECT_EQ(random.Uniform(), 0.8444218515250481);
  EXPECT_EQ(random.Uniform(), 0.7579544029403025);
  EXPECT_EQ(random.Uniform(), 0.420571580830845);
}

TEST(PythonRandomTest, ReferenceSplitHasItsFirstTestRows) {
  PythonRandom random(0);
  std::vector<int> rows;
  size_t tests = 0;
  for (int i = 0; i < 1000209; ++i) {
    if (random.Uniform() >= 0.1) continue;
    ++tests;
    if (rows.size() < 4) rows.push_back(i);
  }
  EXPECT_EQ(rows, (std::vector<int>{35, 40, 52, 75}));
  EXPECT_EQ(tests, 100091u);
}

// The published algorithm, written a second time.
TEST(RandomTest, IsXoshiro256StarStarSeededBySplitmix64) {
  uint64_t seed = 42, s[4];
  for (uint64_t& word : s) {
    uint64_t z = (seed += 0x9E3779B97F4A7C15u);
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    word = z ^ (z >> 31);
  }
  auto rotl = [](uint64_t x, int k) { return (x << k) | (x >> (64 - k)); };
  Random random(42);
  for (int i = 0; i < 1000; ++i) {
    uint64_t expected = rotl(s[1] * 5, 7) * 9, t = s[1] << 17;
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= t;
    s[3] = rotl(s[3], 45);
    ASSERT_EQ(random.Next(), expected) << i;
  }
}

TEST(RandomTest, SameSeedSameSequenceOtherSeedAnother) {
  Random a(1), b(1), c(2);
  bool differs = false;
  for (int i = 0; i < 100; ++i) {
    double x = a.Normal();
    EXPECT_EQ(x, b.Normal());
    differs |= x != c.Normal();
  }
  EXPECT_TRUE(differs);
}

TEST(RandomTest, SavedStateGoesOnFromThere) {
  Random random(3);
  (void)random.Normal();  // leaves a spare
  Random::State state = random.Save();
  double first = random.Normal(), second = random.Uniform();
  Random other(99);
  other.Restore(state);
  EXPECT_EQ(other.Normal(), first);
  EXPECT_EQ(other.Uniform(), second);
}

TEST(RandomTest, NormalHasMomentsOfTheNormalDistribution) {
  Random random(4);
  const int n = 200000;
  double sum = 0, squares = 0, fourths = 0;
  for (int i = 0; i < n; ++i) {
    double x = random.Normal();
    sum += x;
    squares += x * x;
    fourths += x * x * x * x;
  }
  EXPECT_NEAR(sum / n, 0, 0.01);  // 4.5 deviations
  EXPECT_NEAR(squares / n, 1, 0.015);
  EXPECT_NEAR(fourths / n, 3, 0.1);
}

TEST(RandomTest, BelowStaysBelowAndReachesAll) {
  Random random(5);
  std::vector<int> counts(7);
  for (int i = 0; i < 70000; ++i) ++counts[random.Below(7)];
  for (int count : counts) EXPECT_NEAR(count, 10000, 500);
  EXPECT_EQ(random.Below(1), 0u);
}

TEST(RandomTest, ShuffleIsAPermutation) {
  std::vector<int> values(1000), sorted(1000);
  std::iota(values.begin(), values.end(), 0);
  std::iota(sorted.begin(), sorted.end(), 0);
  Random random(6);
  random.Shuffle(std::span(values));
  EXPECT_NE(values, sorted);
  std::sort(values.begin(), values.end());
  EXPECT_EQ(values, sorted);
}

}  // namespace
}  // namespace duomo
