// Rows of floats as stored in a file: four bytes, two bytes or one byte a number. FORMAT.md defines
// the values of stored numbers; runtime/widen.h converts them to floats.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "core/narrow.h"
#include "file/tensor.h"

namespace duomo::model {

// The oldest reader that knows rows of other types than f32.
inline constexpr uint32_t kQuantizedReaderVersion = 2;

// Whether rows of floats may be stored as this: f32, f16, bf16, or i8 with a scale for each row.
constexpr bool IsRowType(file::DType dtype) {
  using file::DType;
  return dtype == DType::kF32 || dtype == DType::kF16 || dtype == DType::kBF16 ||
         dtype == DType::kI8;
}

// A view of `count` rows of `width` numbers, one after the other. Immutable; any thread; the memory
// belongs to the file.
struct Rows {
  file::DType dtype = file::DType::kF32;
  const std::byte* data = nullptr;
  const float* scales = nullptr;  // i8: one a row, else null
  uint64_t count = 0, width = 0;

  bool empty() const { return count == 0; }
  uint64_t size() const { return count * width; }
  // All numbers if they are stored as floats; else empty.
  std::span<const float> floats() const {
    if (dtype != file::DType::kF32) return {};
    return {reinterpret_cast<const float*>(data), ToSize(size())};
  }
};

}  // namespace duomo::model
