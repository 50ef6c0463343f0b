// Rows of comma-separated values as RFC 4180 has them, from files of any size.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "data/byte_buffer.h"
#include "data/bytes.h"
#include "data/dialect.h"
#include "data/table_reader.h"

namespace duomo::data {

struct CsvOptions {
  char separator = '\0';  // between fields; '\0': found out with what follows, see FindDialect()
  bool twice = false, runs = false;  // as Dialect has them
  Quotes quotes = Quotes::kDoubled;
  // Take a field with quotes that fit no rule as it stands, where that costs no line end: `5" disk`
  // quoted, or a \" among doubled quotes.
  bool lenient = false;
  bool latin1 = false;  // the file is ISO-8859-1; else UTF-8
  // Whether the first row beyond ASCII decides which of both it is, where `latin1` does not say so.
  bool find_encoding = false;
  // Leave bad rows out and count them; else the first one is an error.
  bool skip_bad_lines = false;
  // The columns of a file without a header row; empty: the first row names them.
  std::vector<std::string> names = {};
  bool unique_names = true;  // two columns of one name in the first row are an error
};

// Rows end with "\n" or "\r\n", the last one may lack it. Fields may be quoted; then they may hold
// separators, line ends and doubled quotes. Empty lines are passed over. A byte order mark is taken
// away. A quote in the middle of a field that begins without one is a character like any other. A
// bad row (too few or too many fields, text behind a closing quote, a NUL byte, text that is not
// UTF-8, a field over 1 MB, a row over 16 MB) is an error that names the file and the line where
// the row begins; where bad rows are skipped, reading goes on with the next line. A quote that is
// still open at the end of the file is always an error, since it is unknown where it should have
// been closed.
class CsvReader : public TableReader {
 public:
  static constexpr size_t kMaxField = size_t{1} << 20;  // bytes
  static constexpr size_t kMaxRow = size_t{1} << 24;
  static constexpr size_t kMaxColumns = 16384;

  // Reads the header. `where` is the file's name in messages. Throws Error(kCorrupt) for a file
  // without rows, and for names that stand there twice.
  CsvReader(std::unique_ptr<ByteSource> bytes, std::string where, const CsvOptions& options = {});

  bool Next() override;
  char separator() const { return options_.separator; }
  // For people: `dialect`, the encoding as it has been found out by now, what form_ says besides,
  // and where quotes that were found to mean nothing look like a field that was never closed.
  void set_dialect(std::string dialect) { dialect_ = std::move(dialect); }
  std::string form() const override;

 private:
  struct Field {
    size_t begin, size;  // begin counts from the row's first byte
    bool doubled;        // holds doubled quotes
    bool backslash;      // or quotes with a backslash
  };
  enum class Found { kRow, kBad, kEnd, kMore };
  enum class Quoted { kField, kMore, kBad, kBare };

  void Start();
  bool Fill();
  void DetectDialect();
  void CheckHeader();
  Found Cut();
  Quoted CutQuoted(const char* row, const char*& p, uint64_t& newlines);
  bool AtSeparator(const char* p, const char* end) const {
    return *p == options_.separator &&
           (!options_.twice || (p + 1 < end && p[1] == options_.separator));
  }
  Found Misquoted(size_t field, size_t at, uint64_t newlines);
  Found TooLong(size_t at, bool quoted, uint64_t newlines, uint64_t opened);
  bool DropLine(bool quoted, uint64_t opened);
  bool CutRow();
  bool Accept();
  bool FitsEncoding(std::string_view row);
  void LookForOpenQuotes(const char* row);
  static void Unescape(char* text, Field& field);

  ByteBuffer in_;
  CsvOptions options_;
  size_t columns_ = 0;  // 0: not known yet

  bool plain_ = false;      // what has been read and not yet been given is ASCII without a NUL
  bool utf8_seen_ = false;  // some row is UTF-8 beyond ASCII

  std::vector<Field> cut_;
  size_t count_ = 0;  // of the row's fields, which may be more than cut_ keeps
  size_t row_size_ = 0;
  uint64_t next_line_ = 1;
  uint64_t open_quotes_ = 0, first_open_ = 0;  // rows with one, and the line of the first
  std::string converted_, dialect_;
};

}  // namespace duomo::data
