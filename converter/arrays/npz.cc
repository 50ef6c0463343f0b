#include "converter/arrays/npz.h"

#include <iterator>

#include "core/array.h"
#include "core/error.h"

namespace duomo::convert {
namespace {

// In the order of file::DType. NumPy has no bf16: its bits.
constexpr const char* kDescr[] = {"<f4", "|u1", "<u4", "<u8", "<i8", "<f8", "|i1", "<f2", "<u2"};
static_assert(std::size(kDescr) == file::kLastDType + 1);

}  // namespace

std::string NpyHeader(file::DType dtype, std::span<const uint64_t> shape) {
  std::string dimensions;
  for (uint64_t n : shape) dimensions += StrCat(n, ", ");
  // A tuple of one keeps its comma.
  if (!dimensions.empty()) dimensions.resize(dimensions.size() - (shape.size() == 1 ? 1 : 2));
  std::string text = StrCat("{'descr': '", kDescr[static_cast<size_t>(dtype)],
                            "', 'fortran_order': False, 'shape': (", dimensions, "), }");
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
