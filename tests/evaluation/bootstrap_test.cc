#include "evaluation/bootstrap.h"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "core/error.h"
#include "core/random.h"

namespace duomo::evaluation {
namespace {

TEST(Bootstrap, OfEqualValuesIsAPoint) {
  std::vector<double> values(20, 0.25);
  Interval i = BootstrapMean(values);
  EXPECT_EQ(i.estimate, 0.25);
  EXPECT_EQ(i.low, 0.25);
  EXPECT_EQ(i.high, 0.25);
  std::vector<double> one = {3};
  EXPECT_EQ(BootstrapMean(one).high, 3);
}

TEST(Bootstrap, AgreesWithTheNormalApproximation) {
  Random random(3);
  std::vector<double> values(2000);
  double mean = 0;
  for (double& v : values) mean += (v = 5 + 2 * random.Normal());
  mean /= 2000;
  BootstrapOptions options;
  options.resamples = 2000;
  Interval i = BootstrapMean(values, options);
  double error = 2 / std::sqrt(2000.0);
  EXPECT_NEAR(i.estimate, mean, 1e-12);
  EXPECT_NEAR(i.low, mean - 1.96 * error, 0.15 * error * 1.96);
  EXPECT_NEAR(i.high, mean + 1.96 * error, 0.15 * error * 1.96);
  options.confidence = 0.5;
  Interval narrow = BootstrapMean(values, options);
  EXPECT_NEAR(narrow.high - narrow.low, 2 * 0.6745 * error, 0.15 * 2 * error);
}

TEST(Bootstrap, IsDeterministicAndDependsOnTheSeed) {
  std::vector<double> values = {0, 1, 0, 0, 1, 0.5, 0.25};
  Interval a = BootstrapMean(values), b = BootstrapMean(values);
  EXPECT_EQ(a.low, b.low);
  EXPECT_EQ(a.high, b.high);
  BootstrapOptions options;
  options.resamples = 5;
  Interval c = BootstrapMean(values, options);
  options.seed = 1;
  Interval d = BootstrapMean(values, options);
  EXPECT_TRUE(c.low != d.low || c.high != d.high);
}

TEST(Bootstrap, DifferencesArePaired) {
  // Very different users, but b is better by exactly 0.1 on each.
  std::vector<double> a, b;
  for (int i = 0; i < 50; ++i) {
    a.push_back(i);
    b.push_back(i + 0.1);
  }
  Interval i = BootstrapDifference(b, a);
  EXPECT_NEAR(i.low, 0.1, 1e-12);
  EXPECT_NEAR(i.high, 0.1, 1e-12);
}

TEST(Bootstrap, RatioWeighsByCounts) {
  std::vector<double> sums = {4, 9}, counts = {1, 9};
  EXPECT_DOUBLE_EQ(BootstrapRatio(sums, counts).estimate, 1.3);
  Interval rmse = BootstrapRmse(sums, counts);
  EXPECT_DOUBLE_EQ(rmse.estimate, std::sqrt(1.3));
  EXPECT_DOUBLE_EQ(rmse.low, 1);   // the second user twice
  EXPECT_DOUBLE_EQ(rmse.high, 2);  // the first user twice
}

TEST(Bootstrap, RefusesNonsense) {
  std::vector<double> none, one = {1}, two = {1, 2}, zero = {0};
  EXPECT_THROW(BootstrapMean(none), Error);
  EXPECT_THROW(BootstrapDifference(one, two), Error);
  EXPECT_THROW(BootstrapRatio(two, one), Error);
  EXPECT_THROW(BootstrapRatio(one, zero), Error);
  EXPECT_THROW(BootstrapRatio(one, none), Error);
  EXPECT_THROW(BootstrapMean(one, {0, 0.95, 0}), Error);
  EXPECT_THROW(BootstrapMean(one, {10, 1, 0}), Error);
}

}  // namespace
}  // namespace duomo::evaluation
