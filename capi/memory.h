// A host's allocator as the rooms below know it.
#pragma once

#include <memory>

#include "capi/arguments.h"
#include "core/memory.h"

namespace duomo::capi {

// A copy of what `given` says, at a place of its own, since what it gives refers to it; null stands
// for the C++ library's. Throws Error(kInvalidArgument) where one of the two functions is missing.
inline std::unique_ptr<const Memory> MemoryOf(const duomo_allocator* given) {
  if (given == nullptr) return nullptr;
  return std::make_unique<const Memory>(Memory{&Need(given->allocate, "options.allocator.allocate"),
                                               &Need(given->release, "options.allocator.release"),
                                               given->data});
}

}  // namespace duomo::capi
