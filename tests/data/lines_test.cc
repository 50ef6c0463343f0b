// Lines, fields and numbers of text files.
#include "data/lines.h"

#include <vector>

#include "data/test_files.h"

namespace duomo::data {
namespace {

std::vector<std::string> All(std::string_view text) {
  Lines lines(text, "f", false);
  std::vector<std::string> out;
  for (std::string_view line; lines.Next(line);) out.emplace_back(line);
  return out;
}

TEST(Lines, EndInEitherWay) {
  using List = std::vector<std::string>;
  EXPECT_EQ(All(""), List{});
  EXPECT_EQ(All("a\nb\n"), (List{"a", "b"}));
  EXPECT_EQ(All("a\r\n\nb"), (List{"a", "", "b"}));
  EXPECT_EQ(All("\n"), (List{""}));
}

TEST(Lines, BadOnesAreErrorsOrCounted) {
  std::string_view line;
  Lines strict("a\nb\n", "dir/f", false);
  strict.Next(line);
  strict.Next(line);
  EXPECT_FAILS(strict.Bad("is ", 7), Status::kCorrupt, "dir/f, line 2: is 7");
  Lines lenient("a\nb\n", "f", true);
  while (lenient.Next(line)) EXPECT_FALSE(lenient.Bad("bad"));
  EXPECT_EQ(lenient.skipped(), 2u);
}

TEST(Lines, Fields) {
  std::string_view f[3];
  EXPECT_EQ(SplitFields("a::b::c", "::", 3, f), 3u);
  EXPECT_EQ(f[2], "c");
  EXPECT_EQ(SplitFields("a::b", "::", 3, f), 2u);
  EXPECT_EQ(SplitFields("", "::", 3, f), 1u);
  EXPECT_EQ(SplitFields("a::b::c::d::e", "::", 3, f), 4u);
  EXPECT_EQ(SplitFields("::::", "::", 3, f), 3u);
  EXPECT_EQ(f[1], "");
}

TEST(Lines, Integers) {
  int64_t value = 0;
  EXPECT_TRUE(ParseInteger("-12", value));
  EXPECT_EQ(value, -12);
  EXPECT_TRUE(ParseInteger("9223372036854775807", value));
  for (const char* text : {"", " 1", "1 ", "1.0", "+1", "0x1", "9223372036854775808", "one"}) {
    EXPECT_FALSE(ParseInteger(text, value)) << text;
  }
}

}  // namespace
}  // namespace duomo::data
