#include "data/entities.h"

#include "core/error.h"
#include "model/model.h"

namespace duomo::data {
namespace {

void AddSide(std::vector<file::OwnedTensor>& out, const std::string& prefix,
             const EntityTable& table, const model::FeatureSet& features,
             const model::Description& d, model::Scope scope, bool titles) {
  if (table.keys.empty()) {
    model::AddKeys(out, prefix, std::span<const int64_t>(table.ids));
  } else {
    model::AddKeys(out, prefix, std::span<const std::string>(table.keys));
  }
  if (titles && !table.titles.empty()) model::AddTexts(out, prefix + "/titles", table.titles);
  for (size_t i = 0; i < d.inputs.size(); ++i) {
    if (d.inputs[i].scope != scope || d.inputs[i].kind == model::InputKind::kHistory) continue;
    model::AddFeature(out, StrCat(prefix, "/features/", d.inputs[i].name), features.inputs[i]);
  }
}

}  // namespace

void AddEntities(std::vector<file::OwnedTensor>& out, const Dataset& dataset,
                 const Encoded& encoded, bool titles) {
  const model::Description& d = encoded.description;
  AddSide(out, "users", dataset.users, encoded.users, d, model::Scope::kUser, titles);
  AddSide(out, "items", dataset.items, encoded.items, d, model::Scope::kItem, titles);
}

}  // namespace duomo::data
