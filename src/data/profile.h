// What stands in the columns of a table, from a sample of its rows: for people, and for finding out
// which column plays which role.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "data/table_reader.h"

namespace duomo::data {

struct ColumnProfile {
  std::string name;
  uint64_t cells = 0, missing = 0;
  uint64_t distinct = 0;       // of those not missing
  bool integers = false;       // every cell that is not missing is one; false where all are missing
  bool numbers = false;        // the same
  bool times = false;          // dates, or numbers in the range of today's clocks
  bool fractions = false;      // numbers, and some of them are not whole
  double least = 0, most = 0;  // of numbers
  std::vector<float> values;   // of numbers, in the order of the rows
  std::vector<uint32_t> codes;     // by row: which of the distinct values; kMissing for none
  std::string example;             // the first cell that is not missing
  std::vector<std::string> first;  // cells that are not missing, at most kFirst
  // The most frequent values, where there are few: at most kFew, most frequent first.
  std::vector<std::pair<std::string, uint64_t>> frequent;

  static constexpr size_t kFew = 30, kFirst = 5000;
  static constexpr uint32_t kMissing = UINT32_MAX;
};

struct TableProfile {
  std::string where;
  uint64_t rows = 0;
  bool complete = false;  // the rows are all that the table has
  std::vector<ColumnProfile> columns;

  const ColumnProfile* Find(std::string_view name) const;  // nullptr where there is none
  std::vector<std::string> names() const;
};

inline constexpr size_t kSampleRows = 50000;

// Reads at most `rows` rows.
TableProfile ProfileTable(TableReader& table, size_t rows = kSampleRows);

}  // namespace duomo::data
