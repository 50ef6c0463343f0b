// Two stages as recommenders, so that they can be evaluated. Uses training's Pipeline, on which
// evaluation must not depend.
#pragma once

#include <memory>

#include "cli/compare.h"
#include "evaluation/list_recommender.h"

namespace duomo::cli {

// For the user of each case: the first `count` items of a candidate model, which is given the
// user's training rows of the split as history (oldest first), and the same items in the order of
// the ranking model. Items that either model does not know are left out of both.
struct TwoStages {
  std::unique_ptr<evaluation::ListRecommender> candidates, pipeline;
  // Means over the cases: the ranking model's outputs of all candidates added up, and what came of
  // them, the ratings of those that the user took in the test rows. Equal where outputs are what
  // they say, expected watch times.
  double predicted = 0, observed = 0;
};

// Throws Error(kUnsupported) when `candidates` is a joint model or `ranking` is not.
TwoStages RunTwoStages(const std::shared_ptr<const runtime::Engine>& candidates,
                       const std::shared_ptr<const runtime::Engine>& ranking, const TestData& test,
                       const evaluation::RankingTask& task, size_t count);

}  // namespace duomo::cli
