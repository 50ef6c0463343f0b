// A file that a program of this folder opened through the C ABI, and how the program ends where it
// cannot go on.
#pragma once

#include <duomo/duomo.h>

#include <cstdint>
#include <string>

namespace duomo::bench {

// Ends the program with status 1 and "PROGRAM: message" on stderr.
[[noreturn]] void Die(const std::string& message);

// Dies of a call that failed.
inline void Must(duomo_status status, const duomo_error& error) {
  if (status != DUOMO_OK) Die(error.message);
}

// A file, with one context. Dies where it cannot be opened.
struct Opened {
  Opened() = default;  // opened later
  explicit Opened(const std::string& file) : path(file) { Open(); }
  ~Opened();
  Opened(const Opened&) = delete;
  Opened& operator=(const Opened&) = delete;

  void Open();  // the file at `path`

  std::string path;
  duomo_model* model = nullptr;
  duomo_context* context = nullptr;
  duomo_model_info info = DUOMO_MODEL_INFO_INIT;
  size_t width = 0, users = 0, items = 0;
};

}  // namespace duomo::bench
