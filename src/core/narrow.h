// Converts 64-bit numbers of files and hosts to sizes that this process can address. On 64 bits
// this costs nothing; on 32 bits, a size that was silently truncated would lead to writes out of
// bounds.
#pragma once

#include <cstddef>
#include <cstdint>

#include "core/error.h"

namespace duomo {
namespace internal {

[[noreturn]] void FailToAddress(uint64_t n, size_t bits);

}  // namespace internal

// Whether `n` bytes or elements can be in memory.
template <typename Size = size_t>
constexpr bool IsAddressable(uint64_t n) {
  return n <= static_cast<Size>(-1) / 2;
}

// Throws Error(kOutOfMemory) if `n` is not addressable.
template <typename Size = size_t>
constexpr Size ToSize(uint64_t n) {
  if (sizeof(Size) < sizeof(n) && !IsAddressable<Size>(n)) {
    internal::FailToAddress(n, 8 * sizeof(Size));
  }
  return static_cast<Size>(n);
}

// a × b, for as many elements as are about to be allocated. Throws Error(kOutOfMemory).
template <typename Size = size_t>
constexpr Size Times(Size a, Size b) {
  Size product;
  if (__builtin_mul_overflow(a, b, &product)) {
    internal::FailToAddress(UINT64_MAX / b < a ? UINT64_MAX : uint64_t{a} * b, 8 * sizeof(Size));
  }
  return product;
}

}  // namespace duomo
