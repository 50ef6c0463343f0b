// The floors of rankings: item-top-n and item-transitions against their formulas, within memory.
#include "evaluation/baselines/floors.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>

#include "core/error.h"
#include "data/real_data.h"
#include "data/split.h"
#include "data/synthetic.h"
#include "evaluation/baselines/item_top_n.h"
#include "evaluation/baselines/item_transitions.h"
#include "evaluation/baselines/popularity.h"
#include "evaluation/baselines/similarity.h"
#include "evaluation/protocol.h"

namespace duomo::evaluation {
namespace {

std::vector<uint32_t> AllRows(const data::Interactions& in) {
  std::vector<uint32_t> rows(in.size());
  std::iota(rows.begin(), rows.end(), 0u);
  return rows;
}

std::shared_ptr<const RatingMatrix> Matrix(const data::Interactions& in, uint32_t users,
                                           uint32_t items) {
  return std::make_shared<const RatingMatrix>(in, AllRows(in), users, items);
}

std::vector<float> Scores(const Recommender& r, uint32_t user, uint32_t items) {
  std::vector<float> scores(items);
  r.Score(user, scores);
  return scores;
}

data::Interactions Pairs(std::vector<uint32_t> users, std::vector<uint32_t> items,
                         std::vector<int64_t> times = {}) {
  data::Interactions in;
  in.users = std::move(users);
  in.items = std::move(items);
  in.timestamps = std::move(times);
  return in;
}

TEST(ItemTopN, ByHand) {
  // Item 1 goes with item 0 twice, item 2 once; item 3 with nobody.
  data::Interactions in = Pairs({0, 0, 1, 1, 2, 2, 3, 4}, {0, 1, 0, 1, 0, 2, 0, 3});
  ItemTopN cf(Matrix(in, 5, 4));
  std::vector<float> scores = Scores(cf, 3, 4);  // has item 0 alone, which 4 users have
  EXPECT_EQ(scores[0], 0);
  EXPECT_FLOAT_EQ(scores[1], 2 / std::sqrt(8.0f));
  EXPECT_FLOAT_EQ(scores[2], 0.5f);
  EXPECT_EQ(scores[3], 0);
  EXPECT_FLOAT_EQ(Scores(cf, 0, 4)[2], 0.5f);  // has 0 and 1
  ItemTopN::Options options;
  options.k = 1;  // item 0 knows item 1 alone
  ItemTopN one(Matrix(in, 5, 4), options);
  EXPECT_EQ(Scores(one, 3, 4)[2], 0);
  EXPECT_FALSE(one.Exportable());
  EXPECT_THROW(one.Export({}), Error);
  EXPECT_EQ(one.Note(), "");
}

// The sums over the whole matrix of similarities, whatever threads and blocks make them.
TEST(ItemTopN, EqualsTheDenseOneToTheBit) {
  constexpr uint32_t kUsers = 120, kItems = 150;  // three blocks of lists, the last one short
  data::Dataset d = data::MakeSynthetic(kUsers, kItems, 2500, 3);
  auto matrix = Matrix(d.interactions, kUsers, kItems);
  SimilarityOptions binary;
  binary.kind = SimilarityKind::kBinaryCosine;
  binary.between_users = false;
  Similarities dense(*matrix, binary);
  for (uint32_t k : {1u, 7u, 20u, 1000u}) {
    std::vector<std::vector<std::pair<uint32_t, float>>> lists(kItems);
    for (uint32_t item = 0; item < kItems; ++item) {
      auto similar = dense.Of(item);
      std::vector<uint32_t> near;
      for (uint32_t other = 0; other < kItems; ++other) {
        if (other != item && similar[other] > 0) near.push_back(other);
      }
      std::sort(near.begin(), near.end(), [&](uint32_t a, uint32_t b) {
        if (similar[a] != similar[b]) return similar[a] > similar[b];
        size_t x = matrix->OfItem(a).size(), y = matrix->OfItem(b).size();
        return x != y ? x > y : HashOfPair(item, a) < HashOfPair(item, b);
      });
      if (near.size() > k) near.resize(k);
      for (uint32_t other : near) {
        lists[item].push_back({other, static_cast<float>(similar[other])});
      }
    }
    for (size_t threads : {1u, 3u}) {
      ItemTopN::Options options;
      options.k = k;
      options.threads = threads;
      ItemTopN cf(matrix, options);
      for (uint32_t user = 0; user < kUsers; ++user) {
        std::vector<double> sums(kItems);
        for (const auto& entry : matrix->OfUser(user)) {
          for (auto [other, value] : lists[entry.row]) sums[other] += double{value};
        }
        std::vector<float> scores = Scores(cf, user, kItems);
        for (uint32_t i = 0; i < kItems; ++i) ASSERT_EQ(scores[i], static_cast<float>(sums[i]));
      }
    }
  }
}

TEST(ItemTopN, StaysWithinItsMemory) {
  constexpr uint32_t kUsers = 400, kItems = 3000;
  data::Dataset d = data::MakeSynthetic(kUsers, kItems, 20000, 5);
  auto matrix = Matrix(d.interactions, kUsers, kItems);
  ItemTopN all(matrix);
  EXPECT_EQ(all.lists().k(), 20u);
  ItemTopN::Options options;
  options.max_bytes = 320 << 10;
  ItemTopN small(matrix, options);
  EXPECT_LT(small.lists().bytes(), options.max_bytes);
  EXPECT_LT(small.lists().k(), 20u);
  EXPECT_GT(small.lists().k(), 1u);
  EXPECT_NE(small.Note().find("similar ones instead of 20"), std::string::npos) << small.Note();
  // What is kept is the best of the longer list.
  for (uint32_t item = 0; item < kItems; ++item) {
    auto few = small.lists().Of(item), many = all.lists().Of(item);
    ASSERT_EQ(few.size(), std::min<size_t>(many.size(), small.lists().k()));
    for (size_t i = 0; i < few.size(); ++i) ASSERT_EQ(few[i].item, many[i].item);
  }
  options.max_bytes = 10 << 10;
  try {
    ItemTopN nothing(matrix, options);
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.status(), Status::kUnsupported);
    EXPECT_NE(std::string(error.what()).find("3000 items"), std::string::npos) << error.what();
  }
}

TEST(ItemTopN, CutsTheLongestUsersAndSaysSo) {
  // Ten users with everything, and one with two items.
  data::Interactions in;
  for (uint32_t user = 0; user < 10; ++user) {
    for (uint32_t item = 0; item < 50; ++item) in.users.push_back(user), in.items.push_back(item);
  }
  for (uint32_t item : {3u, 50u}) in.users.push_back(10), in.items.push_back(item);
  auto matrix = Matrix(in, 11, 51);
  ItemTopN::Options options;
  options.max_pairs = 10 * 20 * 20 + 4;
  ItemTopN cut(matrix, options);
  EXPECT_NE(cut.Note().find("from 20 items"), std::string::npos) << cut.Note();
  EXPECT_NE(cut.Note().find("each of 10 users"), std::string::npos) << cut.Note();
  uint64_t pairs = 0;
  for (uint32_t item = 0; item < 51; ++item) {
    for (const auto& near : cut.lists().Of(item)) {
      EXPECT_LE(near.value, 1.0f);
      EXPECT_GT(near.value, 0.0f);
      ++pairs;
    }
  }
  EXPECT_GT(pairs, 500u);
  ASSERT_EQ(cut.lists().Of(50).size(), 1u);  // a short list is whole
  EXPECT_EQ(cut.lists().Of(50)[0].item, 3u);
  ItemTopN again(matrix, options);
  EXPECT_EQ(Scores(cut, 10, 51), Scores(again, 10, 51));
}

data::Dataset Timed(data::Interactions in, uint32_t users, uint32_t items) {
  data::Dataset d;
  d.name = "timed";
  for (uint32_t i = 0; i < users; ++i) d.users.ids.push_back(i);
  for (uint32_t i = 0; i < items; ++i) d.items.ids.push_back(i);
  d.interactions = std::move(in);
  return d;
}

TEST(ItemTransitions, ByHand) {
  // User 0: 0, 1, 2 in time, whatever the order of the file. User 1: 0, then 2. User 2: 0.
  data::Dataset d =
      Timed(Pairs({0, 0, 0, 1, 1, 2}, {2, 0, 1, 0, 2, 0}, {30, 10, 20, 5, 6, 9}), 4, 4);
  ItemTransitions::Options options;
  options.decay = 0.5;
  options.popularity_power = 1;
  ItemTransitions rules(d, AllRows(d.interactions), options);
  std::vector<float> scores = Scores(rules, 2, 4);
  EXPECT_EQ(scores[0], 0);
  EXPECT_FLOAT_EQ(scores[1], 1);               // 0 → 1 once, a step; item 1 has one user
  EXPECT_FLOAT_EQ(scores[2], (0.5f + 1) / 2);  // two steps, and one; item 2 has two users
  EXPECT_EQ(scores[3], 0);
  scores = Scores(rules, 0, 4);  // ends with 1 and 2; from 2 nothing leads on
  EXPECT_FLOAT_EQ(scores[2], 0.5f * (1.0f / 2) + 0.25f * (1.5f / 2));
  options.window = 1;
  EXPECT_FLOAT_EQ(Scores(ItemTransitions(d, AllRows(d.interactions), options), 2, 4)[2], 0.5f);
  EXPECT_EQ(Scores(rules, 3, 4), std::vector<float>(4));  // no history
  EXPECT_FALSE(rules.Exportable());
}

TEST(ItemTransitions, AgreesWithCountingAllPairs) {
  constexpr uint32_t kUsers = 60, kItems = 70;
  data::Dataset d = data::MakeSynthetic(kUsers, kItems, 2000, 7);
  for (size_t i = 0; i < d.interactions.size(); ++i) {  // with ties in time, and repeats
    d.interactions.timestamps[i] = 1000 + d.interactions.timestamps[i] % 300;
    if (i % 50 == 3) d.interactions.items[i] = d.interactions.items[i - 1];
  }
  data::Split split = data::MakeSplit("leave-last", d.interactions);
  const data::Interactions& in = d.interactions;
  std::vector<std::vector<uint32_t>> histories(kUsers);
  for (uint32_t row : split.train) histories[in.users[row]].push_back(row);
  std::map<std::pair<uint32_t, uint32_t>, double> counts;
  std::vector<std::map<uint32_t, int>> users_of(kItems);
  for (auto& rows : histories) {
    std::stable_sort(rows.begin(), rows.end(),
                     [&](uint32_t a, uint32_t b) { return in.timestamps[a] < in.timestamps[b]; });
    for (size_t i = 0; i < rows.size(); ++i) {
      users_of[in.items[rows[i]]][in.users[rows[i]]] = 1;
      for (size_t j = i + 1; j < rows.size() && j - i <= 20; ++j) {
        if (in.items[rows[i]] == in.items[rows[j]]) continue;
        counts[{in.items[rows[i]], in.items[rows[j]]}] += std::pow(0.75, double(j - i) - 1);
      }
    }
  }
  ItemTransitions::Options options;
  options.threads = 2;
  ItemTransitions rules(d, split.train, options);
  for (uint32_t user = 0; user < kUsers; ++user) {
    std::vector<double> expected(kItems);
    const auto& rows = histories[user];
    for (size_t back = 0; back < std::min<size_t>(20, rows.size()); ++back) {
      uint32_t from = in.items[rows[rows.size() - 1 - back]];
      for (uint32_t to = 0; to < kItems; ++to) {
        auto at = counts.find({from, to});
        if (at == counts.end()) continue;
        expected[to] +=
            std::pow(0.75, double(back)) * at->second / std::pow(double(users_of[to].size()), 0.3);
      }
    }
    std::vector<float> scores = Scores(rules, user, kItems);
    for (uint32_t i = 0; i < kItems; ++i) EXPECT_NEAR(scores[i], expected[i], 1e-5);
  }
}

TEST(ItemTransitions, StaysWithinItsMemory) {
  data::Dataset d = data::MakeSynthetic(300, 2000, 20000, 5);
  ItemTransitions all(d, AllRows(d.interactions));
  ItemTransitions::Options options;
  options.max_bytes = 1 << 20;
  ASSERT_GT(all.lists().bytes(), options.max_bytes);
  ItemTransitions small(d, AllRows(d.interactions), options);
  EXPECT_LT(small.lists().bytes(), options.max_bytes);
  EXPECT_NE(small.Note().find("strongest transitions"), std::string::npos) << small.Note();
  for (uint32_t item = 0; item < 2000; ++item) {
    auto few = small.lists().Of(item), many = all.lists().Of(item);
    ASSERT_EQ(few.size(), std::min<size_t>(many.size(), small.lists().k()));
    for (size_t i = 0; i < few.size(); ++i) ASSERT_EQ(few[i].item, many[i].item);
  }
}

TEST(ItemTransitions, NeedsTimes) {
  data::Dataset d = Timed(Pairs({0, 0, 1}, {0, 1, 0}, {1, 0, 5}), 2, 2);
  EXPECT_FALSE(ItemTransitions::Possible(d.interactions, AllRows(d.interactions)));
  EXPECT_TRUE(ItemTransitions::Possible(d.interactions, std::vector<uint32_t>{0, 2}));
  EXPECT_THROW(ItemTransitions(d, AllRows(d.interactions)), Error);
  ItemTransitions::Options options;
  options.decay = 0;
  EXPECT_THROW(ItemTransitions(d, std::vector<uint32_t>{0, 2}, options), Error);
  EXPECT_THROW(ItemTransitions(d, std::vector<uint32_t>{}), Error);
}

std::vector<std::string> Names(const Floors& floors) {
  std::vector<std::string> names;
  for (const auto& baseline : floors.baselines) names.emplace_back(baseline->name());
  return names;
}

using Texts = std::vector<std::string>;

TEST(Floors, AreThoseThatTheDataAllow) {
  data::Dataset d = data::MakeSynthetic(50, 40, 900, 4);
  data::Split split = data::MakeSplit("leave-last", d.interactions);
  Floors floors = MakeFloors(d, split, FloorsOf::kRankings);
  EXPECT_EQ(Names(floors), (Texts{"popularity", "item-top-n", "item-transitions"}));
  EXPECT_EQ(floors.notes, Texts{});
  floors = MakeFloors(d, split, FloorsOf::kRatings);
  EXPECT_EQ(Names(floors), (Texts{"mean", "bias"}));
  for (const auto& floor : floors.baselines) EXPECT_TRUE(floor->PredictsRatings());
  EXPECT_EQ(floors.baselines[0]->Export(d).description.output.scale, 1);

  d.interactions.timestamps[split.train[5]] = 0;
  floors = MakeFloors(d, split, FloorsOf::kRankings);
  EXPECT_EQ(Names(floors), (Texts{"popularity", "item-top-n"}));
  ASSERT_EQ(floors.notes.size(), 1u);
  EXPECT_NE(floors.notes[0].find("not every training row has a time"), std::string::npos);

  FloorOptions options;
  options.max_bytes = 100;  // enough for none but popularity
  floors = MakeFloors(d, split, FloorsOf::kRankings, options);
  EXPECT_EQ(Names(floors), Texts{"popularity"});
  EXPECT_EQ(floors.notes.size(), 2u);

  d.interactions.ratings.clear();
  EXPECT_THROW(MakeFloors(d, split, FloorsOf::kRatings), Error);
}

// Which of the floors is higher is a fact of the real data; on both, all must be sane.
TEST(Floors, OnMovieLens) {
  const test::MovieLensData& data = test::MovieLensOrSynthetic();
  data::Dataset d = RestrictUsers(data.dataset, 1, 2999);
  data::Split split = data::MakeSplit(data.real ? "leave-last" : "ratio:0.1", d.interactions);
  RankingCases cases = BuildRankingCases(d, split);
  auto matrix = RatingMatrix::Make(d, split.train);
  RankingOptions options;
  options.ks = {10};
  ThreadPool pool(2);
  auto popular = EvaluateRanking(Popularity(matrix), cases.task, options, pool).at[0];
  auto items = EvaluateRanking(ItemTopN(matrix), cases.task, options, pool).at[0];
  auto next = EvaluateRanking(ItemTransitions(d, split.train), cases.task, options, pool).at[0];
  EXPECT_GT(next.mean.hit, 0.01);
  EXPECT_GT(popular.mean.ndcg, 0.01);
  EXPECT_LT(popular.mean.hit, 0.9);
  EXPECT_GT(items.lists->coverage, popular.lists->coverage);
  EXPECT_LT(items.lists->popularity, popular.lists->popularity);
  EXPECT_GT(items.mean.hit, 0.01);
  if (data.real) {
    EXPECT_EQ(cases.task.cases.size(), 2999u);
    EXPECT_NEAR(popular.mean.hit, 0.0382, 0.0001);
    EXPECT_NEAR(popular.mean.ndcg, 0.0180, 0.0001);
    EXPECT_NEAR(items.mean.hit, 0.0837, 0.0001);
    EXPECT_NEAR(items.mean.ndcg, 0.0419, 0.0001);
    EXPECT_NEAR(next.mean.hit, 0.2721, 0.0001);
    EXPECT_NEAR(next.mean.ndcg, 0.1599, 0.0001);
  }
}

}  // namespace
}  // namespace duomo::evaluation
