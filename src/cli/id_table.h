// Ids in a table: a list of users, or pairs of a user and an item.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/error.h"
#include "data/csv.h"

namespace duomo::cli {

// Reads the rows of a CSV file, also packed, in a dialect that its first line shows: tabs, commas,
// semicolons, or bars between the cells. A header that names the columns (user, item and the like,
// in any order and among others) is optional where there are no other columns. Pairs may also have
// white space between. Memory: one row, whatever the size. One thread.
class IdTable {
 public:
  enum class Kind { kUsers, kPairs };
  // Throws Error that names the file.
  IdTable(const std::string& path, Kind kind);
  ~IdTable();

  bool Next();  // false behind the last row; empty lines are passed over
  const std::string& user() const { return user_; }
  const std::string& item() const { return item_; }
  uint64_t line() const { return line_; }

  // Returns the position of the current row, for messages.
  template <typename... Parts>
  [[noreturn]] void FailHere(Status status, const Parts&... what) const {
    Fail(status, path_, ':', line_, ": ", what...);
  }

 private:
  class Bytes;
  void ReadHeader(const std::vector<std::string>& cells);
  bool NextWords();

  std::string path_;
  Kind kind_;
  std::unique_ptr<Bytes> bytes_;          // until csv_ has it
  std::unique_ptr<data::CsvReader> csv_;  // null: words with white space between
  bool header_ = false;
  size_t columns_ = 2, user_column_ = 0, item_column_ = 1;
  std::string user_, item_;
  uint64_t line_ = 0;
};

}  // namespace duomo::cli
