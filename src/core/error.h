// Errors inside Duomo: one exception type that carries a status and a message for people.
// The C ABI turns it into a status and a duomo_error at its barrier; nothing is thrown across it.
#pragma once

#include <charconv>
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
  kCancelled = 9,           // the host asked for an end
};

// The same in numbers, where whoever fails knows them; duomo_error in duomo.h says what they mean.
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
inline void Append(std::string& out, std::string_view text) { out += text; }
inline void Append(std::string& out, char c) { out += c; }
// to_chars, not a stream: messages must not depend on the host's locale.
template <typename T>
requires(std::is_arithmetic_v<T> && !std::is_same_v<T, char> &&
         !std::is_same_v<T, bool>) void Append(std::string& out, T value) {
  char digits[32];
  auto end = std::to_chars(digits, digits + sizeof(digits), value).ptr;
  out.append(digits, end);
}
}  // namespace internal

// The parts written one after the other; numbers in their shortest exact form, whatever the locale.
template <typename... Parts>
std::string StrCat(const Parts&... parts) {
  std::string out;
  (internal::Append(out, parts), ...);
  return out;
}

template <typename... Parts>
[[noreturn]] void Fail(Status status, const Parts&... parts) {
  throw Error(status, StrCat(parts...));
}

}  // namespace duomo
