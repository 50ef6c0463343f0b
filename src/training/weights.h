// How much each row of the interactions counts.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "data/dataset.h"

namespace duomo::training {

// The weights of these rows, in their order, brought to a mean of 1, so that learning rates and
// alpha keep their meaning whatever the unit was. Empty where the rows count alike. Throws
// Error(kInvalidArgument) for one that is negative or not finite, naming its row in the order of
// the interactions from 1, and where all are 0.
std::vector<float> MeanOneWeights(const data::Interactions& interactions,
                                  std::span<const uint32_t> rows);

}  // namespace duomo::training
