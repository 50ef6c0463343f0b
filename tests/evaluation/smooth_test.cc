#include "evaluation/smooth.h"

#include <gtest/gtest.h>

namespace duomo::evaluation {
namespace {

std::vector<Point> Line(size_t n, double slope) {
  std::vector<Point> out;
  for (size_t i = 0; i < n; ++i)
    out.emplace_back(static_cast<double>(i), slope * static_cast<double>(i));
  return out;
}

TEST(RunningMean, KeepsAConstantAndTheMiddleOfALine) {
  for (auto [x, y] : RunningMean(std::vector<Point>(100, Point{1, 7}), 11)) {
    EXPECT_DOUBLE_EQ(y, 7);
  }
  auto mean = RunningMean(Line(100, 2), 11);
  for (size_t i = 4; i < 95; ++i) EXPECT_DOUBLE_EQ(mean[i].second, 2 * static_cast<double>(i)) << i;
  // The first value looks at four points ahead, the last at five behind.
  EXPECT_DOUBLE_EQ(mean[0].second, 2 * 2.0);
  EXPECT_DOUBLE_EQ(mean[99].second, 2 * 96.5);
  EXPECT_DOUBLE_EQ(mean[99].first, 99);
}

TEST(RunningMean, ShortSeries) {
  EXPECT_TRUE(RunningMean({}, 5).empty());
  EXPECT_EQ(RunningMean(std::vector<Point>{{3, 4}}, 5), (std::vector<Point>{{3, 4}}));
}

TEST(Envelope, KeepsTheExtremesOfEachColumnInOrder) {
  std::vector<Point> points = {{0.1, 5}, {0.2, 9}, {0.3, 1}, {0.9, 4},
                               {2.0, 3}, {2.5, 3}, {4, 8},   {4.1, 7}};
  EXPECT_EQ(Envelope(points, 1),
            (std::vector<Point>{{0.2, 9}, {0.3, 1}, {2.0, 3}, {2.5, 3}, {4, 8}, {4.1, 7}}));
  EXPECT_LE(Envelope(Line(100000, 1), 1000).size(), 200u);
}

TEST(Thin, IsAMeanPerColumnAndKeepsTheEnds) {
  EXPECT_EQ(Thin(std::vector<Point>{{0, 2}, {1, 4}, {10, 6}, {12, 8}}, 10),
            (std::vector<Point>{{0, 2}, {0.5, 3}, {11, 7}, {12, 8}}));
  EXPECT_EQ(Thin(std::vector<Point>{{3, 2}}, 10), (std::vector<Point>{{3, 2}}));
}

TEST(Quantile, InterpolatesLinearly) {
  EXPECT_DOUBLE_EQ(Quantile({4, 1, 3, 2}, 0.5), 2.5);
  EXPECT_DOUBLE_EQ(Quantile({4, 1, 3, 2}, 0), 1);
  EXPECT_DOUBLE_EQ(Quantile({4, 1, 3, 2}, 1), 4);
  EXPECT_DOUBLE_EQ(Quantile({5}, 0.3), 5);
}

}  // namespace
}  // namespace duomo::evaluation
