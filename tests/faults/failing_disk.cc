// Also the whole of a library for LD_PRELOAD, which reads DUOMO_FAULT="N FAULT PATH_PART".
#include "faults/failing_disk.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace duomo::testing {
namespace {

constexpr int kDescriptors = 1024;
char part[512];  // empty: not armed
long left = 0;
FailingDisk::Fault fault = FailingDisk::kIo;
const char* failed = nullptr;
bool ours[kDescriptors];  // descriptors of files with the text in their path

bool IsOurs(int fd) { return fd >= 0 && fd < kDescriptors && ours[fd]; }
bool IsOurs(const char* path) { return part[0] != '\0' && strstr(path, part) != nullptr; }

void Kill() {
  kill(getpid(), SIGKILL);
  for (;;) pause();
}

// True: this call has the fault.
bool Fails(const char* name, bool is_ours) {
  if (!is_ours || part[0] == '\0' || failed != nullptr || left-- > 0) return false;
  failed = name;
  if (fault == FailingDisk::kKill) Kill();
  return true;
}

// Of calls that count no bytes: whether to do nothing and say so.
bool Refused() {
  errno = fault == FailingDisk::kIo ? EIO : fault == FailingDisk::kNoSpace ? ENOSPC : EINTR;
  return fault <= FailingDisk::kInterrupted;
}

template <typename Result>
Result After(Result result) {
  if (fault == FailingDisk::kKillInside) Kill();
  return result;
}

template <typename Move>
ssize_t MoveBytes(const char* name, int fd, size_t size, const Move& move) {
  if (!Fails(name, IsOurs(fd))) return move(size);
  if (Refused()) return -1;
  return After(fault == FailingDisk::kNothing ? 0 : move(size > 1 ? size / 2 : size));
}

[[maybe_unused]] __attribute__((constructor)) void ReadEnvironment() {
  const char* text = getenv("DUOMO_FAULT");
  long n = 0;
  int kind = 0;
  static char path[512];
  if (text == nullptr || sscanf(text, "%ld %d %511s", &n, &kind, path) != 3) return;
  FailingDisk::Arm(path, n, static_cast<FailingDisk::Fault>(kind));
}

}  // namespace

void FailingDisk::Arm(const char* path_part, long n, Fault kind) {
  failed = nullptr;
  left = n;
  fault = kind;
  snprintf(part, sizeof(part), "%s", path_part);
}

const char* FailingDisk::Disarm() {
  part[0] = '\0';
  return failed;
}

}  // namespace duomo::testing

using namespace duomo::testing;

extern "C" {

int open(const char* path, int flags, ...) {
  va_list arguments;
  va_start(arguments, flags);
  mode_t mode = (flags & O_CREAT) != 0 ? va_arg(arguments, mode_t) : 0;
  va_end(arguments);
  bool fails = Fails("open", IsOurs(path));
  if (fails && Refused()) return -1;
  int fd = static_cast<int>(syscall(SYS_openat, AT_FDCWD, path, flags, mode));
  if (fd >= 0 && fd < kDescriptors) ours[fd] = IsOurs(path);
  return fails ? After(fd) : fd;
}

int fstat(int fd, struct stat* out) noexcept {
  bool fails = Fails("fstat", IsOurs(fd));
  if (fails && Refused()) return -1;
  int result = static_cast<int>(syscall(SYS_newfstatat, fd, "", out, AT_EMPTY_PATH));
  return fails ? After(result) : result;
}

void* mmap(void* address, size_t size, int protection, int flags, int fd, off_t offset) noexcept {
  bool fails = Fails("mmap", IsOurs(fd));
  if (fails && Refused()) return MAP_FAILED;
  auto* result =
      reinterpret_cast<void*>(syscall(SYS_mmap, address, size, protection, flags, fd, offset));
  return fails ? After(result) : result;
}

ssize_t read(int fd, void* out, size_t size) {
  return MoveBytes("read", fd, size, [&](size_t n) { return syscall(SYS_read, fd, out, n); });
}

ssize_t pwrite(int fd, const void* bytes, size_t size, off_t offset) {
  return MoveBytes("pwrite", fd, size,
                   [&](size_t n) { return syscall(SYS_pwrite64, fd, bytes, n, offset); });
}

int fsync(int fd) {
  bool fails = Fails("fsync", IsOurs(fd));
  if (fails && Refused()) return -1;
  int result = static_cast<int>(syscall(SYS_fsync, fd));
  return fails ? After(result) : result;
}

int rename(const char* from, const char* to) noexcept {
  bool fails = Fails("rename", IsOurs(to));
  if (fails && Refused()) return -1;
  int result = static_cast<int>(syscall(SYS_renameat, AT_FDCWD, from, AT_FDCWD, to));
  return fails ? After(result) : result;
}

int unlink(const char* path) noexcept {
  bool fails = Fails("unlink", IsOurs(path));
  if (fails && Refused()) return -1;
  int result = static_cast<int>(syscall(SYS_unlinkat, AT_FDCWD, path, 0));
  return fails ? After(result) : result;
}

int close(int fd) {
  bool fails = Fails("close", IsOurs(fd));
  int result = static_cast<int>(syscall(SYS_close, fd));  // Linux closes whatever it says
  if (fd >= 0 && fd < kDescriptors) ours[fd] = false;
  if (fails && Refused()) return -1;
  return fails ? After(result) : result;
}

}  // extern "C"
