// Which learners to try on a data set, each chosen given the results of the earlier ones.
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
  // nullptr: there is nothing more worth trying.
  virtual std::unique_ptr<Learner> Next() = 0;
  // The result of the last learner; larger is better.
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

// The first learners of MakePlan(), each once, without a search; for display.
std::vector<std::unique_ptr<Learner>> FirstOfPlan(const data::Dataset& dataset, data::Goal goal,
                                                  bool in_order, uint64_t seed, uint32_t threads);

}  // namespace duomo::selection
