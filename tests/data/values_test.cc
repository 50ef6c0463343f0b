// Cells: numbers, times, kinds of columns, keys, and the names of roles.
#include "data/values.h"

#include <cmath>

#include "data/key_table.h"
#include "data/roles.h"
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
    ColumnGuess guess('|');
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
