// Files: mapped for reading, replaced as a whole for writing.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "core/memory.h"

namespace duomo {

// The bytes of a file, mapped read-only, or read into memory. Map() reads, too, where the file
// system cannot map. Immutable; any thread.
class FileBytes {
 public:
  // Throws Error(kIo) that names the path and the system's reason.
  static FileBytes Map(const std::string& path);
  static FileBytes Read(const std::string& path);
  // Maps a part of an open regular file: `length` bytes from `offset` on; 0 means up to the end.
  // The descriptor remains the caller's. Throws Error(kInvalidArgument) if the file has fewer
  // bytes.
  static FileBytes Map(int descriptor, uint64_t offset, uint64_t length);
  static FileBytes Read(int descriptor, uint64_t offset, uint64_t length);

  FileBytes() = default;
  FileBytes(FileBytes&& other) noexcept;
  FileBytes& operator=(FileBytes&& other) noexcept;
  ~FileBytes();

  std::span<const std::byte> bytes() const { return {data_, size_}; }
  bool mapped() const { return mapped_; }
  // Releases the pages of `part` of a mapped file from memory; the next read gets them from the
  // file again. Does nothing for bytes that are not mapped.
  void DropPages(std::span<const std::byte> part) const;

 private:
  // `file`: a descriptor, or a handle of Windows.
  void MapPart(intptr_t file, const std::string& name, uint64_t offset, uint64_t length);
  void ReadPart(intptr_t file, const std::string& name, uint64_t offset, uint64_t length);
  const std::byte* data_ = nullptr;
  size_t size_ = 0;
  size_t mapped_before_ = 0;  // bytes of the mapping in front of data_
  bool mapped_ = false;       // else read into memory of memory_'s
  const Memory* memory_ = nullptr;
};

// Throws Error(kIo) if `path` exists and is not a regular file, such as a folder or /dev/null:
// replacing it by a file would be wrong.
void RequireReplaceable(const std::string& path);

// A file that appears whole or not at all: written under a temporary name in the same folder,
// synced and renamed by Commit(). Without Commit() the destructor removes it, so no half-written
// file stays and an older file of that name is kept. One thread.
class AtomicFile {
 public:
  explicit AtomicFile(std::string path);  // throws as RequireReplaceable()
  AtomicFile(const AtomicFile&) = delete;
  ~AtomicFile();
  void Write(std::span<const std::byte> bytes);
  void Write(const std::string& text) { Write(std::as_bytes(std::span(text.data(), text.size()))); }
  void WriteAt(size_t offset, std::span<const std::byte> bytes);  // does not move the end
  size_t size() const { return size_; }
  void Commit();

 private:
  [[noreturn]] void FailIo(const char* what);
  std::string path_, temporary_;
  intptr_t file_ = -1;
  size_t size_ = 0;
};

}  // namespace duomo
