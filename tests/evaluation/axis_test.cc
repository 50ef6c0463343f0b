#include "evaluation/axis.h"

#include <gtest/gtest.h>

#include <cmath>

namespace duomo::evaluation {
namespace {

std::vector<std::string> Labels(const Axis& axis) {
  std::vector<std::string> out;
  for (const Tick& t : axis.ticks()) out.push_back(t.label);
  return out;
}

using Strings = std::vector<std::string>;

TEST(Axis, LinearTicksAreRound) {
  EXPECT_EQ(Labels(Axis(0, 7034, 0, 100, false, false, 8)),
            (Strings{"0", "1,000", "2,000", "3,000", "4,000", "5,000", "6,000", "7,000"}));
  EXPECT_EQ(Labels(Axis(3.1, 9.4, 0, 100, false, true, 6)), (Strings{"2", "4", "6", "8", "10"}));
  EXPECT_EQ(Labels(Axis(-0.3, 0.31, 0, 100, false, true, 6)),
            (Strings{"-0.4", "-0.2", "0.0", "0.2", "0.4"}));
}

TEST(Axis, PixelsAreLinearInTheValueOrItsLogarithm) {
  Axis linear(10, 20, 100, 300, false, false, 5);
  EXPECT_DOUBLE_EQ(linear.Pixel(10), 100);
  EXPECT_DOUBLE_EQ(linear.Pixel(15), 200);
  EXPECT_DOUBLE_EQ(linear.Pixel(20), 300);
  Axis logarithmic(1, 10000, 400, 0, true, false, 6);
  EXPECT_DOUBLE_EQ(logarithmic.Pixel(1), 400);
  EXPECT_DOUBLE_EQ(logarithmic.Pixel(100), 200);
  EXPECT_DOUBLE_EQ(logarithmic.Pixel(10000), 0);
}

TEST(Axis, LogarithmicTicks) {
  EXPECT_EQ(Labels(Axis(1, 1e5, 0, 1, true, false, 6)),
            (Strings{"1", "10", "100", "1,000", "10,000", "100,000"}));
  EXPECT_EQ(Labels(Axis(0.5, 5, 0, 1, true, false, 6)), (Strings{"0.5", "1", "2", "5"}));
  // Less than a decade: plain round numbers, spaced by their logarithms.
  EXPECT_EQ(Labels(Axis(3, 3.9, 0, 1, true, false, 6)),
            (Strings{"3.0", "3.2", "3.4", "3.6", "3.8"}));
  EXPECT_LE(Axis(1e-30, 1e30, 0, 1, true, false, 8).ticks().size(), 12u);
}

TEST(Axis, NoExtentStillGivesAFiniteAxis) {
  for (double value : {0.0, 5.0, -3.0, 1e9, 1e-12}) {
    for (bool widen : {false, true}) {
      Axis axis(value, value, 0, 100, false, widen, 6);
      EXPECT_LT(axis.low(), axis.high()) << value;
      EXPECT_TRUE(std::isfinite(axis.Pixel(value))) << value;
      EXPECT_GE(axis.ticks().size(), 1u) << value;
      EXPECT_LE(axis.ticks().size(), 20u) << value;
    }
  }
  Axis logarithmic(7, 7, 0, 100, true, true, 6);
  EXPECT_NEAR(logarithmic.Pixel(7), 50, 1e-9);
}

TEST(Axis, Numbers) {
  EXPECT_EQ(FormatNumber(1234567.891, 1), "1,234,567.9");
  EXPECT_EQ(FormatNumber(-1234, 0), "-1,234");
  EXPECT_EQ(FormatNumber(-123, 0), "-123");
  EXPECT_EQ(FormatNumber(2.5e12, 0), "2.5e+12");
  EXPECT_EQ(FormatValue(3.2419), "3.242");
  EXPECT_EQ(FormatValue(0.00123456), "0.00123");
  EXPECT_EQ(FormatValue(98765.4), "98,765");
  EXPECT_EQ(FormatValue(0), "0.000");
}

}  // namespace
}  // namespace duomo::evaluation
