// EASE against the conditions that define it, and what a user's order adds.
#include "evaluation/baselines/ease.h"

#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <numeric>

#include "core/error.h"
#include "data/split.h"
#include "data/synthetic.h"

namespace duomo::evaluation {
namespace {

constexpr uint32_t kUsers = 90, kItems = 150;  // more than two blocks of the inverse

data::Dataset Data() {
  data::Dataset d = data::MakeSynthetic(kUsers, kItems, 3000, 7);
  for (size_t i = 0; i < d.interactions.size(); ++i) {  // with ties in time, and repeats
    d.interactions.timestamps[i] = 1000 + d.interactions.timestamps[i] % 300;
    if (i % 50 == 3) d.interactions.items[i] = d.interactions.items[i - 1];
  }
  return d;
}

std::vector<uint32_t> AllRows(const data::Dataset& d) {
  std::vector<uint32_t> rows(d.interactions.size());
  std::iota(rows.begin(), rows.end(), 0u);
  return rows;
}

// Where the diagonal is held at 0, the derivative by every other number is 0:
// (G + l2·I)·B = G off the diagonal, for G = XᵀX.
TEST(Ease, IsTheMinimum) {
  data::Dataset d = Data();
  std::vector<uint32_t> rows = AllRows(d);
  Ease::Options options;
  options.l2 = 20;
  Ease ease(d, rows, options);
  std::vector<std::vector<double>> x(kUsers, std::vector<double>(kItems));
  for (uint32_t row : rows) x[d.interactions.users[row]][d.interactions.items[row]] = 1;
  std::vector<std::vector<double>> g(kItems, std::vector<double>(kItems));
  for (const auto& user : x) {
    for (uint32_t i = 0; i < kItems; ++i) {
      for (uint32_t j = 0; j < kItems && user[i] > 0; ++j) g[i][j] += user[j];
    }
  }
  size_t known = 0;
  for (uint32_t i = 0; i < kItems; ++i) known += g[i][i] > 0;
  ASSERT_GT(known, 130u);
  double largest = 0;
  for (uint32_t i = 0; i < kItems; ++i) {
    EXPECT_EQ(ease.Weight(i, i), 0);
    for (uint32_t j = 0; j < kItems; ++j) {
      if (i == j || g[i][i] == 0 || g[j][j] == 0) continue;
      double left = options.l2 * double{ease.Weight(i, j)};
      for (uint32_t p = 0; p < kItems; ++p) left += g[i][p] * double{ease.Weight(p, j)};
      EXPECT_NEAR(left, g[i][j], 2e-4) << i << ' ' << j;
      largest = std::max(largest, std::abs(double{ease.Weight(i, j)}));
    }
  }
  EXPECT_GT(largest, 0.05);
  // A user's score is the sum from each of the items.
  std::vector<float> scores(kItems);
  ease.Score(5, scores);
  for (uint32_t j = 0; j < kItems; ++j) {
    double sum = 0;
    for (uint32_t i = 0; i < kItems; ++i) sum += x[5][i] * double{ease.Weight(i, j)};
    EXPECT_NEAR(scores[j], sum, 1e-5);
  }
  EXPECT_EQ(ease.name(), "ease");
  EXPECT_FALSE(ease.Exportable());
}

TEST(Ease, WhatCameLastCountsMost) {
  data::Dataset d;
  d.name = "timed";
  for (int64_t i = 0; i < 4; ++i) d.items.ids.push_back(i);
  for (int64_t i = 0; i < 3; ++i) d.users.ids.push_back(i);
  // User 0, in time: 0 1 0 2; the first 0 is taken again.
  d.interactions.users = {0, 0, 0, 0, 1, 1, 2};
  d.interactions.items = {2, 0, 1, 0, 1, 2, 0};
  d.interactions.ratings = {1, 1, 1, 1, 1, 1, 1};
  d.interactions.timestamps = {40, 10, 20, 30, 5, 6, 7};
  Ease::Options options;
  options.l2 = 1;
  options.decay = 0.5;
  Ease ease(d, AllRows(d), options);
  std::vector<float> scores(4);
  ease.Score(0, scores);
  for (uint32_t to = 0; to < 3; ++to) {
    EXPECT_NEAR(scores[to],
                ease.Weight(2, to) + 0.5f * ease.Weight(0, to) + 0.25f * ease.Weight(1, to), 1e-6);
  }
  EXPECT_EQ(scores[3], 0);  // nobody has it
  EXPECT_EQ(ease.name(), "ease-recent");
  std::vector<float> nobody(4, 1);
  ease.Score(7, nobody);
  EXPECT_EQ(nobody, std::vector<float>(4));
}

TEST(Ease, RefusesWhatItCannotDo) {
  data::Dataset d = Data();
  std::vector<uint32_t> rows = AllRows(d);
  auto refused = [&](Ease::Options options, std::span<const uint32_t> train, const char* why) {
    try {
      Ease ease(d, train, options);
      ADD_FAILURE() << why;
    } catch (const Error& error) {
      EXPECT_NE(error.message().find(why), std::string::npos) << error.message();
    }
  };
  refused({.l2 = 0}, rows, "l2 above 0");
  refused({.decay = 1.5}, rows, "decay");
  refused({}, {}, "no rows");
  refused({.max_items = 100}, rows, "at most 100");
  d.interactions.timestamps[3] = 0;
  refused({.decay = 0.9}, rows, "needs the time of every training row");
  EXPECT_NO_THROW(Ease(d, rows, {}));
}

}  // namespace
}  // namespace duomo::evaluation
