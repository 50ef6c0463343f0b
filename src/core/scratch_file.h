// A file without a name, for what need not lie in memory: written from front to end, then mapped.
#pragma once

#include <cstddef>
#include <span>
#include <string>

#include "core/file_io.h"

namespace duomo {

// Gone with this, or with the process, however that ends. The system takes the memory of the map
// back whenever it is short. One thread while written; then any.
class ScratchFile {
 public:
  explicit ScratchFile(const std::string& folder);  // throws Error(kIo)
  ScratchFile(const ScratchFile&) = delete;
  ~ScratchFile();
  void Write(std::span<const std::byte> bytes);  // throws Error(kIo), for a full disk too
  // All that was written; nothing may be written after. Throws Error(kIo).
  std::span<const std::byte> Map();

 private:
  std::string folder_;
  int file_ = -1;
  FileBytes map_;
};

}  // namespace duomo
