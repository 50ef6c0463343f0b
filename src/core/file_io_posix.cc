// Files on Linux, macOS and other systems of the kind.
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
#include "core/file_io.h"
#include "core/narrow.h"

namespace duomo {
namespace {

constexpr size_t kPage = 65536;  // a multiple of every page size that Linux uses by default

struct Descriptor {
  int fd;
  ~Descriptor() {
    if (fd >= 0) ::close(fd);
  }
};

// strerror is not thread-safe everywhere. POSIX's strerror_r fills the buffer and returns a number,
// GNU's returns the text.
[[maybe_unused]] std::string TextOf(int, const char* buffer) { return buffer; }
[[maybe_unused]] std::string TextOf(const char* text, const char*) { return text; }
std::string Reason(int code) {
  char buffer[128] = "unknown error";
  return TextOf(strerror_r(code, buffer, sizeof(buffer)), buffer);
}

// The bytes to be had: a part of an open file.
struct Part {
  int fd;
  const std::string& name;  // for messages
  uint64_t offset;
  size_t size;
};

uint64_t SizeOf(int fd, const std::string& name) {
  struct stat info;
  if (::fstat(fd, &info) != 0) Fail(Status::kIo, "cannot stat ", name, ": ", Reason(errno));
  if (!S_ISREG(info.st_mode)) Fail(Status::kIo, "cannot read ", name, ": not a regular file");
  return static_cast<uint64_t>(info.st_size);
}

Descriptor OpenToRead(const std::string& path) {
  // A pipe without a writer, or a device, must not make the caller wait before it is refused.
  Descriptor file{::open(path.c_str(), O_RDONLY | O_NOCTTY | O_NONBLOCK | O_CLOEXEC)};
  if (file.fd < 0) Fail(Status::kIo, "cannot open ", path, ": ", Reason(errno));
  return file;
}

int Fd(intptr_t file) { return static_cast<int>(file); }

std::string NameOf(int descriptor) { return StrCat("file descriptor ", descriptor); }

Part PartOf(int fd, const std::string& name, uint64_t offset, uint64_t length) {
  const uint64_t all = SizeOf(fd, name);
  if (offset > all || length > all - offset) {
    Fail(Status::kInvalidArgument, name, ": ", length, " bytes from ", offset,
         " on are asked for, but the file has ", all);
  }
  return {fd, name, offset, ToSize(length == 0 ? all - offset : length)};
}

}  // namespace

// A mapping begins with a page of the file, so it may hold more in front of the part. Some file
// systems (of networks, of users) map nothing; from there a file is read.
void FileBytes::MapPart(intptr_t file, const std::string& name, uint64_t offset, uint64_t length) {
  const Part part = PartOf(Fd(file), name, offset, length);
  if (part.size == 0) return;
  const auto before = static_cast<size_t>(part.offset % kPage);
  void* address = ::mmap(nullptr, before + part.size, PROT_READ, MAP_PRIVATE, part.fd,
                         static_cast<off_t>(part.offset - before));
  if (address == MAP_FAILED && errno == ENODEV) return ReadPart(file, name, offset, length);
  if (address == MAP_FAILED) Fail(Status::kIo, "cannot map ", part.name, ": ", Reason(errno));
  data_ = static_cast<const std::byte*>(address) + before;
  size_ = part.size;
  mapped_before_ = before;
  mapped_ = true;
}

void FileBytes::ReadPart(intptr_t file, const std::string& name, uint64_t offset, uint64_t length) {
  const Part part = PartOf(Fd(file), name, offset, length);
  if (part.size == 0) return;
  memory_ = MemoryScope::Current();
  auto* buffer = static_cast<std::byte*>(Allocate(memory_, part.size, kAlignment));
  data_ = buffer;  // owned from here on, whatever happens below
  size_ = part.size;
  for (size_t done = 0; done < part.size;) {
    ssize_t n =
        ::pread(part.fd, buffer + done, part.size - done, static_cast<off_t>(part.offset + done));
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) Fail(Status::kIo, "cannot read ", part.name, ": ", Reason(errno));
    if (n == 0)
      Fail(Status::kIo, "cannot read ", part.name, ": it became shorter while being read");
    done += static_cast<size_t>(n);
  }
}

FileBytes FileBytes::Map(const std::string& path) {
  FileBytes out;
  out.MapPart(OpenToRead(path).fd, path, 0, 0);
  return out;
}

FileBytes FileBytes::Read(const std::string& path) {
  FileBytes out;
  out.ReadPart(OpenToRead(path).fd, path, 0, 0);
  return out;
}

FileBytes FileBytes::Map(int descriptor, uint64_t offset, uint64_t length) {
  FileBytes out;
  out.MapPart(descriptor, NameOf(descriptor), offset, length);
  return out;
}

FileBytes FileBytes::Read(int descriptor, uint64_t offset, uint64_t length) {
  FileBytes out;
  out.ReadPart(descriptor, NameOf(descriptor), offset, length);
  return out;
}

FileBytes::~FileBytes() {
  if (data_ == nullptr) return;
  auto* address = const_cast<std::byte*>(data_);
  if (mapped_) {
    ::munmap(address - mapped_before_, mapped_before_ + size_);
  } else {
    Release(memory_, address, size_, kAlignment);
  }
}

void FileBytes::DropPages(std::span<const std::byte> part) const {
  auto base = reinterpret_cast<uintptr_t>(data_), begin = reinterpret_cast<uintptr_t>(part.data());
  if (!mapped_ || begin < base || begin - base > size_ || part.size() > size_ - (begin - base)) {
    return;
  }
  // A mapping starts with a page, so the page that `begin` lies in is ours.
  auto* start = const_cast<std::byte*>(data_) - mapped_before_;
  size_t from = begin - base + mapped_before_, first = from / kPage * kPage;
  ::madvise(start + first, from + part.size() - first, MADV_DONTNEED);
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
  for (int attempt = 0; file_ < 0; ++attempt) {
    temporary_ = StrCat(path_, ".tmp-", static_cast<int64_t>(::getpid()), '-', attempt);
    file_ = ::open(temporary_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (file_ < 0 && (errno != EEXIST || attempt == 1000)) {
      Fail(Status::kIo, "cannot create a file beside ", path_, ": ", Reason(errno));
    }
  }
}

AtomicFile::~AtomicFile() {
  if (file_ < 0) return;
  ::close(Fd(file_));
  ::unlink(temporary_.c_str());
}

void AtomicFile::FailIo(const char* what) {
  Fail(Status::kIo, "cannot ", what, " ", path_, ": ", Reason(errno));
}

void AtomicFile::WriteAt(size_t offset, std::span<const std::byte> bytes) {
  while (!bytes.empty()) {
    ssize_t n = ::pwrite(Fd(file_), bytes.data(), bytes.size(), static_cast<off_t>(offset));
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
  if (::fsync(Fd(file_)) != 0) FailIo("sync");
  if (::rename(temporary_.c_str(), path_.c_str()) != 0) FailIo("rename to");
  ::close(Fd(file_));
  file_ = -1;
  // The rename itself lasts only once the folder is on disk; best effort, the file is whole.
  Descriptor directory{::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
  if (directory.fd >= 0) (void)::fsync(directory.fd);
}

}  // namespace duomo
