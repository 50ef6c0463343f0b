// Numbers as people type them, and as they are shown to people.
#pragma once

#include <charconv>
#include <cmath>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace duomo {

// All of a text as a finite number; nothing for anything else.
inline std::optional<double> FiniteNumber(std::string_view text) {
  double value = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  bool good = error == std::errc() && end == text.data() + text.size() && std::isfinite(value);
  return good ? std::optional<double>(value) : std::nullopt;
}

// 1234567 as "1,234,567".
inline std::string WithCommas(uint64_t n) {
  std::string out = std::to_string(n);
  for (size_t at = out.size(); at > 3; at -= 3) out.insert(at - 3, 1, ',');
  return out;
}

// "1 row", "2,000 rows".
inline std::string Counted(uint64_t n, std::string_view one) {
  std::string out = WithCommas(n);
  out += ' ';
  out += one;
  if (n != 1) out += 's';
  return out;
}

}  // namespace duomo
