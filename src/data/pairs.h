// Rows of one user with one item: reviews changed, baskets bought again.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "data/dataset.h"

namespace duomo::data {

// All rows: those of the first user, of the second and so on, each user's sorted by `before`. Time
// n log(rows of a user), memory 4 bytes a row and 8 a user.
std::vector<uint32_t> ByUser(const Interactions& interactions,
                             const std::function<bool(uint32_t, uint32_t)>& before);

// The same, a part at a time: of whole users, with at most `most` rows (more only where one user
// has more), so memory is 4 bytes for each of those. Goes over all rows once a part.
void ForUsers(const Interactions& interactions, size_t most,
              const std::function<bool(uint32_t, uint32_t)>& before,
              const std::function<void(std::span<const uint32_t>)>& take);

// By row: the first row, in the order of the file, of the same user with the same item; the row
// itself where there is none before it.
std::vector<uint32_t> FirstOfPair(const Interactions& interactions);

}  // namespace duomo::data
