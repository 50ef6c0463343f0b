#include "converter/arrays/arrays.h"

#include <algorithm>
#include <cstring>
#include <iterator>

#include "converter/arrays/import_tensors.h"
#include "converter/arrays/npz.h"
#include "converter/arrays/safetensors.h"
#include "core/error.h"
#include "kernels/vector.h"

namespace duomo::convert {
namespace {

// Floats of `count` numbers; `bytes` at any alignment.
void Widen(Number number, const std::byte* bytes, size_t count, float* out) {
  AlignedVector<uint16_t> halves;
  switch (number) {
    case Number::kF32:
      std::memcpy(out, bytes, count * sizeof(float));
      return;
    case Number::kF64:
      for (size_t i = 0; i < count; ++i) {
        double value;
        std::memcpy(&value, bytes + i * sizeof(value), sizeof(value));
        out[i] = static_cast<float>(value);
      }
      return;
    default:
      halves.resize(count);
      std::memcpy(halves.data(), bytes, count * sizeof(uint16_t));
      if (number == Number::kF16) {
        kernels::Vector().widen_f16(halves.data(), out, count);
      } else {
        kernels::Vector().widen_bf16(halves.data(), out, count);
      }
  }
}

bool IsFloat(Number number) {
  return number == Number::kF16 || number == Number::kBF16 || number == Number::kF32 ||
         number == Number::kF64;
}

}  // namespace

size_t SizeOf(Number number) {
  constexpr uint8_t kSizes[] = {2, 2, 4, 8, 1, 1, 2, 2, 4, 4, 8, 8, 0};  // in the order of Number
  static_assert(std::size(kSizes) == static_cast<size_t>(Number::kOther) + 1);
  return kSizes[static_cast<size_t>(number)];
}

uint64_t Array::count() const {
  uint64_t product = 1;
  for (uint64_t n : shape) product *= n;
  return product;
}

const Array* Arrays::Find(std::string_view name) const {
  auto found = std::ranges::find(list, name, &Array::name);
  return found == list.end() ? nullptr : &*found;
}

std::optional<uint64_t> BytesOfShape(std::span<const uint64_t> shape, size_t size) {
  uint64_t product = size;
  for (uint64_t n : shape) {  // an empty array must not hide an absurd dimension
    if (n > INT64_MAX) return std::nullopt;
    if (n > 0 && product > INT64_MAX / n) return std::nullopt;
    if (n > 0) product *= n;
  }
  return std::ranges::find(shape, 0u) != shape.end() ? 0 : product;
}

std::function<void(const Array::Sink&)> ReadInPlace(std::span<const std::byte> bytes, Drop drop) {
  return [bytes, drop = std::move(drop)](const Array::Sink& sink) {
    for (auto rest = bytes; !rest.empty();) {
      auto piece = rest.first(std::min(rest.size(), kArrayPiece));
      sink(piece);
      if (drop) drop(piece);
      rest = rest.subspan(piece.size());
    }
  };
}

void RequireFloats(const Arrays& arrays, const Array& array) {
  if (IsFloat(array.number)) return;
  Fail(Status::kUnsupported, arrays.where, ": ", QuotedName(array.name), " is of type ",
       QuotedName(array.type), "; numbers are read as 16, 32 or 64 bits of floating point");
}

void ReadFloats(const Arrays& arrays, const Array& array,
                const std::function<void(std::span<const float>)>& sink) {
  RequireFloats(arrays, array);
  AlignedVector<float> floats;
  const size_t size = SizeOf(array.number);
  array.read([&](std::span<const std::byte> bytes) {
    floats.resize(bytes.size() / size);
    Widen(array.number, bytes.data(), floats.size(), floats.data());
    sink(floats);
  });
}

template <typename T>
AlignedVector<T> ReverseAxes(std::span<const T> values, std::span<const uint64_t> shape) {
  AlignedVector<T> out(values.size());
  if (shape.size() == 2) {  // in blocks that stay in the cache
    constexpr uint64_t kBlock = 32;
    const uint64_t rows = shape[0], columns = shape[1];
    for (uint64_t i = 0; i < rows; i += kBlock) {
      for (uint64_t j = 0; j < columns; j += kBlock) {
        for (uint64_t r = i; r < std::min(rows, i + kBlock); ++r) {
          for (uint64_t c = j; c < std::min(columns, j + kBlock); ++c) {
            out[c * rows + r] = values[r * columns + c];
          }
        }
      }
    }
    return out;
  }
  std::vector<uint64_t> index(shape.size()), step(shape.size());
  uint64_t product = 1, to = 0;
  for (size_t k = 0; k < shape.size(); ++k) {  // of the axes in `out`
    step[k] = product;
    product *= shape[k];
  }
  for (T value : values) {
    out[to] = value;
    for (size_t k = shape.size(); k-- > 0;) {
      to += step[k];
      if (++index[k] < shape[k]) break;
      to -= step[k] * shape[k];
      index[k] = 0;
    }
  }
  return out;
}

template AlignedVector<float> ReverseAxes(std::span<const float>, std::span<const uint64_t>);
template AlignedVector<uint16_t> ReverseAxes(std::span<const uint16_t>, std::span<const uint64_t>);

AlignedVector<float> FloatsOf(const Arrays& arrays, const Array& array, bool transpose) {
  AlignedVector<float> out;
  ReadFloats(arrays, array, [&](std::span<const float> piece) {
    if (out.empty()) out.reserve(array.count());
    out.insert(out.end(), piece.begin(), piece.end());
  });
  // Column by column the file has .T already.
  if (transpose == array.column_major || array.shape.size() < 2) return out;
  if (!array.column_major) return ReverseAxes<float>(out, array.shape);
  std::vector<uint64_t> reversed(array.shape.rbegin(), array.shape.rend());
  return ReverseAxes<float>(out, reversed);
}

namespace {

Arrays Open(
    std::string_view head, const std::string& where, std::string_view wanted,
    const std::function<Arrays(Arrays (*)(const std::string&),
                               Arrays (*)(std::span<const std::byte>, const std::string&))>& by) {
  if (head.starts_with("PK")) return by(OpenNpz, NpzOf);
  if (head.starts_with("\x93NUMPY")) return by(OpenNpy, NpyOf);
  RefuseOtherFiles(head, where, wanted);
  return by(OpenSafetensors, SafetensorsOf);
}

}  // namespace

Arrays OpenArrays(const std::string& path, std::string_view wanted) {
  std::string head;
  {
    FileBytes file = FileBytes::Map(path);
    head.assign(reinterpret_cast<const char*>(file.bytes().data()),
                std::min<size_t>(file.bytes().size(), 16));
  }
  return Open(head, path, wanted, [&](auto open, auto) { return open(path); });
}

Arrays ArraysOf(std::span<const std::byte> bytes, const std::string& where,
                std::string_view wanted) {
  std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  return Open(text.substr(0, 16), where, wanted, [&](auto, auto of) { return of(bytes, where); });
}

}  // namespace duomo::convert
