// Part of duomo.hpp: errors, results, spans, lists. Include <duomo/duomo.hpp>.
#ifndef DUOMO_CPP_BASE_HPP_
#define DUOMO_CPP_BASE_HPP_

#include <duomo/duomo.h>

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#if !defined(DUOMO_NO_EXCEPTIONS) && !defined(__cpp_exceptions)
#define DUOMO_NO_EXCEPTIONS
#endif

// All names lie in an inline namespace of the release and of the mode, so that programs and
// libraries that were built with different ones, and libduomo's own code in a static link, never
// share a symbol.
#ifdef DUOMO_NO_EXCEPTIONS
#define DUOMO_HPP_NAME(major, minor, patch) results_##major##_##minor##_##patch
#else
#define DUOMO_HPP_NAME(major, minor, patch) api_##major##_##minor##_##patch
#endif
#define DUOMO_HPP_EXPAND(major, minor, patch) DUOMO_HPP_NAME(major, minor, patch)
#define DUOMO_HPP_NAMESPACE \
  DUOMO_HPP_EXPAND(DUOMO_VERSION_MAJOR, DUOMO_VERSION_MINOR, DUOMO_VERSION_PATCH)

namespace duomo {
inline namespace DUOMO_HPP_NAMESPACE {

inline const char* Version() { return duomo_version(); }
inline const char* BuildInfo() { return duomo_build_info(); }
inline const char* StatusName(duomo_status status) { return duomo_status_name(status); }

// ---- Errors ------------------------------------------------------------------------------------

// A status other than DUOMO_OK and a message for people. Copying never throws.
class Error : public std::exception {
 public:
  explicit Error(const duomo_error& error) : Error(error.status, error.message) {}
  Error(duomo_status status, const char* message) noexcept : status_(status) {
    // The library cannot know the release of a program that is newer than itself.
    if (status == DUOMO_UNSUPPORTED_VERSION) {
      std::snprintf(message_, sizeof(message_), "%s (compiled with duomo.hpp %d.%d.%d)", message,
                    DUOMO_VERSION_MAJOR, DUOMO_VERSION_MINOR, DUOMO_VERSION_PATCH);
    } else {
      std::snprintf(message_, sizeof(message_), "%s", message);
    }
  }
  duomo_status status() const noexcept { return status_; }
  const char* message() const noexcept { return message_; }
  const char* what() const noexcept override { return message_; }

 private:
  duomo_status status_;
  char message_[sizeof(duomo_error::message) + 64];
};

// A T, or an Error. Test before using value(), * and ->, which need a T.
template <typename T>
class [[nodiscard]] Result {
 public:
  Result(T value) : value_(std::move(value)) {}
  Result(const Error& error) : error_(error) {}
  explicit operator bool() const { return value_.has_value(); }
  T& value() & { return *value_; }
  const T& value() const& { return *value_; }
  T&& value() && { return *std::move(value_); }
  T& operator*() & { return *value_; }
  const T& operator*() const& { return *value_; }
  T&& operator*() && { return *std::move(value_); }
  T* operator->() { return &*value_; }
  const T* operator->() const { return &*value_; }
  duomo_status status() const { return error_ ? error_->status() : DUOMO_OK; }
  const Error& error() const { return *error_; }  // only if there is no value

 private:
  std::optional<T> value_;
  std::optional<Error> error_;
};

template <>
class [[nodiscard]] Result<void> {
 public:
  Result() = default;
  Result(const Error& error) : error_(error) {}
  explicit operator bool() const { return !error_.has_value(); }
  duomo_status status() const { return error_ ? error_->status() : DUOMO_OK; }
  const Error& error() const { return *error_; }

 private:
  std::optional<Error> error_;
};

// The return type of functions that can fail: T, or with DUOMO_NO_EXCEPTIONS a Result<T>.
#ifdef DUOMO_NO_EXCEPTIONS
template <typename T>
using Outcome = Result<T>;
#else
template <typename T>
using Outcome = T;
#endif

// ---- Spans and lists ---------------------------------------------------------------------------

// A pointer and a size: std::span for C++17. Converts from arrays, vectors and std::span, and to
// std::span.
template <typename T>
class Span {
 public:
  using element_type = T;
  using value_type = std::remove_cv_t<T>;

  constexpr Span() = default;
  constexpr Span(T* data, size_t size) : data_(data), size_(size) {}
  template <size_t N>
  constexpr Span(T (&array)[N]) : data_(array), size_(N) {}
  template <
      typename Container,
      typename = std::enable_if_t<
          !std::is_same_v<std::decay_t<Container>, Span> &&
          std::is_convertible_v<
              std::remove_pointer_t<decltype(std::declval<Container&>().data())> (*)[], T (*)[]>>>
  constexpr Span(Container&& container) : data_(container.data()), size_(container.size()) {}

  constexpr T* data() const { return data_; }
  constexpr size_t size() const { return size_; }
  constexpr bool empty() const { return size_ == 0; }
  constexpr T& operator[](size_t i) const { return data_[i]; }
  constexpr T* begin() const { return data_; }
  constexpr T* end() const { return data_ + size_; }

 private:
  T* data_ = nullptr;
  size_t size_ = 0;
};

using Ids = Span<const int64_t>;

// Several lists: list i is values[offsets[i]] … values[offsets[i + 1] - 1].
template <typename T>
struct ListsView {
  Span<const size_t> offsets;  // one more than the number of lists, ascending from 0
  Span<const T> values;
};

// The same, owning its memory: Lists<int64_t> seen; seen.Add(ids_of_first_user); …
template <typename T>
class Lists {
 public:
  Lists() = default;
  Lists(std::initializer_list<std::initializer_list<T>> lists) {
    for (const auto& list : lists) Add({list.begin(), list.size()});
  }
  void Add(Span<const T> list) {
    values_.insert(values_.end(), list.begin(), list.end());
    offsets_.push_back(values_.size());
  }
  operator ListsView<T>() const& { return {offsets_, values_}; }
  operator ListsView<T>() const&& = delete;  // would refer to destroyed memory

 private:
  std::vector<size_t> offsets_ = {0};
  std::vector<T> values_;
};

namespace internal {

// Whether an object of type C, taken by value, only refers to its elements, as spans do.
template <typename C, typename = void>
struct IsView
    : std::bool_constant<std::is_trivially_copyable_v<C> && sizeof(C) <= 2 * sizeof(void*)> {};
template <typename C>
struct IsView<C, std::void_t<decltype(std::tuple_size<C>::value)>> : std::false_type {
};  // an array

}  // namespace internal

// An argument that a request keeps until its call. Named objects and spans are borrowed, temporary
// vectors are moved in, lists in braces are copied. Other temporaries do not compile, since they
// would be destroyed before the call.
template <typename T>
class Kept {
 public:
  Kept() = default;
  Kept(Span<const T> span) : span_(span) {}
  Kept(const T* data, size_t size) : span_(data, size) {}
  Kept(std::initializer_list<T> list) : Kept(std::vector<T>(list)) {}
  Kept(std::vector<T>&& owned)
      : owned_(std::make_shared<const std::vector<T>>(std::move(owned))), span_(*owned_) {}
  template <size_t N>
  Kept(const T (&array)[N]) : span_(array) {}
  template <typename Container,
            typename = std::enable_if_t<
                (std::is_lvalue_reference_v<Container> ||
                 internal::IsView<std::decay_t<Container>>::value) &&
                !std::is_same_v<std::decay_t<Container>, Kept> &&
                !std::is_same_v<std::decay_t<Container>, Span<const T>> &&
                std::is_constructible_v<Span<const T>, std::remove_reference_t<Container>&>>>
  Kept(Container&& container) : span_(container) {}

  Span<const T> span() const { return span_; }

 private:
  std::shared_ptr<const std::vector<T>> owned_;  // shared, so that copies of a request remain valid
  Span<const T> span_;
};

// The same for lists.
template <typename T>
class KeptLists {
 public:
  KeptLists(ListsView<T> view) : view_(view) {}
  KeptLists(const Lists<T>& lists) : view_(lists) {}
  KeptLists(Lists<T>&& owned)
      : owned_(std::make_shared<const Lists<T>>(std::move(owned))), view_(*owned_) {}

  const ListsView<T>& view() const { return view_; }

 private:
  std::shared_ptr<const Lists<T>> owned_;
  ListsView<T> view_;
};

// ---- Inside ------------------------------------------------------------------------------------

namespace internal {

// Ends a call of the C interface: returns value() if it succeeded.
template <typename Make>
auto Finish(duomo_status status, const duomo_error& error, const Make& value)
    -> Outcome<decltype(value())> {
#ifdef DUOMO_NO_EXCEPTIONS
  if (status != DUOMO_OK) return Error(status, error.message);
#else
  if (status != DUOMO_OK) throw Error(status, error.message);
#endif
  if constexpr (std::is_void_v<decltype(value())>) {
    return Outcome<void>();
  } else {
    return value();
  }
}

inline Outcome<void> Finish(duomo_status status, const duomo_error& error) {
  return Finish(status, error, [] {});
}

// Checks of sizes that the C interface cannot make.
inline duomo_status CheckSize(const char* what, size_t size, size_t expected, duomo_error& error) {
  if (size == expected) return DUOMO_OK;
  error.status = DUOMO_INVALID_ARGUMENT;
  std::snprintf(error.message, sizeof(error.message), "%s has %zu elements, expected %zu", what,
                size, expected);
  return error.status;
}

template <typename T>
duomo_status CheckLists(const char* what, const ListsView<T>& lists, size_t count,
                        duomo_error& error) {
  duomo_status status = CheckSize(what, lists.offsets.size(), count + 1, error);
  if (status != DUOMO_OK) return status;
  return CheckSize(what, lists.values.size(), lists.offsets[count], error);
}

// duomo.h distinguishes an empty list from no list by the pointer.
template <typename T>
const T* Given(Span<const T> span) {
  static const T nothing{};
  return span.data() != nullptr ? span.data() : &nothing;
}

inline std::string_view View(const duomo_text& text) { return {text.data, text.size}; }

}  // namespace internal
}  // namespace DUOMO_HPP_NAMESPACE
}  // namespace duomo

#endif  // DUOMO_CPP_BASE_HPP_
