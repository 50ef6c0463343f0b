// What a model of these data has to beat. Depends on baselines/.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "data/dataset.h"
#include "data/split.h"
#include "evaluation/baselines/baseline.h"

namespace duomo::evaluation {

enum class FloorsOf { kRankings, kRatings };

struct FloorOptions {
  uint64_t max_bytes = uint64_t{1} << 30;  // of each floor
  size_t threads = 1;                      // to build them; changes nothing but the time
};

struct Floors {
  // Rankings: popularity, item-top-n and, where each training row has a time, item-transitions.
  // Ratings: mean and bias. In that order. All predict or rank from the training rows alone.
  std::vector<std::unique_ptr<const Baseline>> baselines;
  // Which floors there are not and why, and what was cut to keep within bounds: sentences for
  // people, without a full stop.
  std::vector<std::string> notes;
};

// From the split's training rows. Throws Error(kInvalidArgument) without them, and for kRatings
// where the data set has no ratings.
Floors MakeFloors(const data::Dataset& dataset, const data::Split& split, FloorsOf what,
                  const FloorOptions& options = {});

}  // namespace duomo::evaluation
