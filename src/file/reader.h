// Opens a .duomo container: checks it, maps it, finds its segments. Knows the format, not models.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/file_io.h"
#include "file/tensor.h"

namespace duomo::fb {
struct Header;
}

namespace duomo::file {

// The description of a segment, as `inspect` shows it.
struct SegmentInfo {
  std::string_view name;
  DType dtype;
  std::span<const uint64_t> shape;
  uint64_t offset, stored_size, size;  // bytes; `size` after decompression
  uint32_t crc32;
  bool compressed;
};

struct ReadOptions {
  bool copy = false;              // read into memory instead of mapping
  bool verify_checksums = false;  // of every segment now, not just of the small ones
};

// An opened, structurally valid file. Immutable after opening; any thread.
class Reader {
 public:
  // Throws Error: kIo; kCorrupt (what and where); kUnsupportedVersion (names both versions).
  static std::unique_ptr<const Reader> Open(const std::string& path, const ReadOptions& options);
  // A part of an open regular file, as FileBytes::Map() has it; copied where it would not be
  // aligned.
  static std::unique_ptr<const Reader> OpenDescriptor(int descriptor, uint64_t offset,
                                                      uint64_t length, const ReadOptions& options);
  // Borrows `data` until destruction; copies it when it is not aligned to kAlignment.
  static std::unique_ptr<const Reader> OpenBuffer(std::span<const std::byte> data,
                                                  const ReadOptions& options);
  ~Reader();

  const fb::Header& header() const;  // verified
  std::span<const std::byte> header_bytes() const;
  uint32_t container_version() const;
  uint32_t minimum_reader_version() const;
  uint64_t file_size() const;
  bool copied() const;                               // not mapped and not borrowed
  const std::vector<SegmentInfo>& segments() const;  // sorted by name

  // Binary search by name. Compressed segments were inflated at open.
  std::optional<Tensor> Find(std::string_view name) const;

  // If the file is mapped, releases the pages of `part` of a tensor from memory, for readers of
  // files larger than memory. The bytes remain readable.
  void DropPages(std::span<const std::byte> part) const;

  // Throws Error(kCorrupt) that names the first segment whose checksum differs.
  void VerifyChecksums() const;

 private:
  static std::unique_ptr<const Reader> OpenFile(FileBytes file, const std::string& name,
                                                const ReadOptions& options);
  Reader();
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace duomo::file
