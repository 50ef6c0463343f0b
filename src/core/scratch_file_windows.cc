// The C library's files, which know how to go away when they are closed.
#include <fcntl.h>
#include <io.h>
#include <process.h>
#include <share.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <system_error>

#include "core/error.h"
#include "core/scratch_file.h"

namespace duomo {
namespace {

[[noreturn]] void FailIn(const std::string& folder, const char* what, int code) {
  Fail(Status::kIo, "cannot ", what, " a scratch file in ", folder, ": ",
       std::generic_category().message(code));
}

}  // namespace

ScratchFile::ScratchFile(const std::string& folder) : folder_(folder) {
  for (int attempt = 0; file_ < 0; ++attempt) {
    std::string name =
        StrCat(folder_, "/.duomo-scratch-", static_cast<int64_t>(_getpid()), '-', attempt);
    std::filesystem::path path(std::u8string(name.begin(), name.end()));
    int code = _wsopen_s(&file_, path.c_str(),
                         _O_RDWR | _O_CREAT | _O_EXCL | _O_BINARY | _O_TEMPORARY | _O_NOINHERIT,
                         _SH_DENYNO, _S_IREAD | _S_IWRITE);
    if (code != 0) file_ = -1;
    if (code != 0 && (code != EEXIST || attempt == 1000)) FailIn(folder_, "create", code);
  }
}

ScratchFile::~ScratchFile() {
  map_ = FileBytes();  // a file that is mapped cannot go
  _close(file_);
}

void ScratchFile::Write(std::span<const std::byte> bytes) {
  while (!bytes.empty()) {
    auto most = static_cast<unsigned>(std::min<size_t>(bytes.size(), 1 << 20));
    int n = _write(file_, bytes.data(), most);
    if (n <= 0) FailIn(folder_, "write", n == 0 ? ENOSPC : errno);
    bytes = bytes.subspan(static_cast<size_t>(n));
  }
}

std::span<const std::byte> ScratchFile::Map() {
  if (map_.bytes().empty()) map_ = FileBytes::Map(file_, 0, 0);
  return map_.bytes();
}

}  // namespace duomo
