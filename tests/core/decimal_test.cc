#include "core/decimal.h"

#include <gtest/gtest.h>

#include <charconv>
#include <cmath>
#include <limits>
#include <string>

#include "core/bits.h"
#include "core/random.h"

namespace duomo {
namespace {

template <typename T>
std::string Written(T x) {
  char text[kLongestDecimal];
  return {text, WriteDecimal(x, text)};
}

template <typename T>
std::string Expected(T x) {
  char text[400];
  return {text, std::to_chars(text, text + sizeof(text), x).ptr};
}

template <typename T>
void ExpectSame(T x) {
  const std::string written = Written(x);
  ASSERT_LE(written.size(), kLongestDecimal);
  T back = 0;
  std::from_chars(written.data(), written.data() + written.size(), back);
  ASSERT_TRUE(back == x || std::isnan(x)) << written;
  if (std::abs(x) < 9e18 || written.find('e') != written.npos) {
    ASSERT_EQ(written, Expected(x));
  } else {
    ASSERT_EQ(written.size(), Expected(x).size());
  }
}

TEST(Decimal, AsTheStandardLibraryWritesThem) {
  using Limits = std::numeric_limits<double>;
  for (double x : {0.0,
                   1.0,
                   0.1,
                   0.3,
                   10.0,
                   100.0,
                   1e5,
                   123456.0,
                   1e10,
                   1e-4,
                   0.001,
                   5e-324,
                   1e21,
                   1e22,
                   1e23,
                   9007199254740993.0,
                   4.5,
                   0.5,
                   2.2250738585072014e-308,
                   Limits::max(),
                   Limits::min(),
                   Limits::denorm_min(),
                   Limits::infinity(),
                   Limits::quiet_NaN()}) {
    ExpectSame(x);
    ExpectSame(-x);
    ExpectSame(static_cast<float>(x));
    ExpectSame(std::nextafter(x, 2 * x));
    ExpectSame(std::nextafter(x, 0));
  }
  EXPECT_EQ(Written(-0.0), "-0");
  EXPECT_EQ(Written(16777216.0f), "16777216");
}

TEST(Decimal, PowersOfTwoHaveANearerNeighbour) {
  for (int e = -1074; e < 1024; ++e) ExpectSame(std::ldexp(1.0, e));
  for (int e = -149; e < 128; ++e) ExpectSame(std::ldexp(1.0f, e));
}

TEST(Decimal, AnyBits) {
  Random random(5);
  for (int i = 0; i < 20000; ++i) {
    const uint64_t bits = random.Next();
    ExpectSame(BitCast<double>(bits));
    ExpectSame(BitCast<float>(static_cast<uint32_t>(bits)));
    ExpectSame(random.Normal());
    ExpectSame(static_cast<float>(random.Normal()));
    ExpectSame(static_cast<double>(random.Below(1000000)) / 100);
  }
}

}  // namespace
}  // namespace duomo
