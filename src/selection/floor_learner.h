// What needs no learning, as a file: popularity to rank, mean and biases to rate.
#pragma once

#include <memory>
#include <string>

#include "selection/learner.h"

namespace duomo::selection {

bool CanBeFile(const std::string& floor);

// By the floor's name. Throws Error(kInvalidArgument) for one that can be no file.
std::unique_ptr<Learner> MakeFloorLearner(const std::string& name);

}  // namespace duomo::selection
