// A whole file as JSON and back: what `dump` writes and `build` reads.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "file/tensor.h"
#include "model/model.h"

namespace duomo::convert {

// Calls `use` with a 0 of the type that holds a tensor's numbers; of f16 and bf16, for which C++
// has no type, that of their bits.
template <typename Use>
void WithTypeOf(file::DType dtype, const Use& use) {
  switch (dtype) {
    case file::DType::kF32:
      return use(float{});
    case file::DType::kF64:
      return use(double{});
    case file::DType::kU8:
      return use(uint8_t{});
    case file::DType::kI8:
      return use(int8_t{});
    case file::DType::kU32:
      return use(uint32_t{});
    case file::DType::kU64:
      return use(uint64_t{});
    case file::DType::kI64:
      return use(int64_t{});
    case file::DType::kF16:
    case file::DType::kBF16:
      return use(uint16_t{});
  }
}

// {"duomo_dump": 1, "description": …, "report": …, "fold_in": … where there is one, "metadata":
// {key: value}, "attributes": [{"name", "kind"}, …], "tensors": [{"name", "dtype", "shape",
// "compressed", "base64" or "values"}, …]}. Gives the text in pieces, and holds little of it.
// `readable`: numbers as arrays of JSON numbers instead of base64; both are exact.
void WriteJsonForm(const model::Model& model, bool readable,
                   const std::function<void(std::string_view)>& sink);

// The contents that such a text describes; `text` must live as long as they do, for long base64
// is decoded when it is written. Throws Error(kInvalidArgument) that says where it stands
// (`source`: what the text is called) for what is no such JSON.
model::Contents ReadJsonForm(std::string_view text, const std::string& source);

}  // namespace duomo::convert
