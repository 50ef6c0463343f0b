// Counts what the process asks of malloc, in all libraries: these definitions stand before glibc's,
// whose own names do the work.
#include "allocations.h"

#include <malloc.h>

#include <cerrno>
#include <cstddef>
#include <cstdlib>

namespace duomo::bench {
namespace {
std::atomic<uint64_t> allocations{0};
}  // namespace
uint64_t Allocations() { return allocations.load(std::memory_order_relaxed); }
}  // namespace duomo::bench

extern "C" {
void* __libc_malloc(size_t size);                      // NOLINT: glibc's names
void* __libc_calloc(size_t count, size_t size);        // NOLINT
void* __libc_realloc(void* old, size_t size);          // NOLINT
void* __libc_memalign(size_t alignment, size_t size);  // NOLINT

static void Count() { duomo::bench::allocations.fetch_add(1, std::memory_order_relaxed); }

void* malloc(size_t size) noexcept { return Count(), __libc_malloc(size); }
void* calloc(size_t count, size_t size) noexcept { return Count(), __libc_calloc(count, size); }
void* realloc(void* old, size_t size) noexcept { return Count(), __libc_realloc(old, size); }
void* memalign(size_t alignment, size_t size) noexcept {
  return Count(), __libc_memalign(alignment, size);
}
void* aligned_alloc(size_t alignment, size_t size) noexcept { return memalign(alignment, size); }
int posix_memalign(void** out, size_t alignment, size_t size) noexcept {
  void* memory = memalign(alignment, size);
  if (memory == nullptr) return ENOMEM;
  *out = memory;
  return 0;
}
}
