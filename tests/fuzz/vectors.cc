// Fuzz target: vectors as text, .fvecs, .npy, .npz or safetensors, and the model of them. The first
// byte says which and how.
#include "converter/arrays/vectors.h"

#include "converter/look/checks.h"
#include "core/error.h"
#include "fuzz/fuzz.h"

namespace {

using namespace duomo;

constexpr uint64_t kLargest = 1 << 18;  // numbers

void Check(const convert::Check& check) {
  if (!check.ok()) fuzz::Die("what was imported is not sound: ", check.problems[0]);
}

struct Opened {
  convert::VectorFile file;
  std::vector<float> numbers;  // of text
};

void Open(Opened& out, unsigned kind, std::span<const std::byte> bytes) {
  std::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  if (kind == 0) {
    const uint64_t width =
        convert::ReadVectorText(data::BytesOf(text), "fuzz.csv", false, out.file.keys,
                                [&](std::span<const float> line) {
                                  out.numbers.insert(out.numbers.end(), line.begin(), line.end());
                                })
            .width;
    convert::Array array{.name = "text", .number = convert::Number::kF32, .type = "text"};
    array.shape = {out.file.keys.size(), width};
    if (out.numbers.size() != out.file.keys.size() * width) fuzz::Die("lines of unequal length");
    array.read = convert::ReadInPlace(std::as_bytes(std::span(out.numbers)), {});
    out.file.arrays.where = "fuzz.csv";
    out.file.arrays.list.push_back(std::move(array));
    return;
  }
  out.file.arrays = kind == 1 ? convert::FvecsOf(bytes, "fuzz.fvecs")
                              : convert::ArraysOf(bytes, "fuzz.npy", "vectors");
  convert::SelectVectors(out.file.arrays, "");
  if (out.file.array().shape.size() != 2) fuzz::Die("no matrix was selected");
  for (uint64_t row = 0; row < std::min(out.file.count(), kLargest); ++row) {
    out.file.keys.Add(static_cast<int64_t>(row));
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  try {
    Opened opened;
    Open(opened, data[0] % 3, std::as_bytes(std::span(data + 1, size - 1)));
    uint64_t count = opened.file.count(), width = opened.file.width();
    bool fits = count > 0 && width > 0 && count <= kLargest && width <= kLargest / count;
    if (!fits) return 0;
    convert::VectorOptions options;
    options.head.kind = data[0] % 2 == 0 ? model::HeadKind::kCosine : model::HeadKind::kDot;
    auto made =
        convert::VectorModelOf(data[0] % 5 == 0 ? nullptr : &opened.file, opened.file, options);
    AlignedVector<std::byte> bytes = model::SaveToMemory(made.contents);
    auto model = model::Model::OpenBuffer(bytes);
    Check(convert::CheckKeys(*model));
    Check(convert::CheckFeatures(*model));
    Check(convert::CheckParameters(*model));
    Check(convert::CheckVectors(*model));
    Check(convert::CheckTowers(*runtime::Engine::Create(model)));
  } catch (const Error& error) {
    bool fine = error.status() == Status::kCorrupt || error.status() == Status::kUnsupported ||
                error.status() == Status::kInvalidArgument;
    if (!fine) fuzz::Die("refused otherwise: ", error.message());
  }
  return 0;
}
