#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
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
        StrCat(folder_, "/.duomo-scratch-", static_cast<int64_t>(::getpid()), '-', attempt);
    file_ = ::open(name.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (file_ >= 0) {
      ::unlink(name.c_str());
    } else if (errno != EEXIST || attempt == 1000) {
      FailIn(folder_, "create", errno);
    }
  }
}

ScratchFile::~ScratchFile() { ::close(file_); }

void ScratchFile::Write(std::span<const std::byte> bytes) {
  while (!bytes.empty()) {
    ssize_t n = ::write(file_, bytes.data(), bytes.size());
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) FailIn(folder_, "write", n == 0 ? ENOSPC : errno);
    bytes = bytes.subspan(static_cast<size_t>(n));
  }
}

std::span<const std::byte> ScratchFile::Map() {
  if (map_.bytes().empty()) map_ = FileBytes::Map(file_, 0, 0);
  return map_.bytes();
}

}  // namespace duomo
