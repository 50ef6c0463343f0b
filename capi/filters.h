// Filters of a request or a set: resolves names and values, and finds the rows that pass.
#pragma once

#include <cstddef>
#include <cstdint>

#include "capi/handles.h"
#include "core/array.h"
#include "retrieval/row_mask.h"

namespace duomo::capi {

// Clears the rows of `mask`, one for each item (or user) of the model, that do not pass all of the
// filters. `name`: of the array, for messages; `values` is scratch. Throws Error(kInvalidArgument),
// (kNotFound) for names, and for values of strict filters, (kUnsupportedVersion).
void ApplyFilters(const duomo_model& model, model::Side side, const duomo_filter* filters, size_t n,
                  const char* name, retrieval::RowMask& mask, AlignedVector<uint32_t>& values);

}  // namespace duomo::capi
