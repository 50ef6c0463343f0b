// A file without a name, for what need not lie in memory: written from front to end, then mapped.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include "core/error.h"
#include "core/file_io.h"

namespace duomo {

// What the system has against a scratch file: who caught it knows what could be done instead.
class ScratchError : public Error {
  using Error::Error;
};

// Gone with this, or with the process, however that ends. The system takes the memory of the map
// back whenever it is short. One thread while written; then any.
class ScratchFile {
 public:
  explicit ScratchFile(const std::string& folder);  // throws ScratchError(kIo)
  ScratchFile(const ScratchFile&) = delete;
  ~ScratchFile();
  void Write(std::span<const std::byte> bytes);  // throws ScratchError(kIo), for a full disk too
  // All that was written; nothing may be written after. Throws Error(kIo).
  std::span<const std::byte> Map();

 private:
  // What systems do in ways of their own; -1 is a failure, and errno says which.
  static int64_t ProcessId();
  static int Create(const std::string& path);  // a file that goes when it is closed; new, or EEXIST
  static int64_t WriteSome(int file, std::span<const std::byte> bytes);
  static void Close(int file);

  [[noreturn]] void FailTo(const char* what, int code) const;

  std::string folder_;
  int file_ = -1;
  FileBytes map_;
};

}  // namespace duomo
