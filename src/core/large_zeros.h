// Memory for tables of which every step reads and writes rows all over. In pages of 4 kB, finding a
// row's page costs as much as the row itself.
#pragma once

#include <cstddef>
#include <cstdint>

#include "core/array.h"

#if defined(__linux__)
#include <sys/mman.h>
#endif

namespace duomo {

// So many zeros, in pages of 2 MB where the system gives them to those who ask (Linux).
inline AlignedVector<float> LargeZeros(size_t count) {
  AlignedVector<float> out;
  out.reserve(count);
#if defined(MADV_HUGEPAGE)
  // Before anything is written, as pages are given then. A wish: it does not matter if it fails.
  constexpr size_t kPage = size_t{2} << 20;
  auto address = reinterpret_cast<uintptr_t>(out.data());
  size_t skipped = RoundUp(address, kPage) - address, size = count * sizeof(float);
  if (size >= skipped + kPage) {
    ::madvise(reinterpret_cast<char*>(out.data()) + skipped, (size - skipped) / kPage * kPage,
              MADV_HUGEPAGE);
  }
#endif
  out.assign(count, 0.0f);
  return out;
}

}  // namespace duomo
