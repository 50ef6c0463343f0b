// Random floats for the kernels' tests.
#pragma once

#include <cstdint>
#include <cstring>
#include <random>
#include <vector>

namespace duomo::kernels {

inline std::vector<float> Normal(size_t n, uint32_t seed) {
  std::mt19937 generator(seed);
  std::normal_distribution<float> normal;
  std::vector<float> out(n);
  for (float& x : out) x = normal(generator);
  return out;
}

// Any finite float: random bits, so that denormal and huge ones are among them.
inline std::vector<float> AnyFinite(size_t n, uint32_t seed) {
  std::mt19937 generator(seed);
  std::vector<float> out(n);
  for (float& x : out) {
    auto bits = static_cast<uint32_t>(generator());
    if ((bits >> 23 & 255) == 255) bits &= 0x807fffff;  // would be infinite: a denormal instead
    std::memcpy(&x, &bits, sizeof(x));
  }
  return out;
}

}  // namespace duomo::kernels
