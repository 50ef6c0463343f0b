// The splits: their facts on real data, their rules on small ones.
#include "data/split.h"

#include <algorithm>
#include <cmath>
#include <set>

#include "data/pairs.h"
#include "data/real_data.h"
#include "data/test_files.h"

namespace duomo::data {
namespace {

using Rows = std::vector<uint32_t>;

// Users, then times, one pair a row; every row is of another item.
Interactions Make(const std::vector<std::pair<uint32_t, int64_t>>& rows) {
  Interactions out;
  for (auto [user, time] : rows) {
    out.users.push_back(user);
    out.items.push_back(static_cast<uint32_t>(out.items.size()));
    out.ratings.push_back(1);
    out.timestamps.push_back(time);
  }
  return out;
}

void ExpectPartition(const Split& split, size_t rows) {
  EXPECT_TRUE(std::is_sorted(split.train.begin(), split.train.end()));
  EXPECT_TRUE(std::is_sorted(split.test.begin(), split.test.end()));
  Rows all;
  std::merge(split.train.begin(), split.train.end(), split.test.begin(), split.test.end(),
             std::back_inserter(all));
  ASSERT_EQ(all.size(), rows);
  for (uint32_t i = 0; i < rows; ++i) ASSERT_EQ(all[i], i);
}

TEST(Split, Paddle) {
  const auto& [d, real] = test::MovieLensOrSynthetic();
  Split split = MakeSplit("paddle", d.interactions);
  EXPECT_EQ(split.name, "paddle");
  ExpectPartition(split, d.interactions.size());
  // Draws do not depend on the data, so these rows hold for any of them.
  EXPECT_EQ(Rows(split.test.begin(), split.test.begin() + 4), (Rows{35, 40, 52, 75}));
  EXPECT_EQ(MakeSplit("paddle", d.interactions, 7).test, split.test);
  if (!real) return;
  EXPECT_EQ(split.test.size(), 100091u);
  EXPECT_EQ(split.train.size(), 900118u);
  std::set<uint32_t> trained, unseen;
  for (uint32_t row : split.train) trained.insert(d.interactions.items[row]);
  for (uint32_t row : split.test) {
    uint32_t item = d.interactions.items[row];
    if (trained.count(item) == 0) unseen.insert(item);
  }
  EXPECT_EQ(unseen.size(), 13u);
}

TEST(Split, PaddleValidationIsInsidePaddlesTraining) {
  const Interactions& rows = test::MovieLensOrSynthetic().dataset.interactions;
  Split paddle = MakeSplit("paddle", rows), split = MakeSplit("paddle-validation", rows);
  EXPECT_EQ(split.name, "paddle-validation");
  // Both lists together are paddle's training rows: nothing of its test rows is seen.
  Rows all;
  std::merge(split.train.begin(), split.train.end(), split.test.begin(), split.test.end(),
             std::back_inserter(all));
  EXPECT_EQ(all, paddle.train);
  double n = static_cast<double>(all.size());
  EXPECT_NEAR(static_cast<double>(split.test.size()), n / 10, 4 * std::sqrt(0.09 * n));
  EXPECT_EQ(MakeSplit("paddle-validation", rows, 7).test, split.test);
}

TEST(Split, RatioFollowsItsSeed) {
  const Interactions& rows = test::MovieLensOrSynthetic().dataset.interactions;
  Split split = MakeSplit("ratio:0.1", rows, 3);
  ExpectPartition(split, rows.size());
  EXPECT_NEAR(static_cast<double>(split.test.size()), static_cast<double>(rows.size()) / 10,
              static_cast<double>(rows.size()) / 100);
  EXPECT_EQ(MakeSplit("ratio:0.1", rows, 3).test, split.test);
  EXPECT_NE(MakeSplit("ratio:0.1", rows, 4).test, split.test);
  EXPECT_GT(MakeSplit("ratio:0.5", rows, 3).test.size(), 4 * split.test.size());
}

TEST(Split, LeaveLast) {
  // User 1 has a tie; user 2 has one row; user 3 is not sorted by time.
  Interactions rows = Make({{1, 5}, {3, 9}, {1, 7}, {1, 7}, {2, 1}, {3, 8}, {1, 6}});
  Split split = MakeSplit("leave-last", rows);
  EXPECT_EQ(split.test, (Rows{1, 3}));
  ExpectPartition(split, rows.size());
  EXPECT_EQ(MakeSplit("leave-last:1", rows).test, split.test);
  EXPECT_EQ(MakeSplit("leave-last:2", rows).test, (Rows{1, 2, 3}));
  EXPECT_EQ(MakeSplit("leave-last:9", rows).train, (Rows{0, 4, 5}));  // the first of each
  EXPECT_FAILS(MakeSplit("leave-last", Make({})), Status::kInvalidArgument, "none of 0");
}

// Nine rows that are three pairs: (0, 0) at 1, 2, 9; (0, 1) at 3, 4, 5; (1, 0) at 6, 7, 8.
Interactions Repeats() {
  Interactions out;
  out.users = {0, 0, 1, 0, 0, 1, 0, 0, 1};
  out.items = {0, 1, 0, 0, 1, 0, 0, 1, 0};
  out.ratings.assign(9, 1);
  out.timestamps = {1, 3, 6, 2, 4, 7, 9, 5, 8};
  return out;
}

TEST(Split, FirstOfPairFindsRepeats) {
  EXPECT_EQ(FirstOfPair(Repeats()), (Rows{0, 1, 2, 0, 1, 2, 0, 1, 2}));
  EXPECT_EQ(FirstOfPair(Make({{1, 5}, {3, 9}, {1, 7}})), (Rows{0, 1, 2}));
  EXPECT_EQ(FirstOfPair({}), Rows{});
}

TEST(Split, RepeatsStandOnOneSideOfDraws) {
  Interactions rows = Repeats();
  for (uint32_t item = 5; item < 25; ++item) {  // so that no draw leaves training empty
    rows.users.push_back(2);
    rows.items.push_back(item);
  }
  size_t with_test = 0;
  for (const char* name : {"ratio:0.5", "ratio:0.3", "paddle", "paddle-validation"}) {
    for (uint64_t seed = 0; seed < 20; ++seed) {
      Split split = MakeSplit(name, rows, seed);
      std::set<std::pair<uint32_t, uint32_t>> trained;
      for (uint32_t row : split.train) trained.insert({rows.users[row], rows.items[row]});
      for (uint32_t row : split.test) {
        EXPECT_EQ(trained.count({rows.users[row], rows.items[row]}), 0u) << name << seed;
      }
      auto copies = std::lower_bound(split.test.begin(), split.test.end(), 9u) - split.test.begin();
      EXPECT_EQ(copies % 3, 0) << "copies go together";
      with_test += copies > 0 ? 1 : 0;
    }
  }
  EXPECT_GT(with_test, 10u);
}

TEST(Split, LeaveLastTakesAPairByItsLastRow) {
  Split split = MakeSplit("leave-last", Repeats());
  EXPECT_EQ(split.test, Rows{6});                    // user 0's last item is 0, at 9
  EXPECT_EQ(split.train, (Rows{1, 2, 4, 5, 7, 8}));  // without item 0's earlier rows
  EXPECT_EQ(split.repeats_left_out, 2u);
  // Both pairs of user 0 would be the last two; one must stay. User 1 has but one.
  EXPECT_EQ(MakeSplit("leave-last:2", Repeats()).test, Rows{6});
  EXPECT_EQ(MakeSplit("leave-last", Make({{1, 5}, {1, 7}})).repeats_left_out, 0u);
}

TEST(Split, TimeMayRepeatWhatCameBefore) {
  Split split = MakeSplit("time:0.7", Repeats());  // 1 to 6 | 7, 8, 9
  EXPECT_EQ(split.test, (Rows{5, 6, 8}));
  ExpectPartition(split, 9);
}

TEST(Split, ValidationIsTheSameKindOfSplitOfTheTrainingRows) {
  Interactions rows = Make({{0, 1}, {0, 2}, {0, 3}, {1, 10}, {1, 11}, {1, 12}, {2, 20}});
  auto validation = [&](const char* name, uint64_t seed = 0) {
    SplitSpec spec = ParseSplit(name);
    Split outer = MakeSplit(spec, rows, seed);
    Split inner = MakeValidation(spec, rows, outer, seed);
    EXPECT_EQ(inner.name, "validation of " + std::string(name));
    Rows all;
    std::merge(inner.train.begin(), inner.train.end(), inner.test.begin(), inner.test.end(),
               std::back_inserter(all));
    EXPECT_EQ(all, outer.train) << name;
    return inner;
  };
  EXPECT_EQ(validation("leave-last").test, (Rows{1, 4}));
  EXPECT_EQ(validation("time:0.9").test, Rows{5});  // 6 train; floor(0.9 * 6) of them stay
  rows = MakeSynthetic(100, 200, 3000, 2).interactions;
  for (const char* name : {"paddle", "ratio:0.1", "none"}) {
    auto n = static_cast<double>(MakeSplit(name, rows).train.size());
    EXPECT_NEAR(static_cast<double>(validation(name).test.size()), n / 10, n / 30) << name;
  }
  EXPECT_NE(validation("ratio:0.1", 1).test, validation("ratio:0.1", 2).test);
  std::set<uint32_t> trained;
  Split cold = validation("cold-items:0.2");
  for (uint32_t row : cold.train) trained.insert(rows.items[row]);
  ASSERT_FALSE(cold.test.empty());
  for (uint32_t row : cold.test) EXPECT_EQ(trained.count(rows.items[row]), 0u);
}

TEST(Split, Time) {
  Interactions rows = Make({{0, 50}, {0, 10}, {1, 30}, {1, 30}, {2, 20}, {2, 30}});
  EXPECT_EQ(MakeSplit("time:0.5", rows).test, (Rows{0, 3, 5}));  // 10 20 30 | 30 30 50
  EXPECT_EQ(MakeSplit("time:0.9", rows).test, (Rows{0}));
  ExpectPartition(MakeSplit("time:0.5", rows), rows.size());
  EXPECT_FAILS(MakeSplit("time:0.1", rows), Status::kInvalidArgument, "none of 6 rows to train on");
}

TEST(Split, None) {
  Split split = MakeSplit("none", Make({{0, 0}, {0, 0}}));
  EXPECT_EQ(split.train, (Rows{0, 1}));
  EXPECT_TRUE(split.test.empty());
}

TEST(Split, TimeNeedsTimestamps) {
  Interactions rows = Make({{0, 1}, {0, 0}, {1, 2}, {1, 0}});
  for (const char* name : {"leave-last", "time:0.5"}) {
    EXPECT_FAILS(MakeSplit(name, rows), Status::kInvalidArgument, "2 of 4 rows have no timestamp");
  }
  rows.timestamps.clear();
  EXPECT_FAILS(MakeSplit("leave-last", rows), Status::kInvalidArgument, "4 of 4");
  const auto& [d, real] = test::MovieLensOrSynthetic();
  if (real) {
    // Part of the file's timestamps are lost (see the README beside it).
    const Interactions& ratings = d.interactions;  // clang 14: no structured binding in a lambda
    EXPECT_FAILS(MakeSplit("time:0.9", ratings), Status::kInvalidArgument,
                 "154638 of 1000209 rows");
  }
}

TEST(Split, ByTimeOnData) {
  auto [d, real] = test::MovieLensOrSynthetic();
  Interactions& rows = d.interactions;
  size_t users = d.users.size();
  if (real) {  // users 1 to 2999 have all of their timestamps
    users = 2999;
    size_t n = 487650;
    ASSERT_EQ(rows.users[n - 1], 2998u);
    ASSERT_EQ(rows.users[n], 2999u);
    rows.users.resize(n);
    rows.items.resize(n);
    rows.ratings.resize(n);
    rows.timestamps.resize(n);
  }
  Split last = MakeSplit("leave-last", rows);
  ExpectPartition(last, rows.size());
  EXPECT_EQ(last.test.size(), users);  // everybody has at least two
  std::vector<int64_t> latest(users);
  for (uint32_t row : last.test) latest[rows.users[row]] = rows.timestamps[row];
  for (uint32_t row : last.train) ASSERT_LE(rows.timestamps[row], latest[rows.users[row]]);

  Split time = MakeSplit("time:0.9", rows);
  ExpectPartition(time, rows.size());
  EXPECT_EQ(time.train.size(), rows.size() * 9 / 10);
  int64_t end = 0, begin = INT64_MAX;
  for (uint32_t row : time.train) end = std::max(end, rows.timestamps[row]);
  for (uint32_t row : time.test) begin = std::min(begin, rows.timestamps[row]);
  EXPECT_LE(end, begin);
}

TEST(Split, BadNames) {
  for (const char* name : {"", "paddel", "ratio", "leave-last1", "Ratio:0.1"}) {
    EXPECT_FAILS(ParseSplit(name), Status::kInvalidArgument,
                 "possible are paddle, ratio:R (e.g. ratio:0.1), leave-last, leave-last:N");
  }
  for (const char* name : {"ratio:", "ratio:0", "ratio:1", "ratio:x", "ratio:0.1x", "time:-0.1",
                           "time:nan", "time:1.5", "ratio:inf"}) {
    EXPECT_FAILS(ParseSplit(name), Status::kInvalidArgument, "is not a number between 0 and 1");
  }
  for (const char* name : {"leave-last:", "leave-last:0", "leave-last:-1", "leave-last:2x"}) {
    EXPECT_FAILS(ParseSplit(name), Status::kInvalidArgument, "is not a whole number of 1 or more");
  }
  EXPECT_EQ(ParseSplit("time:0.25").share, 0.25);
  EXPECT_EQ(ParseSplit("time:0.25").name, "time:0.25");
}

TEST(Split, ColdItemsAreTestRowsAltogether) {
  Dataset dataset = MakeSynthetic(100, 200, 3000, 2);
  const Interactions& all = dataset.interactions;
  Split split = MakeSplit("cold-items:0.2", all, 7);
  EXPECT_EQ(split.train.size() + split.test.size(), all.size());
  EXPECT_GT(split.test.size(), 0u);
  std::set<uint32_t> warm, cold;
  for (uint32_t row : split.train) warm.insert(all.items[row]);
  for (uint32_t row : split.test) cold.insert(all.items[row]);
  for (uint32_t item : cold) EXPECT_EQ(warm.count(item), 0u) << item;
  EXPECT_EQ(MakeSplit("cold-items:0.2", all, 7).test, split.test);
  EXPECT_NE(MakeSplit("cold-items:0.2", all, 8).test, split.test);
}

TEST(Split, EveryFormOfTheTableIsReadAndExplained) {
  std::string help = SplitHelp();
  ASSERT_EQ(SplitForms().size(), 9u);
  for (const SplitForm& form : SplitForms()) {
    EXPECT_EQ(ParseSplit(form.example).kind, form.kind) << form.form;
    EXPECT_EQ(ParseSplit(form.example).name, form.example);
    EXPECT_NE(help.find(std::string(form.form) + "  "), help.npos) << help;
    EXPECT_NE(help.find(form.meaning), help.npos) << help;
    try {
      ParseSplit("by-the-moon");
      ADD_FAILURE();
    } catch (const Error& error) {
      EXPECT_NE(std::string(error.what()).find(form.example), std::string::npos) << error.what();
    }
  }
  EXPECT_EQ(ParseSplit("cold-items:0.25").share, 0.25);
}

}  // namespace
}  // namespace duomo::data
