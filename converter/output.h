// How the converter talks: results to stdout, messages to stderr, and tables that fit a terminal.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace duomo::convert {

using Json = nlohmann::ordered_json;

void Print(const std::string& text);  // to stdout
void Log(const std::string& text);    // to stderr
void PrintJson(const Json& json);     // indented, one document
// Throws Error(kIo) when something printed did not reach stdout (a full disk, a closed pipe).
void FlushOutput();

// Refuses an output path that is not a regular file (replacing /dev/null would be a surprise), or
// that is the very file `input`. Throws Error.
void CheckOutputPath(const std::string& output, const std::string& input);

std::string Commas(uint64_t n);                          // "528,096"
std::string ShapeText(std::span<const uint64_t> shape);  // "6042 × 32", "()" for a scalar
std::string Hex(uint32_t crc);                           // "0badcafe"
std::string Clip(std::string_view text, size_t width);   // with "…" where it was longer
size_t DisplayWidth(std::string_view utf8);              // in characters

// Columns aligned, two spaces apart, indented by two. One thread.
class Table {
 public:
  enum class Align { kLeft, kRight };
  struct Column {
    std::string header;  // no column has one: no line of headers
    Align align = Align::kLeft;
    bool shrink = false;  // may be cut short where the table would be wider than kWidth
  };
  static constexpr size_t kWidth = 100;

  explicit Table(std::vector<Column> columns) : columns_(std::move(columns)) {}
  void Add(std::vector<std::string> cells) { rows_.push_back(std::move(cells)); }
  bool empty() const { return rows_.empty(); }
  std::string Text() const;

 private:
  std::vector<Column> columns_;
  std::vector<std::vector<std::string>> rows_;
};

}  // namespace duomo::convert
