// Cancellation of a long call by the host.
#pragma once

#include <cstdint>

#include "core/error.h"

namespace duomo {

// Checks a flag that any thread may set. Cheap enough to be called every few thousand rows.
class Stop {
 public:
  Stop() = default;
  explicit Stop(const volatile int32_t* flag) : flag_(flag) {}

  // Throws Error(kCancelled) if the flag is not 0.
  void Check() const {
    if (flag_ == nullptr || __atomic_load_n(flag_, __ATOMIC_RELAXED) == 0) return;
    Fail(Status::kCancelled, "cancelled: the number behind options.cancelled is not 0");
  }

 private:
  const volatile int32_t* flag_ = nullptr;  // null: the call cannot be cancelled
};

}  // namespace duomo
