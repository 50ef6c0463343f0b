// Times as a whole column writes them: the form is found out from all cells, not from one.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace duomo::data {

// Reads one column. First every cell, then Finish(), which turns what has been read into seconds
// since 1970. Forms:
//  - numbers: YYYYMMDD, DDMMYYYY, MMDDYYYY (also where a leading zero is lost), 12 or 14 digits
//    YYYYMMDDHHMM[SS], where all of the column fit; else seconds, milli-, micro- or nanoseconds by
//    the column's range; numbers that are too small for any of these are an order and no times
//  - ISO 8601, see ParseTime(); also beside numbers, cell by cell
//  - dates with '/', '.', '-' or blanks, with or without names of months and days, a time of day
//    and a zone: 31/12/2019 23:59, 12/31/19 11:59 PM, May 30, 2014, Fri, 30 May 2014 12:00:00 GMT
//  - a stated format, see ParseByFormat()
class TimeColumn {
 public:
  // Looks at some cells, which may be empty. `format` empty: found out.
  // Times before `least`, which is 1970, are none.
  TimeColumn(std::span<const std::string_view> sample, std::string format, int64_t least = 0);

  // A cell that is not empty, for the row with that number (from 0, ascending; a row that is
  // refused leaves its number to the next). False where it is no time.
  bool Read(std::string_view cell, size_t row, int64_t& value);

  // After the last row: finds out what values from Read() are, all of which it is given. Throws
  // Error(kInvalidArgument) where day and month cannot be told apart, naming --date-format.
  void Finish(std::span<const int64_t> values, const std::string& where, const std::string& column);
  // Whether Seconds() changes values, and the value of that row in seconds; 0 stays 0, "unknown".
  bool changes() const { return change_ != Change::kNone; }
  int64_t Seconds(size_t row, int64_t value) const;

  // For people, after Finish(): "seconds since 1970", "dates like 31/12/2019".
  const std::string& form() const { return form_; }
  bool is_order() const { return is_order_; }  // numbers that say before and after, but not when
  // For the message about a cell that is none: "no time since 1970 (…)".
  std::string_view Expected() const;

 private:
  enum class Kind { kCells, kNumbers, kDates, kFormat };
  enum class Change { kNone, kDigits, kMonthFirst, kUnit, kUnitBySize };
  void FinishNumbers(std::span<const int64_t> values, const std::string& where,
                     const std::string& column);

  Kind kind_ = Kind::kCells;
  int64_t least_ = 0;
  std::string format_, form_ = "no times", example_;
  bool day_first_ = true, month_first_ = true;  // that are still possible
  bool differ_ = false;                         // some date differs by that
  std::vector<int64_t> month_first_values_;     // the other reading, while both are possible
  bool any_ = false, is_order_ = false;
  Change change_ = Change::kNone;
  bool (*digits_)(int64_t, int64_t&) = nullptr;  // of kDigits
  int64_t divisor_ = 1;                          // of kUnit
};

// True where all cells that are not empty, and one at least, are dates or times that are more than
// small numbers.
bool LookLikeTimes(std::span<const std::string_view> cells, int64_t least = 0);

// A time by a format as strftime's: %Y %y %m %d %H %I %M %S %p %b %B %a %A %f (fraction, ignored)
// %z %Z %j %s %T %D %F %%; a blank stands for any number of them. A format of digits alone, such as
// %d%m%Y, also takes a text that has lost its leading zero. Throws Error(kInvalidArgument) for a
// format that has anything else.
bool ParseByFormat(std::string_view text, std::string_view format, int64_t& seconds,
                   int64_t least = 0);

}  // namespace duomo::data
