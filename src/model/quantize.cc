#include "model/quantize.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>

#include "core/bits.h"
#include "core/error.h"
#include "core/narrow.h"

namespace duomo::model {

using file::DType;

uint16_t ToF16(float x) {
  auto bits = BitCast<uint32_t>(x);
  uint32_t sign = bits >> 16 & 0x8000u, magnitude = bits & 0x7FFFFFFFu;
  if (magnitude > 0x7F800000u) return static_cast<uint16_t>(sign | 0x7E00u);
  if (magnitude >= 0x477FF000u)
    return static_cast<uint16_t>(sign | 0x7C00u);  // rounds beyond 65504
  if (magnitude < 0x38800000u) {
    // Below the smallest normal half: in units of 2⁻²⁴, rounded by the addition to ½, whose last
    // bit is worth that much.
    float units = BitCast<float>(magnitude) + 0.5f;
    return static_cast<uint16_t>(sign | (BitCast<uint32_t>(units) - 0x3F000000u));
  }
  uint32_t odd = magnitude >> 13 & 1;
  return static_cast<uint16_t>(sign | ((magnitude - 0x38000000u + 0xFFFu + odd) >> 13));
}

uint16_t ToBf16(float x) {
  auto bits = BitCast<uint32_t>(x);
  if ((bits & 0x7FFFFFFFu) > 0x7F800000u) return static_cast<uint16_t>(bits >> 16 | 0x40u);
  return static_cast<uint16_t>((bits + 0x7FFFu + (bits >> 16 & 1)) >> 16);
}

bool StoreRows(DType dtype, const float* rows, size_t count, size_t width, std::byte* out,
               float* scales) {
  size_t n = count * width;
  bool finite = true;
  for (size_t i = 0; i < n; ++i) finite &= std::isfinite(rows[i]);
  if (!finite) return false;
  auto* shorts = reinterpret_cast<uint16_t*>(out);
  if (dtype == DType::kF16) {
    for (size_t i = 0; i < n; ++i) {
      shorts[i] = ToF16(rows[i]);
      finite &= (shorts[i] & 0x7C00) != 0x7C00;
    }
  } else if (dtype == DType::kBF16) {
    for (size_t i = 0; i < n; ++i) {
      shorts[i] = ToBf16(rows[i]);
      finite &= (shorts[i] & 0x7F80) != 0x7F80;
    }
  } else if (dtype == DType::kI8) {
    auto* codes = reinterpret_cast<int8_t*>(out);
    for (size_t r = 0; r < count; ++r, rows += width, codes += width) {
      float largest = 0;
      for (size_t i = 0; i < width; ++i) largest = std::max(largest, std::abs(rows[i]));
      scales[r] = largest / 127;
      // A scale that is 0, or too small to have an inverse, says that the row is nothing.
      float inverse = scales[r] > 0 ? 1 / scales[r] : 0;
      if (!std::isfinite(inverse)) inverse = scales[r] = 0;
      for (size_t i = 0; i < width; ++i) {
        float code = std::nearbyint(rows[i] * inverse);
        codes[i] = static_cast<int8_t>(std::clamp(code, -127.0f, 127.0f));
      }
    }
  } else if (n > 0) {  // of no rows both pointers may be null, which memcpy must not see
    std::memcpy(out, rows, n * sizeof(float));
  }
  return finite;
}

void AddRows(std::vector<file::OwnedTensor>& out, const std::string& name,
             std::vector<uint64_t> shape, std::span<const float> values, DType dtype) {
  size_t count = ToSize(shape.at(0)), width = count == 0 ? 1 : values.size() / count;
  AlignedVector<std::byte> bytes(values.size() * file::SizeOf(dtype));
  std::vector<float> scales(dtype == DType::kI8 ? count : 0);
  if (!StoreRows(dtype, values.data(), count, width, bytes.data(), scales.data())) {
    Fail(Status::kInvalidArgument, "tensor \"", name,
         "\" has numbers that are not finite, or beyond the range of ", file::NameOf(dtype));
  }
  out.push_back({name, dtype, std::move(shape), std::move(bytes), false});
  if (dtype == DType::kI8) {
    out.push_back(file::OwnedTensor::From<float>(name + "/scales", {count}, scales));
  }
}

}  // namespace duomo::model
