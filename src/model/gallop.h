// Search in ascending numbers, starting from a guess.
#pragma once

#include <algorithm>
#include <cstdint>

namespace duomo::model {

// The first i whose at(i), i < n, is not below `key`; n: none. `guess` < n. Widens the range around
// the guess, then bisects. If the numbers do not ascend, the result is arbitrary.
template <typename At>
__attribute__((always_inline)) inline uint64_t LowerBoundNear(uint64_t n, const At& at,
                                                              uint64_t guess, int64_t key) {
  uint64_t begin = guess, end = guess, step = 1;
  if (at(guess) < key) {
    begin = end = guess + 1;
    while (end < n && at(end) < key) {
      begin = end + 1;
      end = std::min(n, end + step);
      step *= 2;
    }
  } else {
    while (begin > 0 && !(at(begin - 1) < key)) {
      end = begin - 1;
      begin = end - std::min(end, step);
      step *= 2;
    }
  }
  while (begin < end) {
    uint64_t middle = begin + (end - begin) / 2;
    if (at(middle) < key) {
      begin = middle + 1;
    } else {
      end = middle;
    }
  }
  return begin;
}

}  // namespace duomo::model
