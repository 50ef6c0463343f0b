// For libraries with the C++ library inside (./dev cross): what it would say on stderr before it
// ends the host, and the demangler, a fifth of the whole, that would only make the name of an
// exception readable there. None of it can happen (guard.h), and a library does not print. What is
// defined here takes the place of what the C++ library would bring or import.
#include <cstddef>

extern "C" {
#if defined(__EMSCRIPTEN__)  // where abort() would be one import more
[[noreturn]] void abort_message(const char*, ...) { __builtin_trap(); }
#else
[[noreturn]] void abort();
[[noreturn]] void __abort_message(const char*, ...) { abort(); }
#endif
char* __cxa_demangle(const char*, char*, std::size_t*, int* status) {
  if (status != nullptr) *status = -1;  // no memory: the name is said as it is
  return nullptr;
}

#if defined(__ELF__)  // the unwinder's
struct FILE;
FILE* stderr;
int fprintf(FILE*, const char*, ...) { return 0; }
int vfprintf(FILE*, const char*, __builtin_va_list) { return 0; }
int fflush(FILE*) { return 0; }
int fputc(int c, FILE*) { return c; }
std::size_t fwrite(const void*, std::size_t, std::size_t n, FILE*) { return n; }
#elif defined(__EMSCRIPTEN__)  // numbers of errors of a system that there is not
int snprintf(char* out, std::size_t size, const char*, ...) {
  if (size > 0) *out = 0;
  return 0;
}
#endif
}
