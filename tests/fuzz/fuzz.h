// What the fuzz targets share: how they say that something is wrong.
#pragma once

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size);

namespace duomo::fuzz {

// A finding that no sanitizer would see.
template <typename... Parts>
[[noreturn]] void Die(const Parts&... parts) {
  std::string text;
  ((text += parts), ...);
  std::fprintf(stderr, "%s\n", text.c_str());
  std::abort();
}

}  // namespace duomo::fuzz
