#include "converter/merge/upsert_attributes.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "converter/edit/attribute_columns.h"
#include "converter/edit/entities.h"
#include "core/error.h"
#include "core/text.h"
#include "data/key_table.h"
#include "data/list_cell.h"
#include "data/time_column.h"
#include "data/values.h"

namespace duomo::convert {
namespace {

using model::Attribute;
using model::AttributeColumn;
using model::AttributeKind;
using Value = UpsertAttributes::Value;

constexpr int64_t kAnyTime = INT64_MIN + 1;  // also before 1970

template <typename... Parts>
[[noreturn]] void Wrong(const Attribute& a, std::string_view cell, const Parts&... parts) {
  Fail(Status::kInvalidArgument, a.name, ": \"", Utf8Prefix(cell, 100), "\" ", parts...);
}

void AddOnce(std::string_view text, std::vector<std::string>& out) {
  if (std::ranges::find(out, text) == out.end()) out.emplace_back(text);
}

// The parts of a value of another table, "Drama, Comedy", where the attribute has each of them.
bool AddParts(const Attribute& a, std::string_view value, std::vector<std::string>& out) {
  for (char separator : {',', ';'}) {
    if (value.find(separator) == value.npos) continue;
    bool all = !a.values.Find(value).has_value();
    data::SplitSet(value, separator,
                   [&](std::string_view part) { all = all && a.values.Find(part).has_value(); });
    if (!all) continue;
    data::SplitSet(value, separator, [&](std::string_view part) { AddOnce(part, out); });
    return true;
  }
  return false;
}

void ReadSet(const Attribute& a, std::string_view cell, std::vector<std::string>& out) {
  const char separator = cell.starts_with(data::kListMark) ? data::kListMark
                         : cell.starts_with('[')           ? data::kListText
                                                           : '|';
  data::SplitSet(cell, separator, [&](std::string_view value) {
    if (separator != '|' || !AddParts(a, value, out)) AddOnce(value, out);
  });
}

bool Same(const Value& a, const Value& b) {
  const bool numbers = a.number == b.number || (std::isnan(a.number) && std::isnan(b.number));
  return numbers && a.texts == b.texts && a.integer == b.integer;
}

// The texts of a column by number; those that come are added.
class Texts {
 public:
  explicit Texts(std::vector<std::string>& texts) : texts_(texts) {
    for (const std::string& text : texts) rows_.emplace(text, static_cast<uint32_t>(rows_.size()));
  }
  uint32_t RowOf(const std::string& text) {
    auto [found, added] = rows_.try_emplace(text, static_cast<uint32_t>(texts_.size()));
    if (added) texts_.push_back(text);
    return found->second;
  }

