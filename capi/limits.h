// Limits of a request: from names to the columns that results are counted by.
#pragma once

#include <cstddef>

#include "capi/handles.h"
#include "retrieval/limits.h"

namespace duomo::capi {

// Of `side`, whose rows are searched. Views of the model and of nothing else. Throws
// Error(kInvalidArgument), (kNotFound) for names, (kUnsupportedVersion).
AlignedVector<retrieval::Limit> ReadLimits(const duomo_model& model, model::Side side,
                                           const duomo_limit* limits, size_t n);

}  // namespace duomo::capi
