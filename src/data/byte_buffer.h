// A window into a source of bytes, from whose front rows are taken.
#pragma once

#include <cstddef>
#include <cstring>
#include <memory>
#include <utility>
#include <vector>

#include "data/bytes.h"

namespace duomo::data {

// The bytes that have been read and not yet been given are [begin, end) of data(). One thread.
class ByteBuffer {
 public:
  explicit ByteBuffer(std::unique_ptr<ByteSource> bytes)
      : bytes_(std::move(bytes)), buffer_(size_t{1} << 18) {}

  // Moves the unread bytes to the front, which invalidates pointers into data(), and reads more
  // after them. Grows if necessary. False at the end of the source.
  bool Fill() {
    if (at_end_) return false;
    if (begin > 0) {
      std::memmove(buffer_.data(), buffer_.data() + begin, end - begin);
      end -= begin;
      begin = 0;
    }
    if (end == buffer_.size()) buffer_.resize(buffer_.size() * 2);
    size_t n = bytes_->Read(buffer_.data() + end, buffer_.size() - end);
    end += n;
    at_end_ = n == 0;
    return !at_end_;
  }

  char* data() { return buffer_.data(); }
  const char* data() const { return buffer_.data(); }
  bool full() const { return end == buffer_.size(); }
  bool at_end() const { return at_end_; }  // nothing follows behind `end`

  size_t begin = 0, end = 0;

 private:
  std::unique_ptr<ByteSource> bytes_;
  std::vector<char> buffer_;
  bool at_end_ = false;
};

}  // namespace duomo::data
