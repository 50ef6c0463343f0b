// Rows of comma-separated values as RFC 4180 has them, from files of any size.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/error.h"
#include "data/bytes.h"

namespace duomo::data {

struct CsvOptions {
  // Between fields. '\0': whichever of comma, semicolon, tab and '|' is most frequent in the first
  // line; a comma where there is none.
  char separator = '\0';
  bool quotes = true;   // false: a quote is a character like any other
  bool latin1 = false;  // the file is ISO-8859-1; else UTF-8
  // Leave bad rows out and count them; else the first one is an error.
  bool skip_bad_lines = false;
  // The columns of a file without a header row; empty: the first row names them.
  std::vector<std::string> names = {};
};

// Walks over the rows of a table. Memory: one row and a piece of the file, whatever its size. One
// thread.
//
// Rows end with "\n" or "\r\n", the last one may lack it. Fields may be quoted; then they may hold
// separators, line ends and doubled quotes. Empty lines are passed over. A byte order mark is taken
// away. A bad row (too few or too many fields, a quote where none may be, a NUL byte, text that is
// not UTF-8, a field over 1 MB, a row over 16 MB) is an
// error that names the file and the line where the row begins;
// where bad rows are skipped, reading goes on with the next line. A quote that is still open at the
// end of the file is always an error: where it should have ended nobody knows.
class CsvReader {
 public:
  static constexpr size_t kMaxField = size_t{1} << 20;  // bytes
  static constexpr size_t kMaxRow = size_t{1} << 24;
  static constexpr size_t kMaxColumns = 4096;

  // Reads the header. `where` is the file's name in messages. Throws Error(kCorrupt) for a file
  // without rows, and for names that stand there twice.
  CsvReader(std::unique_ptr<ByteSource> bytes, std::string where, const CsvOptions& options = {});

  // The columns' names, in UTF-8; one of them may be empty.
  const std::vector<std::string>& header() const { return header_; }

  // The next good row; false behind the last. Throws Error(kCorrupt), and what the source throws.
  bool Next();

  // The row's fields, unquoted, in UTF-8, as many as the header has. Valid until Next().
  std::span<const std::string_view> fields() const { return fields_; }
  uint64_t line() const { return line_; }  // where the row begins, from 1

  // Refuses the current row as the reader does: counts it where bad rows are skipped, else throws
  // Error(kCorrupt) with file, line and the given parts. Returns false.
  template <typename... Parts>
  bool Bad(const Parts&... what) {
    if (!options_.skip_bad_lines || header_.empty()) FailAt(line_, StrCat(what...));
    ++skipped_;
    return false;
  }

  uint64_t skipped() const { return skipped_; }
  const std::string& where() const { return where_; }
  char separator() const { return options_.separator; }

 private:
  struct Field {
    size_t begin, size;  // begin counts from the row's first byte
    bool doubled;        // holds doubled quotes
  };
  enum class Found { kRow, kBad, kEnd, kMore };

  [[noreturn]] void FailAt(uint64_t line, const std::string& what) const;
  void Start();
  bool Fill();
  void DetectSeparator();
  void CheckHeader();
  Found Cut();
  Found Misquoted(size_t field, size_t at, uint64_t newlines);
  Found TooLong(size_t at, bool quoted, uint64_t newlines, uint64_t opened);
  bool DropLine(bool quoted, uint64_t opened);
  bool CutRow();
  bool Accept();

  std::unique_ptr<ByteSource> bytes_;
  std::string where_;
  CsvOptions options_;
  std::vector<std::string> header_;
  size_t columns_ = 0;  // 0: not known yet

  std::vector<char> buffer_;
  size_t begin_ = 0, end_ = 0;  // what has been read and not yet been given
  bool at_end_ = false;
  bool special_[256] = {};  // what ends an unquoted field

  std::vector<Field> cut_;
  size_t count_ = 0;  // of the row's fields, which may be more than cut_ keeps
  size_t row_size_ = 0;
  uint64_t line_ = 0, next_line_ = 1;
  std::vector<std::string_view> fields_;
  std::string converted_;
  uint64_t skipped_ = 0;
};

}  // namespace duomo::data
