#include "cli/tables_json.h"

#include <string>
#include <utility>
#include <vector>

#include "data/values.h"

namespace duomo::cli {
namespace {

using data::ColumnKind;
using data::ColumnRoles;
using data::TablesSpec;
using description::Json;

constexpr std::pair<const char*, std::string ColumnRoles::*> kRoles[] = {
    {"user", &ColumnRoles::user},
    {"item", &ColumnRoles::item},
    {"rating", &ColumnRoles::rating},
    {"timestamp", &ColumnRoles::timestamp},
    {"users.id", &ColumnRoles::user_key},
    {"items.id", &ColumnRoles::item_key},
    {"title", &ColumnRoles::title},
    {"event", &ColumnRoles::event},
    {"item_title", &ColumnRoles::item_title},
};
constexpr std::pair<const char*, std::string TablesSpec::*> kTexts[] = {
    {"separator", &TablesSpec::separator},
    {"date_format", &TablesSpec::date_format},
};
constexpr std::pair<const char*, std::vector<std::string> TablesSpec::*> kColumns[] = {
    {"columns", &TablesSpec::columns},
    {"user_columns", &TablesSpec::user_columns},
    {"item_columns", &TablesSpec::item_columns},
};
constexpr std::pair<const char*, char TablesSpec::*> kCharacters[] = {
    {"set_separator", &TablesSpec::set_separator},
};
constexpr std::pair<const char*, bool TablesSpec::*> kFlags[] = {
    {"latin1", &TablesSpec::latin1},
    {"skip_bad_lines", &TablesSpec::skip_bad_lines},
    {"matrix", &TablesSpec::matrix},
};
constexpr ColumnKind kKinds[] = {ColumnKind::kInteger, ColumnKind::kNumber, ColumnKind::kString,
                                 ColumnKind::kSet};

const Json* Find(const Json& json, const char* name) {
  auto found = json.is_object() ? json.find(name) : json.end();
  return found == json.end() ? nullptr : &*found;
}

}  // namespace

Json TablesToJson(const TablesSpec& spec) {
  const TablesSpec plain;
  Json out = Json::object();
  for (const auto& [name, role] : kRoles) {
    if (!(spec.roles.*role).empty()) out["roles"][name] = spec.roles.*role;
  }
  for (const auto& [name, member] : kTexts) {
    if (spec.*member != plain.*member) out[name] = spec.*member;
  }
  for (const auto& [name, member] : kCharacters) {
    if (spec.*member != plain.*member) out[name] = std::string(1, spec.*member);
  }
  for (const auto& [name, member] : kFlags) {
    if (spec.*member != plain.*member) out[name] = spec.*member;
  }
  for (const auto& [name, columns] : kColumns) {
    if (!(spec.*columns).empty()) out[name] = spec.*columns;
  }
  for (const auto& [column, separator] : spec.sets) {
    out["sets"].push_back({{"column", column}, {"separator", std::string(1, separator)}});
  }
  if (spec.quotes) out["quotes"] = static_cast<int>(*spec.quotes);
  if (spec.matrix_missing) out["matrix_missing"] = *spec.matrix_missing;
  for (const auto& [column, kind] : spec.kinds) {
    out["kinds"].push_back({{"column", column}, {"kind", data::KindName(kind)}});
  }
  return out;
}

TablesSpec TablesFromJson(const Json& json) {
  TablesSpec spec;
  if (const Json* roles = Find(json, "roles")) {
    for (const auto& [name, role] : kRoles) {
      const Json* column = Find(*roles, name);
      if (column != nullptr && column->is_string()) spec.roles.*role = column->get<std::string>();
    }
  }
  for (const auto& [name, member] : kTexts) {
    const Json* value = Find(json, name);
    if (value != nullptr && value->is_string()) spec.*member = value->get<std::string>();
  }
  for (const auto& [name, member] : kCharacters) {
    const Json* value = Find(json, name);
    if (value == nullptr || !value->is_string()) continue;
    std::string text = value->get<std::string>();
    if (text.size() == 1) spec.*member = text[0];
  }
  for (const auto& [name, member] : kFlags) {
    const Json* value = Find(json, name);
    if (value != nullptr && value->is_boolean()) spec.*member = value->get<bool>();
  }
  for (const auto& [name, columns] : kColumns) {
    const Json* value = Find(json, name);
    if (value == nullptr || !value->is_array()) continue;
    for (const Json& column : *value) {
      if (column.is_string()) (spec.*columns).push_back(column.get<std::string>());
    }
  }
  if (const Json* sets = Find(json, "sets"); sets != nullptr && sets->is_array()) {
    for (const Json& entry : *sets) {
      const Json *column = Find(entry, "column"), *separator = Find(entry, "separator");
      bool good = column != nullptr && column->is_string() && separator != nullptr &&
                  separator->is_string() && separator->get<std::string>().size() == 1;
      if (good) spec.sets.emplace_back(*column, separator->get<std::string>()[0]);
    }
  }
  if (const Json* quotes = Find(json, "quotes"); quotes != nullptr && quotes->is_number_integer()) {
    int value = quotes->get<int>();
    if (value >= 0 && value <= 2) spec.quotes = static_cast<data::Quotes>(value);
  }
  if (const Json* missing = Find(json, "matrix_missing");
      missing != nullptr && missing->is_string()) {
    spec.matrix_missing = missing->get<std::string>();
  }
  const Json* kinds = Find(json, "kinds");
  if (kinds == nullptr || !kinds->is_array()) return spec;
  for (const Json& entry : *kinds) {
    const Json *column = Find(entry, "column"), *kind = Find(entry, "kind");
    if (column == nullptr || kind == nullptr || !column->is_string() || !kind->is_string()) {
      continue;
    }
    for (ColumnKind known : kKinds) {
      if (kind->get<std::string>() != data::KindName(known)) continue;
      spec.kinds.emplace_back(column->get<std::string>(), known);
    }
  }
  return spec;
}

TablesSpec MergeTables(const TablesSpec& recorded, const TablesSpec& wish) {
  const TablesSpec plain;
  TablesSpec out = wish;
  for (const auto& [name, role] : kRoles) {
    if ((out.roles.*role).empty()) out.roles.*role = recorded.roles.*role;
  }
  for (const auto& [name, columns] : kColumns) {
    if ((out.*columns).empty()) out.*columns = recorded.*columns;
  }
  out.sets.insert(out.sets.begin(), recorded.sets.begin(), recorded.sets.end());
  if (!out.quotes) out.quotes = recorded.quotes;
  if (!out.matrix_missing) out.matrix_missing = recorded.matrix_missing;
  for (const auto& [name, member] : kTexts) {
    if (out.*member == plain.*member) out.*member = recorded.*member;
  }
  for (const auto& [name, member] : kCharacters) {
    if (out.*member == plain.*member) out.*member = recorded.*member;
  }
  for (const auto& [name, member] : kFlags) out.*member = out.*member || recorded.*member;
  std::vector<std::pair<std::string, ColumnKind>> kinds;
  for (const auto& entry : recorded.kinds) {
    bool users = entry.first.starts_with("users."), items = entry.first.starts_with("items.");
    bool usable = users   ? !wish.users.empty()
                  : items ? !wish.items.empty()
                          : !wish.users.empty() && !wish.items.empty();
    if (usable) kinds.push_back(entry);
  }
  kinds.insert(kinds.end(), wish.kinds.begin(), wish.kinds.end());  // the later one counts
  out.kinds = std::move(kinds);
  // Roles of tables that are not there would be looked for in vain.
  if (wish.users.empty()) out.roles.user_key = wish.roles.user_key;
  if (wish.items.empty()) {
    out.roles.item_key = wish.roles.item_key;
    out.roles.title = wish.roles.title;
  } else {
    out.roles.item_title = wish.roles.item_title;
  }
  return out;
}

}  // namespace duomo::cli
