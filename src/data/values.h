// What the texts in a table's cells mean: numbers, times, and the kind of a whole column.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "data/dataset.h"

namespace duomo::data {

// A decimal number that a float can hold: "4", "-0.5", "1e3". Not "007", which is a code and no
// quantity.
bool ParseNumber(std::string_view text, double& value);

// A time in whole seconds since 1970 from
//  - a number: seconds, or milli-, micro- or nanoseconds where it is too large to be seconds
//    (from 10^11, 10^14, 10^17 on); fractions are cut off
//  - ISO 8601: 2020-05-31, 2020-05-31T12:30, 2020-05-31 12:30:59.25, each time of day with Z,
//    +02:00, +0200 or +02 behind it; without a zone it is UTC
// False for anything else, impossible dates and times before 1970.
bool ParseTime(std::string_view text, int64_t& seconds);

// The cells of one column until its kind is known.
class ColumnGuess {
 public:
  // `separator` is what stands between the values of a set.
  explicit ColumnGuess(char separator) : separator_(separator) {}

  void Add(std::string_view cell);

  // Sets where a cell has the separator; else integers where every cell is one; numbers where every
  // cell is one or empty; else strings.
  ColumnKind Kind() const;

  // The cells as a column of the given kind, which they fit: see Fits(). Empty cells are NaN, an
  // empty string or an empty set.
  Column Make(std::string_view name, ColumnKind kind);

 private:
  char separator_;
  bool set_ = false, all_integers_ = true, all_numbers_ = true, some_ = false;
  std::vector<std::string> cells_;
};

// Whether a cell can stand in a column of that kind.
bool Fits(std::string_view cell, ColumnKind kind);

std::string_view KindName(ColumnKind kind);  // "integer", "number", "string", "set"

}  // namespace duomo::data
