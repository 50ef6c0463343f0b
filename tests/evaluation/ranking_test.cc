#include "evaluation/ranking.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <set>

#include "core/random.h"

namespace duomo::evaluation {
namespace {

// Scores given in advance, a row a user.
class Fixed final : public Recommender {
 public:
  explicit Fixed(std::vector<std::vector<float>> scores) : scores_(std::move(scores)) {}
  std::string_view name() const override { return "fixed"; }
  void Score(uint32_t user, std::span<float> scores) const override {
    std::copy(scores_[user].begin(), scores_[user].end(), scores.begin());
  }

 private:
  std::vector<std::vector<float>> scores_;
};

RankingTask TaskOf(uint32_t items, std::vector<RankingCase> cases) {
  RankingTask task;
  task.items = items;
  task.cases = std::move(cases);
  task.item_users.assign(items, 1);
  task.training_users = 4;
  return task;
}

RankingResult Evaluate(const Recommender& r, const RankingTask& task, RankingOptions options = {},
                       size_t threads = 1) {
  ThreadPool pool(threads);
  return EvaluateRanking(r, task, options, pool);
}

Status StatusOf(const Recommender& r, const RankingTask& task, RankingOptions options = {}) {
  try {
    Evaluate(r, task, options);
  } catch (const Error& error) {
    return error.status();
  }
  return Status::kOk;
}

TEST(Ranking, ByHand) {
  // Best first: 4 (excluded), 2, 0, 3, 1, 5. So ranks: 2 → 1, 0 → 2, 3 → 3, 1 → 4, 5 → 5.
  Fixed r({{5, 3, 6, 4, 9, 1}});
  RankingTask task = TaskOf(6, {{0, {0, 1, 3}, {4}}});
  RankingOptions options;
  options.ks = {1, 2, 4, 10};
  RankingResult result = Evaluate(r, task, options);
  EXPECT_DOUBLE_EQ(result.mrr, 0.5);
  const double d2 = 1 / std::log2(3.0), d3 = 0.5, d4 = 1 / std::log2(5.0);

  EXPECT_EQ(result.at[0].k, 1u);
  EXPECT_EQ(result.at[0].mean.hit, 0);
  EXPECT_EQ(result.at[0].mean.ndcg, 0);

  const UserRanking& at2 = result.at[1].mean;
  EXPECT_EQ(at2.hit, 1);
  EXPECT_DOUBLE_EQ(at2.ndcg, d2 / (1 + d2));
  EXPECT_DOUBLE_EQ(at2.recall, 1.0 / 3);
  EXPECT_DOUBLE_EQ(at2.precision, 0.5);
  EXPECT_DOUBLE_EQ(at2.average_precision, (1.0 / 2) / 2);

  const UserRanking& at4 = result.at[2].mean;
  EXPECT_DOUBLE_EQ(at4.ndcg, (d2 + d3 + d4) / (1 + d2 + d3));
  EXPECT_DOUBLE_EQ(at4.recall, 1);
  EXPECT_DOUBLE_EQ(at4.precision, 0.75);
  EXPECT_DOUBLE_EQ(at4.average_precision, (1.0 / 2 + 2.0 / 3 + 3.0 / 4) / 3);

  const UserRanking& at10 = result.at[3].mean;  // more than there are candidates
  EXPECT_DOUBLE_EQ(at10.ndcg, at4.ndcg);
  EXPECT_DOUBLE_EQ(at10.precision, 0.3);
}

TEST(Ranking, ListsByHand) {
  // Popularity of 4 users: 4, 2, 1, 0.
  Fixed r({{4, 3, 2, 1}, {4, 3, 2, 1}, {1, 2, 3, 4}});
  RankingTask task = TaskOf(4, {{0, {3}, {}}, {1, {3}, {0}}, {2, {0}, {}}});
  task.item_users = {4, 2, 1, 0};
  RankingOptions options;
  options.ks = {2};
  RankingResult result = Evaluate(r, task, options);
  // Lists: {0, 1}, {1, 2}, {3, 2}. Self-information: 0, 1, 2, and 2 for what nobody has.
  ASSERT_TRUE(result.at[0].lists.has_value());
  const ListMetrics& lists = *result.at[0].lists;
  EXPECT_DOUBLE_EQ(lists.novelty, (0.5 + 1.5 + 2) / 3);
  EXPECT_DOUBLE_EQ(lists.popularity, (3 + 1.5 + 0.5) / 3);
  EXPECT_DOUBLE_EQ(lists.coverage, 1);
  // Listed 1, 1, 2, 2 times: (−3·1 − 1·1 + 1·2 + 3·2) / (4 · 6).
  EXPECT_DOUBLE_EQ(lists.gini, 4.0 / 24);
}

TEST(TopRows, TiesGoToTheLowerRow) {
  EXPECT_EQ(TopRows(std::vector<float>{1, 2, 1, 2}, std::vector<uint32_t>{1}, 2),
            (std::vector<uint32_t>{3, 0}));
}

TEST(Ranking, WhatCannotBeRecommendedIsNeverFound) {
  Fixed r({{kCannot, 2, kCannot}, {kCannot, kCannot, kCannot}});
  RankingOptions options;
  options.ks = {3};
  RankingResult result = Evaluate(r, TaskOf(3, {{0, {0}, {}}, {1, {1}, {}}}), options);
  EXPECT_EQ(result.mrr, 0);
  EXPECT_EQ(result.at[0].mean.hit, 0);
  EXPECT_DOUBLE_EQ(result.at[0].lists->coverage, 1.0 / 3);
  EXPECT_DOUBLE_EQ(result.at[0].lists->popularity, 1);  // of the one list that there is
  // Nobody gets anything at all.
  Fixed none({{kCannot, kCannot}});
  RankingResult empty = Evaluate(none, TaskOf(2, {{0, {0}, {}}}), options);
  EXPECT_EQ(empty.at[0].lists->coverage, 0);
  EXPECT_EQ(empty.at[0].lists->gini, 0);
  EXPECT_EQ(empty.at[0].lists->novelty, 0);
}

struct RandomTask {
  Fixed recommender;
  RankingTask task;
};

RandomTask MakeRandom(uint32_t users, uint32_t items, uint64_t seed, uint64_t values = 12) {
  Random random(seed);
  std::vector<std::vector<float>> scores(users, std::vector<float>(items));
  std::vector<RankingCase> cases;
  for (uint32_t u = 0; u < users; ++u) {
    RankingCase c;
    c.user = u;
    for (uint32_t i = 0; i < items; ++i) {
      uint64_t draw = random.Below(values);  // few values: many ties
      scores[u][i] = draw == values - 1 ? kCannot : static_cast<float>(draw);
      uint64_t kind = random.Below(6);
      if (kind == 0) c.relevant.push_back(i);
      if (kind == 1) c.excluded.push_back(i);
    }
    if (!c.relevant.empty()) cases.push_back(c);
  }
  RankingTask task = TaskOf(items, cases);
  for (uint32_t i = 0; i < items; ++i) task.item_users[i] = static_cast<uint32_t>(random.Below(9));
  task.training_users = 10;
  Fixed fixed(std::move(scores));
  return {fixed, task};
}

TEST(Ranking, AgreesWithSortingEverything) {
  RandomTask made = MakeRandom(40, 53, 1, 1 << 24);  // no ties
  RankingOptions options;
  options.ks = {3, 17, 53, 100};
  RankingResult result = Evaluate(made.recommender, made.task, options);
  for (size_t c = 0; c < made.task.cases.size(); ++c) {
    const RankingCase& rc = made.task.cases[c];
    std::vector<float> scores(53);
    made.recommender.Score(rc.user, scores);
    std::vector<uint32_t> order;
    for (uint32_t i = 0; i < 53; ++i) {
      bool seen = std::find(rc.excluded.begin(), rc.excluded.end(), i) != rc.excluded.end();
      if (!seen && scores[i] != kCannot) order.push_back(i);
    }
    std::stable_sort(order.begin(), order.end(),
                     [&](uint32_t a, uint32_t b) { return scores[a] > scores[b]; });
    std::set<uint32_t> relevant(rc.relevant.begin(), rc.relevant.end());
    double reciprocal = 0;
    for (size_t i = order.size(); i-- > 0;) {
      if (relevant.count(order[i]) > 0) reciprocal = 1 / static_cast<double>(i + 1);
    }
    EXPECT_DOUBLE_EQ(result.reciprocal_ranks[c], reciprocal);
    for (size_t j = 0; j < options.ks.size(); ++j) {
      uint32_t k = options.ks[j];
      double hits = 0, gain = 0, ideal = 0, precisions = 0;
      for (size_t i = 0; i < std::min<size_t>(k, order.size()); ++i) {
        if (relevant.count(order[i]) == 0) continue;
        hits += 1;
        gain += std::log(2.0) / std::log(double(i) + 2);
        precisions += hits / double(i + 1);
      }
      size_t best = std::min<size_t>(k, relevant.size());
      for (size_t i = 0; i < best; ++i) ideal += std::log(2.0) / std::log(double(i) + 2);
      const UserRanking& u = result.at[j].users[c];
      EXPECT_EQ(u.hit, hits > 0 ? 1 : 0);
      EXPECT_NEAR(u.ndcg, gain / ideal, 1e-12);
      EXPECT_DOUBLE_EQ(u.recall, hits / double(relevant.size()));
      EXPECT_DOUBLE_EQ(u.precision, hits / k);
      EXPECT_DOUBLE_EQ(u.average_precision, precisions / double(best));
    }
  }
}

TEST(Ranking, DoesNotDependOnThreads) {
  RandomTask made = MakeRandom(101, 40, 2);
  for (uint32_t negatives : {0u, 7u}) {
    RankingOptions options;
    options.ks = {4, 10};
    options.sampled_negatives = negatives;
    RankingResult one = Evaluate(made.recommender, made.task, options, 1);
    for (size_t threads : {2u, 3u, 8u}) {
      RankingResult many = Evaluate(made.recommender, made.task, options, threads);
      EXPECT_EQ(one.mrr, many.mrr);
      EXPECT_EQ(one.reciprocal_ranks, many.reciprocal_ranks);
      for (size_t j = 0; j < 2; ++j) {
        EXPECT_EQ(one.at[j].mean.ndcg, many.at[j].mean.ndcg);
        EXPECT_EQ(one.at[j].mean.average_precision, many.at[j].mean.average_precision);
        ASSERT_EQ(one.at[j].lists.has_value(), negatives == 0);
        if (negatives > 0) continue;
        EXPECT_EQ(one.at[j].lists->gini, many.at[j].lists->gini);
        EXPECT_EQ(one.at[j].lists->novelty, many.at[j].lists->novelty);
      }
    }
  }
}

TEST(Ranking, SampledNegatives) {
  // One relevant item in the middle of 1,000: half of the sampled ones are better on average.
  std::vector<float> scores(1000);
  std::iota(scores.begin(), scores.end(), 0.0f);
  uint32_t users = 400;
  std::vector<RankingCase> cases;
  for (uint32_t u = 0; u < users; ++u) cases.push_back({u, {500}, {999}});
  Fixed r(std::vector<std::vector<float>>(users, scores));
  RankingTask task = TaskOf(1000, cases);
  RankingOptions options;
  options.ks = {10, 50, 100};
  options.sampled_negatives = 99;
  RankingResult sampled = Evaluate(r, task, options);
  EXPECT_EQ(sampled.at[2].mean.hit, 1);  // only 100 compete
  EXPECT_EQ(sampled.at[0].mean.hit, 0);
  double mean_rank = 0;
  std::set<double> ranks;
  for (double reciprocal : sampled.reciprocal_ranks) {
    mean_rank += 1 / reciprocal / users;
    ranks.insert(std::round(1 / reciprocal));
  }
  EXPECT_NEAR(mean_rank, 1 + 99 * 498.0 / 998, 1);  // five deviations of the mean
  EXPECT_GT(ranks.size(), 10u);                     // users have samples of their own
  RankingResult again = Evaluate(r, task, options);
  EXPECT_EQ(again.reciprocal_ranks, sampled.reciprocal_ranks);
  options.seed = 1;
  EXPECT_NE(Evaluate(r, task, options).reciprocal_ranks, sampled.reciprocal_ranks);
  // As many as there are is the full catalogue.
  options.sampled_negatives = 5000;
  RankingOptions full;
  full.ks = options.ks;
  EXPECT_EQ(Evaluate(r, task, options).mrr, Evaluate(r, task, full).mrr);
}

TEST(Ranking, RefusesBrokenTasks) {
  Fixed r({{1, 2, 3}});
  RankingTask good = TaskOf(3, {{0, {0}, {1}}});
  EXPECT_EQ(StatusOf(r, good), Status::kOk);
  EXPECT_EQ(StatusOf(r, TaskOf(3, {})), Status::kInvalidArgument);
  EXPECT_EQ(StatusOf(r, TaskOf(3, {{0, {}, {1}}})), Status::kInvalidArgument);
  EXPECT_EQ(StatusOf(r, TaskOf(3, {{0, {1}, {1}}})), Status::kInvalidArgument);
  EXPECT_EQ(StatusOf(r, TaskOf(3, {{0, {3}, {}}})), Status::kInvalidArgument);
  EXPECT_EQ(StatusOf(r, TaskOf(3, {{0, {1, 0}, {}}})), Status::kInvalidArgument);
  EXPECT_EQ(StatusOf(r, TaskOf(3, {{0, {0}, {1, 1}}})), Status::kInvalidArgument);
  RankingTask unpopular = good;
  unpopular.item_users.pop_back();
  EXPECT_EQ(StatusOf(r, unpopular), Status::kInvalidArgument);
  RankingOptions options;
  options.ks = {};
  EXPECT_EQ(StatusOf(r, good, options), Status::kInvalidArgument);
  options.ks = {5, 0};
  EXPECT_EQ(StatusOf(r, good, options), Status::kInvalidArgument);
}

TEST(Recommender, SaysThatItPredictsNoRatings) {
  Fixed r(std::vector<std::vector<float>>(1, {1.0f}));
  EXPECT_FALSE(r.PredictsRatings());
  EXPECT_THROW(r.Predict(0, 0), Error);
}

}  // namespace
}  // namespace duomo::evaluation
