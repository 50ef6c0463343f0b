// Metrics of rankings: how high the items that a user will take are in the user's ranking of the
// whole catalogue. Independent of models and data sets: cases come from protocol.h, scores from a
// Recommender.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "core/thread_pool.h"
#include "evaluation/recommender.h"

namespace duomo::evaluation {

// One user. Both lists ascend strictly and share no item.
struct RankingCase {
  uint32_t user = 0;
  std::vector<uint32_t> relevant;  // held out; at least one
  std::vector<uint32_t> excluded;  // seen in training: never recommended
};

struct RankingTask {
  uint32_t items = 0;  // rows of the catalogue
  std::vector<RankingCase> cases;
  // The items that compete, ascending, relevant ones among them; empty: all.
  std::vector<uint32_t> candidates;
  // Popularity in training, for novelty and popularity bias: users that have the item, by item
  // row, and users altogether.
  std::vector<uint32_t> item_users;
  uint32_t training_users = 0;
};

struct RankingOptions {
  std::vector<uint32_t> ks = {5, 10, 20, 50};  // positive; results come in this order
  // 0: every item that is not excluded competes. Else the protocol of He et al. (Neural
  // Collaborative Filtering, 2017; there 99): the relevant items compete with so many others of
  // the user's unseen ones, drawn without repetition (all, where there are fewer). Such numbers
  // are far higher than those of full catalogues, and can order systems differently (Krichene and
  // Rendle 2020): only for comparison with papers.
  uint32_t sampled_negatives = 0;
  uint64_t seed = 0;  // of the sample; each user's depends on it and on the user row alone
};

// With rank 1 the best item, n relevant items and h of them among the first k. Items of equal score
// are in no order, neither the file's nor any other: each number here and below is its mean over
// all orders of the equal ones (tied_ranking.h), so that a model that scores all items alike has
// what chance has, an HR@k of k / items.
struct UserRanking {
  double hit = 0;        // HR: the chance that h > 0; 1 or 0 where no tie reaches over k
  double ndcg = 0;       // Σ 1/log2(rank + 1) of the h, over the same of ranks 1 … min(n, k)
  double recall = 0;     // h / n
  double precision = 0;  // h / k, also where the catalogue has fewer than k items
  double average_precision = 0;  // Σ (hits down to that rank / rank) of the h, over min(n, k)
};

// What the lists of the first k look like, whether right or wrong. Full catalogue only. Where ties
// reach over k, an item stands in the list with the share of the tied places that are left.
struct ListMetrics {
  double coverage = 0;    // share of the catalogue that stands in anyone's list
  double novelty = 0;     // −log2(item's users / training users), mean of a list, mean of users;
                          // an item that nobody has counts as had by one
  double popularity = 0;  // the item's training users, mean of a list, mean of users
  double gini = 0;        // of how often each item is listed, ties shared out: 0 all alike,
                          // towards 1 a few only
};

struct RankingAt {
  uint32_t k = 0;
  UserRanking mean;                // over the cases; average_precision is then MAP@k
  std::vector<UserRanking> users;  // by case, for confidence intervals
  std::optional<ListMetrics> lists;
};

// The mean of each number; of one user or more.
UserRanking MeanOf(std::span<const UserRanking> users);

struct RankingResult {
  double mrr = 0;                        // mean of the next
  std::vector<double> reciprocal_ranks;  // by case: 1 / rank of the best relevant item, at any rank
  std::vector<RankingAt> at;             // one each of RankingOptions::ks
  // Scores that were not a number, of items that might have been recommended: a defect. They rank
  // below all numbers.
  uint64_t nan_scores = 0;
};

// Users are split over `pool`; the result does not depend on its size. Throws
// Error(kInvalidArgument) without cases or ks, and for a case that breaks the rules above.
RankingResult EvaluateRanking(const Recommender& recommender, const RankingTask& task,
                              const RankingOptions& options, ThreadPool& pool);

// For showing a list: the first k rows by score, ties by lower row, without `excluded` (ascending)
// and kCannot: fewer than k where there are no more.
std::vector<uint32_t> TopRows(std::span<const float> scores, std::span<const uint32_t> excluded,
                              size_t k);

}  // namespace duomo::evaluation
