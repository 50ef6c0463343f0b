#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>

#include "console/json.h"

namespace duomo::console {
namespace {

TEST(JsonText, NineDigitsSayWhichFloatItWas) {
  EXPECT_EQ(JsonText(0.1f), "0.100000001");
  EXPECT_EQ(JsonText(1.0 / 3), "0.333333333");
  EXPECT_EQ(JsonText(2.0), "2.0");
  EXPECT_EQ(JsonText(1e300), "1e+300");
  EXPECT_EQ(JsonText(std::nan("")), "null");
  for (float value : {3.14159274f, 1.17549435e-38f, 16777217.0f, -0.3333333433f}) {
    EXPECT_EQ(static_cast<float>(std::strtod(JsonText(value).c_str(), nullptr)), value);
  }
}

TEST(JsonText, IntegersThatADoubleCannotHoldAreStrings) {
  constexpr int64_t kLast = int64_t{1} << 53;
  EXPECT_EQ(JsonText(kLast), "9007199254740992");
  EXPECT_EQ(JsonText(-kLast), "-9007199254740992");
  EXPECT_EQ(JsonText(kLast + 1), "\"9007199254740993\"");
  EXPECT_EQ(JsonText(-kLast - 1), "\"-9007199254740993\"");
  EXPECT_EQ(JsonText(INT64_MIN), "\"-9223372036854775808\"");
  EXPECT_EQ(JsonText(UINT64_MAX), "\"18446744073709551615\"");
  EXPECT_EQ(JsonText("7"), "\"7\"") << "a string key stays one";
}

TEST(JsonText, InsideOfEverythingAndInOrder) {
  Json value = {{"b", {0.1f, uint64_t{1} << 60}}, {"a", {{"deep", 0.2f}}}, {"none", nullptr}};
  EXPECT_EQ(JsonText(value),
            R"({"b":[0.100000001,"1152921504606846976"],"a":{"deep":0.200000003},"none":null})");
}

TEST(JsonText, MendsTextThatIsNotUtf8) { EXPECT_EQ(JsonText("a\xFF"), "\"a\xEF\xBF\xBD\""); }

}  // namespace
}  // namespace duomo::console
