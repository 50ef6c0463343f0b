// Where memory comes from: the C++ library, or a host that wants to be asked (duomo_allocator).
#pragma once

#include <cstddef>
#include <new>

namespace duomo {

// A host's memory. Whoever hands one in keeps it alive until all that it gave has been released.
struct Memory {
  void* (*allocate)(void* data, size_t size, size_t alignment) = nullptr;  // nullptr: there is none
  void (*release)(void* data, void* memory, size_t size, size_t alignment) = nullptr;
  void* data = nullptr;
};

// Memory of `from`, or of the C++ library where it is null. Throws std::bad_alloc.
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

// While it lives, containers that this thread makes take their memory from `memory`.
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
