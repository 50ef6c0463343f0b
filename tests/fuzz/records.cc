// Fuzz target: records of items and, behind NULs, of users and events, merged into a file, which
// then opens, is sound, and has the old rows and as many new ones as were counted.
#include "converter/arrays/stock.h"
#include "converter/look/checks.h"
#include "converter/merge/upsert.h"
#include "core/error.h"
#include "fuzz/fuzz.h"
#include "model/samples.h"

namespace {

using namespace duomo;

struct Base {
  AlignedVector<std::byte> bytes;
  std::shared_ptr<const model::Model> model;
};

void Freeze(model::Contents& contents) {
  AlignedVector<std::byte> bytes = model::SaveToMemory(contents);
  auto engine = runtime::Engine::Create(model::Model::OpenBuffer(bytes));
  for (auto [name, side] : {std::pair("users/vectors", model::Side::kUser),
                            std::pair("items/vectors", model::Side::kItem)}) {
    AlignedVector<float> vectors = engine->Freeze(side);
    const uint64_t width = engine->vector_width();
    contents.tensors.push_back(
        file::OwnedTensor::From<float>(name, {vectors.size() / width, width}, vectors));
  }
}

const std::vector<Base>& Bases() {
  static const std::vector<Base> bases = [] {
    std::vector<Base> out;
    for (const model::Description& d : testing::AllDescriptions()) {
      model::Contents contents = testing::ContentsOf(d);
      if (!model::IsJoint(d)) {
        std::erase_if(contents.tensors,
                      [](const auto& t) { return t.name.ends_with("s/vectors"); });
        Freeze(contents);
      }
      Base& base = out.emplace_back();
      base.bytes = model::SaveToMemory(contents);
      base.model = model::Model::OpenBuffer(base.bytes);
    }
    return out;
  }();
  return bases;
}

convert::TableInput Table(std::string_view text) {
  if (text.empty()) return {};
  return {data::BytesOf(text), "fuzz"};
}

void Merge(const Base& base, std::string_view items, std::string_view users,
           std::string_view events) {
  AlignedVector<std::byte> bytes;
  convert::Draft draft("fuzz.duomo", base.model);
  convert::Merged merged;
  try {
    merged = convert::Merge(draft, {Table(users), Table(items), Table(events)}, {});
  } catch (const Error& error) {
    bool about_tables = error.status() == Status::kInvalidArgument ||
                        error.status() == Status::kCorrupt ||
                        error.status() == Status::kUnsupported;
    if (!about_tables) fuzz::Die("refused otherwise: ", error.message());
    return;
  }
  try {
    bytes = model::SaveToMemory(draft.contents);
    auto after = model::Model::OpenBuffer(bytes);
    if (after->items().count != base.model->items().count + merged.items.added ||
        after->users().count != base.model->users().count + merged.users.added) {
      fuzz::Die("not as many rows as new records");
    }
    for (auto check : {convert::CheckKeys, convert::CheckTitles, convert::CheckFeatures,
                       convert::CheckAttributes, convert::CheckHistory, convert::CheckVectors}) {
      convert::Check result = check(*after);
      if (!result.ok()) fuzz::Die("a merged file is not sound: ", result.problems[0]);
    }
  } catch (const Error& error) {
    fuzz::Die("what was merged is refused: ", error.message());
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  std::string_view text(reinterpret_cast<const char*>(data), size);
  std::string_view parts[3];  // items, users, events
  for (std::string_view& part : parts) {
    part = text.substr(0, text.find('\0'));
    text.remove_prefix(std::min(part.size() + 1, text.size()));
  }
  for (const Base& base : Bases()) Merge(base, parts[0], parts[1], parts[2]);
  return 0;
}
