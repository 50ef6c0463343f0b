// Pictures as browsers write them: PNG, 8 bits, RGB or RGBA, not interlaced.
#pragma once

#include <gtest/gtest.h>
#include <zlib.h>

#include <cstdint>
#include <cstdlib>
#include <set>
#include <string>
#include <vector>

namespace duomo::testing {

struct Picture {
  size_t width = 0, height = 0, channels = 0;
  std::vector<uint8_t> bytes;  // [height, width, channels]
  uint32_t At(size_t x, size_t y) const {
    const uint8_t* p = &bytes[(y * width + x) * channels];
    return uint32_t{p[0]} << 16 | uint32_t{p[1]} << 8 | p[2];
  }
  std::set<uint32_t> Colours() const {
    std::set<uint32_t> out;
    for (size_t y = 0; y < height; ++y) {
      for (size_t x = 0; x < width; ++x) out.insert(At(x, y));
    }
    return out;
  }
};

// A failure, and an empty picture, for anything else.
inline Picture ReadPng(const std::string& file) {
  auto byte = [&](size_t at) { return static_cast<uint8_t>(file[at]); };
  auto number = [&](size_t at) {
    return uint32_t{byte(at)} << 24 | uint32_t{byte(at + 1)} << 16 | uint32_t{byte(at + 2)} << 8 |
           byte(at + 3);
  };
  Picture out;
  if (file.size() < 33 || file.compare(1, 3, "PNG") != 0 || byte(24) != 8 || byte(28) != 0 ||
      (byte(25) != 2 && byte(25) != 6)) {
    ADD_FAILURE() << "not a PNG of the plain kind, " << file.size() << " bytes";
    return out;
  }
  size_t width = number(16), height = number(20), channels = byte(25) == 2 ? 3 : 4;
  std::string packed;
  for (size_t at = 8; at + 12 <= file.size(); at += 12 + number(at)) {
    if (file.compare(at + 4, 4, "IDAT") == 0) packed += file.substr(at + 8, number(at));
  }
  size_t line = width * channels;
  std::vector<uint8_t> raw((line + 1) * height);
  uLongf size = raw.size();
  if (uncompress(raw.data(), &size, reinterpret_cast<const Bytef*>(packed.data()), packed.size()) !=
          Z_OK ||
      size != raw.size()) {
    ADD_FAILURE() << "a PNG whose pixels cannot be unpacked";
    return out;
  }
  out.bytes.resize(line * height);
  for (size_t y = 0; y < height; ++y) {
    for (size_t x = 0; x < line; ++x) {
      auto value = [&](bool left, bool up) -> int {
        if ((left && x < channels) || (up && y == 0)) return 0;
        return out.bytes[(y - (up ? 1 : 0)) * line + x - (left ? channels : 0)];
      };
      int a = value(true, false), b = value(false, true), c = value(true, true), p = a + b - c;
      int pa = std::abs(p - a), pb = std::abs(p - b), pc = std::abs(p - c);
      int paeth = pa <= pb && pa <= pc ? a : pb <= pc ? b : c;
      int guesses[] = {0, a, b, (a + b) / 2, paeth};
      out.bytes[y * line + x] =
          static_cast<uint8_t>(raw[y * (line + 1) + 1 + x] + guesses[raw[y * (line + 1)] % 5]);
    }
  }
  out.width = width;
  out.height = height;
  out.channels = channels;
  return out;
}

}  // namespace duomo::testing
