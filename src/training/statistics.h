// Statistics of number inputs, taken from the training examples before the first step.
#pragma once

#include <vector>

#include "training/examples.h"

namespace duomo::training {

// By input: {mean, deviation} or up to 101 ascending, distinct quantiles, as model::Normalize
// wants them; empty for inputs that are not normalised.
std::vector<std::vector<float>> NumberStatistics(const model::Description& description,
                                                 const Examples& examples);

}  // namespace duomo::training
