#include "evaluation/ratings.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

#include "core/error.h"
#include "core/random.h"
#include "data/real_data.h"
#include "data/split.h"

namespace duomo::evaluation {
namespace {

std::vector<uint32_t> AllRows(const data::Interactions& in) {
  std::vector<uint32_t> rows(in.size());
  std::iota(rows.begin(), rows.end(), 0u);
  return rows;
}

template <typename Work>
Status StatusOf(const Work& work) {
  try {
    work();
  } catch (const Error& error) {
    return error.status();
  }
  return Status::kOk;
}

TEST(RatingErrors, ByHand) {
  std::vector<float> predictions = {1, 2, 3, 4}, ratings = {1, 4, 2, 4};
  EXPECT_DOUBLE_EQ(Rmse(predictions, ratings), std::sqrt(5.0 / 4));
  EXPECT_DOUBLE_EQ(Mae(predictions, ratings), 0.75);
  EXPECT_DOUBLE_EQ(Rmse(ratings, ratings), 0);

  data::Interactions in{{0, 1, 0}, {0, 0, 1}, {5, 3, 1}, {}};
  std::vector<uint32_t> rows = {0, 2};
  RatingErrors errors =
      MeasureRatings(in, rows, [](uint32_t user, uint32_t item) { return 2.0 + user + item; });
  EXPECT_DOUBLE_EQ(errors.rmse, std::sqrt((9.0 + 4) / 2));
  EXPECT_DOUBLE_EQ(errors.mae, 2.5);
  EXPECT_EQ(errors.count, 2u);
}

TEST(RatingErrors, ManySmallErrorsAreNotLostInRounding) {
  std::vector<float> predictions(10'000'000, 4.0f), ratings(predictions.size(), 3.9f);
  double exact = 4.0 - static_cast<double>(3.9f);
  EXPECT_NEAR(Rmse(predictions, ratings), exact, 1e-9);
}

TEST(RatingErrors, RefusesNothingAndUnequalLengths) {
  std::vector<float> one = {1}, two = {1, 2};
  EXPECT_EQ(StatusOf([&] { Rmse({}, {}); }), Status::kInvalidArgument);
  EXPECT_EQ(StatusOf([&] { Mae(one, two); }), Status::kInvalidArgument);
  data::Interactions in;
  EXPECT_EQ(StatusOf([&] { MeasureRatings(in, {}, [](uint32_t, uint32_t) { return 0.0; }); }),
            Status::kInvalidArgument);
  EXPECT_EQ(StatusOf([&] { BiasBaseline(in, {}); }), Status::kInvalidArgument);
}

TEST(BiasBaseline, OneSweepByHand) {
  // Koren's estimate with constants 2 (items) and 1 (users).
  data::Interactions in{{0, 0, 1}, {0, 1, 0}, {5, 1, 3}, {}};
  BiasBaseline::Options options{2, 1, 1};
  BiasBaseline b(in, AllRows(in), options);
  EXPECT_DOUBLE_EQ(b.mean(), 3);
  EXPECT_DOUBLE_EQ(b.ItemBias(0), (2.0 + 0) / (2 + 2));
  EXPECT_DOUBLE_EQ(b.ItemBias(1), -2.0 / (1 + 2));
  EXPECT_DOUBLE_EQ(b.UserBias(0), ((2 - 0.5) + (-2 + 2.0 / 3)) / (2 + 1));
  EXPECT_DOUBLE_EQ(b.UserBias(1), (0 - 0.5) / (1 + 1));
  EXPECT_DOUBLE_EQ(b.Predict(1, 1), 3 + b.UserBias(1) + b.ItemBias(1));
}

TEST(BiasBaseline, RecoversAdditiveRatings) {
  // Without regularisation and noise the fit is exact: the residuals vanish.
  Random random(5);
  std::vector<double> users(50), items(40);
  for (double& u : users) u = random.Normal();
  for (double& i : items) i = random.Normal();
  data::Interactions in;
  for (uint32_t u = 0; u < users.size(); ++u) {
    for (uint32_t i = 0; i < items.size(); ++i) {
      if (random.Uniform() > 0.3) continue;
      in.users.push_back(u);
      in.items.push_back(i);
      in.ratings.push_back(static_cast<float>(3 + users[u] + items[i]));
    }
  }
  BiasBaseline b(in, AllRows(in), {0, 0, 200});
  auto predict = [&](uint32_t u, uint32_t i) { return b.Predict(u, i); };
  EXPECT_LT(MeasureRatings(in, AllRows(in), predict).rmse, 1e-5);
}

TEST(BiasBaseline, SweepsReachTheMinimumOfTheRegularisedError) {
  data::Interactions in = data::MakeSynthetic(60, 40, 900, 7).interactions;
  BiasBaseline::Options options{25, 10, 100};
  auto rows = AllRows(in);
  BiasBaseline b(in, rows, options);
  // There the gradient is zero: each bias is its own regularised mean of what the rest leaves.
  for (uint32_t user = 0; user < 60; ++user) {
    double residual = 0;
    for (uint32_t row : rows) {
      if (in.users[row] != user) continue;
      residual += static_cast<double>(in.ratings[row]) - b.mean() - b.UserBias(user) -
                  b.ItemBias(in.items[row]);
    }
    EXPECT_NEAR(residual, 10 * b.UserBias(user), 1e-9) << user;
  }
  for (uint32_t item = 0; item < 40; ++item) {
    double residual = 0;
    for (uint32_t row : rows) {
      if (in.items[row] != item) continue;
      residual += static_cast<double>(in.ratings[row]) - b.mean() - b.UserBias(in.users[row]) -
                  b.ItemBias(item);
    }
    EXPECT_NEAR(residual, 25 * b.ItemBias(item), 1e-9) << item;
  }
}

TEST(BiasBaseline, ReadsTheTrainingRowsAlone) {
  data::Interactions in = data::MakeSynthetic(60, 40, 900, 7).interactions;
  data::Split split = data::MakeSplit("ratio:0.2", in, 1);
  BiasBaseline before(in, split.train);
  for (uint32_t row : split.test) in.ratings[row] = 1000;
  BiasBaseline after(in, split.train);
  EXPECT_EQ(before.mean(), after.mean());
  for (uint32_t u = 0; u < 60; ++u) EXPECT_EQ(before.Predict(u, u % 40), after.Predict(u, u % 40));
}

TEST(BiasBaseline, UnseenIsTheMeanAndPredictionsStayInRange) {
  data::Interactions in{{0, 1}, {0, 1}, {5, 1}, {}};
  BiasBaseline b(in, AllRows(in), {0, 0, 1});
  EXPECT_DOUBLE_EQ(b.Predict(9, 9), 3);
  data::Interactions extremes{{0, 0, 1, 1}, {0, 1, 1, 2}, {5, 5, 5, 1}, {}};
  BiasBaseline c(extremes, AllRows(extremes), {0, 0, 30});
  for (uint32_t u = 0; u < 2; ++u) {
    for (uint32_t i = 0; i < 3; ++i) {
      EXPECT_GE(c.Predict(u, i), 1);
      EXPECT_LE(c.Predict(u, i), 5);
    }
  }
}

TEST(BiasBaseline, BeatsTheMeanOnMovieLens) {
  const test::MovieLensData& data = test::MovieLensOrSynthetic();
  const data::Interactions& in = data.dataset.interactions;
  data::Split split = data::MakeSplit("paddle", in);
  BiasBaseline b(in, split.train);
  double mean = MeasureRatings(in, split.test, [&](uint32_t, uint32_t) { return b.mean(); }).rmse;
  double bias =
      MeasureRatings(in, split.test, [&](uint32_t u, uint32_t i) { return b.Predict(u, i); }).rmse;
  std::printf("%s: test RMSE %.4f by the mean, %.4f by biases\n", data.real ? "ml-1m" : "synthetic",
              mean, bias);
  EXPECT_LT(bias, 0.95 * mean);
  if (data.real) {
    EXPECT_NEAR(mean, 1.1158, 0.001);
    EXPECT_NEAR(bias, 0.9078, 0.001);
  }
}

}  // namespace
}  // namespace duomo::evaluation
