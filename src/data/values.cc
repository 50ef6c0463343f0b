// Cells to values.
#include "data/values.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <iterator>
#include <limits>
#include <utility>

#include "data/date_text.h"
#include "data/key_table.h"
#include "data/table_reader.h"

namespace duomo::data {
namespace {

// Reads a text from its front.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : rest_(text) {}

  // Exactly `digits` decimal digits.
  bool Number(size_t digits, int& value) {
    if (rest_.size() < digits) return false;
    value = 0;
    for (char c : rest_.substr(0, digits)) {
      if (c < '0' || c > '9') return false;
      value = value * 10 + (c - '0');
    }
    rest_.remove_prefix(digits);
    return true;
  }
  bool Take(std::string_view any_of) {
    if (rest_.empty() || any_of.find(rest_[0]) == any_of.npos) return false;
    rest_.remove_prefix(1);
    return true;
  }
  void SkipDigits() {
    rest_.remove_prefix(std::min(rest_.find_first_not_of("0123456789"), rest_.size()));
  }
  char Peek() const { return rest_.empty() ? '\0' : rest_[0]; }
  bool Done() const { return rest_.empty(); }

 private:
  std::string_view rest_;
};

bool ParseZone(Scanner& in, int64_t& offset) {
  offset = 0;
  if (in.Done() || in.Take("Zz")) return true;
  int sign = in.Peek() == '-' ? -1 : 1, hours = 0, minutes = 0;
  if (!in.Take("+-") || !in.Number(2, hours)) return false;
  if (!in.Done()) {
    in.Take(":");
    if (!in.Number(2, minutes)) return false;
  }
  offset = sign * (hours * 3600 + minutes * 60);
  return hours <= 23 && minutes <= 59;
}

bool ParseIso(std::string_view text, int64_t& seconds) {
  Scanner in(text);
  int year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0;
  int64_t offset = 0;
  if (!in.Number(4, year) || !in.Take("-") || !in.Number(2, month) || !in.Take("-") ||
      !in.Number(2, day)) {
    return false;
  }
  if (!in.Done()) {
    if (!in.Take("Tt ") || !in.Number(2, hour) || !in.Take(":") || !in.Number(2, minute)) {
      return false;
    }
    if (in.Take(":")) {
      if (!in.Number(2, second)) return false;
      if (in.Take(".,")) in.SkipDigits();
    }
    if (in.Peek() == ' ') in.Take(" ");  // "12:30:59 +0200"
    if (!ParseZone(in, offset)) return false;
  }
  if (!in.Done() || !MakeTime(year, month, day, hour, minute, second, seconds)) return false;
  seconds -= offset;
  return true;
}

}  // namespace

namespace {

// What nearly all cells are: few digits, perhaps a point among them. Both parts of the quotient are
// exact, so it is what from_chars gives. False for all else, numbers or not.
bool ParseShort(std::string_view text, double& value) {
  constexpr double kPowers[] = {1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12};
  if (text.empty() || text.size() > 12) return false;
  uint64_t digits = 0;
  size_t point = text.size();
  for (size_t i = 0; i < text.size(); ++i) {
    auto digit = static_cast<unsigned>(text[i] - '0');
    if (digit <= 9) {
      digits = digits * 10 + digit;
    } else if (text[i] == '.' && point == text.size() && i > 0) {
      point = i;
    } else {
      return false;
    }
  }
  bool padded = text[0] == '0' && point > 1;
  if (padded || point + 1 == text.size()) return false;
  size_t behind = point == text.size() ? 0 : text.size() - point - 1;
  value = static_cast<double>(digits) / kPowers[behind];
  return true;
}

}  // namespace

bool ParseNumber(std::string_view text, double& value) {
  if (ParseShort(text, value)) return true;
  std::string_view digits = text;
  if (digits.starts_with('-')) digits.remove_prefix(1);
  bool padded = digits.size() > 1 && digits[0] == '0' && digits[1] >= '0' && digits[1] <= '9';
  if (padded) return false;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  bool whole = error == std::errc() && end == text.data() + text.size();
  return whole && std::fabs(value) <= std::numeric_limits<float>::max();  // not NaN
}

bool ParseTime(std::string_view text, int64_t& seconds, int64_t least) {
  if (text.size() > 4 && text[4] == '-') return ParseIso(text, seconds) && seconds >= least;
  double number = 0;
  if (!IsPlainInteger(text, seconds)) {
    if (!ParseNumber(text, number) || !(std::fabs(number) < 9e18)) return false;
    seconds = static_cast<int64_t>(std::floor(number));
  }
  for (int64_t from : {100'000'000'000'000'000, 100'000'000'000'000, 100'000'000'000}) {
    if (seconds < from) continue;
    seconds /= from / 100'000'000;
    break;
  }
  return seconds >= least;
}

