// Reads entries of a zip archive into memory. Nothing is ever extracted to disk, so names of
// entries are never used as paths. Untrusted input: every length is checked against the archive's
// own size.
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
#include "data/bytes.h"

namespace duomo::data {

// Stored and deflated entries, in zip64 archives, too. Not read: encryption, archives in several
// parts, bytes before or after the archive. Immutable once open; any thread.
class Zip {
 public:
  static constexpr uint64_t kMaxEntrySize = uint64_t{1} << 31;

  struct Entry {
    std::string name;          // as in the archive, '/' between folders
    uint64_t size = 0;         // declared bytes once read
    uint64_t packed_size = 0;  // bytes in the archive
    uint64_t offset = 0;       // of the local header
    uint32_t crc32 = 0;
    uint16_t flags = 0, method = 0;
  };

  // Throws Error(kIo) when the file cannot be read, kCorrupt when it is no whole zip archive,
  // kUnsupported for archives in parts. Messages name the archive.
  static Zip Open(const std::string& path);
  // Borrows `bytes` for the life of the object; `name` stands in messages.
  static Zip OpenBuffer(std::span<const std::byte> bytes, std::string name);

  const std::string& name() const { return name_; }
  const std::vector<Entry>& entries() const { return entries_; }
  const Entry* Find(std::string_view entry) const;  // the first of that name; nullptr: none

  // The bytes of an entry of this archive, its checksum verified. Throws Error that names archive
  // and entry: kNotFound, kUnsupported (encrypted, another method, larger than `max_size`),
  // kCorrupt. Allocates at most `max_size`, and at most 1032 times the entry's packed size.
  std::string Read(std::string_view entry, uint64_t max_size = kMaxEntrySize) const;

  // The same bytes piece by piece, without allocating them; the checksum is verified when the end
  // is read. Borrows this archive, which must stay where it is.
  std::unique_ptr<ByteSource> Stream(std::string_view entry, uint64_t max_size) const;
  std::unique_ptr<ByteSource> Stream(const Entry& entry, uint64_t max_size) const;

  // The bytes of a stored entry where they lie, their checksum not yet verified; nothing for a
  // deflated one. Throws as Read().
  std::optional<std::string_view> Stored(const Entry& entry) const;
  // As FileBytes::DropPages(), for parts of the above.
  void DropPages(std::string_view part) const { file_.DropPages(std::as_bytes(std::span(part))); }

 private:
  const Entry& Named(std::string_view entry) const;  // throws Error(kNotFound)
  // The entry's packed bytes, checked as far as its headers tell; throws as Read() does.
  std::string_view Readable(const Entry& entry, uint64_t max_size) const;
  void ReadDirectory();
  struct End {
    uint64_t count, size;  // of the central directory
    uint64_t at;           // where the end records begin
  };
  End ReadEnd();
  void ReadZip64(std::string_view extra, Entry& entry) const;
  std::string_view PackedBytes(const Entry& entry) const;

  FileBytes file_;
  std::string_view bytes_;
  std::string name_;
  uint64_t directory_ = 0;  // offset of the central directory, behind all entries
  std::vector<Entry> entries_;
};

}  // namespace duomo::data
