// Cells to values.
#include "data/values.h"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cmath>
#include <limits>
#include <utility>

#include "data/key_table.h"

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
  std::chrono::year_month_day date{std::chrono::year(year),
                                   std::chrono::month(static_cast<unsigned>(month)),
                                   std::chrono::day(static_cast<unsigned>(day))};
  // 60 is a leap second.
  if (!in.Done() || !date.ok() || hour > 23 || minute > 59 || second > 60) return false;
  int64_t days = std::chrono::sys_days(date).time_since_epoch().count();
  seconds = days * 86400 + hour * 3600 + minute * 60 + second - offset;
  return true;
}

}  // namespace

bool ParseNumber(std::string_view text, double& value) {
  std::string_view digits = text;
  if (digits.starts_with('-')) digits.remove_prefix(1);
  bool padded = digits.size() > 1 && digits[0] == '0' && digits[1] >= '0' && digits[1] <= '9';
  if (padded) return false;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  bool whole = error == std::errc() && end == text.data() + text.size();
  return whole && std::fabs(value) <= std::numeric_limits<float>::max();  // not NaN
}

bool ParseTime(std::string_view text, int64_t& seconds) {
  if (text.size() > 4 && text[4] == '-') return ParseIso(text, seconds) && seconds >= 0;
  double number = 0;
  if (!IsPlainInteger(text, seconds)) {
    if (!ParseNumber(text, number) || !(std::fabs(number) < 9e18)) return false;
    seconds = static_cast<int64_t>(std::floor(number));
  }
  for (int64_t least : {100'000'000'000'000'000, 100'000'000'000'000, 100'000'000'000}) {
    if (seconds < least) continue;
    seconds /= least / 100'000'000;
    break;
  }
  return seconds >= 0;
}

bool Fits(std::string_view cell, ColumnKind kind) {
  int64_t integer = 0;
  double number = 0;
  switch (kind) {
    case ColumnKind::kInteger:
      return IsPlainInteger(cell, integer);
    case ColumnKind::kNumber:
      return cell.empty() || ParseNumber(cell, number);
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
  set_ = set_ || cell.find(separator_) != cell.npos;
  all_integers_ = all_integers_ && Fits(cell, ColumnKind::kInteger);
  all_numbers_ = all_numbers_ && Fits(cell, ColumnKind::kNumber);
}

ColumnKind ColumnGuess::Kind() const {
  if (set_) return ColumnKind::kSet;
  if (!some_) return ColumnKind::kString;
  if (all_integers_) return ColumnKind::kInteger;
  return all_numbers_ ? ColumnKind::kNumber : ColumnKind::kString;
}

Column ColumnGuess::Make(std::string_view name, ColumnKind kind) {
  Column column = MakeColumn(name, kind);
  if (kind == ColumnKind::kString) {
    column.texts = std::move(cells_);
    return column;
  }
  for (std::string_view cell : cells_) {
    int64_t integer = 0;
    double number = std::numeric_limits<double>::quiet_NaN();
    if (kind == ColumnKind::kInteger) {
      (void)IsPlainInteger(cell, integer);
      column.integers.push_back(integer);
    } else if (kind == ColumnKind::kNumber) {
      if (!cell.empty()) (void)ParseNumber(cell, number);
      column.numbers.push_back(static_cast<float>(number));
    } else {
      while (!cell.empty()) {
        size_t end = std::min(cell.find(separator_), cell.size());
        if (end > 0) column.texts.emplace_back(cell.substr(0, end));
        cell.remove_prefix(std::min(end + 1, cell.size()));
      }
      column.offsets.push_back(column.texts.size());
    }
  }
  cells_ = {};
  return column;
}

}  // namespace duomo::data