bool ParseNumber(std::string_view text, bool decimal_comma, double& value) {
  if (ParseNumber(text, value)) return true;
  if (text.find(',') == text.npos || text.size() > 40) return false;
  std::string plain;
  if (decimal_comma) {
    plain = text;
    std::replace(plain.begin(), plain.end(), ',', '.');
    bool one = std::count(plain.begin(), plain.end(), '.') == 1;
    return one && ParseNumber(plain, value);
  }
  // Groups of three digits before the point.
  std::string_view whole = text.substr(0, text.find('.'));
  size_t group = whole.find(',');
  if (group == whole.npos || group == (text.starts_with('-') ? 1u : 0u) ||
      group > (text.starts_with('-') ? 4u : 3u))
    return false;
  for (; group < whole.size(); group += 4) {
    if (whole[group] != ',' || group + 4 > whole.size()) return false;
  }
  std::copy_if(text.begin(), text.end(), std::back_inserter(plain),
               [](char c) { return c != ','; });
  return ParseNumber(plain, value);
}

bool IsMissingWord(std::string_view cell) {
  if (cell.size() < 2 || cell.size() > 4) return false;
  for (std::string_view word :
       {"NULL", "null", "Null", "NA", "N/A", "n/a", "NaN", "nan", "NAN", "None", "none", "\\N"}) {
    if (cell == word) return true;
  }
  return false;
}

bool Fits(std::string_view cell, ColumnKind kind, bool decimal_comma) {
  int64_t integer = 0;
  double number = 0;
  switch (kind) {
    case ColumnKind::kInteger:
      return IsPlainInteger(cell, integer);
    case ColumnKind::kNumber:
      return cell.empty() || IsMissingWord(cell) || ParseNumber(cell, decimal_comma, number);
    default:
      return true;
  }
}

std::string_view KindName(ColumnKind kind) {
  constexpr std::string_view kNames[] = {"integer", "number", "string", "set"};
  return kNames[static_cast<size_t>(kind)];
}

void ColumnGuess::Add(std::string_view cell) {
  cells_.emplace_back(cell);
  if (cell.empty()) {
    all_integers_ = false;
    return;
  }
  some_ = true;
  if (IsMissingWord(cell)) {
    all_integers_ = false;
    return;
  }
  some_numbers_ = true;
  set_ = set_ || cell[0] == kListMark ||
         (separator_.value_or(kNoSet) != kNoSet && cell.find(*separator_) != cell.npos);
  all_integers_ = all_integers_ && Fits(cell, ColumnKind::kInteger);
  all_numbers_ = all_numbers_ && Fits(cell, ColumnKind::kNumber, decimal_comma_);
}

ColumnKind ColumnGuess::Kind() const {
  if (set_) return ColumnKind::kSet;
  if (!some_) return ColumnKind::kString;
  if (all_integers_) return ColumnKind::kInteger;
  if (all_numbers_ && some_numbers_) return ColumnKind::kNumber;
  bool set = !separator_ && FindSetSeparator(cells_) != kNoSet;
  return set ? ColumnKind::kSet : ColumnKind::kString;
}

Column ColumnGuess::Make(std::string_view name, ColumnKind kind) {
  Column column = MakeColumn(name, kind);
  if (kind == ColumnKind::kString) {
    // A list that is no set after all is its values.
    for (std::string& cell : cells_) {
      if (cell.starts_with(kListMark)) cell.erase(0, 1);
      std::replace(cell.begin(), cell.end(), kListMark, '|');
    }
    column.texts = std::move(cells_);
    return column;
  }
  if (kind == ColumnKind::kSet) {
    bool lists = std::any_of(cells_.begin(), cells_.end(),
                             [](const std::string& cell) { return cell.starts_with(kListMark); });
    if (lists) {
      separator_ = kListMark;
    } else if (separator_.value_or(kNoSet) == kNoSet) {
      char found = FindSetSeparator(cells_);
      separator_ = found == kNoSet ? '|' : found;
    }
  }
  for (std::string_view cell : cells_) {
    int64_t integer = 0;
    double number = std::numeric_limits<double>::quiet_NaN();
    if (kind == ColumnKind::kInteger) {
      (void)IsPlainInteger(cell, integer);
      column.integers.push_back(integer);
    } else if (kind == ColumnKind::kNumber) {
      if (!ParseNumber(cell, decimal_comma_, number)) {
        number = std::numeric_limits<double>::quiet_NaN();
      }
      column.numbers.push_back(static_cast<float>(number));
    } else {
      SplitSet(cell, *separator_,
               [&](std::string_view value) { column.texts.emplace_back(value); });
      column.offsets.push_back(column.texts.size());
    }
  }
  cells_ = {};
  return column;
}

}  // namespace duomo::data
