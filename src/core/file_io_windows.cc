// Files on Windows. Paths are UTF-8, as everywhere in Duomo.
#include <fcntl.h>
#include <io.h>
#include <windows.h>

#include <utility>

#include "core/array.h"
#include "core/error.h"
#include "core/file_io.h"
#include "core/narrow.h"

namespace duomo {
namespace {

constexpr size_t kPage = 65536;  // views of a file begin at multiples of it

std::wstring Wide(const std::string& utf8) {
  const int size = static_cast<int>(utf8.size());
  const int n = MultiByteToWideChar(CP_UTF8, MB_ERR_INVALID_CHARS, utf8.data(), size, nullptr, 0);
  if (n == 0 && size > 0) Fail(Status::kIo, "the path ", utf8, " is not UTF-8");
  std::wstring out(static_cast<size_t>(n), L'\0');
  MultiByteToWideChar(CP_UTF8, MB_ERR_INVALID_CHARS, utf8.data(), size, out.data(), n);
  return out;
}

std::string Reason(DWORD code) {
  wchar_t text[256];
  DWORD n = FormatMessageW(FORMAT_MESSAGE_FROM_SYSTEM | FORMAT_MESSAGE_IGNORE_INSERTS, nullptr,
                           code, 0, text, 256, nullptr);
  while (n > 0 && (text[n - 1] == L'\n' || text[n - 1] == L'\r' || text[n - 1] == L'.')) --n;
  char utf8[1024];
  const int size = WideCharToMultiByte(CP_UTF8, 0, text, static_cast<int>(n), utf8, sizeof(utf8),
                                       nullptr, nullptr);
  return size > 0 ? std::string(utf8, static_cast<size_t>(size)) : StrCat("error ", code);
}

[[noreturn]] void FailSystem(const char* what, const std::string& name) {
  const DWORD code = GetLastError();
  Fail(Status::kIo, "cannot ", what, ' ', name, ": ", Reason(code));
}

struct Handle {
  HANDLE handle;
  ~Handle() {
    if (handle != nullptr && handle != INVALID_HANDLE_VALUE) CloseHandle(handle);
  }
};

// Others may rename or remove the file while it is mapped: that is how it is replaced.
Handle OpenToRead(const std::string& path) {
  Handle file{CreateFileW(Wide(path).c_str(), GENERIC_READ,
                          FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE, nullptr,
                          OPEN_EXISTING, FILE_ATTRIBUTE_NORMAL, nullptr)};
  if (file.handle == INVALID_HANDLE_VALUE) FailSystem("open", path);
  return file;
}

struct Part {
  uint64_t offset;
  size_t size;
};

Part PartOf(HANDLE file, const std::string& name, uint64_t offset, uint64_t length) {
  LARGE_INTEGER size;
  if (GetFileType(file) != FILE_TYPE_DISK || !GetFileSizeEx(file, &size)) {
    Fail(Status::kIo, "cannot read ", name, ": not a regular file");
  }
  const auto all = static_cast<uint64_t>(size.QuadPart);
  if (offset > all || length > all - offset) {
    Fail(Status::kInvalidArgument, name, ": ", length, " bytes from ", offset,
         " on are asked for, but the file has ", all);
  }
  return {offset, ToSize(length == 0 ? all - offset : length)};
}

HANDLE HandleOf(int descriptor) {
  const auto handle = reinterpret_cast<HANDLE>(descriptor < 0 ? -1 : _get_osfhandle(descriptor));
  if (handle == INVALID_HANDLE_VALUE) {
    Fail(Status::kIo, "cannot read file descriptor ", descriptor, ": it is not open");
  }
  return handle;
}

std::string NameOf(int descriptor) { return StrCat("file descriptor ", descriptor); }

HANDLE AsHandle(intptr_t file) { return reinterpret_cast<HANDLE>(file); }

}  // namespace

void FileBytes::MapPart(intptr_t file, const std::string& name, uint64_t offset, uint64_t length) {
  const Part part = PartOf(AsHandle(file), name, offset, length);
  if (part.size == 0) return;
  const auto before = static_cast<size_t>(part.offset % kPage);
  const uint64_t from = part.offset - before;
  Handle mapping{CreateFileMappingW(AsHandle(file), nullptr, PAGE_READONLY, 0, 0, nullptr)};
  if (mapping.handle == nullptr) FailSystem("map", name);
  const void* address = MapViewOfFile(mapping.handle, FILE_MAP_READ, static_cast<DWORD>(from >> 32),
                                      static_cast<DWORD>(from & 0xffffffff), before + part.size);
  if (address == nullptr) FailSystem("map", name);
  data_ = static_cast<const std::byte*>(address) + before;
  size_ = part.size;
  mapped_before_ = before;
  mapped_ = true;
}

void FileBytes::ReadPart(intptr_t file, const std::string& name, uint64_t offset, uint64_t length) {
  const Part part = PartOf(AsHandle(file), name, offset, length);
  if (part.size == 0) return;
  memory_ = MemoryScope::Current();
  auto* buffer = static_cast<std::byte*>(Allocate(memory_, part.size, kAlignment));
  data_ = buffer;  // owned from here on, whatever happens below
  size_ = part.size;
  for (size_t done = 0; done < part.size;) {
    const uint64_t from = part.offset + done;
    OVERLAPPED place{};
    place.Offset = static_cast<DWORD>(from & 0xffffffff);
    place.OffsetHigh = static_cast<DWORD>(from >> 32);
    const auto wanted = static_cast<DWORD>(std::min<size_t>(part.size - done, 1u << 30));
    DWORD n = 0;
    if (!ReadFile(AsHandle(file), buffer + done, wanted, &n, &place)) FailSystem("read", name);
    if (n == 0) Fail(Status::kIo, "cannot read ", name, ": it became shorter while being read");
    done += n;
  }
}

FileBytes FileBytes::Map(const std::string& path) {
  FileBytes out;
  const Handle file = OpenToRead(path);
  out.MapPart(reinterpret_cast<intptr_t>(file.handle), path, 0, 0);
  return out;
}

FileBytes FileBytes::Read(const std::string& path) {
  FileBytes out;
  const Handle file = OpenToRead(path);
  out.ReadPart(reinterpret_cast<intptr_t>(file.handle), path, 0, 0);
  return out;
}

FileBytes FileBytes::Map(int descriptor, uint64_t offset, uint64_t length) {
  FileBytes out;
  out.MapPart(reinterpret_cast<intptr_t>(HandleOf(descriptor)), NameOf(descriptor), offset, length);
  return out;
}

FileBytes FileBytes::Read(int descriptor, uint64_t offset, uint64_t length) {
  FileBytes out;
  out.ReadPart(reinterpret_cast<intptr_t>(HandleOf(descriptor)), NameOf(descriptor), offset,
               length);
  return out;
}

FileBytes::~FileBytes() {
  if (data_ == nullptr) return;
  auto* address = const_cast<std::byte*>(data_);
  if (mapped_) {
    UnmapViewOfFile(address - mapped_before_);
  } else {
    Release(memory_, address, size_, kAlignment);
  }
}

void FileBytes::DropPages(std::span<const std::byte>) const {}  // Windows does so by itself

void RequireReplaceable(const std::string& path) {
  const DWORD attributes = GetFileAttributesW(Wide(path).c_str());
  if (attributes == INVALID_FILE_ATTRIBUTES) return;
  if ((attributes & (FILE_ATTRIBUTE_DIRECTORY | FILE_ATTRIBUTE_DEVICE)) != 0) {
    Fail(Status::kIo, path, " is not a regular file; the output would replace it as a whole");
  }
}

AtomicFile::AtomicFile(std::string path) : path_(std::move(path)) {
  RequireReplaceable(path_);
  for (int attempt = 0; file_ < 0; ++attempt) {
    temporary_ = StrCat(path_, ".tmp-", uint64_t{GetCurrentProcessId()}, '-', attempt);
    const HANDLE file = CreateFileW(Wide(temporary_).c_str(), GENERIC_WRITE, FILE_SHARE_READ,
                                    nullptr, CREATE_NEW, FILE_ATTRIBUTE_NORMAL, nullptr);
    if (file != INVALID_HANDLE_VALUE) {
      file_ = reinterpret_cast<intptr_t>(file);
    } else if (GetLastError() != ERROR_FILE_EXISTS || attempt == 1000) {
      FailSystem("create a file beside", path_);
    }
  }
}

AtomicFile::~AtomicFile() {
  if (file_ < 0) return;
  CloseHandle(AsHandle(file_));
  DeleteFileW(Wide(temporary_).c_str());
}

void AtomicFile::FailIo(const char* what) { FailSystem(what, path_); }

void AtomicFile::WriteAt(size_t offset, std::span<const std::byte> bytes) {
  while (!bytes.empty()) {
    OVERLAPPED place{};
    place.Offset = static_cast<DWORD>(uint64_t{offset} & 0xffffffff);
    place.OffsetHigh = static_cast<DWORD>(uint64_t{offset} >> 32);
    const auto wanted = static_cast<DWORD>(std::min<size_t>(bytes.size(), 1u << 30));
    DWORD n = 0;
    if (!WriteFile(AsHandle(file_), bytes.data(), wanted, &n, &place)) FailIo("write");
    offset += n;
    bytes = bytes.subspan(n);
  }
}

// A file that somebody has mapped cannot be written over, but renamed; what was mapped stays whole,
// and goes when the last view of it does.
void AtomicFile::Commit() {
  if (!FlushFileBuffers(AsHandle(file_))) FailIo("sync");
  const std::wstring from = Wide(temporary_), to = Wide(path_), aside = Wide(temporary_ + ".old");
  CloseHandle(AsHandle(file_));
  file_ = -1;
  constexpr DWORD kHow = MOVEFILE_REPLACE_EXISTING | MOVEFILE_WRITE_THROUGH;
  if (MoveFileExW(from.c_str(), to.c_str(), kHow)) return;
  if (MoveFileExW(to.c_str(), aside.c_str(), kHow)) {
    if (MoveFileExW(from.c_str(), to.c_str(), kHow)) {
      DeleteFileW(aside.c_str());
      return;
    }
    MoveFileExW(aside.c_str(), to.c_str(), kHow);
  }
  const DWORD code = GetLastError();
  DeleteFileW(from.c_str());
  SetLastError(code);
  FailIo("rename to");
}

}  // namespace duomo
