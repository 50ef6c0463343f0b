// Named arrays of numbers in files of other programs. The readers (safetensors.h, npz.h) list the
// arrays of a file, and read their contents only on request.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/array.h"
#include "core/file_io.h"

namespace duomo::convert {

enum class Number { kF16, kBF16, kF32, kF64, kI8, kU8, kI16, kU16, kI32, kU32, kI64, kU64, kOther };
size_t SizeOf(Number number);  // bytes; 0 for kOther

// The largest size of a piece of an array.
inline constexpr size_t kArrayPiece = 1 << 20;

struct Array {
  using Sink = std::function<void(std::span<const std::byte>)>;

  std::string name;
  Number number = Number::kOther;
  std::string type;  // as the file spells it
  std::vector<uint64_t> shape = {};
  bool column_major = false;  // the first index changes fastest
  // Passes all bytes in order, in pieces of whole numbers, at any alignment. May be called again.
  // Throws Error(kCorrupt, kIo) if they cannot be read.
  std::function<void(const Sink&)> read = {};

  uint64_t count() const;
};

// Releases the pages of borrowed bytes from memory, if the file is mapped.
using Drop = std::function<void(std::span<const std::byte>)>;

struct Arrays {
  std::string where;  // the file, for messages
  std::vector<Array> list;
  std::shared_ptr<const void> file = {};  // what they read

  const Array* Find(std::string_view name) const;  // nullptr: none
};

// The product of `shape` times `size`; nothing if it does not fit 63 bits.
std::optional<uint64_t> BytesOfShape(std::span<const uint64_t> shape, size_t size);

// A reader of bytes in place.
std::function<void(const Array::Sink&)> ReadInPlace(std::span<const std::byte> bytes, Drop drop);

// Throws Error(kUnsupported) that names an array which is not of f16, bf16, f32 or f64.
void RequireFloats(const Arrays& arrays, const Array& array);

// Converts such an array to floats, in the file's order, piece by piece.
void ReadFloats(const Arrays& arrays, const Array& array,
                const std::function<void(std::span<const float>)>& sink);

// All of them, row by row of `shape`; `transpose`: of the array with its axes in reverse order, as
// NumPy's .T. Holds the array once, twice where it has to be turned.
AlignedVector<float> FloatsOf(const Arrays& arrays, const Array& array, bool transpose = false);

// Recognises safetensors, .npz and .npy by the first bytes of the file. Throws Error as their
// readers do, and kUnsupported for pickles and other files that are easily mistaken for them;
// `wanted` names the expected formats.
Arrays OpenArrays(const std::string& path, std::string_view wanted);
Arrays ArraysOf(std::span<const std::byte> bytes, const std::string& where,
                std::string_view wanted);

// values[a, b, c], row by row, as [c, b, a]. T: float, uint16_t.
template <typename T>
AlignedVector<T> ReverseAxes(std::span<const T> values, std::span<const uint64_t> shape);

}  // namespace duomo::convert
