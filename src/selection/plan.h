// Which learners are worth trying on a data set, each chosen by what the earlier ones reached.
#pragma once

#include <memory>
#include <optional>

#include "data/dataset.h"
#include "data/evidence.h"
#include "selection/learner.h"

namespace duomo::selection {

// One thread. Call Next(), measure, tell Result(), and again.
class Plan {
 public:
  virtual ~Plan() = default;
  // nullptr: nothing is left that is worth trying.
  virtual std::unique_ptr<Learner> Next() = 0;
  // How good the last one was; larger is better.
  virtual void Result(double value) = 0;
};

// To rank: implicit ALS, whose settings are searched one after the other (regularisation, weight of
// what was not taken, width), a network of histories where all rows have times, a network of all
// columns. To rate: a network of all columns and matrix factorisation.
std::unique_ptr<Plan> MakePlan(const data::Dataset& dataset, data::Goal goal, uint64_t seed,
                               uint32_t threads);

}  // namespace duomo::selection
