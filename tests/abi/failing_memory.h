// Memory that fails on request, and is counted: linked into a test program it replaces malloc and
// its kin for everything in the process, oneDNN, zlib and the C++ library included. Under a
// sanitizer, which has replaced malloc itself, it replaces operator new: Duomo's own allocations.
#pragma once

#include <cstdint>

namespace duomo::testing {

// Of the calling thread. Allocations are counted from the call of Arm() on.
class FailingMemory {
 public:
  enum class Mode {
    kOnce,  // the one allocation fails, those behind it succeed
    kOn     // so do all behind it
  };

  // Allocation number `n`, from 0, will fail.
  static void Arm(uint64_t n, Mode mode);
  // Ends that. True: an allocation has failed.
  static bool Disarm();

  // Blocks that are allocated and not yet freed, by all threads.
  static int64_t LiveBlocks();
  static int64_t LiveBytes();
  // The most bytes that were ever alive since the last ResetPeak().
  static int64_t PeakBytes();
  static void ResetPeak();
};

}  // namespace duomo::testing
