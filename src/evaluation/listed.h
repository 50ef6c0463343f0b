// Metrics of all users' lists together, for one length: coverage, novelty, popularity and Gini.
// Private to ranking.h.
#pragma once

#include <cstdint>
#include <vector>

#include "evaluation/ranked_rows.h"
#include "evaluation/ranking.h"

namespace duomo::evaluation {

// Of the catalogue, computed once.
struct Novelty {
  explicit Novelty(const RankingTask& task);
  const RankingTask& task;
  std::vector<double> of;  // by item
  double all_novelty = 0, all_users = 0;
};

// Add() from any number of threads: sums over users are whole numbers, so that their order does
// not matter.
class Listed {
 public:
  Listed(const Novelty& items, uint32_t k, size_t cases);
  void Add(size_t index, const RankedRows& ranked);
  ListMetrics Summarise();  // once

 private:
  const Novelty& items_;
  uint32_t k_;
  std::vector<uint64_t> times_;  // by item, Σ share, in units of 2^−32
  std::vector<uint64_t> missed_;  // Σ −ln(1 − share): the chance that nobody's list has the item
  uint64_t times_of_all_ = 0, missed_of_all_ = 0;
  std::vector<double> novelty_, popularity_;  // by case; NaN: an empty list
};

}  // namespace duomo::evaluation
