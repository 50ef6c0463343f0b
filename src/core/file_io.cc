// What is the same on every system; the rest is in file_io_posix.cc, _windows.cc and _none.cc.
#include "core/file_io.h"

#include <utility>

namespace duomo {

FileBytes::FileBytes(FileBytes&& other) noexcept { *this = std::move(other); }

FileBytes& FileBytes::operator=(FileBytes&& other) noexcept {
  std::swap(data_, other.data_);
  std::swap(size_, other.size_);
  std::swap(mapped_before_, other.mapped_before_);
  std::swap(mapped_, other.mapped_);
  std::swap(memory_, other.memory_);
  return *this;
}

void AtomicFile::Write(std::span<const std::byte> bytes) {
  WriteAt(size_, bytes);
  size_ += bytes.size();
}

}  // namespace duomo
