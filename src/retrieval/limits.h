// Searches with limits on results of the same value, and with a predicate that excludes rows: rows
// are visited in the order of a search, and a row is taken if no limit excludes it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>

#include "retrieval/row_mask.h"
#include "retrieval/topk.h"

namespace duomo::retrieval {

// The limits and exclusions of a search.
struct Walk {
  std::span<const Limit> limits;
  // Whether the row is excluded for the query; null: no row is.
  std::function<bool(size_t query, uint32_t row)> refuses = nullptr;

  bool takes_all() const { return limits.empty() && refuses == nullptr; }
};

// For each query, visits all allowed rows, best first, and takes the first k that are not excluded.
// A row is excluded by the predicate, or if one of its values already has as many results as its
// limit allows. Returns fewer than k if no more rows can be taken. The results are in `work`, as
// for TopK(), which also defines the errors.
//
// One limit on a category is kept by the search itself (Query::limit). Everything else, and where
// that gives up, works in rounds: the rows that a search returns are visited; if they are not
// enough, a larger search continues after them, without the rows of values that have reached their
// limit.
void TopKOnWalk(const Catalogue& catalogue, std::span<const Query> queries, const Walk& walk,
                const Team& team, SearchWorkspace& work);

}  // namespace duomo::retrieval
