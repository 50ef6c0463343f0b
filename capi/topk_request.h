// A checked top-k request in C++ types.
#pragma once

#include <cstdint>
#include <span>

#include "capi/handles.h"
#include "capi/ids.h"

namespace duomo::capi {

enum class SearchKind { kTopK, kSimilar, kUsersFor, kSimilarUsers };

// The side of the queries (users or items), and the side that is searched.
inline model::Side QueriesOf(SearchKind search) {
  return search == SearchKind::kTopK || search == SearchKind::kSimilarUsers ? model::Side::kUser
                                                                            : model::Side::kItem;
}
inline model::Side ResultsOf(SearchKind search) {
  return search == SearchKind::kTopK || search == SearchKind::kSimilar ? model::Side::kItem
                                                                       : model::Side::kUser;
}
inline bool IsSimilar(SearchKind search) {
  return search == SearchKind::kSimilar || search == SearchKind::kSimilarUsers;
}

// Checks everything that does not need ids to be looked up. Throws Error(kInvalidArgument),
// (kUnsupported) or (kUnsupportedVersion).
duomo_topk_request ReadTopKRequest(const duomo_context& context, const duomo_topk_request* given,
                                   SearchKind search);

// The lists of what a request's users have watched, of what is left out for each query and for all,
// and of what is allowed; none: empty. Throws as ReadTopKRequest(), which asks for all of them.
Names HistoriesOf(const duomo_topk_request& request);
Names ExcludedOf(const duomo_topk_request& request);
Names SharedExcludedOf(const duomo_topk_request& request);
Names AllowedOf(const duomo_topk_request& request);

// What every query may return: the given set itself; or, in context.allowed, what set, allow list,
// filters and shared exclusions have in common; or everything.
struct Allowed {
  const retrieval::RowMask* rows = nullptr;
  uint64_t count = retrieval::Query::kNotCounted;  // of `rows`, for approximate searches
  const retrieval::ItemSet* set = nullptr;         // instead of `rows`
};

// Of the side that is searched. Throws Error(kNotFound) for names and values, (kInvalidArgument),
// (kUnsupported) for keys where they are integers.
Allowed MakeAllowed(duomo_context& context, const duomo_topk_request& request, model::Side side);

}  // namespace duomo::capi
