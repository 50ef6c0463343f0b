// Statistics of number inputs and the sampler of negatives, against numbers worked out by hand.
#include "training/statistics.h"

#include <gtest/gtest.h>

#include <cmath>

#include "training/networks.h"
#include "training/worker.h"

namespace duomo::training {
namespace {

TEST(Statistics, AreThoseOfTheTrainingExamples) {
  using model::Normalization;
  model::Description d =
      Towers({Embedding(kUserId), Number(kAge, Normalization::kStandard, false, false)},
             {Embedding(kItemId), Number(kPrice, Normalization::kQuantile, false, false)});
  SmallExamples examples(d, false);
  auto statistics = NumberStatistics(d, examples);
  ASSERT_EQ(statistics.size(), d.inputs.size());
  // Ages of the nine examples' users; NaN (twice) does not count.
  const double ages[] = {18, 25, 50, 33.5, 41, 18, 50};
  double mean = 0, variance = 0;
  for (double age : ages) mean += age / 7;
  for (double age : ages) variance += (age - mean) * (age - mean) / 7;
  ASSERT_EQ(statistics[kAge].size(), 2u);
  EXPECT_FLOAT_EQ(statistics[kAge][0], static_cast<float>(mean));
  EXPECT_FLOAT_EQ(statistics[kAge][1], static_cast<float>(std::sqrt(variance)));
  // Prices: of items 6 5 4 3 2 1 0 3 5, item 3's is missing.
  EXPECT_EQ(statistics[kPrice], (std::vector<float>{0.5f, 1, 2.25f, 3, 4, 9}));
  EXPECT_TRUE(statistics[kUserId].empty());
  EXPECT_TRUE(statistics[kGap].empty());  // read by no encoder
}

TEST(ItemSampler, DrawsItemsAsOftenAsTheyWereSeen) {
  const uint64_t counts[] = {0, 6, 3, 0, 1, 0};
  ItemSampler sampler(counts);
  Random random(5);
  double drawn[6] = {};
  const int n = 100000;
  for (int i = 0; i < n; ++i) ++drawn[sampler.Draw(random)];
  for (size_t i = 0; i < 6; ++i) {
    double p = static_cast<double>(counts[i]) / 10;
    EXPECT_NEAR(drawn[i] / n, p, 5 * std::sqrt(p * (1 - p) / n)) << i;
    if (p == 0) continue;
    EXPECT_DOUBLE_EQ(sampler.LogProbability(static_cast<uint32_t>(i)), std::log(p));
  }
}

}  // namespace
}  // namespace duomo::training
