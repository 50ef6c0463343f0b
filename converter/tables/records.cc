// Which column of a table says what, and its cells.
#include "converter/tables/records.h"

#include <algorithm>

#include "core/error.h"
#include "data/roles.h"
#include "description/fields.h"

namespace duomo::convert {
namespace {

using model::InputKind;
using model::Side;

constexpr std::string_view kFeatures = "features.";

std::string_view Trim(std::string_view text) {
  constexpr std::string_view kBlanks = " \t\r\n";
  text.remove_prefix(std::min(text.find_first_not_of(kBlanks), text.size()));
  return text.substr(0, text.find_last_not_of(kBlanks) + 1);
}

// Whether `input` describes one side's entities by values of their own.
bool IsFeature(const model::Input& input, Side side) {
  auto scope = side == Side::kItem ? model::Scope::kItem : model::Scope::kUser;
  return input.scope == scope && input.kind != InputKind::kHistory;
}

std::vector<std::string> KnownColumns(const model::Model& m, Side side) {
  std::vector<std::string> out = {"title", "vector"};
  if (side == Side::kUser) out.emplace_back("history");
  for (const model::Input& input : m.description().inputs) {
    if (!IsFeature(input, side)) continue;
    out.push_back(input.name);
    out.push_back(StrCat(kFeatures, input.name));
  }
  if (side == Side::kUser) return out;
  for (const model::Attribute& a : m.attributes()) {
    if (std::find(out.begin(), out.end(), a.name) == out.end()) out.push_back(a.name);
  }
  return out;
}

}  // namespace

std::unique_ptr<data::ByteSource> OpenTableBytes(const std::string& path) {
  return data::OpenBytes(path == "-" ? "/dev/stdin" : path);
}

std::string NameOfTable(const std::string& path) { return path == "-" ? "stdin" : path; }

std::string RecordedRole(const model::Model& model, const char* role,
                         const data::TableReader& table) {
  // Of src/cli/tables_json.h; other reports lack some of it.
  description::Json json = description::JsonOrNull(model.report().settings);
  for (const char* name : {"data", "mapping", "roles", role}) {
    if (!json.is_object() || !json.contains(name)) return "";
    description::Json inner = std::move(json[name]);
    json = std::move(inner);
  }
  std::string column = json.is_string() ? json.get<std::string>() : "";
  const auto& header = table.header();
  return std::find(header.begin(), header.end(), column) == header.end() ? "" : column;
}

std::vector<std::string> ListOf(std::string_view cell) {
  char separator = cell.starts_with(data::kListMark) ? data::kListMark : '|';
  std::string_view rest = cell;
  bool printed = Trim(cell).starts_with('[') && Trim(cell).ends_with(']');
  if (printed) {
    rest = Trim(cell);
    rest = rest.substr(1, rest.size() - 2);
    separator = ',';
  }
  std::vector<std::string> out;
  while (!rest.empty()) {
    size_t end = std::min(rest.find(separator), rest.size());
    std::string_view value = Trim(rest.substr(0, end));
    rest.remove_prefix(std::min(end + 1, rest.size()));
    bool quoted = printed && value.size() > 1 && (value[0] == '"' || value[0] == '\'') &&
                  value.back() == value[0];
    if (quoted) value = value.substr(1, value.size() - 2);
    if (!value.empty()) out.emplace_back(value);
  }
  return out;
}

RecordTable::RecordTable(std::unique_ptr<data::ByteSource> bytes, std::string where,
                         const model::Model& model, Side side, const RecordOptions& options)
    : m_(model),
      side_(side),
      inputs_(model.description().inputs.size()),
      attributes_(model.attributes().size()) {
  data::TableOptions form;
  form.skip_bad_lines = options.skip_bad_lines;
  form.known = KnownColumns(model, side);
  table_ = data::OpenTable(std::move(bytes), std::move(where), form);
  if (table_->first_row_looks_like_data()) {
    Fail(Status::kInvalidArgument, table_->where(), ": the first row looks like data; put a row ",
         "of names above it, such as id,title. Known are ", Known());
  }
  FindColumns(options.ignored);
}

void RecordTable::FindColumns(const std::vector<std::string>& ignored) {
  const auto& header = table_->header();
  std::span<const std::string> found(header.data(), table_->found_columns());
  auto of = [&](std::string_view name) {
    auto at = std::find(found.begin(), found.end(), name);
    return at == found.end() ? data::kNoColumn : static_cast<size_t>(at - found.begin());
  };
  const bool items = side_ == Side::kItem;
  key_ = of("id");
  if (key_ == data::kNoColumn) {
    std::string wish = RecordedRole(m_, items ? "items.id" : "users.id", *table_);
    if (wish.empty()) wish = RecordedRole(m_, items ? "item" : "user", *table_);
    key_ = data::FindRole(items ? data::Role::kItemKey : data::Role::kUserKey, found, wish,
                          table_->where());
  }
  if (key_ == data::kNoColumn) {
    Fail(Status::kInvalidArgument, table_->where(), ": no column has the keys; call it id. Known ",
         "are ", Known());
  }
  size_t title = of("title");
  if (title == data::kNoColumn && items) {
    title = data::FindRole(data::Role::kTitle, found, RecordedRole(m_, "title", *table_),
                           table_->where());
  }
  const auto& inputs = m_.description().inputs;
  for (size_t c = 0; c < header.size(); ++c) {
    std::string_view name = header[c];
    if (c == key_ || std::find(ignored.begin(), ignored.end(), name) != ignored.end()) continue;
    bool known = c == title || name == "title";
    if (known) title_.push_back(c);
    bool below = name.starts_with(kFeatures);
    std::string_view bare = below ? name.substr(kFeatures.size()) : name;
    for (size_t i = 0; i < inputs.size(); ++i) {
      if (!IsFeature(inputs[i], side_) || (inputs[i].name != bare && inputs[i].name != name)) {
        continue;
      }
      // What is said below "features" goes before a title.
      inputs_[i].insert(below ? inputs_[i].begin() : inputs_[i].end(), c);
      known = true;
    }
    for (size_t i = 0; items && i < attributes_.size(); ++i) {
      if (m_.attributes()[i].name != name) continue;
      attributes_[i].push_back(c);
      known = true;
    }
    if (name == "vector") vector_.push_back(c);
    if (name == "history" && !items) history_.push_back(c);
    if (name == "features") nothing_.push_back(c);
    known |= name == "vector" || name == "features" || (name == "history" && !items);
    if (!known) RefuseColumn(name, 0);
  }
}

std::string RecordTable::Known() const {
  std::string known = "id";
  for (const std::string& name : KnownColumns(m_, side_)) {
    if (!name.starts_with(kFeatures)) known += StrCat(", ", name);
  }
  return known;
}

void RecordTable::RefuseColumn(std::string_view name, uint64_t line) const {
  Fail(Status::kInvalidArgument, table_->where(), line > 0 ? StrCat(", line ", line) : "",
       ": there is no \"", name, "\" of ", side_ == Side::kItem ? "items" : "users", "; known are ",
       Known(), ". Mend the name, or pass over the column with --ignore \"", name, "\"");
}

bool RecordTable::Next() {
  while (table_->Next()) {
    bool good = true;
    for (size_t c : nothing_) {
      if (!good || table_->fields()[c].empty()) continue;
      good = table_->Bad("\"features\" must hold inputs by name, and not a value");
    }
    if (good) return true;
  }
  for (const data::LateColumn& late : table_->late_columns()) {
    RefuseColumn(late.name, late.first_line);
  }
  return false;
}

RecordTable::Cell RecordTable::Given(const Columns& columns) const {
  for (size_t c : columns) {
    if (table_->given(c)) return table_->fields()[c];
  }
  return std::nullopt;
}

bool RecordTable::vector_has_null() const {
  return std::ranges::any_of(vector_, [&](size_t c) { return table_->has_null(c); });
}

bool RecordTable::InBlanks(size_t input) const {
  return std::any_of(inputs_[input].begin(), inputs_[input].end(),
                     [&](size_t c) { return table_->hint(c) == data::ColumnHint::kSet; });
}

}  // namespace duomo::convert
