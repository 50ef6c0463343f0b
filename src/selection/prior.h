// The popularity of items, to which a user's taste is added.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "data/dataset.h"

namespace duomo::selection {

// By item, from 0 to 1: log(1 + n) over that of the largest n, where n counts the item's training
// rows, each halved for every `half_life` seconds that it is older than the newest of them. 0: all
// rows count alike, and need no times.
std::vector<float> ItemPrior(const data::Dataset& dataset, std::span<const uint32_t> train,
                             double half_life);

// From the first of the rows' times to the last, in seconds; 0 where one has none.
double TimeSpan(const data::Interactions& rows);

}  // namespace duomo::selection
