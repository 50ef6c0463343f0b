// Checks of the arguments of C callers. All throw Error(kInvalidArgument) unless they say
// otherwise.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>

#include "capi/fail.h"
#include "core/error.h"
#include "core/narrow.h"
#include "core/version.h"
#include "duomo/duomo.h"

namespace duomo::capi {

// The object behind a pointer that may not be NULL.
template <typename T>
T& Need(T* pointer, const char* name) {
  if (pointer == nullptr) FailArgument(Status::kInvalidArgument, Kind::kNull, name, " is NULL");
  return *pointer;
}

// An array that may be NULL only when it is empty.
template <typename T>
std::span<T> NeedArray(T* pointer, size_t n, const char* name) {
  if (pointer == nullptr && n > 0) {
    FailArgument(Status::kInvalidArgument, Kind::kNull, name, " is NULL, but ", n,
                 " elements are expected");
  }
  return {pointer, n};
}

// The index, where it is below `size`. Otherwise DUOMO_NOT_FOUND: "NAME index: OWNER has size
// WHAT".
template <typename... Owner>
size_t NeedIndex(std::string_view name, uint64_t index, uint64_t size, std::string_view what,
                 const Owner&... owner) {
  if (index >= size) {
    FailAbout(Status::kNotFound, Kind::kValue, {}, name, ' ', index, ": ", owner..., " has ", size,
              ' ', what);
  }
  return ToSize(index);
}

// The number of elements of an array; no array is larger than PTRDIFF_MAX bytes.
inline size_t CheckedProduct(size_t a, size_t b, const char* name, size_t element = sizeof(float)) {
  size_t product;
  if (__builtin_mul_overflow(a, b, &product) || product > PTRDIFF_MAX / element) {
    FailArgument(Status::kInvalidArgument, Kind::kValue, name, ": ", a, " × ", b,
                 " elements cannot exist");
  }
  return product;
}

// The size of a struct in the first release that had it; smaller ones never existed. When a struct
// grows, its first size stays here: offsetof() of the first field that was added.
template <typename T>
inline constexpr size_t kFirstSize = sizeof(T);

// No struct will ever be larger; a larger struct_size comes from memory that was not initialised.
inline constexpr size_t kAbsurdSize = 4096;

template <typename T>
void CheckStructSize(size_t size, const char* type) {
  if (size >= kFirstSize<T> && size <= kAbsurdSize) return;
  FailArgument(Status::kInvalidArgument, Kind::kStructSize, type, ".struct_size is ", size,
               ", expected ", sizeof(T), "; initialise the struct with its _INIT macro");
}

// Copies the caller's struct; fields that an older client does not have are 0. Throws
// Error(kUnsupportedVersion) if a newer client asks for something that this library does not know.
template <typename T>
T ReadStruct(const T* given, const char* type) {
  size_t size = given->struct_size;
  CheckStructSize<T>(size, type);
  T known{};
  std::memcpy(&known, given, std::min(size, sizeof(T)));
  const auto* bytes = reinterpret_cast<const unsigned char*>(given);
  for (size_t i = sizeof(T); i < size; ++i) {
    if (bytes[i] == 0) continue;
    throw MakeError(Status::kUnsupportedVersion, Kind::kStructSize, type, ErrorDetail::kNoPosition,
                    StrCat("the client is newer than the library: ", type, " has ", size,
                           " bytes there, of which duomo ", kVersion, " knows the first ",
                           sizeof(T), ", and byte ", i, " is in use"));
  }
  return known;
}

inline void CheckReserved(uint32_t reserved, const char* name) {
  if (reserved == 0) return;
  FailArgument(Status::kInvalidArgument, Kind::kValue, name, " is ", reserved, "; it must be 0");
}

inline void CheckFlags(uint32_t flags, uint32_t known, const char* name) {
  if ((flags & ~known) == 0) return;
  FailArgument(Status::kInvalidArgument, Kind::kValue, name, " has the bits ", flags & ~known,
               ", which duomo ", kVersion, " does not know");
}

inline void CheckEnum(int32_t value, int32_t last, const char* name) {
  if (value >= 0 && value <= last) return;
  FailArgument(Status::kInvalidArgument, Kind::kValue, name, " is ", value, ", which duomo ",
               kVersion, " does not know");
}

// Offsets of n lists: n + 1 numbers that ascend from 0. Returns the number of elements in all
// lists.
inline size_t CheckOffsets(const size_t* offsets, size_t n, const char* name) {
  if (n == 0) return 0;
  Need(offsets, name);
  if (offsets[0] != 0) {
    FailElement(Status::kInvalidArgument, Kind::kOffsets, name, 0, " is ", offsets[0],
                ", must be 0");
  }
  for (size_t i = 0; i < n; ++i) {
    if (offsets[i] <= offsets[i + 1]) continue;
    FailElement(Status::kInvalidArgument, Kind::kOffsets, name, i + 1, " is ", offsets[i + 1],
                ", below the ", offsets[i], " before it");
  }
  return offsets[n];
}

}  // namespace duomo::capi
