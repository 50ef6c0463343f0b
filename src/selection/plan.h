// Which learners are worth trying on a data set, each chosen by what the earlier ones reached.
#pragma once

#include <memory>
#include <vector>

#include "data/dataset.h"
#include "data/evidence.h"
#include "data/split.h"
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
// what was not taken, width), a network of ids, one of all columns, and one of histories where test
// rows come after the others (`in_order`) and all rows have times. To rate: a network of all
// columns and matrix factorisation.
std::unique_ptr<Plan> MakePlan(const data::Dataset& dataset, data::Goal goal, bool in_order,
                               uint64_t seed, uint32_t threads);

// Whether the test rows of such a split come after the training rows of their users.
bool IsInOrder(const data::SplitSpec& spec);

// What MakePlan() begins with, each learner once, without searching: for showing.
std::vector<std::unique_ptr<Learner>> FirstOfPlan(const data::Dataset& dataset, data::Goal goal,
                                                  bool in_order, uint64_t seed, uint32_t threads);

}  // namespace duomo::selection
