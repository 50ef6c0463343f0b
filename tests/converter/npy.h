// Reads what NumPy reads, by NumPy's description of the format (numpy.lib.format), for tests.
#pragma once

#include <cstdint>
#include <optional>
#include <regex>
#include <string>
#include <vector>

namespace duomo::testing {

struct Npy {
  std::string descr;
  std::vector<uint64_t> shape;
  std::string data;
};

// Nothing where the bytes are no .npy file of version 1.0 in C order.
inline std::optional<Npy> ParseNpy(const std::string& bytes) {
  if (bytes.size() < 10 || bytes.compare(0, 8, std::string("\x93NUMPY\x01\x00", 8)) != 0) return {};
  size_t length = static_cast<unsigned char>(bytes[8]) +
                  256 * static_cast<size_t>(static_cast<unsigned char>(bytes[9]));
  if ((10 + length) % 64 != 0 || bytes.size() < 10 + length || bytes[9 + length] != '\n') return {};
  std::string header = bytes.substr(10, length - 1);
  static const std::regex kHeader(R"(\{'descr': '([<|][a-z]\d)', 'fortran_order': False, )"
                                  R"('shape': \(((?:\d+, )*\d+|\d+,|)\), \} *)");
  std::smatch match;
  if (!std::regex_match(header, match, kHeader)) return {};
  Npy out{match[1], {}, bytes.substr(10 + length)};
  std::string shape = match[2];
  static const std::regex kNumber(R"(\d+)");
  for (std::sregex_iterator it(shape.begin(), shape.end(), kNumber), end; it != end; ++it) {
    out.shape.push_back(std::stoull(it->str()));
  }
  uint64_t size = static_cast<uint64_t>(out.descr[2] - '0');
  for (uint64_t n : out.shape) size *= n;
  if (size != out.data.size()) return {};
  return out;
}

}  // namespace duomo::testing
