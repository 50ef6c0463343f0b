// Repeats: rows of interactions of one user with one item.
#pragma once

#include <cstdint>
#include <vector>

#include "data/dataset.h"

namespace duomo::data {

// By row: the first row, in the order of the file, of the same user with the same item; the row
// itself where there is none before it. Time n log(rows of a user), memory 8 bytes a row.
std::vector<uint32_t> FirstOfPair(const Interactions& interactions);

}  // namespace duomo::data
