// Rules of thumb over the first rows of a table.
#include "data/header_row.h"

#include <algorithm>
#include <set>

#include "core/error.h"
#include "data/roles.h"
#include "data/values.h"

namespace duomo::data {
namespace {

bool IsNumber(std::string_view cell) {
  double value = 0;
  return ParseNumber(cell, value);
}

bool IsNumberOrDate(std::string_view cell) {
  int64_t seconds = 0;
  return IsNumber(cell) || ParseTime(cell, seconds) ||
         (!cell.empty() && cell.find_first_not_of("0123456789") == cell.npos);  // "0123"
}

// What is known of a column behind the first row.
struct Look {
  size_t some = 0, numbers = 0;  // cells that are not empty, and numbers or dates among them
  double least = 0, most = 0;
  std::set<std::string_view> distinct;
  bool dates = true, halves = false;
};

Look LookAt(const Rows& rows, size_t column, size_t first) {
  Look look;
  for (size_t r = first; r < rows.size(); ++r) {
    std::string_view cell = rows[r][column];
    if (cell.empty()) continue;
    ++look.some;
    look.distinct.insert(cell);
    double value = 0;
    int64_t seconds = 0;
    bool number = ParseNumber(cell, value);
    if (number) {
      look.least = look.numbers == 0 ? value : std::min(look.least, value);
      look.most = look.numbers == 0 ? value : std::max(look.most, value);
      look.halves = look.halves || cell.find('.') != cell.npos;
    }
    if (IsNumberOrDate(cell)) ++look.numbers;
    look.dates = look.dates && (number ? value > 1e8 && value < 1e20 : ParseTime(cell, seconds));
  }
  look.dates = look.dates && look.some > 0;
  return look;
}

}  // namespace

bool FirstRowLooksLikeData(const Rows& rows) {
  if (rows.empty()) return false;
  const std::vector<std::string>& first = rows[0];
  for (const std::string& cell : first) {
    if (IsUsualName(cell)) return false;
  }
  bool number = false, again = false;
  for (size_t c = 0; c < first.size(); ++c) {
    Look look = LookAt(rows, c, 1);
    const std::string& cell = first[c];
    bool numeric = look.some > 0 && look.numbers == look.some;
    if (rows.size() == 1) numeric = IsNumberOrDate(cell);
    // An index that pandas writes has no name.
    if (cell.empty() && rows.size() > 1 && look.some == rows.size() - 1) return false;
    if (numeric && !cell.empty() && !IsNumberOrDate(cell)) return false;
    number = number || (numeric && !cell.empty());
    again = again || (!cell.empty() && look.distinct.count(cell) > 0);
  }
  return number || again;
}

std::vector<std::string> SuggestColumns(const Rows& rows) {
  std::vector<std::string> names;
  if (rows.empty()) return names;
  size_t columns = rows[0].size();
  std::vector<Look> looks;
  for (size_t c = 0; c < columns; ++c) {
    looks.push_back(LookAt(rows, c, 0));
    names.push_back(StrCat("column", c + 1));
  }
  auto numeric = [&](size_t c) { return looks[c].some > 0 && looks[c].numbers == looks[c].some; };
  constexpr size_t kNone = static_cast<size_t>(-1);
  size_t time = kNone, rating = kNone;
  for (size_t c = columns; c-- > 2;) {
    if (looks[c].dates && time == kNone) time = c;
  }
  for (size_t c = 2; c < columns; ++c) {
    bool fits = c != time && numeric(c) && !looks[c].dates;
    if (fits && (rating == kNone || looks[c].distinct.size() < looks[rating].distinct.size())) {
      rating = c;
    }
  }
  if (time != kNone) names[time] = "timestamp";
  if (rating != kNone) names[rating] = "rating";
  bool user = false, item = false;
  for (size_t c = 0; c < columns && !item; ++c) {
    if (c == time || c == rating) continue;
    names[c] = user ? "item" : "user";
    item = user;
    user = true;
  }
  return names;
}

std::vector<ColumnHint> TakeTypes(std::vector<std::string>& names) {
  constexpr std::pair<std::string_view, ColumnHint> kTypes[] = {
      {":token", ColumnHint::kNone},
      {":float", ColumnHint::kNumber},
      {":token_seq", ColumnHint::kSet},
      {":float_seq", ColumnHint::kNotForUse}};
  std::vector<ColumnHint> hints;
  std::vector<std::string> bare;
  for (const std::string& name : names) {
    for (const auto& [ending, hint] : kTypes) {
      if (!name.ends_with(ending) || name.size() == ending.size()) continue;
      bare.push_back(name.substr(0, name.size() - ending.size()));
      hints.push_back(hint);
    }
  }
  if (hints.size() != names.size()) return {};
  names = std::move(bare);
  return hints;
}

}  // namespace duomo::data
