#include "file/tensor.h"

namespace duomo::file {

size_t SizeOf(DType dtype) {
  switch (dtype) {
    case DType::kU8:
    case DType::kI8:
      return 1;
    case DType::kF16:
    case DType::kBF16:
      return 2;
    case DType::kF32:
    case DType::kU32:
      return 4;
    case DType::kU64:
    case DType::kI64:
    case DType::kF64:
      return 8;
  }
  return 1;  // not reached: readers and writers check the number first
}

std::string_view NameOf(DType dtype) {
  static constexpr std::string_view kNames[] = {"f32", "u8", "u32", "u64", "i64",
                                                "f64", "i8", "f16", "bf16"};
  auto i = static_cast<size_t>(dtype);
  return i < std::size(kNames) ? kNames[i] : "unknown";
}

}  // namespace duomo::file
