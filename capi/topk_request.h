// A top-k request after its checks: what the search needs, in C++ types.
#pragma once

#include <cstdint>
#include <span>

#include "capi/handles.h"
#include "capi/ids.h"

namespace duomo::capi {

enum class Search { kTopK, kSimilar, kUsersFor, kSimilarUsers };

// Whose ids and vectors the queries are, and whose are looked for.
inline model::Side QueriesOf(Search search) {
  return search == Search::kTopK || search == Search::kSimilarUsers ? model::Side::kUser
                                                                    : model::Side::kItem;
}
inline model::Side ResultsOf(Search search) {
  return search == Search::kTopK || search == Search::kSimilar ? model::Side::kItem
                                                               : model::Side::kUser;
}
inline bool IsSimilar(Search search) {
  return search == Search::kSimilar || search == Search::kSimilarUsers;
}

// Checks everything that does not need ids to be looked up. Throws Error(kInvalidArgument),
// (kUnsupported) or (kUnsupportedVersion).
duomo_topk_request ReadTopKRequest(const duomo_context& context, const duomo_topk_request* given,
                                   Search search);

// The lists of what a request's users have watched, and of what is left out for each query; none:
// empty. Throws as ReadTopKRequest(), which asks for both.
Names HistoriesOf(const duomo_topk_request& request);
Names ExcludedOf(const duomo_topk_request& request);

// The items that the allow list and the filters leave, for every query, in context.allowed; false
// where neither is given. Throws Error(kNotFound) for inputs and values, (kInvalidArgument).
bool MakeAllowed(duomo_context& context, const duomo_topk_request& request);

}  // namespace duomo::capi
