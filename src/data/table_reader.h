// One reader for every table of text: CSV in any dialect, and JSON.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/error.h"
#include "data/bytes.h"
#include "data/dialect.h"

namespace duomo::data {

// Before each value of a list in a cell, where the format has lists (JSON): "\x1F" "a" "\x1F" "b".
inline constexpr char kListMark = '\x1F';

struct TableOptions {
  std::string separator = {};  // between fields, as SeparatorFrom() gives it; empty: found out
  std::optional<Quotes> quotes = {};  // none: found out
  bool latin1 = false;                // the file is ISO-8859-1; else UTF-8
  // Leave bad rows out and count them; else the first one is an error.
  bool skip_bad_lines = false;
  // The columns of a file without a row of names. Where the file has one all the same, these
  // replace it.
  std::vector<std::string> columns = {};
  // Whether the first row has the names; none: found out. Without such a row, and names, columns
  // are called "column 1", "column 2" …
  std::optional<bool> header = {};
  // Of JSON, whose rows need not have all names: columns that there are even where the first rows
  // lack them. They come behind the others, see TableReader::found_columns().
  std::vector<std::string> known = {};
};

// Rows left out for one reason.
struct SkippedRows {
  std::string reason;   // its values replaced by "…": user "…" is not in u.csv
  std::string example;  // the first one in full
  uint64_t count = 0, first_line = 0;
};

// What a typed header says of a column: RecBole's "genre:token_seq".
enum class ColumnHint {
  kNone,
  kNumber,     // float
  kSet,        // token_seq: values separated by blanks
  kNotForUse,  // float_seq: nothing here reads vectors of numbers
};

// A name that a JSON table has in later rows only.
struct LateColumn {
  std::string name;
  uint64_t rows = 0, first_line = 0;
};

// Walks over the rows of a table. Memory: one row and a piece of the file, whatever its size. One
// thread.
class TableReader {
 public:
  virtual ~TableReader() = default;

  // The columns' names, in UTF-8. Through OpenTable() none of them is empty: a column without a
  // name is called "column 4", and unnamed() says so.
  const std::vector<std::string>& header() const { return header_; }
  bool unnamed(size_t column) const { return column < unnamed_.size() && unnamed_[column]; }
  ColumnHint hint(size_t column) const {
    return column < hints_.size() ? hints_[column] : ColumnHint::kNone;
  }

  // How many columns the table has of itself, which come first; the rest are TableOptions::known.
  size_t found_columns() const { return header_.size() - added_columns_; }

  // The next good row; false behind the last. Throws Error(kCorrupt), and what the source throws.
  virtual bool Next() = 0;

  // The row's fields, unquoted, in UTF-8, as many as the header has. Valid until Next().
  std::span<const std::string_view> fields() const { return fields_; }
  uint64_t line() const { return line_; }  // where the row begins, from 1
  // Whether the row has the column at all: an object of JSON need not. (null and [] are given, and
  // empty.)
  virtual bool given(size_t) const { return true; }

  // Whether a list of the row's column has a null, which is no value and is left out of the list.
  virtual bool has_null(size_t) const { return false; }

  // Leaves the current row out and counts it, whatever the policy: it is no damage that a value is
  // missing. Returns false.
  template <typename... Parts>
  bool LeaveOut(const Parts&... why) {
    return Count(line_, StrCat(why...));
  }

  // Refuses the current row as the reader does: counts it where bad rows are skipped, else throws
  // Error(kCorrupt) with file, line and the given parts. Returns false.
  template <typename... Parts>
  bool Bad(const Parts&... what) {
    return Refuse(line_, StrCat(what...));
  }

  uint64_t skipped() const { return skipped_; }
  // By reason, in order of first appearance; what is beyond the first 20 reasons stands under "for
  // other reasons".
  const std::vector<SkippedRows>& skipped_reasons() const { return reasons_; }
  bool skips_bad() const { return skip_bad_; }
  const std::string& where() const { return where_; }
  // For people: "CSV, comma, quotes doubled, UTF-8", "JSON lines".
  virtual std::string form() const { return form_; }
  // Numbers may be written "3,5": fields are separated by semicolons.
  bool decimal_comma() const { return decimal_comma_; }
  const std::vector<LateColumn>& late_columns() const { return late_; }

  // The first rows (at most 200), which Next() gives, too; for looking at before reading.
  const std::vector<std::vector<std::string>>& sample() const { return sample_; }
  // There seems to be no row of names: then the columns are called "column 1" … and the first row
  // is a row like any other. Never where names were given, or stated to be missing.
  bool first_row_looks_like_data() const { return first_row_looks_like_data_; }

 protected:
  TableReader(std::string where, bool skip_bad) : where_(std::move(where)), skip_bad_(skip_bad) {}
  bool Refuse(uint64_t line, const std::string& what);
  bool Count(uint64_t line, const std::string& what);
  void Absorb(const TableReader& other);  // the rows that it has left out
  [[noreturn]] void FailAt(uint64_t line, const std::string& what) const;

  std::string where_, form_;
  bool skip_bad_;
  bool decimal_comma_ = false;
  std::vector<std::string> header_;
  std::vector<std::string_view> fields_;
  uint64_t line_ = 0;
  size_t added_columns_ = 0;
  std::vector<LateColumn> late_;
  std::vector<std::vector<std::string>> sample_;

 private:
  friend std::unique_ptr<TableReader> OpenTable(std::unique_ptr<ByteSource>, std::string,
                                                const TableOptions&);
  std::vector<bool> unnamed_;
  std::vector<ColumnHint> hints_;
  uint64_t skipped_ = 0;
  std::vector<SkippedRows> reasons_;
  bool first_row_looks_like_data_ = false;
};

// Finds out what `bytes` hold (see Dialect, and json_reader.h) and reads the header. `where` is the
// file's name in messages. Throws Error: kCorrupt for a file without rows, text that is not what it
// should be, and names that stand there twice; kUnsupported for tables that are no text (Parquet,
// Feather, spreadsheets), saying what to do; kInvalidArgument for options that do not fit the file.
std::unique_ptr<TableReader> OpenTable(std::unique_ptr<ByteSource> bytes, std::string where,
                                       const TableOptions& options);

}  // namespace duomo::data
