#include "core/file_io.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <new>
#include <utility>

#include "core/array.h"
#include "core/error.h"

namespace duomo {
namespace {

constexpr size_t kPage = 65536;  // a multiple of every page size that Linux uses by default

struct Descriptor {
  int fd;
  ~Descriptor() {
    if (fd >= 0) ::close(fd);
  }
};

// strerror is not thread-safe everywhere; the GNU strerror_r is, and needs no locale of ours.
std::string Reason(int code) {
  char buffer[128];
  return strerror_r(code, buffer, sizeof(buffer));
}

Descriptor OpenToRead(const std::string& path, size_t& size) {
  // A pipe without a writer, or a device, must not make the caller wait before it is refused.
  Descriptor file{::open(path.c_str(), O_RDONLY | O_NOCTTY | O_NONBLOCK | O_CLOEXEC)};
  if (file.fd < 0) Fail(Status::kIo, "cannot open ", path, ": ", Reason(errno));
  struct stat info;
  if (::fstat(file.fd, &info) != 0) Fail(Status::kIo, "cannot stat ", path, ": ", Reason(errno));
  if (!S_ISREG(info.st_mode)) Fail(Status::kIo, "cannot read ", path, ": not a regular file");
  size = static_cast<size_t>(info.st_size);
  return file;
}

}  // namespace

FileBytes FileBytes::Map(const std::string& path) {
  FileBytes out;
  size_t size = 0;
  Descriptor file = OpenToRead(path, size);
  if (size == 0) return out;
  void* address = ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE, file.fd, 0);
  if (address == MAP_FAILED) Fail(Status::kIo, "cannot map ", path, ": ", Reason(errno));
  out.data_ = static_cast<const std::byte*>(address);
  out.size_ = size;
  out.mapped_ = true;
  return out;
}

FileBytes FileBytes::Read(const std::string& path) {
  FileBytes out;
  size_t size = 0;
  Descriptor file = OpenToRead(path, size);
  if (size == 0) return out;
  auto* buffer = static_cast<std::byte*>(::operator new(size, std::align_val_t(kAlignment)));
  out.data_ = buffer;  // owned from here on, whatever happens below
  out.size_ = size;
  for (size_t done = 0; done < size;) {
    ssize_t n = ::read(file.fd, buffer + done, size - done);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) Fail(Status::kIo, "cannot read ", path, ": ", Reason(errno));
    if (n == 0) Fail(Status::kIo, "cannot read ", path, ": it became shorter while being read");
    done += static_cast<size_t>(n);
  }
  return out;
}

FileBytes::FileBytes(FileBytes&& other) noexcept { *this = std::move(other); }

FileBytes& FileBytes::operator=(FileBytes&& other) noexcept {
  std::swap(data_, other.data_);
  std::swap(size_, other.size_);
  std::swap(mapped_, other.mapped_);
  return *this;
}

FileBytes::~FileBytes() {
  if (data_ == nullptr) return;
  auto* address = const_cast<std::byte*>(data_);
  if (mapped_) {
    ::munmap(address, size_);
  } else {
    ::operator delete(address, std::align_val_t(kAlignment));
  }
}

void FileBytes::DropPages(std::span<const std::byte> part) const {
  auto base = reinterpret_cast<uintptr_t>(data_), begin = reinterpret_cast<uintptr_t>(part.data());
  if (!mapped_ || begin < base || begin - base > size_ || part.size() > size_ - (begin - base)) {
    return;
  }
  // A mapping starts with a page, so the page that `begin` lies in is ours.
  size_t first = (begin - base) / kPage * kPage;
  ::madvise(const_cast<std::byte*>(data_) + first, begin - base + part.size() - first,
            MADV_DONTNEED);
}

void RequireReplaceable(const std::string& path) {
  struct stat info = {};
  if (::stat(path.c_str(), &info) == 0 && !S_ISREG(info.st_mode)) {
    Fail(Status::kIo, path, " is not a regular file; the output would replace it as a whole");
  }
}

AtomicFile::AtomicFile(std::string path) : path_(std::move(path)) {
  RequireReplaceable(path_);
  // O_EXCL with a name of our own rather than mkstemp: the file gets the mode that the umask says.
  for (int attempt = 0; fd_ < 0; ++attempt) {
    temporary_ = StrCat(path_, ".tmp-", static_cast<int64_t>(::getpid()), '-', attempt);
    fd_ = ::open(temporary_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (fd_ < 0 && (errno != EEXIST || attempt == 1000)) {
      Fail(Status::kIo, "cannot create a file beside ", path_, ": ", Reason(errno));
    }
  }
}

AtomicFile::~AtomicFile() {
  if (fd_ < 0) return;
  ::close(fd_);
  ::unlink(temporary_.c_str());
}

void AtomicFile::FailIo(const char* what) {
  Fail(Status::kIo, "cannot ", what, " ", path_, ": ", Reason(errno));
}

void AtomicFile::Write(std::span<const std::byte> bytes) {
  WriteAt(size_, bytes);
  size_ += bytes.size();
}

void AtomicFile::WriteAt(size_t offset, std::span<const std::byte> bytes) {
  while (!bytes.empty()) {
    ssize_t n = ::pwrite(fd_, bytes.data(), bytes.size(), static_cast<off_t>(offset));
    if (n < 0 && errno == EINTR) continue;
    if (n == 0) errno = ENOSPC;  // no progress and no reason, from some file systems
    if (n <= 0) FailIo("write");
    offset += static_cast<size_t>(n);
    bytes = bytes.subspan(static_cast<size_t>(n));
  }
}

void AtomicFile::Commit() {
  // Nothing may throw behind the rename: the file is there.
  size_t slash = path_.find_last_of('/');
  std::string folder = slash == std::string::npos ? "." : path_.substr(0, slash + 1);
  if (::fsync(fd_) != 0) FailIo("sync");
  if (::rename(temporary_.c_str(), path_.c_str()) != 0) FailIo("rename to");
  ::close(fd_);
  fd_ = -1;
  // The rename itself lasts only once the folder is on disk; best effort, the file is whole.
  Descriptor directory{::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
  if (directory.fd >= 0) (void)::fsync(directory.fd);
}

}  // namespace duomo
