// Deflate, a piece at a time, for archives.
#pragma once

#include <zlib.h>

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

namespace duomo::data {

// One thread. Passes on what a sink throws.
class Deflater {
 public:
  enum class Frame { kNone, kGzip };
  // kFast: larger, in a fraction of the time; kSmallest: as small as zlib can, in a few times the
  // time.
  enum class Level { kFast, kUsual, kSmallest };
  explicit Deflater(Frame frame, Level level = Level::kUsual);
  ~Deflater();
  Deflater(const Deflater&) = delete;

  using Sink = std::function<void(std::span<const std::byte>)>;
  // Feeds `bytes` and gives the sink what comes out; returns how much that was. `finish`: nothing
  // follows.
  uint64_t Run(std::span<const std::byte> bytes, bool finish, const Sink& sink);
  void Reset();  // for the next stream

 private:
  z_stream stream_{};
  std::vector<std::byte> buffer_;
};

}  // namespace duomo::data
