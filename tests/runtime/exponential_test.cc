// The output map's exponential: close to the true one, and never decreasing.
#include "runtime/exponential.h"

#include <gtest/gtest.h>

#include <random>

namespace duomo::runtime {
namespace {

TEST(MonotoneExp, IsCloseToTheTrueOne) {
  std::mt19937_64 random(1);
  std::uniform_real_distribution<double> any(-700, 700), small(-1, 1);
  for (int i = 0; i < 200000; ++i) {
    for (double x : {any(random), small(random), small(random) * 1e-8}) {
      ASSERT_NEAR(MonotoneExp(x) / std::exp(x), 1, 1e-10 * std::max(1.0, std::abs(x))) << x;
    }
  }
  EXPECT_EQ(MonotoneExp(0), 1);
  EXPECT_EQ(MonotoneExp(-0.0), 1);
}

TEST(MonotoneExp, NeverDecreases) {
  // Neighbours one ulp of double apart, and 2⁻³⁵ apart, around random places and around the
  // places where the power of two changes.
  std::mt19937_64 random(2);
  std::uniform_real_distribution<double> any(-745, 709), exponent(-40, 0);
  auto check = [](double x) {
    for (double step : {0.0, std::abs(x) * 0x1p-35}) {
      double low = x, before = MonotoneExp(low);
      for (int i = 0; i < 20; ++i) {
        low = step == 0 ? std::nextafter(low, HUGE_VAL) : low + step;
        double now = MonotoneExp(low);
        ASSERT_GE(now, before) << low;
        before = now;
      }
    }
  };
  for (int i = 0; i < 100000; ++i) {
    check(any(random));
    check(std::exp2(exponent(random)));
    check(-std::exp2(exponent(random)));
  }
  for (int n = -1070; n < 1020; ++n) check((n + 0.5) * 0.6931471805599453 * (1 - 0x1p-33));
}

TEST(MonotoneExp, EndsInZeroAndInfinity) {
  EXPECT_EQ(MonotoneExp(-1e300), 0);
  EXPECT_EQ(MonotoneExp(-HUGE_VAL), 0);
  EXPECT_EQ(MonotoneExp(1e300), HUGE_VAL);
  EXPECT_EQ(MonotoneExp(HUGE_VAL), HUGE_VAL);
}

}  // namespace
}  // namespace duomo::runtime
