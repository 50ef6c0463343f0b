#include "converter/arrays/stock.h"

#include <algorithm>
#include <numeric>

#include "converter/edit/entities.h"
#include "converter/edit/index.h"
#include "core/error.h"
#include "file/writer.h"
#include "model/binding.h"
#include "retrieval/planes.h"
#include "runtime/engine.h"

namespace duomo::convert {
namespace {

constexpr uint64_t kFrozenRows = 4096;

bool Describes(const model::Description& d, std::string_view name) {
  auto below = [&](const char* prefix, const std::string& part) {
    return name.starts_with(StrCat(prefix, part, "/"));
  };
  for (const model::Vocabulary& v : d.vocabularies) {
    if (below("vocabularies/", v.name)) return true;
  }
  for (const model::Input& input : d.inputs) {
    if (below("users/features/", input.name) || below("items/features/", input.name)) return true;
  }
  if (name.starts_with("attributes/")) return true;
  // What is known of users and items whatever the network: history as well, for "exclude seen".
  for (const char* side : {"users/", "items/"}) {
    if (!name.starts_with(side)) continue;
    std::string_view rest = name.substr(6);
    // Vectors, and what was made of them, come anew.
    return !rest.starts_with("features/") && !rest.starts_with("vectors") &&
           !rest.starts_with("planes/") && !rest.starts_with("lists/");
  }
  return false;
}

}  // namespace

model::Contents Stock(const model::Model& from, model::Description description) {
  model::Contents out;
  for (const file::SegmentInfo& s : from.file().segments()) {
    if (!Describes(description, s.name)) continue;
    out.sources.push_back(file::SourceOf(from.file(), s));
  }
  for (const model::Attribute& a : from.attributes()) out.attributes.push_back({a.name, a.kind});
  out.description = std::move(description);
  return out;
}

void FreezeVectors(Draft& draft) {
  if (model::IsJoint(draft.contents.description)) return;
  auto engine = runtime::Engine::Create(draft.shared_model());
  const uint64_t width = engine->vector_width();
  for (auto [name, side] : {std::pair("users/vectors", model::Side::kUser),
                            std::pair("items/vectors", model::Side::kItem)}) {
    const uint64_t count = draft.model().side(side).count;
    auto write = [=, side = side](const file::TensorSource::Sink& sink) {
      runtime::Workspace work;
      std::vector<runtime::InputSource> inputs;
      std::vector<uint32_t> rows;
      AlignedVector<float> vectors;
      for (uint64_t begin = 0; begin < count; begin += kFrozenRows) {
        rows.resize(std::min(kFrozenRows, count - begin));
        std::iota(rows.begin(), rows.end(), static_cast<uint32_t>(begin));
        vectors.resize(rows.size() * width);
        engine->StoredInputs(side, rows, inputs);
        engine->Encode(side, {rows.size(), inputs}, vectors.data(), work);
        sink(std::as_bytes(std::span(vectors)));
      }
    };
    draft.Put(file::TensorSource{name, file::DType::kF32, {count, width}, write, false});
  }
}

void SaveFrozen(const model::Contents& contents, const std::string& path,
                const std::string& label) {
  Staged staged(path);
  staged.Write([&](const std::string& file) { model::Save(file, contents); });
  Draft draft(staged.path());
  FreezeVectors(draft);
  for (model::Side side : {model::Side::kUser, model::Side::kItem}) RemoveDerived(draft, side);
  if (draft.model().items().count < retrieval::kFewestForPlanes ||
      model::IsJoint(draft.contents.description)) {
    draft.Save(path, label);
    return;
  }
  Staged frozen(path, "frozen");
  frozen.Write([&](const std::string& file) { draft.Save(file, label); });
  SaveIndexed(frozen.path(), path, label);
}

}  // namespace duomo::convert
