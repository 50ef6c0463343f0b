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

#if defined(__APPLE__)
// zig's linker shows the C++ library's operators to the host, where they would be taken for those
// of every library. These are compiled hidden (CMakeLists.txt); <new> would declare them otherwise.
extern "C" {
void* malloc(std::size_t size);
void free(void* p);
int posix_memalign(void** out, std::size_t alignment, std::size_t size);
}
namespace std {
enum class align_val_t : size_t {};
[[noreturn]] void __throw_bad_alloc();
}  // namespace std

void* operator new(std::size_t size) {
  void* p = malloc(size > 0 ? size : 1);
  if (p == nullptr) std::__throw_bad_alloc();
  return p;
}
void* operator new(std::size_t size, std::align_val_t alignment) {
  void* p = nullptr;
  if (posix_memalign(&p, static_cast<std::size_t>(alignment), size) != 0) std::__throw_bad_alloc();
  return p;
}
void* operator new[](std::size_t size) { return ::operator new(size); }
void* operator new[](std::size_t size, std::align_val_t a) { return ::operator new(size, a); }
void operator delete(void* p) noexcept { free(p); }
void operator delete(void* p, std::size_t) noexcept { free(p); }
void operator delete(void* p, std::align_val_t) noexcept { free(p); }
void operator delete(void* p, std::size_t, std::align_val_t) noexcept { free(p); }
void operator delete[](void* p) noexcept { free(p); }
void operator delete[](void* p, std::size_t) noexcept { free(p); }
void operator delete[](void* p, std::align_val_t) noexcept { free(p); }
void operator delete[](void* p, std::size_t, std::align_val_t) noexcept { free(p); }
#endif
