// Fuzz target: arrays in safetensors, .npz and .npy, as they are and as parameters of a model.
#include "converter/arrays/arrays.h"

#include "converter/arrays/parameter_names.h"
#include "core/error.h"
#include "fuzz/fuzz.h"

namespace {

using namespace duomo;

constexpr uint64_t kLargest = 1 << 20;  // numbers of an array
constexpr size_t kArrays = 16;

const std::vector<model::Parameter>& Parameters() {
  static const std::vector<model::Parameter> parameters = {
      {"tables/a", {3, 2}, true, {}},
      {"user/dense0/weight", {2, 3}, false, {}},
      {"user/dense0/bias", {3}, false, {}},
      {"item/t/convolution3/weight", {6, 2}, false, {}},
  };
  return parameters;
}

// Anything but a refusal of these bytes is a finding.
template <typename Run>
bool Succeeds(const Run& run) {
  try {
    run();
    return true;
  } catch (const Error& error) {
    bool fine = error.status() == Status::kCorrupt || error.status() == Status::kUnsupported ||
                error.status() == Status::kInvalidArgument;
    if (!fine) fuzz::Die("refused otherwise: ", error.message());
    return false;
  }
}

void ReadAll(const convert::Arrays& arrays) {
  for (size_t i = 0; i < std::min(arrays.list.size(), kArrays); ++i) {
    const convert::Array& array = arrays.list[i];
    // Of other numbers the product of the shape is not checked.
    if (convert::SizeOf(array.number) == 0 || array.count() > kLargest) continue;
    for (bool transpose : {false, true}) {
      Succeeds([&] {
        if (convert::FloatsOf(arrays, array, transpose).size() != array.count()) {
          fuzz::Die("not as many numbers as the shape says");
        }
      });
    }
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  std::optional<convert::Arrays> arrays;
  Succeeds(
      [&] { arrays = convert::ArraysOf(std::as_bytes(std::span(data, size)), "fuzz", "arrays"); });
  if (!arrays) return 0;
  ReadAll(*arrays);
  for (auto naming : {std::optional<convert::Naming>(), std::optional(convert::Naming::kDuomo),
                      std::optional(convert::Naming::kTorch)}) {
    Succeeds([&] {
      auto found = convert::ParametersFrom(*arrays, Parameters(), {}, naming, size % 2 == 0);
      if (found.sources.size() != Parameters().size()) fuzz::Die("a parameter is missing");
      for (size_t i = 0; i < found.sources.size(); ++i) {
        uint64_t bytes = 0;
        found.sources[i].write([&](std::span<const std::byte> piece) { bytes += piece.size(); });
        if (bytes != Parameters()[i].size() * sizeof(float)) {
          fuzz::Die("a parameter of another size: ", found.sources[i].name);
        }
      }
    });
  }
  return 0;
}
