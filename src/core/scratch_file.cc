#include "core/scratch_file.h"

#include <cerrno>
#include <system_error>

namespace duomo {

ScratchFile::ScratchFile(const std::string& folder) : folder_(folder) {
  for (int attempt = 0; file_ < 0; ++attempt) {
    file_ = Create(StrCat(folder_, "/.duomo-scratch-", ProcessId(), '-', attempt));
    if (file_ < 0 && (errno != EEXIST || attempt == 1000)) FailTo("create", errno);
  }
}

ScratchFile::~ScratchFile() {
  map_ = FileBytes();  // on Windows a file that is mapped cannot go
  Close(file_);
}

void ScratchFile::Write(std::span<const std::byte> bytes) {
  while (!bytes.empty()) {
    int64_t n = WriteSome(file_, bytes);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) FailTo("write", n == 0 ? ENOSPC : errno);
    bytes = bytes.subspan(static_cast<size_t>(n));
  }
}

std::span<const std::byte> ScratchFile::Map() {
  if (map_.bytes().empty()) map_ = FileBytes::Map(file_, 0, 0);
  return map_.bytes();
}

void ScratchFile::FailTo(const char* what, int code) const {
  throw ScratchError(Status::kIo, StrCat("cannot ", what, " a scratch file in ", folder_, ": ",
                                         std::generic_category().message(code)));
}

}  // namespace duomo
