// Converts stored rows to floats. This is the only place that does so, so a row's floats have the
// same bits everywhere. Stands on kernels.
#pragma once

#include <cstring>

#include "core/array.h"
#include "core/narrow.h"
#include "kernels/vector.h"
#include "model/rows.h"

namespace duomo::runtime {

// Writes `count` rows from row `begin` on to out[count × width]; all of them must be there.
inline void CopyRows(const model::Rows& rows, uint64_t begin, uint64_t count, float* out) {
  const kernels::VectorKernels& k = kernels::Vector();
  const std::byte* data = rows.data + begin * rows.width * file::SizeOf(rows.dtype);
  size_t n = ToSize(count * rows.width);
  switch (rows.dtype) {
    case file::DType::kF16:
      return k.widen_f16(reinterpret_cast<const uint16_t*>(data), out, n);
    case file::DType::kBF16:
      return k.widen_bf16(reinterpret_cast<const uint16_t*>(data), out, n);
    case file::DType::kI8:
      for (uint64_t i = 0; i < count; ++i) {
        k.widen_i8(reinterpret_cast<const int8_t*>(data) + i * rows.width, rows.scales[begin + i],
                   out + i * rows.width, ToSize(rows.width));
      }
      return;
    default:  // f32: opening refuses all other types
      if (n > 0) std::memcpy(out, data, n * sizeof(float));
  }
}

// The floats of `count` rows from row `begin` on: in place for f32, else in `buffer`, which is
// resized. Valid until the buffer is used again.
inline const float* FloatsOf(const model::Rows& rows, uint64_t begin, uint64_t count,
                             AlignedVector<float>& buffer) {
  if (rows.dtype == file::DType::kF32) {
    return reinterpret_cast<const float*>(rows.data) + begin * rows.width;
  }
  if (buffer.size() < count * rows.width) buffer.resize(ToSize(count * rows.width));
  CopyRows(rows, begin, count, buffer.data());
  return buffer.data();
}

}  // namespace duomo::runtime
