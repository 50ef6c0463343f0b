// Deflate on the way to a file, for archives.
#pragma once

#include <zlib.h>

#include <cstdint>
#include <span>
#include <vector>

#include "core/file_io.h"

namespace duomo::convert {

// One thread. Throws Error(kIo) when the file cannot be written.
class Deflater {
 public:
  enum class Frame { kNone, kGzip };
  explicit Deflater(Frame frame);
  ~Deflater();
  Deflater(const Deflater&) = delete;

  // Feeds `bytes` and writes what comes out; returns how much that was. `finish`: nothing follows.
  uint64_t Run(std::span<const std::byte> bytes, bool finish, AtomicFile& file);
  void Reset();  // for the next stream

 private:
  z_stream stream_{};
  std::vector<std::byte> buffer_;
};

}  // namespace duomo::convert
