// Rows of one user with one item: reviews changed, baskets bought again.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "data/dataset.h"

namespace duomo::data {

// All rows: those of the first user, of the second and so on, each user's sorted by `before`. Time
// n log(rows of a user), memory 4 bytes a row and 8 a user.
std::vector<uint32_t> ByUser(const Interactions& interactions,
                             const std::function<bool(uint32_t, uint32_t)>& before);

// By row: the first row, in the order of the file, of the same user with the same item; the row
// itself where there is none before it.
std::vector<uint32_t> FirstOfPair(const Interactions& interactions);

}  // namespace duomo::data
