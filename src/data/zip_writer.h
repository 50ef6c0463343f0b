// Writes a zip archive member by member, whole or not at all, with little memory. Archives of more
// than 4 GB or 65,534 members use zip64; others do not.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "core/file_io.h"
#include "data/deflater.h"

namespace duomo::data {

// One thread. Every function throws Error(kIo) when the system refuses to write.
class ZipWriter {
 public:
  static constexpr uint64_t kLimit = 0xFFFFFFFE;  // bytes; 0xFFFFFFFF means zip64
  static constexpr size_t kMostMembers = 0xFFFE;

  // kFast: deflated to more bytes in less time.
  enum class Packing { kStored, kDeflated, kFast };

  // `limit`: the largest number of bytes that is written without zip64; lower ones are for tests.
  ZipWriter(const std::string& path, Packing packing, uint64_t limit = kLimit);
  ~ZipWriter();

  // A member of the bytes `first` and `second`, one after the other. Its date is zip's earliest.
  // Names are unique UTF-8 paths below the archive: Error(kInvalidArgument) for others ("../x").
  void Add(std::string_view name, std::span<const std::byte> first,
           std::span<const std::byte> second = {});

  // Writes the directory and puts the file in place; returns its size.
  uint64_t Commit();

 private:
  uint64_t limit_;
  AtomicFile file_;
  std::unique_ptr<Deflater> deflater_;  // none: members are stored
  std::string directory_;
  size_t members_ = 0;
};

}  // namespace duomo::data
