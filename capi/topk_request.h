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

// The items that the allow list and the filters leave, for every query, in context.allowed; false
// where neither is given. Throws Error(kNotFound) for inputs and values, (kInvalidArgument).
bool MakeAllowed(duomo_context& context, const duomo_topk_request& request);

}  // namespace duomo::capi
