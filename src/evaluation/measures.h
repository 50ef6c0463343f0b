// Turns metrics of each user into named numbers with confidence intervals, for reports. Depends on
// ranking.h, bootstrap.h and data.
#pragma once

#include <string>
#include <vector>

#include "data/dataset.h"
#include "evaluation/bootstrap.h"
#include "evaluation/ranking.h"

namespace duomo::evaluation {

enum class Better { kHigher, kLower, kNeither };

struct Measure {
  std::string name;  // "ndcg@10", "mrr", "rmse"
  Better better = Better::kHigher;
  Interval value;             // low = high = estimate where there is no interval
  bool has_interval = false;  // what belongs to a list of all users has none
};

// hr, ndcg, recall, map and, on full catalogues, coverage, novelty and popularity at each k, in
// that order; then mrr.
std::vector<Measure> RankingMeasures(const RankingResult& result,
                                     const BootstrapOptions& options = {});

// a − b of each of those that has a value a user, both of one task: users are drawn in pairs, so an
// interval without 0 is a difference. Throws Error(kInvalidArgument) for other ks or users.
std::vector<Measure> RankingDifferences(const RankingResult& a, const RankingResult& b,
                                        const BootstrapOptions& options = {});

// rmse and mae of predictions on test rows, users drawn as a whole. Throws as bootstrap.h.
std::vector<Measure> RatingMeasures(const Recommender& recommender,
                                    const data::Interactions& interactions,
                                    std::span<const uint32_t> rows,
                                    const BootstrapOptions& options = {});

// Of the test rows whose prediction falls into a bin: mean prediction and mean rating.
struct CalibrationBin {
  double predicted = 0, actual = 0;
  size_t count = 0;
};

// Bins of equal width between the lowest and the highest prediction; empty ones are left out.
std::vector<CalibrationBin> Calibrate(const Recommender& recommender,
                                      const data::Interactions& interactions,
                                      std::span<const uint32_t> rows, size_t bins = 12);

}  // namespace duomo::evaluation
