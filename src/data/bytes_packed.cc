// The two libraries behind one loop.
#include "data/bytes_packed.h"

#include <bzlib.h>
#include <zstd.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "core/error.h"

namespace duomo::data {
namespace {

constexpr size_t kPiece = size_t{1} << 16;

// What both have in common: packed bytes come in pieces, and their end must be that of a stream.
class Streams : public ByteSource {
 public:
  Streams(std::unique_ptr<ByteSource> packed, uint64_t max_size, std::string name)
      : name_(std::move(name)), packed_(std::move(packed)), max_size_(max_size), piece_(kPiece) {}

  size_t Read(char* out, size_t size) override {
    size = std::min(size, size_t{1} << 30);
    size_t n = 0;
    while (n == 0 && !ended_) {
      if (at_ == size_) {
        at_ = 0;
        size_ = packed_->Read(piece_.data(), piece_.size());
        if (size_ == 0) {
          if (!between_) Fail(Status::kCorrupt, name_, ": its packed bytes are cut off");
          ended_ = true;
          break;
        }
      }
      n = Step(piece_.data() + at_, size_ - at_, out, size);
    }
    total_ += n;
    if (total_ > max_size_) {
      Fail(Status::kUnsupported, name_, " holds more than ", max_size_,
           " bytes, the most that is unpacked");
    }
    return n;
  }

 protected:
  // Unpacks once; moves at_ by what it has taken, sets between_, and says how much it has given.
  virtual size_t Step(char* in, size_t in_size, char* out, size_t size) = 0;
  [[noreturn]] void Damaged() const {
    Fail(Status::kCorrupt, name_, ": its packed bytes are damaged");
  }

  std::string name_;
  size_t at_ = 0;
  bool between_ = false;  // two streams

 private:
  std::unique_ptr<ByteSource> packed_;
  uint64_t max_size_, total_ = 0;
  std::vector<char> piece_;
  size_t size_ = 0;
  bool ended_ = false;
};

class Bzip2 : public Streams {
 public:
  using Streams::Streams;
  ~Bzip2() override { End(); }

 private:
  size_t Step(char* in, size_t in_size, char* out, size_t size) override {
    if (!open_) {
      stream_ = {};
      if (BZ2_bzDecompressInit(&stream_, 0, 0) != BZ_OK) {
        Fail(Status::kOutOfMemory, "bzip2 cannot allocate its state");
      }
      open_ = true;
    }
    stream_.next_in = in;
    stream_.avail_in = static_cast<unsigned>(in_size);
    stream_.next_out = out;
    stream_.avail_out = static_cast<unsigned>(size);
    int result = BZ2_bzDecompress(&stream_);
    if (result == BZ_MEM_ERROR) Fail(Status::kOutOfMemory, "bzip2 cannot allocate its blocks");
    if (result != BZ_OK && result != BZ_STREAM_END) Damaged();
    at_ += in_size - stream_.avail_in;
    between_ = result == BZ_STREAM_END;
    size_t n = size - stream_.avail_out;
    if (between_) End();
    return n;
  }
  void End() {
    if (open_) BZ2_bzDecompressEnd(&stream_);
    open_ = false;
  }

  bz_stream stream_{};
  bool open_ = false;
};

class Zstd : public Streams {
 public:
  Zstd(std::unique_ptr<ByteSource> packed, uint64_t max_size, std::string name)
      : Streams(std::move(packed), max_size, std::move(name)), stream_(ZSTD_createDStream()) {
    if (stream_ == nullptr) Fail(Status::kOutOfMemory, "zstd cannot allocate its state");
    ZSTD_DCtx_setParameter(stream_, ZSTD_d_windowLogMax, 27);  // 128 MB
  }
  ~Zstd() override { ZSTD_freeDStream(stream_); }

 private:
  size_t Step(char* in, size_t in_size, char* out, size_t size) override {
    ZSTD_inBuffer from{in, in_size, 0};
    ZSTD_outBuffer to{out, size, 0};
    size_t result = ZSTD_decompressStream(stream_, &to, &from);
    if (ZSTD_isError(result) != 0) Damaged();
    at_ += from.pos;
    between_ = result == 0;
    return to.pos;
  }

  ZSTD_DStream* stream_;
};

}  // namespace

std::unique_ptr<ByteSource> UnpackBzip2(std::unique_ptr<ByteSource> packed, uint64_t max_size,
                                        std::string name) {
  return std::make_unique<Bzip2>(std::move(packed), max_size, std::move(name));
}

std::unique_ptr<ByteSource> UnpackZstd(std::unique_ptr<ByteSource> packed, uint64_t max_size,
                                       std::string name) {
  return std::make_unique<Zstd>(std::move(packed), max_size, std::move(name));
}

}  // namespace duomo::data
