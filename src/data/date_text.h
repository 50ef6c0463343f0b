// Dates as people and programs write them, one at a time.
#pragma once

#include <cstdint>
#include <string_view>

namespace duomo::data {

// Seconds since 1970 of a day and a time of day. False for days that there are not.
bool MakeTime(int year, int month, int day, int hour, int minute, int second, int64_t& seconds);

// The number, 1 to 12, of an English month's name or its first three letters; 0: none.
int MonthOf(std::string_view word);

// "31/12/2019", "31.12.2019 23:59", "12/31/19 11:59 PM", "May 30, 2014", "Fri May 30 12:00:00 +0000
// 2014", "Fri, 30 May 2014 12:00:00 GMT", "2019/12/31". Where no name or year of four digits at the
// front tells, the day stands before the month, or behind it, as `day_first` says. Years of two
// digits are 1970 to 2069. Not ISO 8601, see ParseTime(). Without a zone it is UTC.
// False for times before `least`, which is 1970.
bool ParseDateText(std::string_view text, bool day_first, int64_t& seconds, int64_t least = 0);

}  // namespace duomo::data
