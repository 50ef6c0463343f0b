// Fuzz target: records of new items and, behind a NUL, of new users, merged into a file, which then
// opens, is sound, and has the old rows and as many new ones as there were records.
#include "converter/addition.h"
#include "converter/checks.h"
#include "converter/stock.h"
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

std::vector<convert::Record> Parse(std::string_view text) {
  return text.empty() ? std::vector<convert::Record>() : convert::ParseRecords(text, "fuzz");
}

void Merge(const Base& base, std::string_view items, std::string_view users) {
  AlignedVector<std::byte> bytes;
  convert::Draft draft("fuzz.duomo", base.model);
  convert::Added added;
  size_t n_items = 0, n_users = 0;
  try {
    auto new_items = Parse(items), new_users = Parse(users);
    n_items = new_items.size();
    n_users = new_users.size();
    added = convert::AddRecords(draft, new_users, new_items);
  } catch (const Error& error) {
    if (error.status() != Status::kInvalidArgument) {
      fuzz::Die("refused otherwise: ", error.message());
    }
    return;
  }
  try {
    bytes = model::SaveToMemory(draft.contents);
    auto merged = model::Model::OpenBuffer(bytes);
    if (added.items != n_items || merged->items().count != base.model->items().count + n_items ||
        added.users != n_users || merged->users().count != base.model->users().count + n_users) {
      fuzz::Die("not as many rows as records");
    }
    for (auto check : {convert::CheckKeys, convert::CheckTitles, convert::CheckFeatures,
                       convert::CheckAttributes, convert::CheckHistory, convert::CheckVectors}) {
      convert::Check result = check(*merged);
      if (!result.ok()) fuzz::Die("a merged file is not sound: ", result.problems[0]);
    }
  } catch (const Error& error) {
    fuzz::Die("what was merged is refused: ", error.message());
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  std::string_view text(reinterpret_cast<const char*>(data), size);
  size_t nul = std::min(text.find('\0'), text.size());
  std::string_view users = text.substr(std::min(nul + 1, text.size()));
  for (const Base& base : Bases()) Merge(base, text.substr(0, nul), users);
  return 0;
}
