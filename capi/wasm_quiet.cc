// For duomo.wasm: printf is there only for what the C++ library says on stderr before it gives up,
// which nobody would see, and for the numbers of errors of a system that there is not. These take
// its place.
#include <cstddef>

extern "C" {
[[noreturn]] void abort_message(const char*, ...) { __builtin_trap(); }
int snprintf(char* out, std::size_t size, const char*, ...) {
  if (size > 0) *out = 0;
  return 0;
}
}
