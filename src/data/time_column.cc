// Which form a column of times has.
#include "data/time_column.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include "core/error.h"
#include "data/date_text.h"
#include "data/key_table.h"
#include "data/values.h"

namespace duomo::data {
namespace {

// Below this (1973 in seconds) a number is no time that anyone writes down.
constexpr int64_t kLeastEpoch = 100'000'000;
constexpr std::array<int64_t, 3> kUnits = {100'000'000'000, 100'000'000'000'000,
                                           100'000'000'000'000'000};

// Whole numbers, and others cut down to them.
bool WholeNumber(std::string_view cell, int64_t& value) {
  if (IsPlainInteger(cell, value)) return true;
  bool digits = !cell.empty() && cell.size() <= 18 &&
                cell.find_first_not_of("0123456789") == cell.npos;  // 01012020
  if (digits) {
    value = 0;
    for (char c : cell) value = value * 10 + (c - '0');
    return true;
  }
  double number = 0;
  if (!ParseNumber(cell, number) || !(std::fabs(number) < 9e18)) return false;
  value = static_cast<int64_t>(std::floor(number));
  return true;
}

// Numbers that are dates.
using FromDigits = bool (*)(int64_t, int64_t&);

bool GoodYear(int64_t year) { return year >= 1900 && year <= 2100; }

bool Date(int64_t y, int64_t m, int64_t d, int64_t clock, int64_t& seconds) {
  return GoodYear(y) &&
         MakeTime(static_cast<int>(y), static_cast<int>(m), static_cast<int>(d),
                  static_cast<int>(clock / 10000), static_cast<int>(clock / 100 % 100),
                  static_cast<int>(clock % 100), seconds);
}
bool YearMonthDay(int64_t n, int64_t& s) { return Date(n / 10000, n / 100 % 100, n % 100, 0, s); }
bool DayMonthYear(int64_t n, int64_t& s) {
  return Date(n % 10000, n / 10000 % 100, n / 1000000, 0, s);
}
bool MonthDayYear(int64_t n, int64_t& s) {
  return Date(n % 10000, n / 1000000, n / 10000 % 100, 0, s);
}
bool FourteenDigits(int64_t n, int64_t& s) {
  return Date(n / 10000000000, n / 100000000 % 100, n / 1000000 % 100, n % 1000000, s);
}
bool TwelveDigits(int64_t n, int64_t& s) { return FourteenDigits(n * 100, s); }

struct DigitForm {
  FromDigits parse;
  int64_t least, most;  // that can be one
  const char* name;
};
constexpr DigitForm kDigitForms[] = {
    {YearMonthDay, 19000101, 21001231, "dates as YYYYMMDD"},
    {FourteenDigits, 19000101000000, 21001231235959, "times as YYYYMMDDHHMMSS"},
    {TwelveDigits, 190001010000, 210012312359, "times as YYYYMMDDHHMM"},
    {DayMonthYear, 1011900, 31122100, "dates as DDMMYYYY"},
    {MonthDayYear, 1011900, 12312100, "dates as MMDDYYYY"}};

// 0 is unknown and is each of them.
bool AllAre(const DigitForm& form, std::span<const int64_t> values) {
  int64_t seconds = 0;
  return std::all_of(values.begin(), values.end(), [&](int64_t value) {
    return value == 0 || (value >= form.least && value <= form.most && form.parse(value, seconds));
  });
}

// Which of seconds, milliseconds … a number is by its size.
size_t UnitOf(int64_t value) {
  auto above = std::upper_bound(kUnits.begin(), kUnits.end(), value);
  return static_cast<size_t>(above - kUnits.begin());
}
int64_t DivisorOf(size_t unit) { return unit > 0 ? kUnits[unit - 1] / 100'000'000 : 1; }

[[noreturn]] void Ambiguous(const std::string& where, const std::string& column,
                            std::string_view example, std::string_view day_first,
                            std::string_view month_first) {
  Fail(Status::kInvalidArgument, where, ": the dates in \"", column, "\" (such as ", example,
       ") can have the day or the month first; say which with --date-format '", day_first,
       "' or --date-format '", month_first, "'");
}

}  // namespace

TimeColumn::TimeColumn(std::span<const std::string_view> sample, std::string format, int64_t least)
    : least_(least), format_(std::move(format)) {
  int64_t value = 0;
  if (!format_.empty()) {
    if (format_.find('%') == format_.npos) {
      Fail(Status::kInvalidArgument, "--date-format \"", format_,
           "\" has no field; it is written like %d/%m/%Y or %Y%m%d");
    }
    (void)ParseByFormat("", format_, value);
    kind_ = Kind::kFormat;
    form_ = StrCat("as ", format_);
    return;
  }
  size_t some = 0, numbers = 0, cells = 0, days = 0, months = 0;
  for (std::string_view cell : sample) {
    if (cell.empty()) continue;
    ++some;
    bool number = WholeNumber(cell, value);
    if (number) ++numbers;
    if (number || ParseTime(cell, value, least_)) ++cells;
    if (ParseDateText(cell, true, value, least_)) ++days;
    if (ParseDateText(cell, false, value, least_)) ++months;
  }
  if (some == 0) return;
  // A few bad cells are for the rows to refuse.
  if (numbers == some) {
    kind_ = Kind::kNumbers;
  } else if (std::max(days, months) > cells) {
    kind_ = Kind::kDates;
    if (days < months) day_first_ = false;
    if (months < days) month_first_ = false;
  }
}

bool TimeColumn::Read(std::string_view cell, size_t row, int64_t& value) {
  bool good = false;
  switch (kind_) {
    case Kind::kFormat:
      good = ParseByFormat(cell, format_, value, least_);
      break;
    case Kind::kNumbers:
      good = WholeNumber(cell, value) && value >= 0;
      break;
    case Kind::kCells:
      good = ParseTime(cell, value, least_);
      break;
    case Kind::kDates: {
      const bool both = day_first_ && month_first_;
      int64_t days = 0, months = 0;
      bool day = day_first_ && ParseDateText(cell, true, days, least_);
      bool month = month_first_ && ParseDateText(cell, false, months, least_);
      good = day || month;
      value = day ? days : months;
      if (!both || !good) break;
      if (day != month) (day ? month_first_ : day_first_) = false;
      differ_ = differ_ || days != months;
      month_first_values_.resize(row);
      if (month) month_first_values_.push_back(months);
      break;
    }
  }
  if (good && example_.empty()) example_ = std::string(cell);
  any_ = any_ || good;
  return good;
}

void TimeColumn::Finish(std::span<const int64_t> values, const std::string& where,
                        const std::string& column) {
  if (!any_) return;
  if (kind_ == Kind::kCells) form_ = "ISO 8601, or seconds since 1970";
  if (kind_ == Kind::kNumbers) FinishNumbers(values, where, column);
  if (kind_ != Kind::kDates) return;
  if (day_first_ && month_first_ && differ_) {
    Ambiguous(where, column, example_, "%d/%m/%Y", "%m/%d/%Y");
  }
  if (day_first_) {
    month_first_values_ = {};
  } else {
    change_ = Change::kMonthFirst;
  }
  form_ = StrCat("dates like ", example_);
}

void TimeColumn::FinishNumbers(std::span<const int64_t> values, const std::string& where,
                               const std::string& column) {
  bool some = std::any_of(values.begin(), values.end(), [](int64_t v) { return v != 0; });
  if (some) {
    constexpr const DigitForm& kDays = kDigitForms[3];
    constexpr const DigitForm& kMonths = kDigitForms[4];
    for (const DigitForm& form : kDigitForms) {
      if (!AllAre(form, values)) continue;
      if (&form == &kDays && AllAre(kMonths, values)) {
        bool same = std::all_of(values.begin(), values.end(),
                                [](int64_t v) { return v / 1000000 == v / 10000 % 100; });
        if (!same) Ambiguous(where, column, example_, "%d%m%Y", "%m%d%Y");
      }
      change_ = Change::kDigits;
      digits_ = form.parse;
      form_ = form.name;
      return;
    }
  }
  // The unit is the column's, not the cell's: the one that nearly all have.
  std::array<size_t, 4> counts = {};
  size_t times = 0, all = 0;
  for (int64_t value : values) {
    if (value == 0) continue;
    ++all;
    if (value < kLeastEpoch) continue;
    ++times;
    ++counts[UnitOf(value)];
  }
  if (2 * times < all || all == 0) {
    is_order_ = true;
    form_ = "numbers of an order, too small for times";
    return;
  }
  auto unit = static_cast<size_t>(std::max_element(counts.begin(), counts.end()) - counts.begin());
  constexpr const char* kNames[] = {"seconds", "milliseconds", "microseconds", "nanoseconds"};
  form_ = StrCat(kNames[unit], " since 1970");
  const bool one_unit = 100 * counts[unit] >= 99 * times;
  if (!one_unit) form_ = "seconds since 1970, or parts of them by size";
  if (one_unit && unit == 0) return;
  change_ = one_unit ? Change::kUnit : Change::kUnitBySize;
  divisor_ = DivisorOf(unit);
}

int64_t TimeColumn::Seconds(size_t row, int64_t value) const {
  int64_t seconds = 0;
  switch (change_) {
    case Change::kNone:
      break;
    case Change::kDigits:
      if (value != 0 && digits_(value, seconds)) return std::max<int64_t>(seconds, 0);
      break;
    case Change::kMonthFirst:
      return row < month_first_values_.size() ? month_first_values_[row] : value;
    case Change::kUnit:
      return value / divisor_;
    case Change::kUnitBySize:
      return value / DivisorOf(UnitOf(value));
  }
  return value;
}

std::string_view TimeColumn::Expected() const {
  switch (kind_) {
    case Kind::kFormat:
      return "no time in the stated format";
    case Kind::kDates:
      return "no date of the form that the others have";
    default:
      return "no time since 1970 (seconds or milliseconds, or 2020-05-31T12:30:59Z; other forms "
             "with --date-format)";
  }
}

bool LookLikeTimes(std::span<const std::string_view> cells, int64_t least) {
  size_t some = 0;
  bool numbers = true;
  std::vector<int64_t> values;
  for (std::string_view cell : cells) {
    if (cell.empty()) continue;
    ++some;
    int64_t value = 0;
    if (WholeNumber(cell, value)) {
      values.push_back(value);
      continue;
    }
    numbers = false;
    bool date = ParseTime(cell, value, least) || ParseDateText(cell, true, value, least) ||
                ParseDateText(cell, false, value, least);
    if (!date) return false;
  }
  if (some == 0) return false;
  if (!numbers) return values.empty();
  bool epochs = std::all_of(values.begin(), values.end(), [](int64_t value) {
    return value == 0 || (value >= 5 * kLeastEpoch && value < 5'000'000'000'000'000'000);
  });
  bool zero = std::all_of(values.begin(), values.end(), [](int64_t value) { return value == 0; });
  return !zero && (epochs || std::any_of(std::begin(kDigitForms), std::end(kDigitForms),
                                         [&](const DigitForm& f) { return AllAre(f, values); }));
}

}  // namespace duomo::data
