// One table of interactions, without tables of users and items: names, dates, sets, events, other
// layouts.
#include "data/lone_table.h"

#include "data/test_files.h"

namespace duomo::data {
namespace {

using Strings = std::vector<std::string>;

TEST(Tables, WithoutARowOfNames) {
  const std::string text = "A1,B1,5.0,964982703\nA1,B2,4.0,964982704\nA2,B1,3.0,964982705\n";
  Alone alone;
  EXPECT_FAILS(
      alone.Read(text), Status::kInvalidArgument,
      "i.csv: its first row (A1, B1, 5.0, 964982703) looks like data, not like the names of "
      "columns; name them with --columns user,item,rating,timestamp");
  ApplyColumns(alone.spec, "user,item,rating,timestamp");
  Dataset d = alone.Read(text);
  EXPECT_EQ(d.users.keys, (Strings{"A1", "A2"}));
  EXPECT_EQ(d.interactions.timestamps[0], 964982703);
  EXPECT_EQ(alone.report.interactions.form, "CSV, comma, quotes doubled, UTF-8, no row of names");
  ApplyColumns(alone.spec, "item,,user");
  EXPECT_EQ(alone.spec.columns, (Strings{"item", "column 2", "user"}));
  ApplyColumns(alone.spec, "users:id,age");
  EXPECT_EQ(alone.spec.user_columns, (Strings{"id", "age"}));
  EXPECT_FAILS(ApplyColumns(alone.spec, ""), Status::kInvalidArgument, "columns need names");
}

TEST(Tables, JsonLines) {
  Alone alone;
  Dataset d = alone.Read(
      "{\"reviewerID\":\"A1\",\"asin\":\"B1\",\"overall\":5.0,\"unixReviewTime\":964982703}\n"
      "{\"reviewerID\":\"A2\",\"asin\":\"B1\",\"overall\":3.0,\"unixReviewTime\":964982704}\n");
  EXPECT_EQ(d.users.keys, (Strings{"A1", "A2"}));
  EXPECT_EQ(d.items.keys, (Strings{"B1"}));
  EXPECT_EQ(d.interactions.ratings, (std::vector<float>{5, 3}));
  EXPECT_EQ(d.interactions.timestamps, (std::vector<int64_t>{964982703, 964982704}));
  EXPECT_EQ(alone.report.interactions.time_form, "seconds since 1970");
}

TEST(Tables, DatesAreDates) {
  Alone alone;
  Dataset d = alone.Read("user_id,item_id,date\n1,10,31122019\n1,20,1012020\n2,30,2012020\n");
  EXPECT_EQ(d.interactions.timestamps, (std::vector<int64_t>{1577750400, 1577836800, 1577923200}));
  EXPECT_EQ(alone.report.interactions.time_form, "dates as DDMMYYYY");
  const std::string unclear = "user_id,item_id,date\n1,10,03/04/2019\n1,20,05/06/2019\n";
  EXPECT_FAILS(alone.Read(unclear), Status::kInvalidArgument, "--date-format '%d/%m/%Y'");
  alone.spec.date_format = "%d/%m/%Y";
  EXPECT_EQ(alone.Read(unclear).interactions.timestamps[0], 1554249600);
}

TEST(Tables, Events) {
  const std::string text =
      "timestamp,visitorid,event,itemid,transactionid\n1435685771914,1,view,7,\n"
      "1435685831914,1,buy,7,55\n1435685771914,2,view,7,\n";
  Alone alone;
  Dataset d = alone.Read(text);
  EXPECT_TRUE(d.interactions.events.empty());
  EXPECT_EQ(alone.report.interactions.not_read, (Strings{"event", "transactionid"}));
  EXPECT_EQ(alone.report.interactions.time_form, "milliseconds since 1970");
  ApplyMapping(alone.spec, "event=event");
  d = alone.Read(text);
  EXPECT_EQ(d.interactions.events, (std::vector<uint16_t>{0, 1, 0}));
  EXPECT_EQ(d.interactions.event_names, (Strings{"view", "buy"}));
  std::string many = "user,item,event\n";
  for (int i = 0; i < 65536; ++i) many += StrCat("1,2,e", i, "\n");
  EXPECT_FAILS(alone.Read(many), Status::kInvalidArgument, "more than 65535 values");
}

TEST(Tables, NoRole) {
  Alone alone;
  ApplyMapping(alone.spec, "rating=none");
  Dataset d = alone.Read("user,item,rating\n1,2,5\n");
  EXPECT_EQ(d.interactions.ratings, (std::vector<float>{1}));
  EXPECT_EQ(alone.report.interactions.not_read, (Strings{"rating"}));
  EXPECT_FAILS(ApplyMapping(alone.spec, "user=none"), Status::kInvalidArgument, "must be a user");
  ApplyMapping(alone.spec, "rating=stars");
  EXPECT_FAILS(alone.Read("user,item,rating\n1,2,5\n"), Status::kInvalidArgument,
               "i.csv has no column \"stars\" to be the rating; it has user, item, rating");
  alone.spec = {};
  ApplyMapping(alone.spec, "users.id=who");
  EXPECT_FAILS(alone.Read("user,item\n1,2\n"), Status::kInvalidArgument, "--users");
}

// Sales to nobody known are no damage: left out, and counted, even where bad rows are errors.
TEST(Tables, RowsOfNobody) {
  Alone alone;
  Dataset d = alone.Read("CustomerID,StockCode\n17850,71A\n,71B\n13047,\n13047,71A\n");
  EXPECT_EQ(d.users.ids, (std::vector<int64_t>{17850, 13047}));
  EXPECT_EQ(d.items.keys, (Strings{"71A"}));
  EXPECT_EQ(d.skipped_lines, 2u);
  ASSERT_EQ(alone.report.interactions.skipped_reasons.size(), 2u);
  EXPECT_EQ(alone.report.interactions.skipped_reasons[0].reason, "the user is empty");
  EXPECT_EQ(alone.report.interactions.skipped_reasons[0].first_line, 3u);
  EXPECT_EQ(alone.report.interactions.skipped_reasons[1].reason, "the item is empty");
  d = alone.Read("user,item\n1,NA\nNULL,b\n\\N,b\n2,b\n");
  EXPECT_EQ(d.users.ids, (std::vector<int64_t>{1, 2}));
  EXPECT_EQ(d.items.keys, (Strings{"NA", "b"})) << "among texts it is one";
  EXPECT_EQ(d.skipped_lines, 2u);
}

TEST(Tables, ManyColumnsMayBeAMatrix) {
  Alone alone;
  std::string names = "a1", row = "1";
  for (int i = 2; i <= 30; ++i) names += StrCat(",a", i), row += ",2";
  EXPECT_FAILS(
      alone.Read(names + "\n" + row + "\n"), Status::kInvalidArgument,
      "a12 and 18 more looks like the user; name it with --map user=COLUMN, or say --matrix");
}

TEST(Tables, Matrix) {
  Alone alone;
  alone.spec.matrix = true;
  Dataset d = alone.Read("who,101,102,103\nann,4,,5\nbob,,3.5,\n");
  EXPECT_EQ(d.users.keys, (Strings{"ann", "bob"}));
  EXPECT_EQ(d.items.ids, (std::vector<int64_t>{101, 103, 102}));
  EXPECT_EQ(d.interactions.ratings, (std::vector<float>{4, 5, 3.5}));
  // Without names: the first column counts the ratings, 99 is none.
  alone.spec.matrix_missing = "99";
  d = alone.Read("2,-7.8,99,1.5\n1,99,99,4\n3,1,2,3\n");
  EXPECT_EQ(d.users.ids, (std::vector<int64_t>{1, 2, 3}));
  EXPECT_EQ(d.items.ids, (std::vector<int64_t>{1, 3, 2}));
  EXPECT_EQ(d.interactions.size(), 6u);
}

TEST(Tables, Blocks) {
  Alone alone;
  Dataset d = alone.Read("1:\n1488,3,2005-09-06\n822,5,2005-05-13\n2:\n1488,4,2005-10-19\n");
  EXPECT_EQ(d.users.ids, (std::vector<int64_t>{1488, 822}));
  EXPECT_EQ(d.interactions.items, (std::vector<uint32_t>{0, 0, 1}));
  EXPECT_EQ(d.interactions.timestamps[0], 1125964800);
}

TEST(Tables, DecimalCommas) {
  Alone alone;
  EXPECT_EQ(alone.Read("user;item;rating\n1;2;3,5\n").interactions.ratings[0], 3.5f);
  EXPECT_EQ(alone.Read("user,item,rating\n1,2,\"13,000\"\n").interactions.ratings[0], 13000);
}

}  // namespace
}  // namespace duomo::data
