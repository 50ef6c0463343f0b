// Makes allocations fail in turn, and a host's allocator whose memory fails and is counted like
// malloc's. GoogleTest.
#pragma once

#include <duomo/duomo.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <new>

#include "abi/failing_memory.h"

namespace duomo::testing {

// Calls attempt(n, mode), which says whether an allocation failed, until none does: the last
// attempt, and no other, succeeds. Returns how many allocations it takes.
// `keeps`: a failed attempt may keep memory that it has got, for the next.
template <typename Attempt>
uint64_t FailInTurn(const Attempt& attempt, bool keeps = false) {
  for (uint64_t n = 0; n < 100000; ++n) {
    for (FailingMemory::Mode mode : {FailingMemory::Mode::kOn, FailingMemory::Mode::kOnce}) {
      int64_t blocks = FailingMemory::LiveBlocks();
      if (!attempt(n, mode)) return n;
      if (keeps) continue;
      EXPECT_EQ(FailingMemory::LiveBlocks(), blocks) << "left behind, allocation " << n;
    }
  }
  ADD_FAILURE() << "it never succeeds";
  return 0;
}

// The same for a function of the C ABI that needs no context.
template <typename Call>
uint64_t FailCall(const Call& call) {
  return FailInTurn([&](uint64_t n, FailingMemory::Mode mode) {
    duomo_error error = DUOMO_ERROR_INIT;
    FailingMemory::Arm(n, mode);
    duomo_status status = call(&error);
    bool failed = FailingMemory::Disarm();
    EXPECT_EQ(status, failed ? DUOMO_OUT_OF_MEMORY : DUOMO_OK) << error.message;
    EXPECT_EQ(error.status, status);
    return failed;
  });
}

// By operator new, which fails and is counted in every build: with sanitizers malloc does not.
inline std::align_val_t AlignmentOf(size_t alignment) {
  return std::align_val_t(std::max(alignment, sizeof(void*)));
}
inline void* DUOMO_CALL AllocateForHost(void*, size_t size, size_t alignment) {
  return ::operator new(size, AlignmentOf(alignment), std::nothrow);
}
inline void DUOMO_CALL ReleaseForHost(void*, void* memory, size_t, size_t alignment) {
  ::operator delete(memory, AlignmentOf(alignment));
}
inline constexpr duomo_allocator kHostAllocator = {AllocateForHost, ReleaseForHost, nullptr};

}  // namespace duomo::testing
