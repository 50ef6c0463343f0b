// Dialects of CSV, found out.
#include "data/dialect.h"

#include "data/test_files.h"

namespace duomo::data {
namespace {

std::string Found(std::string_view text, bool whole = true) {
  return Describe(FindDialect(text, whole));
}

TEST(Dialect, Separators) {
  EXPECT_EQ(Found("a,b\n1,2\n"), "comma, quotes doubled");
  EXPECT_EQ(Found("a;b\n1,5;2,5\n"), "semicolon, quotes doubled");
  EXPECT_EQ(Found("1;1,5\n2;2,5\n"), "semicolon, quotes doubled");
  EXPECT_EQ(Found("a\tb\n1,2\t3\n"), "tab, quotes none");
  EXPECT_EQ(Found("1|x y|a,b\n2|z|c\n"), "\"|\", quotes doubled");
  EXPECT_EQ(Found("1::193::5::978300760\n1::661::3::978302109\n"), "\"::\", quotes none");
  EXPECT_EQ(Found("1::Zork (1995)::A|B,C\n2::Blimm, The (2000)::D\n"), "\"::\", quotes none");
  EXPECT_EQ(Found("196 242  3\n186 302  3\n"), "blanks, quotes none");
  EXPECT_EQ(Found("id\n1\n2\n"), "comma, quotes doubled");
  EXPECT_EQ(Found("title\nThe Big Zork\nA Blimm\n"), "comma, quotes doubled");
  EXPECT_EQ(Found(""), "comma, quotes doubled");
  // Commas in texts, some rows with a semicolon.
  EXPECT_EQ(Found("id;text\n1;a, b, c\n2;d, e\n3;f\n"), "semicolon, quotes doubled");
  EXPECT_EQ(Found("id,tags\n1,a;b\n2,c\n3,d;e;f\n"), "comma, quotes doubled");
}

TEST(Dialect, Quotes) {
  EXPECT_EQ(Found("\"a\",\"b\"\n\"say \"\"hi\"\"\",\"x\"\n"), "comma, quotes doubled");
  EXPECT_EQ(Found("\"a\";\"b\"\n\"say \\\"hi\\\"\";\"2000\"\n\"The \\\"new\\\" x\";\"1\"\n"),
            "semicolon, quotes backslash");
  EXPECT_EQ(Found("\"a\"\t\"b\"\n\"x\ty\"\t\"1\"\n"), "tab, quotes doubled");
  // Names in quotes, and a quote that opens and never closes.
  EXPECT_EQ(Found("id\tname\turl\n1\t\"Weird\" Al\tx\n2\t\"The Zork\tx\n3\tB\tx\n"),
            "tab, quotes none");
  EXPECT_EQ(Found("id\tname\n1\tthe \"x\" band\n2\ty\n"), "tab, quotes none");
  EXPECT_EQ(Found("a,\"b\nc\"\n1,2\n", false), "comma, quotes doubled");
  EXPECT_EQ(Found("\"c:\\\",x\n\"d\",y\n"), "comma, quotes doubled");
}

TEST(Dialect, WhatIsStatedStands) {
  std::string text = "a,b;c\n1,2;3\n";
  EXPECT_EQ(FindDialect(text, true, {.separator = "\t"}).separator, '\t');
  EXPECT_EQ(FindDialect(text, true, {.separator = ";", .quotes = Quotes::kNone}),
            (Dialect{';', false, false, Quotes::kNone}));
  EXPECT_EQ(FindDialect("a\tb\n", true, {.quotes = Quotes::kDoubled}).quotes, Quotes::kDoubled);
  for (const char* bad : {"\"", "\n", "ab", ":::"}) {
    EXPECT_FAILS(FindDialect(text, true, {.separator = bad}), Status::kInvalidArgument, "give one");
  }
}

TEST(Dialect, AsPeopleTypeIt) {
  EXPECT_EQ(QuotesFrom("backslash"), Quotes::kBackslash);
  EXPECT_FAILS(QuotesFrom("double"), Status::kInvalidArgument, "doubled");
  EXPECT_EQ(SeparatorFrom("tab"), "\t");
  EXPECT_EQ(SeparatorFrom("::"), "::");
  EXPECT_EQ(SeparatorFrom("|"), "|");
  EXPECT_EQ(SeparatorFrom(""), "");
  for (const char* bad : {"\"", "abc", "\n"}) {
    EXPECT_FAILS(SeparatorFrom(bad), Status::kInvalidArgument, "cannot separate fields");
  }
}

}  // namespace
}  // namespace duomo::data
