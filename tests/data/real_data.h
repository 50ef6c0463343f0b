// The real MovieLens 1M where it is at hand, else synthetic data in the same format, said aloud.
// The build defines DUOMO_TEST_DATA; the environment's DUOMO_DATA comes first.
#pragma once

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>

#include "data/movielens.h"
#include "data/synthetic.h"

namespace duomo::test {

// Path of ml-1m.zip, or of another file beside it; empty where there is none.
inline std::string RealMovieLens(const char* file = "ml-1m.zip") {
  const char* folder = std::getenv("DUOMO_DATA");
  std::filesystem::path path = folder != nullptr ? folder : DUOMO_TEST_DATA;
  path /= file;
  return std::filesystem::exists(path) ? path.string() : "";
}

struct MovieLensData {
  data::Dataset dataset;
  bool real = false;
};

// Read once a program.
inline const MovieLensData& MovieLensOrSynthetic() {
  static const MovieLensData data = [] {
    std::string path = RealMovieLens();
    if (!path.empty()) return MovieLensData{data::ReadMovieLens1M(path), true};
    std::printf("no ml-1m.zip in DUOMO_DATA or %s: testing on synthetic data\n", DUOMO_TEST_DATA);
    return MovieLensData{data::MakeSynthetic(604, 388, 40000, 0), false};
  }();
  return data;
}

}  // namespace duomo::test
