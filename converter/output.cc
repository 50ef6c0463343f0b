#include "converter/output.h"

#include <algorithm>
#include <cstdio>

#include "core/error.h"

namespace duomo::convert {

void PrintJson(const Json& json) { console::PrintJson(json, 2); }

std::string ShapeText(std::span<const uint64_t> shape) {
  if (shape.empty()) return "()";
  std::string out;
  for (uint64_t n : shape) out += StrCat(out.empty() ? "" : " × ", n);
  return out;
}

std::string Hex(uint32_t crc) {
  char text[16];
  std::snprintf(text, sizeof(text), "%08x", crc);
  return text;
}

size_t DisplayWidth(std::string_view utf8) {
  return static_cast<size_t>(
      std::count_if(utf8.begin(), utf8.end(), [](char c) { return (c & 0xC0) != 0x80; }));
}

std::string Clip(std::string_view text, size_t width) {
  if (DisplayWidth(text) <= width) return std::string(text);
  size_t at = 0;
  for (size_t characters = 0; at < text.size(); ++at) {
    if ((text[at] & 0xC0) == 0x80) continue;
    if (++characters == std::max<size_t>(width, 1)) break;
  }
  return std::string(text.substr(0, at)) + "…";
}

std::string Table::Text() const {
  std::vector<size_t> width(columns_.size());
  bool headed = false;
  for (size_t c = 0; c < columns_.size(); ++c) {
    width[c] = DisplayWidth(columns_[c].header);
    headed |= !columns_[c].header.empty();
    for (const auto& row : rows_) width[c] = std::max(width[c], DisplayWidth(row[c]));
  }
  size_t total = 0;
  for (size_t w : width) total += w + 2;
  for (size_t c = 0; c < columns_.size() && total > kWidth; ++c) {
    if (!columns_[c].shrink) continue;
    size_t least = std::max<size_t>(12, DisplayWidth(columns_[c].header));
    size_t cut = width[c] > least ? std::min(width[c] - least, total - kWidth) : 0;
    width[c] -= cut;
    total -= cut;
  }
  std::string out;
  auto line = [&](const auto& cell_of) {
    std::string text;
    for (size_t c = 0; c < columns_.size(); ++c) {
      std::string cell = Clip(cell_of(c), width[c]);
      std::string padding(width[c] - DisplayWidth(cell), ' ');
      text += "  ";
      text += columns_[c].align == Align::kLeft ? cell + padding : padding + cell;
    }
    text.erase(text.find_last_not_of(' ') + 1);
    out += text + "\n";
  };
  if (headed) line([&](size_t c) -> const std::string& { return columns_[c].header; });
  for (const auto& row : rows_) line([&](size_t c) -> const std::string& { return row[c]; });
  return out;
}

}  // namespace duomo::convert
