#include "core/tokens.h"

#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>

#include "core/random.h"
#include "core/text.h"

namespace duomo {
namespace {

using List = std::vector<std::string>;

List Unicode(std::string_view text) { return Tokens(text, Tokenizer::kUnicode); }

std::string Joined(const List& words) {
  std::string out;
  for (const std::string& word : words) out += word + ' ';
  return out;
}

TEST(TokensTest, VersionOneIsAsItWas) {
  EXPECT_EQ(Tokens("  The  Red\tBall,\nCAF\xC3\x89 \v\xFF", Tokenizer::kSpaces),
            (List{"the", "red", "ball,", "caf\xC3\x89", "\xFF"}));
  EXPECT_TRUE(Tokens(" \r\n", Tokenizer::kSpaces).empty());
}

// The table that the C ABI's test and the bindings read, too.
TEST(TokensTest, SharedTable) {
  std::ifstream in(DUOMO_GOLDEN "/tokens.json");
  auto table = nlohmann::json::parse(in);
  ASSERT_EQ(table["version"], kLastTokenizer);
  ASSERT_GT(table["cases"].size(), 20u);
  for (const auto& one : table["cases"]) {
    auto text = one["text"].get<std::string>();
    EXPECT_EQ(Unicode(text), one["words"].get<List>()) << text;
  }
}

TEST(TokensTest, WhatIsNotUtf8Separates) {
  EXPECT_EQ(Unicode("a\xFF"
                    "b\xE3\x81"),
            (List{"a", "b"}));
  EXPECT_EQ(Unicode(std::string_view("a\0b", 3)), (List{"a", "b"}));
  EXPECT_EQ(Unicode("\xED\xA0\x80x\xF4\x90\x80\x80"), (List{"x"}));
}

TEST(TokensTest, AnyBytesGiveWordsOfThemselves) {
  Random random(15);
  for (int round = 0; round < 3000; ++round) {
    std::string text;
    size_t size = random.Below(40);
    while (text.size() < size) {
      switch (random.Below(4)) {
        case 0:
          text += static_cast<char>(random.Below(256));
          break;
        case 1:
          text += static_cast<char>(' ' + random.Below(95));
          break;
        default:
          AppendUtf8(text, static_cast<char32_t>(random.Below(round % 2 ? 0x3200 : 0x110000)));
      }
    }
    List words = Unicode(text);
    for (const std::string& word : words) {
      EXPECT_FALSE(word.empty());
    }
    if (IsUtf8(text)) {
      for (const std::string& word : words) {
        EXPECT_TRUE(IsUtf8(word));
      }
      EXPECT_EQ(Unicode(Joined(words)), words) << text;
    }
  }
}

// Two words a character at most, of two characters each with their marks.
TEST(TokensTest, LongRunsAreCutInLinearTime) {
  std::string text, marks;
  for (int i = 0; i < 300000; ++i) text += "\xE6\x9D\xB1";
  List words = Unicode(text);
  ASSERT_EQ(words.size(), 299999u);
  EXPECT_EQ(words[7], "\xE6\x9D\xB1\xE6\x9D\xB1");
  marks = "\xE0\xB8\x81";  // a Thai letter under a tower of marks
  for (int i = 0; i < 300000; ++i) marks += "\xE0\xB9\x88";
  ASSERT_EQ(Unicode(marks).size(), 1u);
  EXPECT_EQ(Unicode(marks)[0], marks);
}

}  // namespace
}  // namespace duomo
