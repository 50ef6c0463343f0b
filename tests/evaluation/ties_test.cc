// Items of equal score: every measure is its mean over all their orders.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "core/random.h"
#include "evaluation/ranking.h"
#include "evaluation/tied_ranking.h"

namespace duomo::evaluation {
namespace {

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
  for (uint32_t i = 0; i < items; ++i) task.item_users.push_back(1 + i % 5);
  task.training_users = 8;
  return task;
}

RankingResult Evaluate(const Recommender& r, const RankingTask& task,
                       const RankingOptions& options) {
  ThreadPool pool(1);
  return EvaluateRanking(r, task, options, pool);
}

std::vector<double> Numbers(const RankingResult& r) {
  std::vector<double> out = {r.mrr};
  for (const RankingAt& at : r.at) {
    out.insert(out.end(), {at.mean.hit, at.mean.ndcg, at.mean.recall, at.mean.precision,
                           at.mean.average_precision});
    if (!at.lists) continue;
    out.insert(out.end(),
               {at.lists->coverage, at.lists->novelty, at.lists->popularity, at.lists->gini});
  }
  return out;
}

// Scores and relevant items for every order of the ties: what remains is compared without ties.
TEST(Ties, AreTheMeanOverAllOrders) {
  // Groups of 1, 4, 2; sizes and places are such that k cuts each of them somewhere.
  const std::vector<float> scores = {2, 3, 2, 2, 1, 2, 1};
  const std::vector<std::vector<uint32_t>> relevants = {{0},    {1},       {4},
                                                        {0, 3}, {2, 4, 6}, {0, 2, 3, 5}};
  RankingOptions options;
  options.ks = {1, 2, 3, 4, 6, 7, 9};
  for (const auto& relevant : relevants) {
    RankingTask task = TaskOf(7, {{0, relevant, {}}});
    std::vector<double> tied = Numbers(Evaluate(Fixed({scores}), task, options));
    std::vector<double> sum(tied.size());
    std::vector<int> order = {0, 1, 2, 3, 4, 5, 6};
    double orders = 0;
    do {
      std::vector<float> untied(7);
      for (size_t i = 0; i < 7; ++i) untied[i] = scores[i] + 0.01f * static_cast<float>(order[i]);
      std::vector<double> one = Numbers(Evaluate(Fixed({untied}), task, options));
      for (size_t i = 0; i < sum.size(); ++i) sum[i] += one[i];
      ++orders;
    } while (std::next_permutation(order.begin(), order.end()));
    size_t each = 9;  // numbers a k, the last of which is the Gini of the mean lists, not its mean
    for (size_t i = 0; i < sum.size(); ++i) {
      if (i > 0 && i % each == 0) continue;
      EXPECT_NEAR(tied[i], sum[i] / orders, 1e-9) << i;
    }
  }
}

TEST(Ties, AModelThatKnowsNothingIsWorthChance) {
  constexpr uint32_t kItems = 200, kUsers = 50;
  std::vector<RankingCase> cases;
  for (uint32_t u = 0; u < kUsers; ++u) cases.push_back({u, {u}, {150 + u % 40}});
  Fixed zeros(std::vector<std::vector<float>>(kUsers, std::vector<float>(kItems)));
  RankingOptions options;
  options.ks = {10};
  RankingResult r = Evaluate(zeros, TaskOf(kItems, cases), options);
  double chance = 10.0 / (kItems - 1), harmonic = 0, gain = 0;
  for (int i = 1; i < 200; ++i) harmonic += 1.0 / i;
  for (int i = 1; i <= 10; ++i) gain += 1 / std::log2(i + 1.0);
  EXPECT_NEAR(r.at[0].mean.hit, chance, 1e-12);
  EXPECT_NEAR(r.at[0].mean.recall, chance, 1e-12);
  EXPECT_NEAR(r.at[0].mean.precision, chance / 10, 1e-12);
  EXPECT_NEAR(r.at[0].mean.ndcg, gain / (kItems - 1), 1e-12);
  EXPECT_NEAR(r.mrr, harmonic / (kItems - 1), 1e-12);
  // Fifty lists of ten at random: nearly all items stand in one, about equally often.
  EXPECT_NEAR(r.at[0].lists->coverage, 1 - std::pow(1 - chance, kUsers), 0.01);
  EXPECT_LT(r.at[0].lists->gini, 0.02);
  EXPECT_NEAR(r.at[0].lists->popularity, 3, 0.05);
  // And what cannot be recommended at all is never found.
  Fixed none(std::vector<std::vector<float>>(kUsers, std::vector<float>(kItems, kCannot)));
  EXPECT_EQ(Evaluate(none, TaskOf(kItems, cases), options).mrr, 0);
}

TEST(Ties, TheOrderOfTheItemsDoesNotMatter) {
  constexpr uint32_t kItems = 120, kUsers = 30;
  Random random(3);
  std::vector<uint32_t> moved(kItems);
  std::iota(moved.begin(), moved.end(), 0u);
  random.Shuffle(std::span<uint32_t>(moved));
  std::vector<std::vector<float>> scores(kUsers, std::vector<float>(kItems)), other = scores;
  std::vector<RankingCase> cases, other_cases;
  for (uint32_t u = 0; u < kUsers; ++u) {
    RankingCase c, o;
    c.user = o.user = u;
    for (uint32_t i = 0; i < kItems; ++i) {
      scores[u][i] = other[u][moved[i]] = static_cast<float>(random.Below(u % 2 == 0 ? 4 : 40));
      uint64_t kind = random.Below(9);
      if (kind == 0) c.relevant.push_back(i), o.relevant.push_back(moved[i]);
      if (kind == 1) c.excluded.push_back(i), o.excluded.push_back(moved[i]);
    }
    std::sort(o.relevant.begin(), o.relevant.end());
    std::sort(o.excluded.begin(), o.excluded.end());
    cases.push_back(c);
    other_cases.push_back(o);
  }
  RankingTask task = TaskOf(kItems, cases), other_task = TaskOf(kItems, other_cases);
  for (uint32_t i = 0; i < kItems; ++i) other_task.item_users[moved[i]] = task.item_users[i];
  RankingOptions options;
  options.ks = {1, 5, 20, 90};
  std::vector<double> a = Numbers(Evaluate(Fixed(scores), task, options));
  std::vector<double> b = Numbers(Evaluate(Fixed(other), other_task, options));
  ASSERT_EQ(a.size(), b.size());
  for (size_t i = 0; i < a.size(); ++i) EXPECT_NEAR(a[i], b[i], 1e-12 * (1 + a[i])) << i;
}

TEST(Ties, SampledNegativesTieLikeAll) {
  // One of a hundred that are all alike: HR@10 is a tenth for everyone.
  Fixed zeros({std::vector<float>(1000)});
  RankingOptions options;
  options.ks = {10};
  options.sampled_negatives = 99;
  RankingResult r = Evaluate(zeros, TaskOf(1000, {{0, {7}, {}}}), options);
  EXPECT_NEAR(r.at[0].mean.hit, 0.1, 1e-12);
}

TEST(Ties, NoNumberRanksLastAndIsCounted) {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  Fixed r({{nan, -1e30f, nan, kCannot, nan}});
  RankingOptions options;
  options.ks = {1, 2};
  RankingResult result = Evaluate(r, TaskOf(5, {{0, {0}, {4}}}), options);
  EXPECT_EQ(result.nan_scores, 2u);  // not the excluded one
  EXPECT_EQ(result.at[0].mean.hit, 0);
  EXPECT_DOUBLE_EQ(result.at[1].mean.hit, 0.5);
  EXPECT_DOUBLE_EQ(result.mrr, (1.0 / 2 + 1.0 / 3) / 2);
  EXPECT_EQ(Evaluate(r, TaskOf(5, {{0, {1}, {0, 2, 4}}}), options).nan_scores, 0u);
}

TEST(TiedRanking, LargeGroups) {
  // The first of three relevant items among a million: its place is about a quarter down.
  double reciprocal = ExpectedReciprocalRank(0, {1000000, 3});
  double sum = 0;  // P(first > i) = C(n − i, 3) / C(n, 3)
  auto choose = [](double n) { return n * (n - 1) * (n - 2); };
  for (int i = 1; i <= 1000000; ++i) {
    sum += (choose(1000001.0 - i) - choose(1000000.0 - i)) / choose(1000000) / i;
  }
  EXPECT_NEAR(reciprocal, sum, 1e-9);
  EXPECT_DOUBLE_EQ(ExpectedReciprocalRank(4, {1, 1}), 0.2);
  EXPECT_DOUBLE_EQ(ExpectedReciprocalRank(1, {5, 5}), 0.5);
}

}  // namespace
}  // namespace duomo::evaluation
