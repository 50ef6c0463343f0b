// A top-k request after its checks: what the search needs, in C++ types.
#pragma once

#include <cstdint>
#include <span>

#include "capi/handles.h"

namespace duomo::capi {

enum class Search { kTopK, kSimilar };

// Checks everything that does not need ids to be looked up. Throws Error(kInvalidArgument),
// (kUnsupported) or (kUnsupportedVersion).
duomo_topk_request ReadTopKRequest(const duomo_context& context, const duomo_topk_request* given,
                                   Search search);

// What every query may return: a set as it lies, or what set, allow list, filters and shared
// exclusions leave, in context.allowed; or everything.
struct Allowed {
  const retrieval::RowMask* rows = nullptr;
  uint64_t count = retrieval::Query::kNotCounted;  // of `rows`, for approximate searches
  const retrieval::ItemSet* set = nullptr;         // instead of `rows`
};

// Throws Error(kNotFound) for names and values, (kInvalidArgument).
Allowed MakeAllowed(duomo_context& context, const duomo_topk_request& request);

}  // namespace duomo::capi
