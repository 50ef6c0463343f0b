#include "converter/files.h"

#include <algorithm>
#include <cmath>

#include "model/parameters.h"
#include "runtime/engine.h"

namespace duomo::testing {

void Freeze(model::Contents& contents) {
  std::erase_if(contents.tensors, [](const auto& t) { return t.name.ends_with("s/vectors"); });
  AlignedVector<std::byte> bytes = model::SaveToMemory(contents);
  auto engine = runtime::Engine::Create(model::Model::OpenBuffer(bytes));
  uint64_t width = engine->vector_width();
  for (auto [name, side] : {std::pair("users/vectors", model::Side::kUser),
                            std::pair("items/vectors", model::Side::kItem)}) {
    AlignedVector<float> vectors = engine->Freeze(side);
    contents.tensors.push_back(
        file::OwnedTensor::From<float>(name, {vectors.size() / width, width}, vectors));
  }
}

model::Contents SoundContents(const model::Description& description) {
  model::Contents contents = ContentsOf(description);
  for (file::OwnedTensor& t : contents.tensors) {
    auto* values = reinterpret_cast<float*>(t.bytes.data());
    if (t.name.ends_with("/mean_deviation")) values[1] = std::abs(values[1]);
    if (t.name.ends_with("/quantiles")) std::sort(values, values + t.shape[0]);
  }
  if (!model::IsJoint(description)) Freeze(contents);
  return contents;
}

Outcome Convert(std::vector<std::string> arguments, const Surroundings& in) {
  arguments.insert(arguments.begin(), DUOMO_CONVERT);
  return RunProgram(arguments, in);
}

}  // namespace duomo::testing
