#include "core/error.h"

#include <gtest/gtest.h>

#include <clocale>
#include <limits>

namespace duomo {
namespace {

TEST(StrCatTest, JoinsTextAndNumbers) {
  EXPECT_EQ(StrCat("a", std::string("b"), std::string_view("c"), 'd', 1, -2, size_t{3}),
            "abcd1-23");
  EXPECT_EQ(StrCat(""), "");
}

TEST(StrCatTest, WritesNumbersInTheirShortestExactForm) {
  EXPECT_EQ(StrCat(0.1, ' ', 0.1f, ' ', 1e300), "0.1 0.1 1e+300");
  EXPECT_EQ(StrCat(std::numeric_limits<uint64_t>::max()), "18446744073709551615");
  EXPECT_EQ(StrCat(std::numeric_limits<int64_t>::min()), "-9223372036854775808");
}

TEST(StrCatTest, LongestDoubleFits) {
  EXPECT_EQ(StrCat(-2.2250738585072014e-308), "-2.2250738585072014e-308");
}

TEST(FailTest, ThrowsStatusAndMessage) {
  try {
    Fail(Status::kCorrupt, "row ", 7, " is bad");
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.status(), Status::kCorrupt);
    EXPECT_EQ(error.message(), "row 7 is bad");
    EXPECT_STREQ(error.what(), "row 7 is bad");
  }
}

}  // namespace
}  // namespace duomo
