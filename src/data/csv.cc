// Cuts rows in place: a row that is not whole yet is cut again once more bytes have come, so that
// the loop over bytes keeps no state.
#include "data/csv.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <set>
#include <utility>

#include "core/text.h"

namespace duomo::data {
namespace {

struct Seen {
  bool beyond_ascii, nul;
};

// Eight bytes at a time: this runs over every byte of a file.
Seen LookAt(std::string_view bytes) {
  constexpr uint64_t kOnes = 0x0101010101010101, kHigh = 0x8080808080808080;
  uint64_t any = 0, zero = 0;
  size_t i = 0;
  for (; i + 8 <= bytes.size(); i += 8) {
    uint64_t word;
    std::memcpy(&word, bytes.data() + i, 8);
    any |= word;
    zero |= (word - kOnes) & ~word & kHigh;
  }
  for (; i < bytes.size(); ++i) {
    any |= static_cast<uint8_t>(bytes[i]);
    zero |= bytes[i] == '\0' ? 1 : 0;
  }
  return {(any & kHigh) != 0, zero != 0};
}

// The first separator or line end from p on. Eight bytes at a time: fields are short, and a step a
// byte is what reading would spend most of its time on.
const char* FieldEnd(const char* p, const char* end, char separator) {
  constexpr uint64_t kOnes = 0x0101010101010101, kHigh = 0x8080808080808080;
  const uint64_t separators = kOnes * static_cast<uint8_t>(separator), lines = kOnes * '\n';
  if constexpr (std::endian::native == std::endian::little) {
    for (; end - p >= 8; p += 8) {
      uint64_t word;
      std::memcpy(&word, p, 8);
      uint64_t a = word ^ separators, b = word ^ lines;
      // The lowest bit that is set here is that of the first byte that became 0.
      uint64_t found = (((a - kOnes) & ~a) | ((b - kOnes) & ~b)) & kHigh;
      if (found != 0) return p + std::countr_zero(found) / 8;
    }
  }
  while (p < end && *p != separator && *p != '\n') ++p;
  return p;
}

}  // namespace

CsvReader::CsvReader(std::unique_ptr<ByteSource> bytes, std::string where,
                     const CsvOptions& options)
    : TableReader(std::move(where), options.skip_bad_lines),
      in_(std::move(bytes)),
      options_(options) {
  Start();
  if (options_.separator == '\0') DetectDialect();
  if (options_.separator == '\n' || options_.separator == '\r' || options_.separator == '"') {
    Fail(Status::kInvalidArgument, "a quote or line end cannot separate fields");
  }
  if (options_.names.empty()) {
    cut_.resize(kMaxColumns);
    if (!CutRow())
      Fail(Status::kCorrupt, where_, " is empty: it has no row with the columns' names");
    std::vector<std::string> names(fields_.begin(), fields_.end());
    columns_ = names.size();
    header_ = std::move(names);
    if (options_.unique_names) CheckHeader();
  } else {
    columns_ = options_.names.size();
    header_ = options_.names;
  }
  cut_.resize(columns_);
}

// Takes a byte order mark away.
void CsvReader::Start() {
  while (in_.end < 4 && Fill()) continue;
  std::string_view head(in_.data(), in_.end);
  if (head.starts_with("\xFF\xFE") || head.starts_with("\xFE\xFF")) {
    Fail(Status::kCorrupt, where_,
         " is UTF-16; save it as UTF-8, e.g. with iconv -f UTF-16 -t UTF-8");
  }
  if (head.starts_with("\xEF\xBB\xBF")) in_.begin = 3;
}

// Reads on, behind what has not been given yet. False at the end of the file.
bool CsvReader::Fill() {
  bool more = in_.Fill();
  Seen seen = LookAt({in_.data() + in_.begin, in_.end - in_.begin});
  plain_ = !seen.beyond_ascii && !seen.nul;
  return more;
}

void CsvReader::DetectDialect() {
  while (!in_.full() && Fill()) continue;
  Dialect found = FindDialect({in_.data() + in_.begin, in_.end - in_.begin}, in_.at_end(),
                              {.separator = "", .quotes = options_.quotes});
  options_.separator = found.separator;
  options_.twice = found.twice;
  options_.runs = found.runs;
}

void CsvReader::CheckHeader() {
  std::set<std::string_view> seen;
  for (const std::string& name : header_) {
    if (seen.insert(name).second) continue;
    Fail(Status::kCorrupt, where_, ", line ", line_, ": two columns have the name \"", name,
         "\"; give each its own");
  }
}

// The field that begins with the quote at p; p moves behind it.
CsvReader::Quoted CsvReader::CutQuoted(const char* row, const char*& p, uint64_t& newlines) {
  const char* end = in_.data() + in_.end;
  const char* from = p + 1;
  const uint64_t before = newlines, opened = line_ + newlines;
  bool doubled = false, backslash = false;
  for (p = from;;) {
    const char* quote = static_cast<const char*>(
        p < end ? std::memchr(p, '"', static_cast<size_t>(end - p)) : nullptr);
    const char* stop = quote == nullptr ? end : quote;
    newlines += static_cast<uint64_t>(std::count(p, stop, '\n'));
    p = stop;
    if (static_cast<size_t>(p - from) > kMaxField || static_cast<size_t>(p - row) > kMaxRow) {
      TooLong(static_cast<size_t>(p - row), true, newlines, opened);
      return Quoted::kBad;
    }
    if (quote == nullptr) {
      if (!in_.at_end()) return Quoted::kMore;
      Fail(Status::kCorrupt, where_, ", line ", opened,
           ": the quote that opens here is never closed; if quotes mean nothing in this file, say "
           "--quotes none");
    }
    const char* slash = p;
    while (slash > from && slash[-1] == '\\') --slash;
    bool escaped = ((p - slash) & 1) != 0;
    if (escaped && options_.quotes == Quotes::kBackslash) {
      backslash = true;
      ++p;
      continue;
    }
    if (p + 1 == end && !in_.at_end()) return Quoted::kMore;
    if (p + 1 < end && p[1] == '"') {
      doubled = true;
      p += 2;
      continue;
    }
    bool closes = p + 1 == end || p[1] == '\n' || p[1] == '\r' || p[1] == options_.separator;
    if (!escaped || closes || !options_.lenient) break;
    backslash = true;
    ++p;
  }
  backslash = backslash || (options_.quotes == Quotes::kBackslash &&
                            std::memchr(from, '\\', static_cast<size_t>(p - from)) != nullptr);
  Field field{static_cast<size_t>(from - row), static_cast<size_t>(p - from), doubled, backslash};
  ++p;
  if (p < end && *p == '\r') {
    if (p + 1 == end && !in_.at_end()) return Quoted::kMore;
    if (p + 1 == end || p[1] == '\n') ++p;
  }
  if (!in_.at_end() && p + (options_.twice ? 1 : 0) >= end) return Quoted::kMore;
  if (p < end && *p != '\n' && !AtSeparator(p, end)) {
    if (options_.lenient && newlines == before) return Quoted::kBare;
    Misquoted(count_ + 1, static_cast<size_t>(p - row), newlines);
    return Quoted::kBad;
  }
  if (count_ < cut_.size()) cut_[count_] = field;
  ++count_;
  return Quoted::kField;
}

// Finds the fields of the row at in_.begin and its size, or refuses it.
CsvReader::Found CsvReader::Cut() {
  const char* row = in_.data() + in_.begin;
  const char* end = in_.data() + in_.end;
  const char* p = row;
  uint64_t newlines = 0;  // inside quotes
  count_ = 0;
  if (p == end) return in_.at_end() ? Found::kEnd : Found::kMore;
  auto offset = [&](const char* at) { return static_cast<size_t>(at - row); };
  const size_t width = options_.twice ? 2 : 1;
  const bool quotes = options_.quotes != Quotes::kNone;
  for (;;) {
    if (options_.runs) {
      while (p < end && *p == ' ') ++p;
      if (p == end && !in_.at_end()) return Found::kMore;
      bool blank_end = p == end || *p == '\n' || (*p == '\r' && p + 1 < end && p[1] == '\n');
      if (blank_end && count_ > 0) {
        if (p < end && *p == '\r') ++p;
        break;
      }
    }
    const char* from = p;
    bool bare = !quotes || p == end || *p != '"';
    if (!bare) {
      switch (CutQuoted(row, p, newlines)) {
        case Quoted::kField:
          break;
        case Quoted::kMore:
          return Found::kMore;
        case Quoted::kBad:
          return Found::kBad;
        case Quoted::kBare:
          bare = true;
          p = from;
          break;
      }
    }
    if (bare) {
      for (;; ++p) {
        p = FieldEnd(p, end, options_.separator);
        if (p == end || *p == '\n' || !options_.twice) break;
        if (p + 1 == end && !in_.at_end()) return Found::kMore;
        if (AtSeparator(p, end)) break;
      }
      if (static_cast<size_t>(p - from) > kMaxField || offset(p) > kMaxRow) {
        return TooLong(offset(p), false, newlines, 0);
      }
      if (p == end && !in_.at_end()) return Found::kMore;
      if (count_ < cut_.size()) {
        bool last = p == end || *p == '\n';
        const char* to = last && p > from && p[-1] == '\r' ? p - 1 : p;
        cut_[count_] = {offset(from), static_cast<size_t>(to - from), false, false};
      }
      ++count_;
    }
    if (p == end || *p == '\n') break;
    p += width;
    // Whether one more field follows is known only with the next byte, or at the end.
    if (p == end && !in_.at_end()) return Found::kMore;
  }
  row_size_ = offset(p) + (p < end ? 1 : 0);
  next_line_ = line_ + newlines + 1;
  return Found::kRow;
}

CsvReader::Found CsvReader::Misquoted(size_t field, size_t at, uint64_t newlines) {
  // Nothing more can be known of the row than that the next line may be a good one again.
  in_.begin += at;
  next_line_ = line_ + newlines;
  Bad("field ", field,
      " has a quote in its middle; a field with quotes is quoted as a whole, and they are doubled");
  DropLine(false, 0);
  return Found::kBad;
}

CsvReader::Found CsvReader::TooLong(size_t at, bool quoted, uint64_t newlines, uint64_t opened) {
  in_.begin += at;
  next_line_ = line_ + newlines;
  std::string why = quoted ? StrCat("; does the quote that opens in line ", opened, " ever close?")
                           : std::string();
  if (at > kMaxRow) {
    Bad("the row has more than ", kMaxRow, " bytes", why);
  } else {
    Bad("field ", count_ + 1, " has more than ", kMaxField, " bytes", why);
  }
  DropLine(quoted, opened);
  return Found::kBad;
}

// Leaves out all that is left of the row, without keeping it.
bool CsvReader::DropLine(bool quoted, uint64_t opened) {
  for (;;) {
    while (in_.begin < in_.end) {
      char c = in_.data()[in_.begin++];
      if (c == '\n') ++next_line_;
      if (c == '\n' && !quoted) return true;
      if (c == '"' && quoted) {
        // What comes behind the quote that closes, or is doubled, is known with the next byte.
        if (in_.begin == in_.end) Fill();
        bool doubled = in_.begin < in_.end && in_.data()[in_.begin] == '"';
        if (doubled) {
          ++in_.begin;
        } else {
          quoted = false;
        }
      }
    }
    if (Fill()) continue;
    if (!quoted) return false;
    Fail(Status::kCorrupt, where_, ", line ", opened,
         ": the quote that opens here is never closed");
  }
}

// Makes fields_ of the next row that is whole and has text; false behind the last.
bool CsvReader::CutRow() {
  for (;;) {
    line_ = next_line_;
    Found found = Cut();
    if (found == Found::kEnd) return false;
    if (found == Found::kMore) {
      Fill();
      continue;
    }
    if (found == Found::kBad) continue;
    size_t size = row_size_;
    bool empty = count_ == 1 && cut_[0].size == 0 && in_.data()[in_.begin] != '"';
    bool good = (empty && columns_ != 1) ? false : Accept();
    in_.begin += size;
    if (good) return true;
  }
}

// Checks the row that has been cut, and makes its fields readable.
bool CsvReader::Accept() {
  char* row = in_.data() + in_.begin;
  Seen seen = plain_ ? Seen{false, false} : LookAt({row, row_size_});
  if (seen.nul) return Bad("there is a NUL byte, as in files that are no text");
  if (seen.beyond_ascii && !options_.latin1 && !FitsEncoding({row, row_size_})) {
    return Bad("the text is not UTF-8; if the file is ISO-8859-1, say so with --latin1");
  }
  if (columns_ == 0 && count_ > kMaxColumns) {
    return Bad(count_, " columns; at most ", kMaxColumns, " are possible");
  }
  if (columns_ != 0 && count_ != columns_) {
    return Bad(count_, count_ == 1 ? " field" : " fields", " instead of ", columns_);
  }
  // Where it was not stated that quotes mean nothing.
  if (options_.quotes == Quotes::kNone && options_.lenient) LookForOpenQuotes(row);
  fields_.resize(count_);
  for (size_t i = 0; i < count_; ++i) {
    Field& field = cut_[i];
    if (field.doubled || field.backslash) Unescape(row + field.begin, field);
    fields_[i] = {row + field.begin, field.size};
  }
  if (seen.beyond_ascii && options_.latin1) {
    converted_.clear();
    converted_.reserve(2 * row_size_);  // never moves
    for (std::string_view& field : fields_) {
      size_t at = converted_.size();
      converted_ += Latin1ToUtf8(field);
      field = std::string_view(converted_).substr(at);
    }
  }
  return true;
}

// Whether a row beyond ASCII is of the file's encoding, which the first one decides where nobody
// has said so.
bool CsvReader::FitsEncoding(std::string_view row) {
  if (IsUtf8(row)) return utf8_seen_ = true;
  if (!options_.find_encoding || utf8_seen_) return false;
  options_.latin1 = true;
  return true;
}

// Takes out what only says that a quote is no end.
void CsvReader::Unescape(char* text, Field& field) {
  size_t to = 0;
  for (size_t from = 0; from < field.size; ++from, ++to) {
    char next = from + 1 < field.size ? text[from + 1] : '\0';
    if (field.backslash && text[from] == '\\' && (next == '"' || next == '\\')) {
      ++from;
    } else if (field.doubled && text[from] == '"' && next == '"') {
      ++from;  // the second of two
    }
    text[to] = text[from];
  }
  field.size = to;
}

void CsvReader::LookForOpenQuotes(const char* row) {
  for (size_t i = 0; i < count_; ++i) {
    std::string_view field(row + cut_[i].begin, cut_[i].size);
    if (!field.starts_with('"') || std::ranges::count(field, '"') % 2 == 0) continue;
    if (open_quotes_++ == 0) first_open_ = line_;
    return;
  }
}

std::string CsvReader::form() const {
  std::string form = dialect_ + (options_.latin1 ? ", ISO-8859-1" : ", UTF-8") + form_;
  if (open_quotes_ == 0) return form;
  form += StrCat("; the quote that opens in line ", first_open_, " never closes and is text");
  if (open_quotes_ == 1) return form;
  return StrCat(form, ", as in ", open_quotes_ - 1, open_quotes_ == 2 ? " other row" : " others");
}

bool CsvReader::Next() { return CutRow(); }

}  // namespace duomo::data
