#include "evaluation/protocol.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

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

using Texts = std::vector<std::string>;

// Whether one of the texts holds all of the words, in that order.
bool Says(const Texts& texts, const std::string& words) {
  for (const std::string& text : texts) {
    if (text.find(words) != text.npos) return true;
  }
  return false;
}

TEST(Protocol, WhoIsLeftOutIsCountedByReason) {
  data::Dataset d = Small();
  d.users.ids.push_back(40);  // has no row at all
  // User 0 has a repeat alone, user 1 a low row, user 2 a case.
  d.interactions.items = {0, 0, 2, 3, 0, 1};
  d.interactions.users = {0, 0, 1, 1, 2, 2};
  d.interactions.ratings = {5, 5, 5, 1, 5, 5};
  data::Split split{{0, 2, 4}, {1, 3, 5}, "mine"};
  CaseOptions options;
  options.minimum_rating = 3;
  RankingCases cases = BuildRankingCases(d, split, options);
  EXPECT_EQ(cases.task.cases.size(), 1u);
  EXPECT_EQ(cases.users_without_case, 3u);
  EXPECT_EQ(cases.users_without_test_row, 1u);
  EXPECT_EQ(cases.users_with_low_rows_only, 1u);
  EXPECT_EQ(cases.users_with_repeated_rows_only, 1u);
  EXPECT_TRUE(Says(cases.Sentences(),
                   "1 user can be ranked, 3 cannot: 1 without a test row, 1 with test rows below "
                   "the minimum rating only, 1 with test rows of items that they have in training "
                   "only."));
}

TEST(Protocol, WhatIsSaidOfTheFutureIsTrueForEachSplit) {
  data::Dataset d = data::MakeSynthetic(60, 40, 900, 4);
  RankingCases time = BuildRankingCases(d, data::MakeSplit("time:0.8", d.interactions));
  EXPECT_EQ(time.later_training_rows, 0u);
  EXPECT_EQ(time.rows_after_first_test, 0u);
  EXPECT_TRUE(Says(time.Sentences(), "No training row is later than any test row."));

  data::Split split = data::MakeSplit("leave-last", d.interactions);
  RankingCases last = BuildRankingCases(d, split);
  EXPECT_EQ(last.later_training_rows, 0u);
  int64_t first = INT64_MAX;
  for (uint32_t row : split.test) first = std::min(first, d.interactions.timestamps[row]);
  uint64_t later = 0;
  for (uint32_t row : split.train) later += d.interactions.timestamps[row] > first ? 1 : 0;
  EXPECT_GT(later, 0u);
  EXPECT_EQ(last.rows_after_first_test, later);
  EXPECT_TRUE(Says(last.Sentences(), "later than the first test row of all"));

  RankingCases drawn = BuildRankingCases(d, data::MakeSplit("ratio:0.2", d.interactions));
  EXPECT_GT(drawn.later_training_rows, 0u);
  EXPECT_TRUE(drawn.same_time.empty());
  EXPECT_TRUE(Says(drawn.Sentences(), "the user's own future"));

  d.interactions.timestamps[split.train[0]] = 0;
  RankingCases unknown = BuildRankingCases(d, split);
  EXPECT_EQ(unknown.rows_without_time, 1u);
  EXPECT_TRUE(unknown.same_time.empty());
  EXPECT_TRUE(Says(unknown.Sentences(), "Of 1 row the time is unknown"));
}

TEST(Protocol, TiesInTimeAreCounted) {
  data::Dataset d = Small();  // user 2's two rows have one time, user 0's have three
  RankingCases cases = BuildRankingCases(d, data::MakeSplit("leave-last", d.interactions));
  EXPECT_EQ(cases.same_time, (std::vector<uint8_t>{0, 1}));
  EXPECT_TRUE(Says(cases.Sentences(), "1 of 2 users (50 %) have a test row of the same time"));
}

TEST(Protocol, CasesAreDrawnByTheUserAlone) {
  data::Dataset d = data::MakeSynthetic(300, 40, 3000, 4);
  data::Split split = data::MakeSplit("leave-last", d.interactions);
  RankingCases all = BuildRankingCases(d, split);
  CaseOptions options;
  options.max_cases = 50;
  RankingCases some = BuildRankingCases(d, split, options);
  ASSERT_EQ(some.task.cases.size(), 50u);
  EXPECT_EQ(some.cases_not_drawn, all.task.cases.size() - 50);
  EXPECT_EQ(some.same_time.size(), 50u);
  EXPECT_EQ(some.task.item_users, all.task.item_users);
  EXPECT_TRUE(Says(some.Sentences(), "Measured on 50 of "));
  size_t at = 0, low = 0;
  for (size_t i = 0; i < all.task.cases.size() && at < 50; ++i) {
    if (all.task.cases[i].user != some.task.cases[at].user) continue;
    EXPECT_EQ(all.task.cases[i].relevant, some.task.cases[at].relevant);
    EXPECT_EQ(all.task.cases[i].excluded, some.task.cases[at].excluded);
    EXPECT_EQ(all.same_time[i], some.same_time[at]);
    low += all.task.cases[i].user < 150 ? 1 : 0;
    ++at;
  }
  EXPECT_EQ(at, 50u);
  EXPECT_GT(low, 10u);  // from the whole range of users
  EXPECT_LT(low, 40u);
  options.max_cases = 1000;
  EXPECT_EQ(BuildRankingCases(d, split, options).cases_not_drawn, 0u);
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
