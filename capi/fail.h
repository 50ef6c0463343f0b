// Failures with kind, argument and position for programs, besides the message for people
// (duomo_error.kind, .argument and .position).
#pragma once

#include <cstdint>
#include <string_view>

#include "core/error.h"
#include "duomo/duomo.h"

namespace duomo::capi {

enum class Kind : int32_t {
  kNull = DUOMO_KIND_NULL,
  kStructSize = DUOMO_KIND_STRUCT_SIZE,
  kValue = DUOMO_KIND_VALUE,
  kConflict = DUOMO_KIND_CONFLICT,
  kOffsets = DUOMO_KIND_OFFSETS,
  kNotUtf8 = DUOMO_KIND_NOT_UTF8,
  kNotFinite = DUOMO_KIND_NOT_FINITE,
  kUnknownId = DUOMO_KIND_UNKNOWN_ID,
  kUnknownName = DUOMO_KIND_UNKNOWN_NAME,
  kUnknownValue = DUOMO_KIND_UNKNOWN_VALUE,
  kLacking = DUOMO_KIND_LACKING,
};

// DUOMO_ARGUMENT_… of an argument or field by the name that it has in duomo.h, such as
// "request.ids" or "user_ids"; 0 for others. "request.allow_set" and the like go by the beginning
// that they share.
int32_t ArgumentOf(std::string_view name);

// With a message that is already complete.
Error MakeError(Status status, Kind kind, std::string_view name, uint64_t position,
                std::string message);

namespace internal {
using duomo::internal::Piece;
[[noreturn]] void Throw(Status status, Kind kind, std::string_view name, uint64_t position,
                        const Piece* pieces, size_t count);
}  // namespace internal

// "NAME…": the message begins with the name of the argument.
template <typename... Parts>
[[noreturn]] void FailArgument(Status status, Kind kind, std::string_view name,
                               const Parts&... parts) {
  const internal::Piece pieces[] = {internal::Piece(name), internal::Piece(parts)...};
  internal::Throw(status, kind, name, ErrorDetail::kNoPosition, pieces, 1 + sizeof...(Parts));
}

// "NAME[position]…".
template <typename... Parts>
[[noreturn]] void FailElement(Status status, Kind kind, std::string_view name, uint64_t position,
                              const Parts&... parts) {
  const internal::Piece pieces[] = {internal::Piece(name), internal::Piece('['),
                                    internal::Piece(position), internal::Piece(']'),
                                    internal::Piece(parts)...};
  internal::Throw(status, kind, name, position, pieces, 4 + sizeof...(Parts));
}

// The message as it is; about an argument of this name, or {}.
template <typename... Parts>
[[noreturn]] void FailAbout(Status status, Kind kind, std::string_view name,
                            const Parts&... parts) {
  const internal::Piece pieces[] = {internal::Piece(parts)...};
  internal::Throw(status, kind, name, ErrorDetail::kNoPosition, pieces, sizeof...(Parts));
}

// For something that the model or the build lacks.
template <typename... Parts>
[[noreturn]] void FailLacking(const Parts&... parts) {
  FailAbout(Status::kUnsupported, Kind::kLacking, {}, parts...);
}

}  // namespace duomo::capi
