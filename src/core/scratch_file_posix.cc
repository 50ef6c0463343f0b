#include <fcntl.h>
#include <unistd.h>

#include "core/scratch_file.h"

namespace duomo {

int64_t ScratchFile::ProcessId() { return ::getpid(); }

int ScratchFile::Create(const std::string& path) {
  int file = ::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (file >= 0) ::unlink(path.c_str());
  return file;
}

int64_t ScratchFile::WriteSome(int file, std::span<const std::byte> bytes) {
  return ::write(file, bytes.data(), bytes.size());
}

void ScratchFile::Close(int file) { ::close(file); }

}  // namespace duomo
