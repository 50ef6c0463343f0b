// Fuzz target: the JSON form of a file to a file, which then opens, and comes back to the byte.
#include "converter/edit/json_form.h"
#include "core/error.h"
#include "fuzz/fuzz.h"

namespace {

using namespace duomo;

AlignedVector<std::byte> Build(std::string_view text) {
  return model::SaveToMemory(convert::ReadJsonForm(text, "fuzz.json"));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size > 1 << 17) return 0;
  AlignedVector<std::byte> bytes;
  try {
    bytes = Build({reinterpret_cast<const char*>(data), size});
  } catch (const Error& error) {
    if (error.status() != Status::kInvalidArgument) {
      fuzz::Die("refused otherwise: ", error.message());
    }
    return 0;
  }
  for (bool readable : {false, true}) {
    std::string again;
    try {
      convert::WriteJsonForm(*model::Model::OpenBuffer(bytes), readable,
                             [&](std::string_view text) { again += text; });
      if (Build(again) != bytes) fuzz::Die("a file comes back changed: ", again);
    } catch (const Error& error) {
      fuzz::Die("what was built is refused: ", error.message());
    }
  }
  return 0;
}
