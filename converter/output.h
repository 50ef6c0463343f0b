// Output of the converter: console/output.h, and tables that fit a terminal.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "console/output.h"

namespace duomo::convert {

using console::Commas;
using console::Hex64;
using console::Json;
using console::Log;                // to stderr
using console::Print;              // to stdout
void PrintJson(const Json& json);  // indented, one document

std::string ShapeText(std::span<const uint64_t> shape);  // "6042 × 32", "()" for a scalar
std::string Hex(uint32_t crc);                           // "0badcafe"
std::string Clip(std::string_view text, size_t width);   // with "…" where it was longer
size_t DisplayWidth(std::string_view utf8);              // in characters

// Columns aligned, two spaces apart, indented by two. One thread.
class Table {
 public:
  enum class Align { kLeft, kRight };
  struct Column {
    std::string header;  // if no column has one, no header line is printed
    Align align = Align::kLeft;
    bool shrink = false;  // may be shortened if the table would be wider than kWidth
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
