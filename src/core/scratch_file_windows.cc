// The C library's files, which know how to go away when they are closed.
#include <fcntl.h>
#include <io.h>
#include <process.h>
#include <share.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>

#include "core/scratch_file.h"

namespace duomo {

int64_t ScratchFile::ProcessId() { return _getpid(); }

int ScratchFile::Create(const std::string& path) {
  std::filesystem::path wide(std::u8string(path.begin(), path.end()));
  int file = -1;
  errno = _wsopen_s(&file, wide.c_str(),
                    _O_RDWR | _O_CREAT | _O_EXCL | _O_BINARY | _O_TEMPORARY | _O_NOINHERIT,
                    _SH_DENYNO, _S_IREAD | _S_IWRITE);
  return errno == 0 ? file : -1;
}

int64_t ScratchFile::WriteSome(int file, std::span<const std::byte> bytes) {
  return _write(file, bytes.data(), static_cast<unsigned>(std::min<size_t>(bytes.size(), 1 << 20)));
}

void ScratchFile::Close(int file) { _close(file); }

}  // namespace duomo
