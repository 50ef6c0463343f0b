// Errors inside Duomo: one exception type that carries a status and a message for people.
// The C ABI turns it into a status and a duomo_error at its barrier; nothing is thrown across it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <exception>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace duomo {

// The values are those of duomo_status in duomo.h and are pinned there.
enum class Status : int32_t {
  kOk = 0,
  kInvalidArgument = 1,  // the call is wrong, whatever the model
  kNotFound = 2,         // an id, key, input or preset that does not exist
  kOutOfMemory = 3,
  kIo = 4,                  // the operating system refused to read or write
  kCorrupt = 5,             // the bytes are not what they claim to be
  kUnsupportedVersion = 6,  // written for a newer Duomo
  kUnsupported = 7,         // this model or build cannot do that
  kInternal = 8,            // a defect in Duomo
  kCancelled = 9,           // the host cancelled the call
};

// Kind, argument and position of the error, if known; see duomo_error in duomo.h.
struct ErrorDetail {
  static constexpr uint64_t kNoPosition = UINT64_MAX;
  int32_t kind = 0;
  int32_t argument = 0;
  uint64_t position = kNoPosition;
};

class Error : public std::exception {
 public:
  Error(Status status, std::string message, ErrorDetail detail = {})
      : status_(status), message_(std::move(message)), detail_(detail) {}
  Status status() const { return status_; }
  const ErrorDetail& detail() const { return detail_; }
  const std::string& message() const { return message_; }
  const char* what() const noexcept override { return message_.c_str(); }

 private:
  Status status_;
  std::string message_;
  ErrorDetail detail_;
};

namespace internal {

// A part of a message: a reference to text, or a number. Plain data, so that the many places that
// build a message need little code.
struct Piece {
  enum class Kind { kText, kSigned, kUnsigned, kFloat, kDouble, kCharacter };

  Piece(std::string_view t) : kind(Kind::kText), size(t.size()), text(t.data()) {}
  Piece(const std::string& t) : kind(Kind::kText), size(t.size()), text(t.data()) {}
  Piece(const char* t) : Piece(std::string_view(t)) {}
  Piece(char c) : kind(Kind::kCharacter), integer(static_cast<unsigned char>(c)) {}
  Piece(float x) : kind(Kind::kFloat), number(double{x}) {}
  Piece(double x) : kind(Kind::kDouble), number(x) {}
  template <typename T>
  requires(std::is_integral_v<T> && !std::is_same_v<T, bool>) Piece(T x)
      : kind(std::is_signed_v<T> ? Kind::kSigned : Kind::kUnsigned),
        integer(static_cast<uint64_t>(x)) {}

  Kind kind;
  size_t size = 0;
  union {
    const char* text;
    uint64_t integer;
    double number;
  };
};

std::string Join(const Piece* pieces, size_t count);
[[noreturn]] void Throw(Status status, const Piece* pieces, size_t count);

}  // namespace internal

// Concatenates the parts; numbers are in their shortest exact form, whatever the locale.
template <typename... Parts>
std::string StrCat(const Parts&... parts) {
  const internal::Piece pieces[] = {internal::Piece(parts)...};
  return internal::Join(pieces, sizeof...(Parts));
}

template <typename... Parts>
[[noreturn]] void Fail(Status status, const Parts&... parts) {
  const internal::Piece pieces[] = {internal::Piece(parts)...};
  internal::Throw(status, pieces, sizeof...(Parts));
}

}  // namespace duomo
