// What the texts in a table's cells mean: numbers, times, and the kind of a whole column.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "data/dataset.h"
#include "data/list_cell.h"

namespace duomo::data {

// A decimal number that a float can hold: "4", "-0.5", "1e3". Not "007", which is a code and no
// quantity.
bool ParseNumber(std::string_view text, double& value);

// A time in whole seconds since 1970 from
//  - a number: seconds, or milli-, micro- or nanoseconds where it is too large to be seconds
//    (from 10^11, 10^14, 10^17 on); fractions are cut off
//  - ISO 8601: 2020-05-31, 2020-05-31T12:30, 2020-05-31 12:30:59.25, each time of day with Z,
//    +02:00, +0200 or +02 behind it; without a zone it is UTC
// False for anything else, impossible dates and times before `least`, which is 1970.
bool ParseTime(std::string_view text, int64_t& seconds, int64_t least = 0);

// The same where the table's fields are separated by something else than commas: "3,5" is 3.5 in a
// table with semicolons; elsewhere "12,345" is 12345.
bool ParseNumber(std::string_view text, bool decimal_comma, double& value);

// Words that programs write where a number is missing: NULL, NA, N/A, NaN, None, \\N.
bool IsMissingWord(std::string_view cell);

// The cells of one column until its kind is known.
class ColumnGuess {
 public:
  // `separator` is what stands between the values of a set: then a column is one where some cell
  // has it. kNoSet: it never is. Nothing: found out, see FindSetSeparator().
  explicit ColumnGuess(std::optional<char> separator, bool decimal_comma = false)
      : separator_(separator), decimal_comma_(decimal_comma) {}

  void Add(std::string_view cell);

  // Sets, as said above; else integers where every cell is one; numbers where every cell is one,
  // empty or a word for that; else strings.
  ColumnKind Kind() const;

  // The cells as a column of the given kind, which they fit: see Fits(). Empty cells are NaN, an
  // empty string or an empty set. Sets have blanks around values cut off and each value once.
  Column Make(std::string_view name, ColumnKind kind);

  // Of the sets that Make() has made.
  char separator() const { return separator_.value_or(kNoSet); }

 private:
  std::optional<char> separator_;
  bool decimal_comma_;
  bool set_ = false, all_integers_ = true, all_numbers_ = true;
  bool some_ = false, some_numbers_ = false;
  std::vector<std::string> cells_;
};

// Whether a cell can stand in a column of that kind.
bool Fits(std::string_view cell, ColumnKind kind, bool decimal_comma = false);

std::string_view KindName(ColumnKind kind);  // "integer", "number", "string", "set"

}  // namespace duomo::data
