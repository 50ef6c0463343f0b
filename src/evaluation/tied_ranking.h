// What a ranking is worth where scores are equal: the mean of each measure over all orders of the
// equal ones, in closed form (McSherry and Najork, Computing information retrieval performance
// measures efficiently in the presence of tied scores, ECIR 2008). Numbers alone; depends on
// ranking.h for the measures' names.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "evaluation/ranking.h"

namespace duomo::evaluation {

// Items of one score. A ranking is these, best score first; without ties each has size 1.
struct TieGroup {
  uint64_t size = 1;
  uint64_t relevant = 0;  // of them
};

// 1/log2(rank + 1) and its sums, by rank from 1.
struct Discounts {
  explicit Discounts(size_t n);
  std::vector<double> at, sum;
};

// The measures of the first k. `groups` reaches to the k-th item, or to the end where there are
// fewer; `relevant` is how many there are altogether, 1 or more. `discounts` reaches to the lesser
// of k and the catalogue.
UserRanking ExpectedRanking(std::span<const TieGroup> groups, size_t relevant, uint32_t k,
                            const Discounts& discounts);

// 1 / the rank of the first relevant item, which stands in a group with `ahead` items before it.
double ExpectedReciprocalRank(uint64_t ahead, const TieGroup& group);

}  // namespace duomo::evaluation
