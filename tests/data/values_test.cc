// Cells: numbers, times, kinds of columns, keys, and the names of roles.
#include "data/values.h"

#include <cmath>
#include <iterator>

#include "data/key_table.h"
#include "data/roles.h"
#include "data/rows_of_ids.h"
#include "data/test_files.h"

namespace duomo::data {
namespace {

TEST(Values, Numbers) {
  auto number = [](std::string_view text) {
    double value = 0;
    return ParseNumber(text, value) ? value : NAN;
  };
  EXPECT_EQ(number("4"), 4);
  EXPECT_EQ(number("-0.5"), -0.5);
  EXPECT_EQ(number("0.25"), 0.25);
  EXPECT_EQ(number("0"), 0);
  EXPECT_EQ(number("1e3"), 1000);
  EXPECT_EQ(number("0.1"), 0.1);
  EXPECT_EQ(number("123456.78901"), 123456.78901);
  EXPECT_EQ(number("999999999999"), 999999999999);
  EXPECT_EQ(number("0.12345678901234567"), 0.12345678901234567);
  for (const char* bad :
       {"", "-", "x", "1x", " 1", "1 ", "+1", "007", "-01", "nan", "inf", "1e39", "1,5", "0x10"}) {
    EXPECT_TRUE(std::isnan(number(bad))) << bad;
  }
}

TEST(Values, Times) {
  auto time = [](std::string_view text) {
    int64_t seconds = -5;
    return ParseTime(text, seconds) ? seconds : -1;
  };
  EXPECT_EQ(time("0"), 0);
  EXPECT_EQ(time("978300760"), 978300760);
  EXPECT_EQ(time("978300760.9"), 978300760);
  EXPECT_EQ(time("978300760123"), 978300760);
  EXPECT_EQ(time("978300760123456"), 978300760);
  EXPECT_EQ(time("978300760123456789"), 978300760);
  EXPECT_EQ(time("1970-01-01"), 0);
  EXPECT_EQ(time("2000-02-29"), 951782400);
  EXPECT_EQ(time("2001-09-09T01:46:40Z"), 1000000000);
  EXPECT_EQ(time("2001-09-09 01:46:40"), 1000000000);
  EXPECT_EQ(time("2001-09-09T01:46:40.999z"), 1000000000);
  EXPECT_EQ(time("2001-09-09T03:46:40+02:00"), 1000000000);
  EXPECT_EQ(time("2001-09-09T03:46:40+0200"), 1000000000);
  EXPECT_EQ(time("2001-09-08 20:16:40 -05:30"), 1000000000);
  EXPECT_EQ(time("2001-09-09T01:46"), 999999960);
  EXPECT_EQ(time("2001-09-09T01:46+01"), 999996360);
  for (const char* bad :
       {"", "-1", "x", "2001-02-29", "2001-13-01", "2001-00-10", "2001-9-9", "2001-09-09T",
        "2001-09-09T24:00", "2001-09-09T01:60", "2001-09-09T01:46:61", "2001-09-09T01:46:40X",
        "2001-09-09T01:46:40+2", "2001-09-09T01:46:40+02:00x", "1969-12-31", "1e30", "01-02-2003",
        "99999999999999999999"}) {
    EXPECT_EQ(time(bad), -1) << bad;
  }
}

TEST(Values, KindsAreGuessed) {
  auto kind = [](std::vector<const char*> cells) {
    ColumnGuess guess(std::nullopt);
    for (const char* cell : cells) guess.Add(cell);
    return guess.Kind();
  };
  EXPECT_EQ(kind({"1", "-2", "0"}), ColumnKind::kInteger);
  EXPECT_EQ(kind({"1", "", "3"}), ColumnKind::kNumber);
  EXPECT_EQ(kind({"1", "2.5"}), ColumnKind::kNumber);
  EXPECT_EQ(kind({"01", "2"}), ColumnKind::kString);
  EXPECT_EQ(kind({"1", "x"}), ColumnKind::kString);
  EXPECT_EQ(kind({"a", "b|c", ""}), ColumnKind::kSet);
  EXPECT_EQ(kind({"", ""}), ColumnKind::kString);
}

TEST(Values, Columns) {
  auto make = [](std::vector<const char*> cells, ColumnKind kind, char separator = '|') {
    ColumnGuess guess(separator);
    for (const char* cell : cells) guess.Add(cell);
    return guess.Make("c", kind);
  };
  EXPECT_EQ(make({"1", "-2"}, ColumnKind::kInteger).integers, (std::vector<int64_t>{1, -2}));
  Column numbers = make({"1.5", ""}, ColumnKind::kNumber);
  EXPECT_EQ(numbers.numbers[0], 1.5f);
  EXPECT_TRUE(std::isnan(numbers.numbers[1]));
  EXPECT_EQ(make({"1", ""}, ColumnKind::kString).texts, (std::vector<std::string>{"1", ""}));
  Column set = make({"a|b", "", "|c||", "d"}, ColumnKind::kSet);
  EXPECT_EQ(set.texts, (std::vector<std::string>{"a", "b", "c", "d"}));
  EXPECT_EQ(set.offsets, (std::vector<uint64_t>{0, 2, 2, 3, 4}));
  EXPECT_EQ(make({"a;b|c"}, ColumnKind::kSet, ';').texts, (std::vector<std::string>{"a", "b|c"}));
}

TEST(Values, SetsAreFoundOut) {
  auto found = [](std::vector<std::string> cells) { return FindSetSeparator(cells); };
  EXPECT_EQ(found({"Drama, Action", "Action, Drama", "Action"}), ',');
  EXPECT_EQ(found({"a|b", "c", ""}), '|');
  EXPECT_EQ(found({"Zork, The", "Blimm, The", "Alone"}), kNoSet);
  EXPECT_EQ(found({"1,5", "2,5"}), kNoSet);
  EXPECT_EQ(found({"['Action', 'Drama']", "[]", "[\"x\"]"}), kListText);
  EXPECT_EQ(found({"", ""}), kNoSet);
  std::vector<std::string> names(1000, "x"), titles, cities, genres;
  names[17] = "a|b";
  EXPECT_EQ(found(names), kNoSet);
  const char* kinds[] = {"Drama", "Action", "Crime", "Comedy"};
  for (int i = 0; i < 300; ++i) {
    titles.push_back(StrCat("Word", i, ", the tale of ", i * 7, i % 3 == 0 ? ", again" : ""));
    cities.push_back(StrCat("Town", i % 90, ", ", i % 2 == 0 ? "DE" : "FR"));
    genres.push_back(StrCat(kinds[i % 4], ";", kinds[(i + i / 4 + 1) % 4]));
  }
  EXPECT_EQ(found(titles), kNoSet);
  EXPECT_EQ(found(cities), kNoSet);
  EXPECT_EQ(found(genres), ';');
}

TEST(Values, WordsForMissingNumbers) {
  ColumnGuess guess(std::nullopt);
  for (const char* cell : {"12", "NULL", "", "3.5", "NaN", "\\N"}) guess.Add(cell);
  ASSERT_EQ(guess.Kind(), ColumnKind::kNumber);
  Column column = guess.Make("age", ColumnKind::kNumber);
  EXPECT_EQ(column.numbers[0], 12);
  EXPECT_TRUE(std::isnan(column.numbers[1]) && std::isnan(column.numbers[2]));
  EXPECT_EQ(column.numbers[3], 3.5f);
  ColumnGuess words(std::nullopt);
  for (const char* cell : {"NULL", "None"}) words.Add(cell);
  EXPECT_EQ(words.Kind(), ColumnKind::kString) << "nothing but words";
}

TEST(Values, SetsAreSplit) {
  auto split = [](std::string_view cell, char separator) {
    std::vector<std::string> out;
    SplitSet(cell, separator, [&](std::string_view value) { out.emplace_back(value); });
    return out;
  };
  using Strings = std::vector<std::string>;
  EXPECT_EQ(split(" Drama, Action ,,Drama", ','), (Strings{"Drama", "Action"}));
  EXPECT_EQ(split("['Action', \"Children's\", 'It\\'s']", kListText),
            (Strings{"Action", "Children's", "It's"}));
  EXPECT_EQ(split("[1, 2.5]", kListText), (Strings{"1", "2.5"}));
  EXPECT_EQ(split("[{'id': 16, 'name': 'Drama'}, {'id': 3, 'name': 'Crime'}]", kListText),
            (Strings{"Drama", "Crime"}));
  EXPECT_EQ(split("[]", kListText), Strings{});
  EXPECT_EQ(split("\x1F"
                  "a\x1F"
                  "b, c",
                  '\x1F'),
            (Strings{"a", "b, c"}));
}

TEST(Values, NumbersWithCommas) {
  auto number = [](std::string_view text, bool comma) {
    double value = 0;
    return ParseNumber(text, comma, value) ? value : NAN;
  };
  EXPECT_EQ(number("3,5", true), 3.5);
  EXPECT_EQ(number("1,234", false), 1234);
  EXPECT_EQ(number("-12,345,678.5", false), -12345678.5);
  for (const char* bad : {"3,5", "1234,567", "1,23", ",123", "1,234,"}) {
    EXPECT_TRUE(std::isnan(number(bad, false))) << bad;
  }
  EXPECT_TRUE(std::isnan(number("1,2,3", true)));
}

TEST(Values, RowsOfIds) {
  RowsOfIds rows;
  uint32_t row = 0;
  // Around the border of the two stores, in both orders, and far beyond.
  const int64_t ids[] = {3000000, 5000000, 4194303,   4194304,  8388607,
                         8388608, -1,      INT64_MIN, INT64_MAX};
  for (uint32_t i = 0; i < std::size(ids); ++i) {
    EXPECT_FALSE(rows.Find(ids[i], row)) << ids[i];
    EXPECT_TRUE(rows.Add(ids[i], i)) << ids[i];
    EXPECT_FALSE(rows.Add(ids[i], 77)) << ids[i];
  }
  for (uint32_t i = 0; i < std::size(ids); ++i) {
    EXPECT_TRUE(rows.Find(ids[i], row) && row == i) << ids[i];
  }
  for (uint32_t i = 0; i < 100000; ++i) rows.Add(int64_t{i} << 32, i);
  for (uint32_t i = 1; i < 100000; ++i) ASSERT_TRUE(rows.Find(int64_t{i} << 32, row) && row == i);
}

TEST(Values, KeysWithAZeroFraction) {
  auto cut = [](std::string_view text) { return TakeZeroFraction(text) ? text : "none"; };
  EXPECT_EQ(cut("17850.0"), "17850");
  EXPECT_EQ(cut("-3.00"), "-3");
  for (const char* bad : {"17850", "1.", "1.5", "01.0", ".0", "a.0"}) EXPECT_EQ(cut(bad), "none");
}

TEST(Values, KeysAreIntegersUntilOneIsNot) {
  KeyTable keys;
  EXPECT_EQ(keys.Add("7"), 0u);
  EXPECT_EQ(keys.Add("-3"), 1u);
  EXPECT_EQ(keys.Add("7"), 0u);
  EXPECT_EQ(keys.Add("9000000000"), 2u);
  uint32_t row = 0;
  EXPECT_TRUE(keys.Find("-3", row) && row == 1);
  EXPECT_FALSE(keys.Find("07", row));
  EXPECT_TRUE(keys.all_integers());
  EXPECT_EQ(keys.Add("007"), 3u);  // another key than 7
  EXPECT_FALSE(keys.all_integers());
  EXPECT_EQ(keys.Add("7"), 0u);
  EXPECT_EQ(keys.Add("-3"), 1u);
  EXPECT_TRUE(keys.Find("9000000000", row) && row == 2);
  EntityTable table;
  keys.MoveTo(table, "id");
  EXPECT_TRUE(table.ids.empty());
  EXPECT_EQ(table.keys, (std::vector<std::string>{"7", "-3", "9000000000", "007"}));
  EXPECT_EQ(table.Find("id")->texts, table.keys);
  int64_t value = 0;
  for (const char* text : {"", "-", "-0", "00", "+1", "1.0", "9223372036854775808"}) {
    EXPECT_FALSE(IsPlainInteger(text, value)) << text;
  }
  EXPECT_TRUE(IsPlainInteger("-9223372036854775808", value) && value == INT64_MIN);
}

TEST(Values, Roles) {
  auto find = [](Role role, std::vector<std::string> header, const char* wish = "") {
    return FindRole(role, header, wish, "t.csv");
  };
  for (const char* name : {"userId", "user_id", "USER ID", "User", "uid", "reviewer.id"}) {
    EXPECT_EQ(find(Role::kUser, {"x", name}), 1u) << name;
  }
  for (const char* name : {"movieId", "item_id", "item", "ISBN", "product-id"}) {
    EXPECT_EQ(find(Role::kItem, {name, "x"}), 0u) << name;
  }
  EXPECT_EQ(find(Role::kUser, {"user", "user_id"}), 1u);  // the more telling of two
  EXPECT_EQ(find(Role::kTimestamp, {"date", "timestamp"}), 1u);
  EXPECT_EQ(find(Role::kUser, {"id"}), kNoColumn);
  EXPECT_EQ(find(Role::kUserKey, {"id"}), 0u);
  EXPECT_EQ(find(Role::kRating, {"a", "b"}), kNoColumn);
  EXPECT_EQ(find(Role::kRating, {"rating", "b"}, "b"), 1u);
  EXPECT_FAILS(find(Role::kRating, {"a", "b"}, "B"), Status::kInvalidArgument,
               "t.csv has no column \"B\" to be the rating; it has a, b");
  EXPECT_FAILS(find(Role::kUser, {"userId", "user_id"}), Status::kInvalidArgument,
               "\"userId\" and \"user_id\" could both be the user");
}

}  // namespace
}  // namespace duomo::data
