#include "converter/arrays/deflater.h"

#include <algorithm>

#include "core/error.h"

namespace duomo::convert {
namespace {

constexpr size_t kChunk = 1 << 20;

}  // namespace

Deflater::Deflater(Frame frame) : buffer_(kChunk) {
  const int window = frame == Frame::kGzip ? MAX_WBITS + 16 : -MAX_WBITS;
  if (deflateInit2(&stream_, Z_DEFAULT_COMPRESSION, Z_DEFLATED, window, 8, Z_DEFAULT_STRATEGY) !=
      Z_OK) {
    Fail(Status::kOutOfMemory, "zlib cannot allocate its state");
  }
}

Deflater::~Deflater() { deflateEnd(&stream_); }

void Deflater::Reset() { deflateReset(&stream_); }

uint64_t Deflater::Run(std::span<const std::byte> bytes, bool finish, AtomicFile& file) {
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
      file.Write(out);
      written += out.size();
    } while (stream_.avail_out == 0);
  } while (!bytes.empty());
  return written;
}

}  // namespace duomo::convert
