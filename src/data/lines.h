// Lines of a text file, and what to do with the bad ones: one policy for every reader.
#pragma once

#include <charconv>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "core/error.h"

namespace duomo::data {

// Walks over the lines of a text; "\n" and "\r\n" end one, the last may lack it. One thread.
class Lines {
 public:
  // `where` is the file's name in messages. The text is borrowed.
  Lines(std::string_view text, std::string where, bool skip_bad)
      : rest_(text), where_(std::move(where)), skip_bad_(skip_bad) {}

  // The next line without its end; false behind the last.
  bool Next(std::string_view& line) {
    if (rest_.empty()) return false;
    size_t end = rest_.find('\n');
    line = rest_.substr(0, end);
    rest_.remove_prefix(end == std::string_view::npos ? rest_.size() : end + 1);
    if (line.ends_with('\r')) line.remove_suffix(1);
    ++number_;
    return true;
  }

  // Refuses the current line: counts it where bad lines are skipped, else throws
  // Error(kCorrupt) with file, line number (from 1) and the given parts. Returns false.
  template <typename... Parts>
  bool Bad(const Parts&... what) {
    if (!skip_bad_) {
      Fail(Status::kCorrupt, where_, ", line ", number_, ": ", what...,
           ". Mend the line, or leave bad lines out with --skip-bad-lines");
    }
    ++skipped_;
    return false;
  }

  uint64_t skipped() const { return skipped_; }
  const std::string& where() const { return where_; }

 private:
  std::string_view rest_;
  std::string where_;
  bool skip_bad_;
  uint64_t number_ = 0, skipped_ = 0;
};

// The whole of `text` as a decimal integer; false for anything else, and out of range.
inline bool ParseInteger(std::string_view text, int64_t& value) {
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() && end == text.data() + text.size();
}

// Splits `line` at `separator` into exactly `count` fields; returns how many there are
// (counting no further than count + 1). Fields are written only up to `count`.
inline size_t SplitFields(std::string_view line, std::string_view separator, size_t count,
                          std::string_view* fields) {
  size_t n = 0;
  for (;;) {
    size_t end = line.find(separator);
    if (n < count) fields[n] = line.substr(0, end);
    ++n;
    if (end == std::string_view::npos || n > count) return n;
    line.remove_prefix(end + separator.size());
  }
}

}  // namespace duomo::data
