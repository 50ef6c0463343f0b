// Formats numbers as the shortest decimals that read back as the same number, whatever the locale.
#pragma once

#include <cstddef>

namespace duomo {

inline constexpr size_t kLongestDecimal = 32;

// Writes the characters to out[kLongestDecimal], without a NUL, and returns their number. The
// result is that of std::to_chars, which some C++ libraries lack for floats, and which adds 100 kB
// when linked statically. (Whole numbers from 2^63 on that are written in full end in zeros.) Takes
// some microseconds, so it is meant for messages.
size_t WriteDecimal(double x, char* out);
size_t WriteDecimal(float x, char* out);

}  // namespace duomo
