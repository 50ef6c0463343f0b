// Keys that turn into strings when the first of them is no integer.
#include "data/key_table.h"

#include <utility>

#include "core/error.h"
#include "data/lines.h"

namespace duomo::data {

bool IsPlainInteger(std::string_view text, int64_t& value) {
  const bool minus = text.starts_with('-');
  std::string_view digits = text.substr(minus ? 1 : 0);
  bool padded = digits.starts_with('0') && text.size() > 1;  // also "-0"
  if (padded || digits.empty()) return false;
  if (digits.size() > 18) return ParseInteger(text, value);  // which may be too large
  int64_t number = 0;
  for (char c : digits) {
    auto digit = static_cast<unsigned>(c - '0');
    if (digit > 9) return false;
    number = number * 10 + digit;
  }
  value = minus ? -number : number;
  return true;
}

bool TakeZeroFraction(std::string_view& text) {
  size_t dot = text.find('.');
  if (dot == text.npos || dot + 1 == text.size()) return false;
  int64_t value = 0;
  bool zeros = text.find_first_not_of('0', dot + 1) == text.npos;
  if (!zeros || !IsPlainInteger(text.substr(0, dot), value)) return false;
  text = text.substr(0, dot);
  return true;
}

uint32_t KeyTable::Add(std::string_view key) {
  uint32_t row = 0;
  int64_t value = 0;
  if (all_integers_ && !IsPlainInteger(key, value)) TurnIntoStrings();
  if (size() >= UINT32_MAX - 1) {
    Fail(Status::kUnsupported, "more than ", UINT32_MAX - 1, " users or items are not possible");
  }
  auto next = static_cast<uint32_t>(size());
  if (all_integers_) {
    if (integer_rows_.Find(value, row)) return row;
    integer_rows_.Add(value, next);
    integers_.push_back(value);
    return next;
  }
  bool added = false;
  row = string_rows_.Add(key, strings_, added);
  if (added) strings_.emplace_back(key);
  return row;
}

bool KeyTable::Find(std::string_view key, uint32_t& row) const {
  if (all_integers_) {
    int64_t value = 0;
    return IsPlainInteger(key, value) && integer_rows_.Find(value, row);
  }
  return string_rows_.Find(key, strings_, row);
}

void KeyTable::TurnIntoStrings() {
  all_integers_ = false;
  strings_.reserve(integers_.size());
  for (int64_t value : integers_) {
    std::string key = StrCat(value);
    bool added = false;
    string_rows_.Add(key, strings_, added);
    strings_.push_back(std::move(key));
  }
  integers_ = {};
  integer_rows_ = {};
}

void KeyTable::MoveTo(EntityTable& table, std::string_view name) {
  Column column = MakeColumn(name, all_integers_ ? ColumnKind::kInteger : ColumnKind::kString);
  if (all_integers_) {
    table.ids = column.integers = std::move(integers_);
  } else {
    table.keys = column.texts = std::move(strings_);
  }
  table.columns.insert(table.columns.begin(), std::move(column));
}

}  // namespace duomo::data
