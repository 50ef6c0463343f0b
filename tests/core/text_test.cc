#include "core/text.h"

#include <gtest/gtest.h>

namespace duomo {
namespace {

TEST(TextTest, Latin1BecomesUtf8) {
  EXPECT_EQ(Latin1ToUtf8("abc"), "abc");
  EXPECT_EQ(Latin1ToUtf8("\xE9\x80\xFF"), "\xC3\xA9\xC2\x80\xC3\xBF");
  std::string all;
  for (int c = 0; c < 256; ++c) all += static_cast<char>(c);
  EXPECT_TRUE(IsUtf8(Latin1ToUtf8(all)));
}

TEST(TextTest, CharactersGoThereAndBack) {
  for (char32_t c : {0x0u, 0x7Fu, 0x80u, 0x7FFu, 0x800u, 0xD7FFu, 0xFFFFu, 0x10000u, 0x10FFFFu}) {
    std::string text;
    AppendUtf8(text, c);
    EXPECT_EQ(Utf8Length(text, 0), text.size());
    EXPECT_EQ(Utf8Character(text), c);
  }
  EXPECT_EQ(Utf8Length("\xC3", 0), 0u);
}

TEST(TextTest, KnowsUtf8FromOtherBytes) {
  for (const char* good : {"", "a", "\xC2\x80", "\xDF\xBF", "\xE0\xA0\x80", "\xED\x9F\xBF",
                           "\xEE\x80\x80", "\xF0\x90\x80\x80", "\xF4\x8F\xBF\xBF"}) {
    EXPECT_TRUE(IsUtf8(good)) << good;
  }
  for (const char* bad :
       {"\x80", "\xC0\x80", "\xC1\xBF", "\xC2", "\xE0\x9F\xBF", "\xED\xA0\x80", "\xE2\x82",
        "\xF0\x8F\xBF\xBF", "\xF4\x90\x80\x80", "\xF5\x80\x80\x80", "\xFF", "a\xE9z"}) {
    EXPECT_FALSE(IsUtf8(bad)) << bad;
  }
}

TEST(TextTest, PrefixNeverCutsACharacter) {
  std::string text = "a\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80";  // 1 + 2 + 3 + 4 bytes
  size_t expected[] = {0, 1, 1, 3, 3, 3, 6, 6, 6, 6, 10, 10};
  for (size_t limit = 0; limit < std::size(expected); ++limit) {
    auto prefix = Utf8Prefix(text, limit);
    EXPECT_EQ(prefix.size(), expected[limit]) << limit;
    EXPECT_TRUE(IsUtf8(prefix));
  }
}

TEST(TextTest, LowersAsciiOnly) { EXPECT_EQ(AsciiLower("AbZ[\xC3\x89"), "abz[\xC3\x89"); }

TEST(TextTest, WordsAreSplitAtWhiteSpaceAndLowered) {
  EXPECT_EQ(Words("  The  Red\tBall,\nII \v"),
            (std::vector<std::string>{"the", "red", "ball,", "ii"}));
  EXPECT_TRUE(Words(" \r\n").empty());
  EXPECT_TRUE(Words("").empty());
}

}  // namespace
}  // namespace duomo
