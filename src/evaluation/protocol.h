// From a data set and a split to the cases that are evaluated. Depends on data.
#pragma once

#include <cstdint>
#include <limits>

#include "data/dataset.h"
#include "data/split.h"
#include "evaluation/ranking.h"

namespace duomo::evaluation {

struct CaseOptions {
  // Test rows with a lower rating are not relevant (they stay candidates: to recommend them is
  // wrong). The default takes all, as usual for "what will be watched next".
  float minimum_rating = -std::numeric_limits<float>::infinity();
};

struct RankingCases {
  RankingTask task;  // cases by ascending user row
  // What became of the rest, for people.
  uint64_t users_without_case = 0;  // of the data set's: no test row was left for them
  uint64_t low_rows = 0;            // test rows below the minimum rating
  uint64_t repeated_rows = 0;       // test rows of an item that the user has in training, or twice
  // Training rows later than the first test row of the same user. Zero for leave-last and time
  // splits; others let a model look into the future, and reports should say so.
  uint64_t later_training_rows = 0;
};

// A case for each user with a relevant test item: all the user's training items are excluded,
// whatever their rating. Users without any training row (time splits have them) keep their case
// with nothing excluded. Every item of the data set is in the catalogue. Throws
// Error(kInvalidArgument) when no case is left, or when the split does not fit the data set.
RankingCases BuildRankingCases(const data::Dataset& dataset, const data::Split& split,
                               const CaseOptions& options = {});

// The data set with only the users whose id is first_id … last_id and their interactions, in
// their order; items stay. MovieLens 1M's timestamps, for example, are complete for 1 … 2999 in
// some copies of it. Throws Error(kInvalidArgument) for string keys, an empty range, or when no
// user or no interaction is left.
data::Dataset RestrictUsers(const data::Dataset& dataset, int64_t first_id, int64_t last_id);

}  // namespace duomo::evaluation
