#include "converter/edit/erase.h"

#include <algorithm>

#include "converter/edit/entities.h"
#include "core/error.h"
#include "data/roles.h"
#include "description/fields.h"

namespace duomo::convert {

using description::Json;
using model::FeatureColumn;
using model::InputKind;
using model::KeyKind;
using model::Side;

std::string ValueText(const model::KeyIndex& keys, uint64_t row) {
  return keys.kind() == KeyKind::kString ? std::string(keys.StringAt(row))
                                         : StrCat(keys.IntegerAt(row));
}

namespace {

// Called as a key is, by most people or by the one who made the file.
bool NamedAsKey(const model::Model& m, const std::string& name, Side side) {
  Json settings = description::JsonOrNull(m.report().settings);
  Json roles;
  if (settings.is_object() && settings.contains("data") && settings["data"].is_object() &&
      settings["data"].contains("mapping") && settings["data"]["mapping"].is_object()) {
    roles = settings["data"]["mapping"].value("roles", Json());
  }
  for (const char* role :
       {side == Side::kItem ? "items.id" : "users.id", side == Side::kItem ? "item" : "user"}) {
    if (roles.is_object() && roles.contains(role) && roles[role] == name) return true;
  }
  auto role = side == Side::kItem ? data::Role::kItemKey : data::Role::kUserKey;
  return data::FindRole(role, std::span(&name, 1), "", "") == 0;
}

bool HoldsIds(const model::Model& m, size_t input, Side side) {
  const model::Entities& entities = m.side(side);
  const model::KeyIndex& values =
      m.vocabulary(static_cast<uint32_t>(m.description().inputs[input].vocabulary));
  const bool alike =
      (values.kind() == KeyKind::kString) == (entities.keys.kind() == KeyKind::kString);
  uint64_t own = 0;
  for (uint64_t row = 0; row < entities.count; ++row) {
    auto rows = entities.features.inputs[input].RowsOf(row);
    if (rows.empty() || rows[0] >= values.size()) continue;  // not known
    bool same = !alike ? ValueText(values, rows[0]) == ValueText(entities.keys, row)
                : values.kind() == KeyKind::kString
                    ? values.StringAt(rows[0]) == entities.keys.StringAt(row)
                    : values.IntegerAt(rows[0]) == entities.keys.IntegerAt(row);
    if (!same) return false;
    ++own;
  }
  // One value that no entity has is no id, such as the mean that imported vectors have for
  // strangers.
  bool told = own > 0 || entities.count == 0 || values.size() > 1;
  return own > 1 || (told && NamedAsKey(m, m.description().inputs[input].name, side));
}

}  // namespace

std::vector<uint32_t> IdVocabularies(const model::Model& m, Side side) {
  const model::Description& d = m.description();
  auto scope = side == Side::kItem ? model::Scope::kItem : model::Scope::kUser;
  std::vector<uint32_t> out;
  for (size_t i = 0; i < d.inputs.size(); ++i) {
    const model::Input& input = d.inputs[i];
    if (input.scope != scope || input.kind != InputKind::kCategory) continue;
    auto vocabulary = static_cast<uint32_t>(input.vocabulary);
    bool history = std::ranges::any_of(d.inputs, [&](const model::Input& other) {
      return other.kind == InputKind::kHistory && other.vocabulary == input.vocabulary;
    });
    if (history || std::ranges::find(out, vocabulary) != out.end()) continue;
    if (HoldsIds(m, i, side)) out.push_back(vocabulary);
  }
  return out;
}

uint64_t MarkIds(const model::Model& m, Side side,
                 const std::function<bool(const std::string&)>& gone, GoneValues& marked) {
  marked.resize(m.description().vocabularies.size());
  uint64_t count = 0;
  for (uint32_t v : IdVocabularies(m, side)) {
    const model::KeyIndex& values = m.vocabulary(v);
    marked[v].resize(values.size());
    for (uint32_t row = 0; row < values.size(); ++row) {
      if (marked[v][row] || !gone(ValueText(values, row))) continue;
      marked[v][row] = true;
      ++count;
    }
  }
  return count;
}

void RemoveValues(Draft& draft, const GoneValues& marked) {
  for (uint32_t v = 0; v < marked.size(); ++v) {
    std::vector<uint32_t> kept;
    for (uint32_t row = 0; row < marked[v].size(); ++row) {
      if (!marked[v][row]) kept.push_back(row);
    }
    if (kept.size() < marked[v].size()) KeepValues(draft, v, kept);
  }
}

FeatureColumn WithoutGone(const model::Model& m, size_t input, const std::vector<uint32_t>& rows,
                          const GoneValues& gone, bool& any) {
  const model::Input& about = m.description().inputs[input];
  Side side = about.scope == model::Scope::kItem ? Side::kItem : Side::kUser;
  FeatureColumn out = ColumnOf(m.side(side).features.inputs[input], rows);
  any = false;
  if (about.vocabulary < 0 || static_cast<size_t>(about.vocabulary) >= gone.size()) return out;
  const std::vector<bool>& values = gone[static_cast<size_t>(about.vocabulary)];
  for (uint32_t& row : out.rows) {
    if (row >= values.size() || !values[row]) continue;
    row = static_cast<uint32_t>(values.size());
    any = true;
  }
  return out;
}

bool EmptySketch(model::Report& report) {
  Json settings = description::JsonOrNull(report.settings);
  if (!settings.is_object() || !settings.contains("data")) return false;
  Json& data = settings["data"];
  if (!data.is_object() || !data.contains("sketch")) return false;
  // So it tells nothing of any row; see data/fingerprint.h.
  data["sketch"] = {{"bits", 40}, {"rows", ""}};
  report.settings = settings.dump();
  return true;
}

}  // namespace duomo::convert
