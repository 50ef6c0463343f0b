#include "converter/output.h"

#include <gtest/gtest.h>

namespace duomo::convert {
namespace {

TEST(Output, Texts) {
  EXPECT_EQ(Commas(0), "0");
  EXPECT_EQ(Commas(999), "999");
  EXPECT_EQ(Commas(1000), "1,000");
  EXPECT_EQ(Commas(528096), "528,096");
  EXPECT_EQ(Commas(UINT64_MAX), "18,446,744,073,709,551,615");
  EXPECT_EQ(ShapeText({}), "()");
  EXPECT_EQ(ShapeText(std::vector<uint64_t>{3, 4}), "3 × 4");
  EXPECT_EQ(Hex(0xBADCAFE), "0badcafe");
  EXPECT_EQ(DisplayWidth("aé日"), 3u);
  EXPECT_EQ(Clip("aé日本", 4), "aé日本");
  EXPECT_EQ(Clip("aé日本", 3), "aé…");
  EXPECT_EQ(Clip("abc", 1), "…");
}

TEST(Table, AlignsAndDropsTrailingSpace) {
  Table table({{"name", {}, false}, {"n", Table::Align::kRight, false}, {"", {}, false}});
  table.Add({"é", "1,000", ""});
  table.Add({"longer", "5", "x"});
  EXPECT_EQ(table.Text(), "  name        n\n  é       1,000\n  longer      5  x\n");
}

TEST(Table, ShrinksOnlyWhatMayShrink) {
  Table table({{"", {}, true}, {"", {}, false}});
  table.Add({std::string(200, 'a'), std::string(20, 'b')});
  std::string text = table.Text();
  EXPECT_EQ(DisplayWidth(text), Table::kWidth + 1);  // and the end of line
  EXPECT_NE(text.find(std::string(20, 'b')), text.npos);
  EXPECT_NE(text.find("a…"), text.npos);
}

}  // namespace
}  // namespace duomo::convert
