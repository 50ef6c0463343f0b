// Several items in a cell: baskets and sessions, found out and read as rows of their own.
#include "data/list_cell.h"
#include "data/recognise.h"
#include "data/tables.h"
#include "data/test_files.h"
#include "data/zip_builder.h"

namespace duomo::data {
namespace {

using Strings = std::vector<std::string>;

// What is found of the items' column among 300 orders, each written by `cell`.
template <typename Cell>
char Found(const Cell& cell) {
  std::string text = "session\titem\n";
  for (size_t order = 0; order < 300; ++order) text += StrCat('s', order, '\t', cell(order), '\n');
  auto table = OpenTable(BytesOf(text), "t.tsv", {});
  return RecogniseInteractions(ProfileTable(*table), {}, true).item_separator;
}

// The items of an order, of 50 that anything may have in any place.
std::string Basket(size_t order, const char* between, const char* word = "") {
  std::string out;
  for (size_t i = 0; i <= order % 5; ++i) {
    out += StrCat(i == 0 ? "" : between, word, (order * 7 + i * 13) % 50);
  }
  return out;
}

TEST(Baskets, AreFoundByWhatSeparatesTheirItems) {
  EXPECT_EQ(Found([](size_t i) { return Basket(i, ","); }), ',');
  EXPECT_EQ(Found([](size_t i) { return Basket(i, "; ", "sku-"); }), ';');
  EXPECT_EQ(Found([](size_t i) { return Basket(i, "|", "sku "); }), '|');
  EXPECT_EQ(Found([](size_t i) { return Basket(i, " "); }), ' ');
  EXPECT_EQ(Found([](size_t i) { return "[" + Basket(i, ", ") + "]"; }), kListText);
}

TEST(Baskets, NamesWithSeparatorsAreNone) {
  auto title = [](size_t i) { return StrCat("Dune ", i % 40, ", Part ", i % 2 + 1); };
  EXPECT_EQ(Found(title), kNoSet);
  auto maker = [](size_t i) { return StrCat("maker ", i % 5, "|model ", i % 40, '|', i % 3); };
  EXPECT_EQ(Found(maker), kNoSet);
  EXPECT_EQ(Found([](size_t i) { return StrCat("Film ", i % 40); }), kNoSet) << "words";
  EXPECT_EQ(Found([](size_t i) { return StrCat(i % 40); }), kNoSet);
}

Dataset Read(const std::string& rows, TablesSpec spec, const std::string& items = "",
             TablesReport* report = nullptr) {
  spec.name = "orders";
  auto open = [](const std::string& text, const char* where) {
    TableSource source;
    if (!text.empty()) source = {BytesOf(text), where};
    return source;
  };
  return ReadTables(spec, open(rows, "o.csv"), {}, open(items, "i.csv"), report);
}

TEST(Baskets, EachItemIsARow) {
  const std::string rows =
      "user,item,stars,at\n7,\"a, b,a\",4,100\n8,c,,200\n7,\" , \",5,300\n9,\"b,,c\",1,400\n";
  TablesSpec spec;
  spec.roles.rating = "stars";
  spec.roles.timestamp = "at";
  spec.sets = {{"item", ','}};
  spec.skip_bad_lines = true;  // one has no stars
  TablesReport report;
  const Dataset d = Read(rows, spec, "", &report);
  EXPECT_EQ(d.items.keys, (Strings{"a", "b", "c"}));
  EXPECT_EQ(d.interactions.items, (std::vector<uint32_t>{0, 1, 1, 2}));
  EXPECT_EQ(d.interactions.users, (std::vector<uint32_t>{0, 0, 1, 1}));
  EXPECT_EQ(d.interactions.ratings, (std::vector<float>{4, 4, 1, 1}));
  EXPECT_EQ(d.interactions.timestamps, (std::vector<int64_t>{100, 100, 400, 400}));
  EXPECT_EQ(report.interactions.rows, 4u);
  EXPECT_EQ(report.interactions.skipped, 2u) << "no stars; no item";
}

// What a table of items lacks is no reason to leave the others of the basket out.
TEST(Baskets, UnknownItemsAloneAreLeftOut) {
  TablesSpec spec;
  spec.sets = {{"item", '|'}};
  const std::string rows = "user,item\n1,a|x|b\n", items = "id,price\na,1\nb,2\n";
  const Error error = test::ErrorOf([&] { Read(rows, spec, items); });
  EXPECT_NE(std::string(error.what()).find("item \"x\" is not in i.csv"), std::string::npos)
      << error.what();
  spec.skip_bad_lines = true;
  EXPECT_EQ(Read(rows, spec, items).interactions.items, (std::vector<uint32_t>{0, 1}));
}

TEST(Baskets, ACellIsOneItemUnlessTheSpecSaysOtherwise) {
  EXPECT_EQ(Read("user,item\n1,\"a,b\"\n", {}).items.keys, (Strings{"a,b"}));
}

}  // namespace
}  // namespace duomo::data
