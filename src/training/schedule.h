// The learning rate by step.
#pragma once

#include <cstdint>

#include "training/options.h"

namespace duomo::training {

// Of update number `step` (from 1) of `total`.
double LearningRate(const TrainingOptions& options, uint64_t step, uint64_t total);

}  // namespace duomo::training
