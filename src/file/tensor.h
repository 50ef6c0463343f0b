// Named tensors: typed, shaped views of a file's bytes, and tensors to be written.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/array.h"

namespace duomo::file {

// Values are those of fb::DType and never change.
enum class DType : int32_t {
  kF32 = 0,
  kU8 = 1,
  kU32 = 2,
  kU64 = 3,
  kI64 = 4,
  kF64 = 5,
  kI8 = 6,
  kF16 = 7,
  kBF16 = 8,
};
inline constexpr int32_t kLastDType = 8;

size_t SizeOf(DType dtype);
std::string_view NameOf(DType dtype);  // "f32"

template <typename T>
inline constexpr DType kDTypeOf = DType::kU8;
template <>
inline constexpr DType kDTypeOf<float> = DType::kF32;
template <>
inline constexpr DType kDTypeOf<double> = DType::kF64;
template <>
inline constexpr DType kDTypeOf<uint32_t> = DType::kU32;
template <>
inline constexpr DType kDTypeOf<uint64_t> = DType::kU64;
template <>
inline constexpr DType kDTypeOf<int64_t> = DType::kI64;
template <>
inline constexpr DType kDTypeOf<int8_t> = DType::kI8;

// A view; the bytes belong to the opened file and are aligned to kAlignment.
struct Tensor {
  DType dtype = DType::kF32;
  std::span<const uint64_t> shape;
  std::span<const std::byte> bytes;

  uint64_t rows() const { return shape.empty() ? 1 : shape[0]; }
  // The elements. The caller has checked the dtype (reader and model validation do).
  template <typename T>
  std::span<const T> As() const {
    return {reinterpret_cast<const T*>(bytes.data()), bytes.size() / sizeof(T)};
  }
};

// A tensor that owns its bytes, for writing.
struct OwnedTensor {
  std::string name;
  DType dtype = DType::kF32;
  std::vector<uint64_t> shape;
  AlignedVector<std::byte> bytes;
  bool compress = false;  // store with zlib where that makes it smaller

  template <typename T>
  static OwnedTensor From(std::string name, std::vector<uint64_t> shape,
                          std::span<const T> values) {
    auto raw = std::as_bytes(values);
    return {std::move(name), kDTypeOf<T>, std::move(shape), {raw.begin(), raw.end()}, false};
  }
  Tensor View() const { return {dtype, shape, bytes}; }
};

// A tensor that is written piece by piece and never in memory as a whole.
struct TensorSource {
  using Sink = std::function<void(std::span<const std::byte>)>;

  std::string name;
  DType dtype = DType::kF32;
  std::vector<uint64_t> shape;
  // Passes all bytes to the callback, in order, in pieces of any size. May be called again and then
  // must pass the same bytes: the writer does so when compression does not pay. An exception ends
  // the writing.
  std::function<void(const Sink& sink)> write;
  bool compress = false;  // store with zlib where that makes it smaller
};

}  // namespace duomo::file