 private:
  std::vector<std::string>& texts_;
  std::unordered_map<std::string, uint32_t> rows_;
};

// Puts the changed rows into a column of texts, which has none for them yet.
void PutTexts(const std::unordered_map<uint32_t, Value>& changed, AttributeColumn& column) {
  const auto before = static_cast<uint32_t>(column.texts.size());
  Texts texts(column.texts);
  if (column.info.kind == AttributeKind::kCategory) {
    for (uint32_t& row : column.rows.rows) row = row < before ? row : kNoRow;
    for (const auto& [row, value] : changed) {
      if (!value.texts.empty()) column.rows.rows[row] = texts.RowOf(value.texts[0]);
    }
    const auto missing = static_cast<uint32_t>(column.texts.size());
    for (uint32_t& row : column.rows.rows) row = std::min(row, missing);
    return;
  }
  const model::FeatureColumn old = std::move(column.rows);
  column.rows = {old.kind, {0}, {}, {}};
  for (uint32_t row = 0; row + 1 < old.offsets.size(); ++row) {
    auto found = changed.find(row);
    if (found == changed.end()) {
      for (uint32_t value : old.view().RowsOf(row)) column.rows.rows.push_back(value);
    } else {
      for (const std::string& text : found->second.texts) {
        column.rows.rows.push_back(texts.RowOf(text));
      }
    }
    column.rows.offsets.push_back(column.rows.rows.size());
  }
}

}  // namespace

UpsertAttributes::UpsertAttributes(const model::Model& model, const RecordOptions& options)
    : m_(model), options_(options), changed_(model.attributes().size()) {}

UpsertAttributes::Said UpsertAttributes::Read(const RecordTable& record) const {
  Said said(m_.attributes().size());
  for (size_t i = 0; i < said.size(); ++i) {
    if (auto cell = record.Attribute(i)) {
      said[i] = ReadCell(m_.attributes()[i], *cell, record.table().decimal_comma());
    }
  }
  return said;
}

Value UpsertAttributes::ReadCell(const Attribute& a, std::string_view cell,
                                 bool decimal_comma) const {
  Value out;
  if (cell.empty()) return out;
  const bool list = cell.starts_with(data::kListMark);
  if (list && a.kind != AttributeKind::kSet) Wrong(a, cell, "is a list, and must be one value");
  switch (a.kind) {
    case AttributeKind::kCategory:
      out.texts.emplace_back(cell);
      break;
    case AttributeKind::kSet:
      ReadSet(a, cell, out.texts);
      break;
    case AttributeKind::kInteger: {
      std::string_view integer = cell;
      data::TakeZeroFraction(integer);
      if (!data::IsPlainInteger(integer, out.integer)) {
        Wrong(a, cell, "is no whole number that 64 bits hold");
      }
      break;
    }
    case AttributeKind::kNumber:
      if (!data::ParseNumber(cell, decimal_comma, out.number)) Wrong(a, cell, "is no number");
      break;
    case AttributeKind::kTime:
      out.integer = ReadTime(a, cell);
      break;
  }
  return out;
}

int64_t UpsertAttributes::ReadTime(const Attribute& a, std::string_view cell) const {
  data::TimeColumn column({&cell, 1}, options_.date_format, kAnyTime);
  std::vector<int64_t> seconds(1);
  if (!column.Read(cell, 0, seconds[0])) Wrong(a, cell, "is ", column.Expected());
  column.Finish(seconds, "the record", a.name);
  if (column.is_order()) Wrong(a, cell, "is too small for a time");
  return seconds[0];
}

Value UpsertAttributes::Stored(const Attribute& a, uint32_t row) const {
  Value out;
  if (row < a.integers.size()) out.integer = a.integers[row];
  if (row < a.numbers.size()) out.number = a.numbers[row];
  for (uint32_t value : a.listed() ? a.rows.RowsOf(row) : std::span<const uint32_t>()) {
    if (value < a.values.size()) out.texts.emplace_back(a.values.StringAt(value));
  }
  return out;
}

bool UpsertAttributes::Take(uint32_t row, Said said) {
  bool changed = false;
  for (size_t i = 0; i < said.size(); ++i) {
    if (!said[i]) continue;
    const bool known = row < m_.items().count;
    if (known && Same(Stored(m_.attributes()[i], row), *said[i])) continue;
    changed |= known;
    changed_[i][row] = std::move(*said[i]);
  }
  return changed;
}

void UpsertAttributes::Finish(Draft& draft, uint64_t count) const {
  for (size_t i = 0; i < changed_.size(); ++i) {
    const uint64_t before = m_.items().count;
    if (changed_[i].empty() && count == before) continue;
    std::vector<uint32_t> rows(before);
    std::iota(rows.begin(), rows.end(), 0u);
    rows.resize(count, kNoRow);
    for (const auto& [row, value] : changed_[i]) rows[row] = kNoRow;
    AttributeColumn column = ColumnOf(m_.attributes()[i], rows);
    for (const auto& [row, value] : changed_[i]) {
      if (column.info.kind == AttributeKind::kNumber) column.numbers[row] = value.number;
      if (!column.integers.empty()) column.integers[row] = value.integer;
    }
    if (m_.attributes()[i].listed()) PutTexts(changed_[i], column);
    PutAttribute(draft, column);
  }
}

}  // namespace duomo::convert
