// A disk that fails on request: linked into a test program it replaces open, fstat, mmap, read,
// pwrite, fsync, rename, unlink and close for what calls them by name. Only calls on files whose
// path holds a given text are counted, so that nothing else is disturbed. Linux.
#pragma once

namespace duomo::testing {

class FailingDisk {
 public:
  enum Fault {
    kIo,           // EIO, and nothing is done
    kNoSpace,      // ENOSPC
    kInterrupted,  // EINTR, once
    kShort,        // half of the bytes, where the call counts bytes; else nothing happens
    kNothing,      // 0 bytes, where the call counts bytes
    kKill,         // SIGKILL before the call
    kKillInside    // SIGKILL after the call, which has moved half of its bytes
  };

  // Call number `n` from now on, from 0, has this fault.
  static void Arm(const char* path_part, long n, Fault fault);
  // The name of the call that had it; nullptr: none.
  static const char* Disarm();
};

}  // namespace duomo::testing
