// Bayesian factorisation of ratings (training/bayes.h) as a learner.
#pragma once

#include <memory>

#include "selection/learner.h"

namespace duomo::selection {

// Null where the vectors of so many users and items would not fit into memory.
std::unique_ptr<Learner> MakeBayesLearner(const data::Dataset& dataset, uint64_t seed,
                                          uint32_t threads);

}  // namespace duomo::selection
