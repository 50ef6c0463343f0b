#include "converter/arrays/npz.h"

#include "core/array.h"
#include "core/error.h"

namespace duomo::convert {
namespace {

const char* DescrOf(file::DType dtype) {
  using file::DType;
  switch (dtype) {
    case DType::kF32:
      return "<f4";
    case DType::kU8:
      return "|u1";
    case DType::kU32:
      return "<u4";
    case DType::kU64:
      return "<u8";
    case DType::kI64:
      return "<i8";
    case DType::kF64:
      return "<f8";
    case DType::kI8:
      return "|i1";
    case DType::kF16:
      return "<f2";
    case DType::kBF16:
      return "<u2";
  }
  Fail(Status::kInternal, "no such dtype: ", static_cast<int32_t>(dtype));
}

}  // namespace

std::string NpyHeader(file::DType dtype, std::span<const uint64_t> shape) {
  std::string dimensions;
  for (uint64_t n : shape) dimensions += StrCat(n, ", ");
  // A tuple of one keeps its comma.
  if (!dimensions.empty()) dimensions.resize(dimensions.size() - (shape.size() == 1 ? 1 : 2));
  std::string text = StrCat("{'descr': '", DescrOf(dtype), "', 'fortran_order': False, 'shape': (",
                            dimensions, "), }");
  constexpr size_t kPrefix = 10;  // magic, version, length
  text.resize(RoundUp(kPrefix + text.size() + 1, 64) - kPrefix - 1, ' ');
  text += '\n';
  std::string out("\x93NUMPY\x01\x00", 8);
  out += static_cast<char>(text.size() & 0xFF);
  out += static_cast<char>(text.size() >> 8);
  return out + text;
}

void NpzWriter::Add(std::string_view name, file::DType dtype, std::span<const uint64_t> shape,
                    std::span<const std::byte> bytes) {
  std::string header = NpyHeader(dtype, shape);
  zip_.Add(StrCat(name, ".npy"), std::as_bytes(std::span(header.data(), header.size())), bytes);
}

}  // namespace duomo::convert
