// Where memory comes from: the C++ library, or the host's allocator (duomo_allocator).
#pragma once

#include <cstddef>
#include <new>

namespace duomo {

// The host's allocator. It must stay valid until all memory that it returned has been released.
struct Memory {
  void* (*allocate)(void* data, size_t size, size_t alignment) = nullptr;  // nullptr: there is none
  void (*release)(void* data, void* memory, size_t size, size_t alignment) = nullptr;
  void* data = nullptr;
};

// Allocates from `from`, or from the C++ library if it is null. Throws std::bad_alloc.
inline void* Allocate(const Memory* from, size_t size, size_t alignment) {
  if (from == nullptr) return ::operator new(size, std::align_val_t(alignment));
  void* memory = from->allocate(from->data, size == 0 ? 1 : size, alignment);
  if (memory == nullptr) throw std::bad_alloc();
  return memory;
}

inline void Release(const Memory* from, void* memory, size_t size, size_t alignment) {
  if (from == nullptr) return ::operator delete(memory, std::align_val_t(alignment));
  from->release(from->data, memory, size == 0 ? 1 : size, alignment);
}

// During its lifetime, containers that this thread creates allocate from `memory`.
class MemoryScope {
 public:
  explicit MemoryScope(const Memory* memory) : before_(current_) { current_ = memory; }
  MemoryScope(const MemoryScope&) = delete;
  MemoryScope& operator=(const MemoryScope&) = delete;
  ~MemoryScope() { current_ = before_; }

  static const Memory* Current() { return current_; }

 private:
  static inline thread_local const Memory* current_ = nullptr;
  const Memory* before_;
};

}  // namespace duomo
