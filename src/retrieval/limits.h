// Lists with at most so many of a value, and without rows that somebody refuses: the order of a search
// is walked through, and what fits is taken.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>

#include "model/features.h"
#include "retrieval/row_mask.h"
#include "retrieval/topk.h"

namespace duomo::retrieval {

// The values of the catalogue's rows in one column, as small integers; a row may have several.
struct Column {
  model::FeatureView rows;
  uint64_t known = 0;  // what is not below is no value
};

// At most so many results, at least 1, share a value of the column. Rows without a value are not
// limited, those with several count for each of them.
struct Limit {
  Column column;
  size_t at_most = 1;
};

// What a walk leaves out.
struct Walk {
  std::span<const Limit> limits;
  // Whether the query must not have the row, whatever came before; null: none is refused.
  std::function<bool(size_t query, uint32_t row)> refuses = nullptr;

  bool takes_all() const { return limits.empty() && refuses == nullptr; }
};

// For each query the first k rows that are taken on a walk through all its allowed rows, best first: a
// row is taken unless it is refused, or one of its values has as many results as its limit allows
// already. Fewer than k where no more rows can be taken. The results are in `work`, as TopK() leaves
// them; so are its errors.
//
// In rounds: what a search finds is walked through; where that is not enough it goes on behind it,
// with more at a time, and without the rows of values that are used up.
void TopKOnWalk(const Catalogue& catalogue, std::span<const Query> queries, const Walk& walk,
                const Team& team, Workspace& work);

}  // namespace duomo::retrieval
