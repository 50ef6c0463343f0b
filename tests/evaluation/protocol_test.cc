#include "evaluation/protocol.h"

#include <gtest/gtest.h>

#include "core/error.h"
#include "data/synthetic.h"

namespace duomo::evaluation {
namespace {

using Items = std::vector<uint32_t>;

// Three users with ids 10, 20, 30 and four items.
data::Dataset Small() {
  data::Dataset d;
  d.name = "small";
  d.users.ids = {10, 20, 30};
  d.items.ids = {1, 2, 3, 4};
  d.interactions = {
      {0, 0, 0, 1, 2, 2}, {0, 1, 2, 3, 0, 1}, {5, 1, 4, 3, 2, 5}, {100, 300, 200, 50, 70, 70}};
  return d;
}

TEST(Protocol, LeaveLast) {
  data::Dataset d = Small();
  RankingCases cases = BuildRankingCases(d, data::MakeSplit("leave-last", d.interactions));
  // User 1 has one rating, which trains; user 2's last of two at the same time is the later row.
  ASSERT_EQ(cases.task.cases.size(), 2u);
  EXPECT_EQ(cases.task.cases[0].user, 0u);
  EXPECT_EQ(cases.task.cases[0].relevant, Items{1});
  EXPECT_EQ(cases.task.cases[0].excluded, (Items{0, 2}));
  EXPECT_EQ(cases.task.cases[1].user, 2u);
  EXPECT_EQ(cases.task.cases[1].relevant, Items{1});
  EXPECT_EQ(cases.task.cases[1].excluded, Items{0});
  EXPECT_EQ(cases.task.items, 4u);
  EXPECT_EQ(cases.task.item_users, (Items{2, 0, 1, 1}));
  EXPECT_EQ(cases.task.training_users, 3u);
  EXPECT_EQ(cases.users_without_case, 1u);
  EXPECT_EQ(cases.later_training_rows, 0u);
}

TEST(Protocol, OnlyGoodOnesAreRelevant) {
  data::Dataset d = Small();
  CaseOptions options;
  options.minimum_rating = 4;
  RankingCases cases = BuildRankingCases(d, data::MakeSplit("leave-last", d.interactions), options);
  ASSERT_EQ(cases.task.cases.size(), 1u);
  EXPECT_EQ(cases.task.cases[0].user, 2u);
  EXPECT_EQ(cases.low_rows, 1u);
  EXPECT_EQ(cases.users_without_case, 2u);
  options.minimum_rating = 6;
  EXPECT_THROW(BuildRankingCases(d, data::MakeSplit("leave-last", d.interactions), options), Error);
}

TEST(Protocol, TimeSplitKeepsUsersWithoutHistory) {
  data::Dataset d = Small();
  // By time: 50 (user 1), 70, 70 (user 2) | 100, 200, 300 (user 0).
  RankingCases cases = BuildRankingCases(d, data::MakeSplit("time:0.5", d.interactions));
  ASSERT_EQ(cases.task.cases.size(), 1u);
  EXPECT_EQ(cases.task.cases[0].relevant, (Items{0, 1, 2}));
  EXPECT_EQ(cases.task.cases[0].excluded, Items{});
  EXPECT_EQ(cases.task.training_users, 2u);
}

TEST(Protocol, CountsRepetitionsAndTimeTravel) {
  data::Dataset d = Small();
  d.interactions.items = {0, 1, 0, 3, 0, 0};  // users 0 and 2 take item 0 twice
  data::Split split{{0, 1, 3, 4}, {2, 5}, "mine"};
  EXPECT_THROW(BuildRankingCases(d, split), Error);  // nothing new is left
  d.interactions.items[2] = 2;
  RankingCases cases = BuildRankingCases(d, split);
  ASSERT_EQ(cases.task.cases.size(), 1u);
  EXPECT_EQ(cases.repeated_rows, 1u);
  EXPECT_EQ(cases.later_training_rows, 1u);  // row 1 (300) after the test row (200)
  data::Split beyond{{0}, {6}, "mine"};
  EXPECT_THROW(BuildRankingCases(d, beyond), Error);
}

TEST(Protocol, RestrictUsers) {
  data::Dataset d = data::MakeSynthetic(50, 40, 600, 4);
  data::Dataset part = RestrictUsers(d, 11, 20);
  ASSERT_EQ(part.users.size(), 10u);
  EXPECT_EQ(part.users.ids.front(), 11);
  EXPECT_EQ(part.items, d.items);
  size_t at = 0;
  for (size_t i = 0; i < d.interactions.size(); ++i) {
    int64_t id = d.users.ids[d.interactions.users[i]];
    if (id < 11 || id > 20) continue;
    ASSERT_LT(at, part.interactions.size());
    EXPECT_EQ(part.users.ids[part.interactions.users[at]], id);
    EXPECT_EQ(part.interactions.items[at], d.interactions.items[i]);
    EXPECT_EQ(part.interactions.ratings[at], d.interactions.ratings[i]);
    EXPECT_EQ(part.interactions.timestamps[at], d.interactions.timestamps[i]);
    ++at;
  }
  EXPECT_EQ(at, part.interactions.size());
  EXPECT_GT(at, 0u);
  ASSERT_EQ(part.users.columns.size(), d.users.columns.size());
  for (size_t c = 0; c < d.users.columns.size(); ++c) {
    if (d.users.columns[c].kind == data::ColumnKind::kString) {
      EXPECT_EQ(part.users.columns[c].texts[0], d.users.columns[c].texts[10]);
    } else if (d.users.columns[c].kind == data::ColumnKind::kInteger) {
      EXPECT_EQ(part.users.columns[c].integers[0], d.users.columns[c].integers[10]);
    }
  }
  EXPECT_EQ(RestrictUsers(d, 1, 50), d);
}

TEST(Protocol, RestrictUsersKeepsSetsAndNumbers) {
  data::Dataset d = Small();
  data::Column set, number;
  set.name = "likes";
  set.kind = data::ColumnKind::kSet;
  set.texts = {"a", "b", "c"};
  set.offsets = {0, 2, 2, 3};
  number.name = "weight";
  number.kind = data::ColumnKind::kNumber;
  number.numbers = {1, 2, 3};
  d.users.columns = {set, number};
  data::Dataset part = RestrictUsers(d, 20, 30);
  EXPECT_EQ(part.users.columns[0].texts, std::vector<std::string>{"c"});
  EXPECT_EQ(part.users.columns[0].offsets, (std::vector<uint64_t>{0, 0, 1}));
  EXPECT_EQ(part.users.columns[1].numbers, (std::vector<float>{2, 3}));
}

TEST(Protocol, RestrictUsersRefuses) {
  data::Dataset d = Small();
  EXPECT_THROW(RestrictUsers(d, 5, 4), Error);
  EXPECT_THROW(RestrictUsers(d, 40, 50), Error);
  d.users.ids.clear();
  d.users.keys = {"a", "b", "c"};
  EXPECT_THROW(RestrictUsers(d, 1, 2), Error);
}

}  // namespace
}  // namespace duomo::evaluation
