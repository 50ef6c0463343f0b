// Takes a date apart into numbers, names and times of day, then asks which is which.
#include "data/date_text.h"

#include <charconv>
#include <chrono>
#include <string>

#include "core/text.h"

namespace duomo::data {
namespace {

bool IsDigit(char c) { return c >= '0' && c <= '9'; }
bool IsLetter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

struct Number {
  int value = 0;
  size_t digits = 0;
};

class DateText {
 public:
  DateText(std::string_view text, bool day_first) : rest_(text), day_first_(day_first) {}

  bool Parse(int64_t& seconds) {
    while (!rest_.empty()) {
      if (!Part()) return false;
    }
    return Date(seconds);
  }

 private:
  bool Part() {
    char c = rest_[0];
    if (IsDigit(c)) return DigitsOrTime();
    if (IsLetter(c)) return Word();
    if ((c == '+' || c == '-') && clock_) return Zone();
    if (std::string_view(" /.-,T").find(c) == std::string_view::npos) return false;
    rest_.remove_prefix(1);
    return true;
  }

  bool Digits(Number& number) {
    number = {};
    while (!rest_.empty() && IsDigit(rest_[0]) && number.digits < 9) {
      number.value = number.value * 10 + (rest_[0] - '0');
      ++number.digits;
      rest_.remove_prefix(1);
    }
    return number.digits > 0;
  }

  bool DigitsOrTime() {
    Number number;
    Digits(number);
    if (rest_.empty() || rest_[0] != ':') {
      if (count_ == 3 || number.digits > 4 || number.digits == 3) return false;
      numbers_[count_++] = number;
      return true;
    }
    if (clock_ || number.digits > 2) return false;
    clock_ = true;
    hour_ = number.value;
    rest_.remove_prefix(1);
    if (!Digits(number) || number.digits != 2) return false;
    minute_ = number.value;
    if (rest_.empty() || rest_[0] != ':') return true;
    rest_.remove_prefix(1);
    if (!Digits(number) || number.digits != 2) return false;
    second_ = number.value;
    if (!rest_.empty() && rest_[0] == '.') {
      rest_.remove_prefix(1);
      return Digits(number);
    }
    return true;
  }

  bool Word() {
    size_t size = 0;
    while (size < rest_.size() && IsLetter(rest_[size])) ++size;
    std::string word = AsciiLower(rest_.substr(0, size));
    rest_.remove_prefix(size);
    if (int month = MonthOf(word); month != 0) {
      if (month_ != 0) return false;
      month_ = month;
      return true;
    }
    if (word == "am" || word == "pm") {
      if (!clock_ || hour_ < 1 || hour_ > 12) return false;
      hour_ = hour_ % 12 + (word == "pm" ? 12 : 0);
      return true;
    }
    // "30th", UTC, and days of the week, which say nothing new.
    for (std::string_view known : {"st", "nd", "rd", "th", "z", "utc", "gmt", "t"}) {
      if (word == known) return true;
    }
    for (std::string_view day :
         {"monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"}) {
      if (word == day || word == day.substr(0, 3)) return true;
    }
    return false;
  }

  bool Zone() {
    int sign = rest_[0] == '-' ? -1 : 1;
    rest_.remove_prefix(1);
    Number hours, minutes;
    if (!Digits(hours)) return false;
    if (hours.digits == 4) {
      minutes.value = hours.value % 100;
      hours.value /= 100;
    } else if (!rest_.empty() && rest_[0] == ':') {
      rest_.remove_prefix(1);
      if (!Digits(minutes)) return false;
    }
    offset_ = sign * (hours.value * 3600 + minutes.value * 60);
    return hours.value <= 23 && minutes.value <= 59;
  }

  bool Date(int64_t& seconds) const {
    Number day, month, year;
    if (month_ != 0) {
      if (count_ != 2) return false;
      bool year_first = numbers_[0].digits == 4;
      day = numbers_[year_first ? 1 : 0];
      year = numbers_[year_first ? 0 : 1];
      month = {month_, 2};
    } else {
      if (count_ != 3) return false;
      if (numbers_[0].digits == 4) {
        year = numbers_[0], month = numbers_[1], day = numbers_[2];
      } else {
        day = numbers_[day_first_ ? 0 : 1], month = numbers_[day_first_ ? 1 : 0];
        year = numbers_[2];
      }
    }
    if (day.digits > 2 || month.digits > 2) return false;
    if (year.digits == 2) {
      year.value += year.value < 70 ? 2000 : 1900;
    } else if (year.digits != 4) {
      return false;
    }
    if (!MakeTime(year.value, month.value, day.value, hour_, minute_, second_, seconds)) {
      return false;
    }
    seconds -= offset_;
    return true;
  }

  std::string_view rest_;
  bool day_first_;
  Number numbers_[3];
  size_t count_ = 0;
  int month_ = 0, hour_ = 0, minute_ = 0, second_ = 0;
  int64_t offset_ = 0;
  bool clock_ = false;
};

}  // namespace

bool MakeTime(int year, int month, int day, int hour, int minute, int second, int64_t& seconds) {
  if (month < 1 || month > 12 || day < 1) return false;
  std::chrono::year_month_day date{std::chrono::year(year),
                                   std::chrono::month(static_cast<unsigned>(month)),
                                   std::chrono::day(static_cast<unsigned>(day))};
  // 60 is a leap second.
  if (!date.ok() || hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 ||
      second > 60) {
    return false;
  }
  int64_t days = std::chrono::sys_days(date).time_since_epoch().count();
  seconds = days * 86400 + hour * 3600 + minute * 60 + second;
  return true;
}

int MonthOf(std::string_view word) {
  constexpr std::string_view kMonths[] = {"january",   "february", "march",    "april",
                                          "may",       "june",     "july",     "august",
                                          "september", "october",  "november", "december"};
  std::string lower = AsciiLower(word);
  for (int month = 1; month <= 12; ++month) {
    std::string_view name = kMonths[month - 1];
    if (lower == name || lower == name.substr(0, 3) || (month == 9 && lower == "sept")) {
      return month;
    }
  }
  return 0;
}

bool ParseDateText(std::string_view text, bool day_first, int64_t& seconds, int64_t least) {
  return DateText(text, day_first).Parse(seconds) && seconds >= least;
}

}  // namespace duomo::data
