// From the 64-bit numbers of files to what this process can address.
#pragma once

#include <cstddef>
#include <cstdint>

#include "core/error.h"

namespace duomo {

// Throws Error(kOutOfMemory) where `n` does not fit, which takes a 32-bit process.
inline size_t ToSize(uint64_t n) {
  if constexpr (sizeof(size_t) < sizeof(uint64_t)) {
    if (n > SIZE_MAX / 2) {
      Fail(Status::kOutOfMemory, n,
           " bytes or elements are more than a 32-bit process can address");
    }
  }
  return static_cast<size_t>(n);
}

}  // namespace duomo
