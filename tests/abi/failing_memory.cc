#include "abi/failing_memory.h"

#include <malloc.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstddef>
#include <cstdlib>
#include <new>

namespace duomo::testing {
namespace {

constexpr int64_t kNever = -1;
thread_local int64_t left = kNever;  // allocations until one fails
thread_local bool failed = false, keeps_failing = false;
std::atomic<int64_t> blocks{0}, bytes{0}, peak{0};

bool Fails() {
  if (left == kNever) return false;
  if (left > 0) {
    --left;
    return false;
  }
  failed = true;
  if (!keeps_failing) left = kNever;
  return true;
}

void* Count(void* p) {
  if (p == nullptr) return p;
  ++blocks;
  int64_t now = bytes += static_cast<int64_t>(malloc_usable_size(p));
  int64_t before = peak;
  while (before < now && !peak.compare_exchange_weak(before, now)) {
  }
  return p;
}

void Uncount(void* p) {
  if (p == nullptr) return;
  --blocks;
  bytes -= static_cast<int64_t>(malloc_usable_size(p));
}

}  // namespace

void FailingMemory::Arm(uint64_t n, Mode mode) {
  failed = false;
  keeps_failing = mode == Mode::kOn;
  left = static_cast<int64_t>(n);
}

bool FailingMemory::Disarm() {
  left = kNever;
  return failed;
}

int64_t FailingMemory::LiveBlocks() { return blocks; }
int64_t FailingMemory::LiveBytes() { return bytes; }
int64_t FailingMemory::PeakBytes() { return peak; }
void FailingMemory::ResetPeak() { peak = bytes.load(); }

}  // namespace duomo::testing

using duomo::testing::Count;
using duomo::testing::Fails;
using duomo::testing::Uncount;

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)

namespace {
void* Allocate(size_t size, size_t alignment) {
  size_t rounded = (size + alignment - 1) / alignment * alignment;
  void* p = Fails() ? nullptr : std::aligned_alloc(alignment, rounded == 0 ? alignment : rounded);
  if (p == nullptr) throw std::bad_alloc();
  return Count(p);
}
void Free(void* p) {
  Uncount(p);
  std::free(p);
}
}  // namespace

void* operator new(size_t size) { return Allocate(size, alignof(std::max_align_t)); }
void* operator new(size_t size, std::align_val_t alignment) {
  return Allocate(size, static_cast<size_t>(alignment));
}
void* operator new(size_t size, const std::nothrow_t&) noexcept {
  return Fails() ? nullptr : Count(std::malloc(size));
}
void* operator new(size_t size, std::align_val_t alignment, const std::nothrow_t&) noexcept {
  try {
    return Allocate(size, static_cast<size_t>(alignment));
  } catch (const std::bad_alloc&) {
    return nullptr;
  }
}
void operator delete(void* p, std::align_val_t, const std::nothrow_t&) noexcept { Free(p); }
void operator delete(void* p) noexcept { Free(p); }
void operator delete(void* p, const std::nothrow_t&) noexcept { Free(p); }
void operator delete(void* p, size_t) noexcept { Free(p); }
void operator delete(void* p, std::align_val_t) noexcept { Free(p); }
void operator delete(void* p, size_t, std::align_val_t) noexcept { Free(p); }

#else

// glibc's own, under the names that it keeps for those who replace them.
extern "C" {
void* __libc_malloc(size_t size);
void* __libc_calloc(size_t n, size_t size);
void* __libc_realloc(void* p, size_t size);
void* __libc_memalign(size_t alignment, size_t size);
void __libc_free(void* p);

static void* Denied() {
  errno = ENOMEM;
  return nullptr;
}

void* malloc(size_t size) { return Fails() ? Denied() : Count(__libc_malloc(size)); }
void* calloc(size_t n, size_t size) { return Fails() ? Denied() : Count(__libc_calloc(n, size)); }
void* realloc(void* p, size_t size) {
  if (Fails()) return Denied();
  Uncount(p);
  void* moved = __libc_realloc(p, size);
  Count(moved != nullptr || size == 0 ? moved : p);
  return moved;
}
void* memalign(size_t alignment, size_t size) {
  return Fails() ? Denied() : Count(__libc_memalign(alignment, size));
}
void* aligned_alloc(size_t alignment, size_t size) { return memalign(alignment, size); }
int posix_memalign(void** out, size_t alignment, size_t size) {
  void* p = memalign(alignment, size);
  if (p == nullptr) return ENOMEM;
  *out = p;
  return 0;
}
void free(void* p) {
  Uncount(p);
  __libc_free(p);
}
}

#endif
