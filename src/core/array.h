// Memory aligned to 64 bytes, the alignment of every segment in a file and of every kernel's
// operands.
#pragma once

#include <cstddef>
#include <type_traits>
#include <vector>

#include "core/memory.h"

namespace duomo {

inline constexpr size_t kAlignment = 64;

// Allocates from the memory that is current on the thread that creates the container (MemoryScope),
// also when the container grows later on another thread.
template <typename T>
class AlignedAllocator {
 public:
  using value_type = T;
  using propagate_on_container_move_assignment = std::true_type;
  using propagate_on_container_swap = std::true_type;

  AlignedAllocator() : memory_(MemoryScope::Current()) {}
  template <typename U>
  AlignedAllocator(const AlignedAllocator<U>& other) : memory_(other.memory()) {}
  T* allocate(size_t n) { return static_cast<T*>(Allocate(memory_, n * sizeof(T), kAlignment)); }
  void deallocate(T* p, size_t n) { Release(memory_, p, n * sizeof(T), kAlignment); }
  const Memory* memory() const { return memory_; }
  bool operator==(const AlignedAllocator&) const = default;

 private:
  const Memory* memory_;
};

template <typename T>
using AlignedVector = std::vector<T, AlignedAllocator<T>>;

inline constexpr size_t RoundUp(size_t n, size_t multiple) {
  return (n + multiple - 1) / multiple * multiple;
}

}  // namespace duomo
