// Numbers as the shortest decimals that read back as they were, whatever the locale.
#pragma once

#include <cstddef>

namespace duomo {

inline constexpr size_t kLongestDecimal = 32;

// Writes to out[kLongestDecimal] without a NUL and returns how many: what std::to_chars gives, of
// which not every C++ library has the part for floats, and where it is linked statically it weighs
// 100 kB. (From 2^63 on a whole number in full length ends in zeros.) Some microseconds: for
// messages.
size_t WriteDecimal(double x, char* out);
size_t WriteDecimal(float x, char* out);

}  // namespace duomo
