// Times by a stated format.
#include <cstddef>
#include <string>

#include "core/error.h"
#include "core/text.h"
#include "data/date_text.h"
#include "data/time_column.h"

namespace duomo::data {
namespace {

class ByFormat {
 public:
  ByFormat(std::string_view text, std::string_view format) : text_(text), format_(format) {}

  bool Parse(int64_t& seconds) {
    if (!Run(format_) || !text_.empty()) return false;
    if (epoch_) {
      seconds = epoch_seconds_;
      return true;
    }
    if (afternoon_ >= 0) {
      if (hour_ < 1 || hour_ > 12) return false;
      hour_ = hour_ % 12 + 12 * afternoon_;
    }
    int day_of_year = day_of_year_;
    if (day_of_year > 0) month_ = day_ = 1;
    if (!MakeTime(year_, month_, day_, hour_, minute_, second_, seconds)) return false;
    if (day_of_year > 0) seconds += int64_t{86400} * (day_of_year - 1);
    seconds -= offset_;
    return true;
  }

 private:
  bool Run(std::string_view format) {
    for (; !format.empty(); format.remove_prefix(1)) {
      char c = format[0];
      if (c == ' ') {
        while (text_.starts_with(' ')) text_.remove_prefix(1);
      } else if (c != '%') {
        if (!text_.starts_with(c)) return false;
        text_.remove_prefix(1);
      } else {
        format.remove_prefix(1);
        if (format.empty() || !Field(format[0])) return false;
      }
    }
    return true;
  }

  bool Number(size_t most, int& value) {
    size_t digits = 0;
    value = 0;
    while (digits < most && digits < text_.size() && text_[digits] >= '0' && text_[digits] <= '9') {
      value = value * 10 + (text_[digits++] - '0');
    }
    text_.remove_prefix(digits);
    return digits > 0;
  }

  std::string Word() {
    size_t size = 0;
    while (size < text_.size() && ((text_[size] | 0x20) >= 'a' && (text_[size] | 0x20) <= 'z')) {
      ++size;
    }
    std::string word = AsciiLower(text_.substr(0, size));
    text_.remove_prefix(size);
    return word;
  }

  bool Field(char c) {
    std::string word;
    int ignored = 0;
    switch (c) {
      case 'Y':
        return Number(4, year_);
      case 'y':
        if (!Number(2, year_)) return false;
        year_ += year_ < 70 ? 2000 : 1900;
        return true;
      case 'm':
        return Number(2, month_);
      case 'd':
      case 'e':
        return Number(2, day_);
      case 'H':
      case 'I':
        return Number(2, hour_);
      case 'M':
        return Number(2, minute_);
      case 'S':
        return Number(2, second_);
      case 'j':
        return Number(3, day_of_year_) && day_of_year_ >= 1 && day_of_year_ <= 366;
      case 'f':
        return Number(9, ignored);
      case 'p':
        word = Word();
        afternoon_ = word == "pm" ? 1 : 0;
        return word == "am" || word == "pm";
      case 'b':
      case 'B':
        month_ = MonthOf(Word());
        return month_ != 0;
      case 'a':
      case 'A':
      case 'Z':
        return !Word().empty();
      case 'z':
        return Zone();
      case 's':
        epoch_ = true;
        epoch_seconds_ = 0;
        if (text_.empty() || text_.size() > 15) return false;
        for (char digit : text_) {
          if (digit < '0' || digit > '9') return false;
          epoch_seconds_ = epoch_seconds_ * 10 + (digit - '0');
        }
        text_ = {};
        return true;
      case 'T':
        return Run("%H:%M:%S");
      case 'F':
        return Run("%Y-%m-%d");
      case 'D':
        return Run("%m/%d/%y");
      case '%':
        if (!text_.starts_with('%')) return false;
        text_.remove_prefix(1);
        return true;
      default:
        Fail(Status::kInvalidArgument, "--date-format: %", c,
             " is not known; there are %Y %y %m %d %H %I %M %S %p %b %a %f %z %Z %j %s");
    }
  }

  bool Zone() {
    if (text_.starts_with('Z')) {
      text_.remove_prefix(1);
      return true;
    }
    if (!text_.starts_with('+') && !text_.starts_with('-')) return false;
    int sign = text_[0] == '-' ? -1 : 1, hours = 0, minutes = 0;
    text_.remove_prefix(1);
    if (!Number(2, hours)) return false;
    if (text_.starts_with(':')) text_.remove_prefix(1);
    (void)Number(2, minutes);
    offset_ = sign * (hours * 3600 + minutes * 60);
    return hours <= 23 && minutes <= 59;
  }

  std::string_view text_, format_;
  int year_ = 1970, month_ = 1, day_ = 1, hour_ = 0, minute_ = 0, second_ = 0, day_of_year_ = 0;
  int afternoon_ = -1;  // not said
  int64_t offset_ = 0, epoch_seconds_ = 0;
  bool epoch_ = false;
};

// How many digits a format of nothing but digits takes; 0: it is another one.
size_t DigitsOf(std::string_view format) {
  size_t digits = 0;
  for (size_t i = 0; i < format.size(); i += 2) {
    if (format[i] != '%' || i + 1 == format.size()) return 0;
    if (std::string_view("ymdHMS").find(format[i + 1]) != std::string_view::npos) {
      digits += 2;
    } else if (format[i + 1] == 'Y') {
      digits += 4;
    } else {
      return 0;
    }
  }
  return digits;
}

}  // namespace

bool ParseByFormat(std::string_view text, std::string_view format, int64_t& seconds,
                   int64_t least) {
  std::string padded;
  if (text.size() + 1 == DigitsOf(format)) text = padded = StrCat('0', text);
  return ByFormat(text, format).Parse(seconds) && seconds >= least;
}

}  // namespace duomo::data
