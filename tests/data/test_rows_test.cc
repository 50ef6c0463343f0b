// Test rows of a table of their own beside known data.
#include "data/test_rows.h"

#include "data/test_files.h"

namespace duomo::data {
namespace {

using Rows = std::vector<uint32_t>;

Dataset Known() {
  Dataset d;
  d.name = "known";
  d.users.keys = {"1", "2", "ann"};
  d.items.ids = {10, 20, 30};
  d.interactions.users = {0, 1};
  d.interactions.items = {0, 1};
  d.interactions.ratings = {4, 5};
  d.interactions.timestamps = {100, 200};
  return d;
}

// All of its keys are integers, so it was read as such.
Dataset TestTable() {
  Dataset d;
  d.users.ids = {2, 99, 1};
  d.items.ids = {30, 10, 40};
  d.interactions.users = {0, 1, 2, 2};
  d.interactions.items = {0, 0, 1, 2};
  d.interactions.ratings = {1, 2, 3, 4};
  return d;
}

TEST(TestRows, JoinByKeysAndCountWhatIsUnknown) {
  JoinedTest joined = JoinTest(Known(), TestTable(), "--test new.csv");
  EXPECT_EQ(joined.split.name, "--test new.csv");
  EXPECT_EQ(joined.split.train, (Rows{0, 1}));
  EXPECT_EQ(joined.split.test, (Rows{2, 3}));
  const Interactions& rows = joined.dataset.interactions;
  EXPECT_EQ(rows.users, (Rows{0, 1, 1, 0}));
  EXPECT_EQ(rows.items, (Rows{0, 1, 2, 0}));
  EXPECT_EQ(rows.ratings, (std::vector<float>{4, 5, 1, 3}));
  EXPECT_EQ(rows.timestamps, (std::vector<int64_t>{100, 200, 0, 0}));
  EXPECT_EQ(joined.dataset.users, Known().users) << "no user is added";
  EXPECT_EQ(joined.left_out, 2u);
  EXPECT_EQ(LeftOutText(joined),
            "2 test rows are left out: the data do not have 1 user (99) and 1 item (40)");
}

TEST(TestRows, StandWithoutKnownRows) {
  Dataset known = Known();
  known.interactions = {};
  JoinedTest joined = JoinTest(known, TestTable(), "t");
  EXPECT_TRUE(joined.split.train.empty());
  EXPECT_EQ(joined.split.test, (Rows{0, 1}));
  EXPECT_EQ(joined.dataset.interactions.ratings, (std::vector<float>{1, 3}));
  EXPECT_TRUE(joined.dataset.interactions.timestamps.empty());
}

TEST(TestRows, NothingKnownIsAnError) {
  Dataset test = TestTable();
  test.users.ids = {97, 98, 99};
  EXPECT_FAILS(JoinTest(Known(), test, "t"), Status::kInvalidArgument,
               "none of the 4 rows of t is of a user and an item that known has");
  EXPECT_FAILS(JoinTest(Known(), test, "t"), Status::kInvalidArgument, "3 users (97, 98, 99)");
}

TEST(TestRows, EventsKeepTheirNames) {
  Dataset known = Known(), test = TestTable();
  known.interactions.event_names = {"view", "sale"};
  known.interactions.events = {0, 1};
  test.interactions.event_names = {"cart", "view"};
  test.interactions.events = {0, 0, 1, 1};
  Interactions rows = JoinTest(known, test, "t").dataset.interactions;
  EXPECT_EQ(rows.event_names, (std::vector<std::string>{"view", "sale", "cart"}));
  EXPECT_EQ(rows.events, (std::vector<uint16_t>{0, 1, 2, 0}));
}

}  // namespace
}  // namespace duomo::data
