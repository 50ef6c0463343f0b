// Implicit ALS (training/als.h) as a learner.
#pragma once

#include <memory>

#include "selection/learner.h"

namespace duomo::selection {

struct AlsSettings {
  uint32_t width = 64;
  double unobserved = 0.1;  // the weight of an item that was not taken; taken ones have 1
  double l2 = 0.01;
  double nu = 1;  // how strongly the regularisation grows with the frequency of users and items
  bool to_mean = true;  // regularise towards the mean user instead of towards zero
  uint32_t passes = 8;
  bool use_weights = false;  // the rows' own, as confidence
  // Times ItemPrior() of this half-life in seconds: an item's score for everybody. 0: none.
  double prior = 0, half_life = 0;
};

// from: an earlier file of the same width; the items start from its item vectors.
std::unique_ptr<Learner> MakeAlsLearner(const AlsSettings& settings, uint64_t seed,
                                        uint32_t threads,
                                        std::shared_ptr<const model::Model> from = nullptr);

// As Learner::Settings() of ALS wrote them. Throws Error(kInvalidArgument) for others.
AlsSettings AlsSettingsFrom(const description::Json& settings);

}  // namespace duomo::selection
