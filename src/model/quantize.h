// Fewer bytes for rows of floats: what rows.h reads, made. For those who write files; the shared
// library drops it.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "file/tensor.h"
#include "model/rows.h"

namespace duomo::model {

// To the nearest, ties to even; beyond the largest it is infinity, NaN stays NaN.
uint16_t ToF16(float x);
uint16_t ToBf16(float x);

// Stores rows [count, width] as `dtype` (IsRowType) in out[count × width × SizeOf(dtype)], and for
// i8 a scale a row in scales[count]: the row's largest magnitude / 127. Finite numbers only, within
// the range of the type: false where one is not.
bool StoreRows(file::DType dtype, const float* rows, size_t count, size_t width, std::byte* out,
               float* scales);

// Appends the tensor `name` [rows, width] with these values as `dtype`, and its scales for i8.
// Throws Error(kInvalidArgument) that names the tensor where a number cannot be stored so.
void AddRows(std::vector<file::OwnedTensor>& out, const std::string& name,
             std::vector<uint64_t> shape, std::span<const float> values, file::DType dtype);

}  // namespace duomo::model
