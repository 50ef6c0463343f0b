// Fuzz target: PaddlePaddle's programs and their parameters, up to a network or what is wrong.
#include "fuzz/paddle_inference.h"

#include <cstring>

#include "converter/onnx/network.h"
#include "converter/paddle/graph.h"
#include "core/error.h"
#include "fuzz/fuzz.h"
#include "model/parameters.h"

namespace {

using namespace duomo;

// 4 bytes: the program's size; then the program, JSON or not; then the parameters.
struct Parts {
  std::string_view program;
  std::span<const std::byte> parameters;
};

Parts Split(const uint8_t* data, size_t size) {
  uint32_t program = 0;
  std::memcpy(&program, data, 4);
  program = std::min(program, static_cast<uint32_t>(size - 4));
  return {{reinterpret_cast<const char*>(data) + 4, program},
          std::as_bytes(std::span(data + 4 + program, size - 4 - program))};
}

void CheckNetwork(const convert::Network& network) {
  model::Validate(network.description, /*bound=*/true);
  for (const model::Parameter& p : model::ParametersOf(network.description)) {
    size_t found = 0;
    for (const file::TensorSource& s : network.sources) {
      if (s.name != "parameters/" + p.name) continue;
      ++found;
      size_t size = 0;
      s.write([&](auto piece) { size += piece.size(); });
      if (size != p.size() * sizeof(float)) fuzz::Die(s.name, " has another size");
    }
    if (found != 1) fuzz::Die("not one tensor for ", p.name);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size < 4) return 0;
  static const model::Description kLike = fuzz::TinyDescription();
  Parts parts = Split(data, size);
  try {
    convert::paddle::Program program =
        parts.program.starts_with('{') ? convert::paddle::ReadPir(parts.program, "fuzz.json")
                                       : convert::paddle::ReadProgramDesc(parts.program, "fuzz");
    auto tensors = convert::paddle::ReadParameters(parts.parameters, program, "fuzz.pdiparams");
    CheckNetwork(convert::NetworkOf(convert::paddle::GraphOf(program, tensors, "fuzz"), kLike));
  } catch (const Error& error) {
    bool fine = error.status() == Status::kCorrupt || error.status() == Status::kUnsupported ||
                error.status() == Status::kInvalidArgument;
    if (!fine) fuzz::Die("refused otherwise: ", error.message());
  }
  return 0;
}
