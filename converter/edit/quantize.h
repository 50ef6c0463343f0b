// Fewer bytes for what a draft holds: tensors in half precision or in one byte a number.
#pragma once

#include "converter/edit/rewrite.h"

namespace duomo::convert {

// "fp32", "fp16", "bf16" or "int8", as people say them.
file::DType RowTypeOf(const std::string& name);

// Weights and tables, and the frozen vectors of a side, where it has any: what the draft's model
// has, stored as `dtype` (rows.h: IsRowType). Rows of fewer than 8 numbers become fp16 where int8
// is asked for. What was derived from vectors goes with them. The draft's model outlives its
// sources. Numbers that cannot be stored so fail the draft's Save() with kInvalidArgument.
void QuantizeWeights(Draft& draft, file::DType dtype);
void QuantizeVectors(Draft& draft, model::Side side, file::DType dtype);

}  // namespace duomo::convert
