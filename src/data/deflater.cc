#include "data/deflater.h"

#include <algorithm>

#include "core/error.h"

namespace duomo::data {
namespace {

constexpr size_t kChunk = 1 << 20;

}  // namespace

Deflater::Deflater(Frame frame, Level level) : buffer_(kChunk) {
  const int window = frame == Frame::kGzip ? MAX_WBITS + 16 : -MAX_WBITS;
  constexpr int kLevels[] = {Z_BEST_SPEED, Z_DEFAULT_COMPRESSION, Z_BEST_COMPRESSION};
  const int memory = level == Level::kSmallest ? MAX_MEM_LEVEL : 8;
  if (deflateInit2(&stream_, kLevels[static_cast<int>(level)], Z_DEFLATED, window, memory,
                   Z_DEFAULT_STRATEGY) != Z_OK) {
    Fail(Status::kOutOfMemory, "zlib cannot allocate its state");
  }
}

Deflater::~Deflater() { deflateEnd(&stream_); }

void Deflater::Reset() { deflateReset(&stream_); }

uint64_t Deflater::Run(std::span<const std::byte> bytes, bool finish, const Sink& sink) {
  uint64_t written = 0;
  do {
    auto part = bytes.first(std::min(bytes.size(), kChunk));
    bytes = bytes.subspan(part.size());
    int flush = finish && bytes.empty() ? Z_FINISH : Z_NO_FLUSH;
    stream_.next_in = reinterpret_cast<Bytef*>(const_cast<std::byte*>(part.data()));
    stream_.avail_in = static_cast<uInt>(part.size());
    do {
      stream_.next_out = reinterpret_cast<Bytef*>(buffer_.data());
      stream_.avail_out = static_cast<uInt>(buffer_.size());
      deflate(&stream_, flush);
      auto out = std::span(buffer_).first(buffer_.size() - stream_.avail_out);
      sink(out);
      written += out.size();
    } while (stream_.avail_out == 0);
  } while (!bytes.empty());
  return written;
}

}  // namespace duomo::data
