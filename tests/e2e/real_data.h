// Where MovieLens 1M is, for programs that are given its path; "" where it is absent.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <string>

namespace duomo::testing {

inline std::string RealData() {
  const char* folder = std::getenv("DUOMO_DATA");
  std::filesystem::path path = folder != nullptr ? folder : DUOMO_TEST_DATA;
  path /= "ml-1m.zip";
  return std::filesystem::exists(path) ? path.string() : "";
}

// Sanitizers make the programs some twenty times slower, and larger.
constexpr bool kSanitized = sizeof(DUOMO_SANITIZE) > 1;

}  // namespace duomo::testing
