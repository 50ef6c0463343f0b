// Baselines without training, as files: popularity for ranking, mean and biases for ratings.
#pragma once

#include <memory>
#include <string>

#include "selection/learner.h"

namespace duomo::selection {

bool CanBeFile(const std::string& floor);

// By the baseline's name. Throws Error(kInvalidArgument) for one that cannot be stored as a file.
std::unique_ptr<Learner> MakeFloorLearner(const std::string& name);

}  // namespace duomo::selection
