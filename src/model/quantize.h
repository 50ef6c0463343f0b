// Stores rows of floats in fewer bytes, in the types that rows.h reads. Used by writers of files;
// not in the shared library.
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
// i8 a scale a row in scales[count]: the row's largest magnitude / 127. Returns false if a number
// is not finite or not within the range of the type.
bool StoreRows(file::DType dtype, const float* rows, size_t count, size_t width, std::byte* out,
               float* scales);

// Appends the tensor `name` [rows, width] with these values as `dtype`, and its scales for i8. If a
// number cannot be stored, throws Error(kInvalidArgument) that names the tensor.
void AddRows(std::vector<file::OwnedTensor>& out, const std::string& name,
             std::vector<uint64_t> shape, std::span<const float> values, file::DType dtype);

}  // namespace duomo::model
