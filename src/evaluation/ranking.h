// How well the items that a user will take stand in that user's ranking of the whole catalogue.
// Knows no model and no data set: cases come from protocol.h, scores from a Recommender.
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

// With rank 1 the best item, ties by lower row, n relevant items and h of them among the first k:
struct UserRanking {
  double hit = 0;        // HR: 1 where h > 0
  double ndcg = 0;       // Σ 1/log2(rank + 1) of the h, over the same of ranks 1 … min(n, k)
  double recall = 0;     // h / n
  double precision = 0;  // h / k, also where the catalogue has fewer than k items
  double average_precision = 0;  // Σ (hits down to that rank / rank) of the h, over min(n, k)
};

// What the lists of the first k look like, whether right or wrong. Full catalogue only.
struct ListMetrics {
  double coverage = 0;    // share of the catalogue that stands in anyone's list
  double novelty = 0;     // −log2(item's users / training users), mean of a list, mean of users;
                          // an item that nobody has counts as had by one
  double popularity = 0;  // the item's training users, mean of a list, mean of users
  double gini = 0;        // of how often each item is listed: 0 all alike, towards 1 a few only
};

struct RankingAt {
  uint32_t k = 0;
  UserRanking mean;                // over the cases; average_precision is then MAP@k
  std::vector<UserRanking> users;  // by case, for confidence intervals
  std::optional<ListMetrics> lists;
};

struct RankingResult {
  double mrr = 0;                        // mean of the next
  std::vector<double> reciprocal_ranks;  // by case: 1 / rank of the best relevant item, at any rank
  std::vector<RankingAt> at;             // one each of RankingOptions::ks
};

// Users are split over `pool`; the result does not depend on its size. Throws
// Error(kInvalidArgument) without cases or ks, for a case that breaks the rules above, and for a
// NaN, naming the user.
RankingResult EvaluateRanking(const Recommender& recommender, const RankingTask& task,
                              const RankingOptions& options, ThreadPool& pool);

// The first k rows by score, ties by lower row, without `excluded` (ascending) and kCannot: fewer
// than k where there are no more.
std::vector<uint32_t> TopRows(std::span<const float> scores, std::span<const uint32_t> excluded,
                              size_t k);

}  // namespace duomo::evaluation
