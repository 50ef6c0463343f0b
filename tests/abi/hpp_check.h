// The checks of the tests of duomo.hpp, in the mode that a file is compiled in: they do with
// results or with exceptions.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <duomo/duomo.hpp>
#include <string>
#include <type_traits>
#include <vector>
#if __cplusplus >= 202002L
#include <span>
#endif

// Each mode has names of its own, for all of them are in one program.
#define DUOMO_HPP_NAMES_OF(mode) hpp_##mode
#define DUOMO_HPP_NAMES(mode) DUOMO_HPP_NAMES_OF(mode)

namespace DUOMO_HPP_NAMES(DUOMO_HPP_TEST) {

  inline int failures = 0;
  inline std::string folder;

  inline void Check(bool ok, const char* file, int line, const char* what) {
    if (ok) return;
    ++failures;
    std::printf("%s:%d: failed: %s\n", file, line, what);
  }

  inline void CheckError(const duomo::Error& error, duomo_status expected, const char* part,
                         const char* file, int line) {
    bool ok = error.status() == expected && std::strstr(error.message(), part) != nullptr &&
              std::strcmp(error.message(), error.what()) == 0;
    Check(ok, file, line, error.what());
  }

#define CHECK(condition) Check((condition), __FILE__, __LINE__, #condition)

#ifdef DUOMO_NO_EXCEPTIONS
  template <typename T>
  T Get(duomo::Result<T> result, const char* file, int line) {
    if (!result) {
      Check(false, file, line, result.error().message());
      std::exit(1);
    }
    Check(result.status() == DUOMO_OK, file, line, "status of a success");
    if constexpr (!std::is_void_v<T>) return *std::move(result);
  }
#define GET(expression) Get((expression), __FILE__, __LINE__)
#define FAILS(expected, part, expression)                            \
  do {                                                               \
    auto result_ = (expression);                                     \
    Check(!result_, __FILE__, __LINE__, #expression);                \
    CHECK(result_.status() == expected);                             \
    CheckError(result_.error(), expected, part, __FILE__, __LINE__); \
  } while (0)
#else
#define GET(expression) (expression)
#define FAILS(expected, part, expression)                    \
  do {                                                       \
    bool thrown = false;                                     \
    try {                                                    \
      (void)(expression);                                    \
    } catch (const duomo::Error& error) {                    \
      thrown = true;                                         \
      CheckError(error, expected, part, __FILE__, __LINE__); \
    }                                                        \
    Check(thrown, __FILE__, __LINE__, #expression);          \
  } while (0)
#endif

  inline duomo::Model Open(const char* name) {
    return GET(duomo::Model::Open(folder + name + ".duomo"));
  }

  template <typename A, typename B>
  bool Equal(const A& a, const B& b) {
    return a.size() == b.size() && std::equal(a.ids().begin(), a.ids().end(), b.ids().begin()) &&
           std::equal(a.scores().begin(), a.scores().end(), b.scores().begin());
  }

  // What hpp_search_test.cc holds.
  void TestTopK();
  void TestTemporaries();
  void TestHistories();
  void TestKeys();

}  // namespace )
