// From a data set and a split to the cases that are evaluated. Depends on data.
#pragma once

#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "data/dataset.h"
#include "data/split.h"
#include "evaluation/ranking.h"

namespace duomo::evaluation {

struct CaseOptions {
  // Test rows with a lower rating are not relevant (they stay candidates: to recommend them is
  // wrong). The default takes all, as usual for "what will be watched next".
  float minimum_rating = -std::numeric_limits<float>::infinity();
  // So many cases at most, for measuring often: those of the users whose rows have the lowest
  // fixed hashes, whatever the seed, so that all systems are measured on the same. 0: all.
  uint32_t max_cases = 0;
};

struct RankingCases {
  RankingTask task;  // cases by ascending user row
  // Users of the data set without a case, and why: the sum of the next three.
  uint64_t users_without_case = 0;
  uint64_t users_without_test_row = 0;
  uint64_t users_with_low_rows_only = 0;       // all their test rows are below the minimum rating
  uint64_t users_with_repeated_rows_only = 0;  // the others are of items that they have in training
  uint64_t cases_not_drawn = 0;  // left out by max_cases; the numbers below are of all cases
  uint64_t low_rows = 0;         // test rows below the minimum rating
  uint64_t repeated_rows = 0;    // test rows of an item that the user has in training, or twice
  uint64_t training_rows = 0;
  // Training rows later than the first test row of the same user. Zero for leave-last and time
  // splits; others let a model look into the user's own future, and reports should say so.
  uint64_t later_training_rows = 0;
  // Training rows later than the first test row of anybody: more than zero for leave-last, too,
  // with which a model may have learned from some users what others had yet to meet. Zero for time.
  uint64_t rows_after_first_test = 0;
  uint64_t rows_without_time = 0;  // of training and test; of these rows, the order is unknown
  // By case of the task: whether a relevant row has the time of the user's last training row, so
  // that which of them came first is only the order of the file. Empty where not all rows have
  // times, or where the test rows are not the user's last.
  std::vector<uint8_t> same_time;

  // Relevant items without a training row, which a system can know by their features only.
  uint64_t cold_items = 0, cold_cases = 0;

  // Sentences about all this for people. FutureSentence() is one of them: whether training rows are
  // later than test rows. LooksAhead(): whether this holds for rows of the same user, or is
  // unknown.
  std::vector<std::string> Sentences() const;
  std::string FutureSentence() const;
  bool LooksAhead() const { return rows_without_time > 0 || later_training_rows > 0; }
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
