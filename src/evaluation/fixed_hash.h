// A hash for choices that the data do not determine and that must not depend on the order of the
// file.
#pragma once

#include <cstdint>

namespace duomo::evaluation {

inline uint64_t HashOfPair(uint32_t a, uint32_t b) {  // splitmix64's finaliser
  uint64_t z = (uint64_t{a} << 32 | b) + 0x9E3779B97F4A7C15u;
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
  return z ^ (z >> 31);
}

}  // namespace duomo::evaluation
