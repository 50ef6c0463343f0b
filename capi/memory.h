// The host's allocator in the form that the rooms below use.
#pragma once

#include <memory>

#include "capi/arguments.h"
#include "core/memory.h"

namespace duomo::capi {

// Copies `given` to the heap, since all memory that it returns refers to it; null stands for the
// C++ library. Throws Error(kInvalidArgument) where one of the two functions is missing.
inline std::unique_ptr<const Memory> MemoryOf(const duomo_allocator* given) {
  if (given == nullptr) return nullptr;
  return std::make_unique<const Memory>(Memory{&Need(given->allocate, "options.allocator.allocate"),
                                               &Need(given->release, "options.allocator.release"),
                                               given->data});
}

}  // namespace duomo::capi
