// The zip format as in PKWARE's APPNOTE 6.3: end record, central directory, local headers.
#include "data/zip.h"

#include <zlib.h>

#include <algorithm>
#include <utility>

#include "core/error.h"

namespace duomo::data {
namespace {

constexpr size_t kEndSize = 22, kDirectoryEntrySize = 46, kLocalHeaderSize = 30;
constexpr uint32_t kEndMagic = 0x06054B50, kDirectoryMagic = 0x02014B50, kLocalMagic = 0x04034B50;
constexpr uint16_t kEncrypted = 1, kStored = 0, kDeflated = 8;
// No deflate stream can grow more than that, so a larger claim is a lie known before allocating.
constexpr uint64_t kMaxGrowth = 1032;

// Little-endian integers; the caller has checked that they lie inside.
uint16_t U16(std::string_view bytes, size_t at) {
  auto byte = [&](size_t i) { return static_cast<unsigned>(static_cast<uint8_t>(bytes[at + i])); };
  return static_cast<uint16_t>(byte(0) | byte(1) << 8);
}

uint32_t U32(std::string_view bytes, size_t at) {
  return U16(bytes, at) | static_cast<uint32_t>(U16(bytes, at + 2)) << 16;
}

class Inflater {
 public:
  Inflater() { ready_ = inflateInit2(&stream_, -MAX_WBITS) == Z_OK; }
  Inflater(const Inflater&) = delete;
  ~Inflater() {
    if (ready_) inflateEnd(&stream_);
  }

  // True if `packed` is one whole deflate stream that fills `out` exactly.
  bool Run(std::string_view packed, std::string& out) {
    if (!ready_) Fail(Status::kOutOfMemory, "zlib cannot allocate its state");
    // Sizes are below 2^32: this reader knows no zip64. zlib wants room even for nothing.
    char beyond = 0;
    stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(packed.data()));
    stream_.avail_in = static_cast<uInt>(packed.size());
    stream_.next_out = reinterpret_cast<Bytef*>(out.empty() ? &beyond : out.data());
    stream_.avail_out = static_cast<uInt>(out.empty() ? 1 : out.size());
    int result = inflate(&stream_, Z_FINISH);
    return result == Z_STREAM_END && stream_.avail_in == 0 && stream_.total_out == out.size();
  }

 private:
  z_stream stream_{};
  bool ready_ = false;
};

}  // namespace

Zip Zip::Open(const std::string& path) {
  Zip zip;
  zip.file_ = FileBytes::Map(path);
  auto bytes = zip.file_.bytes();
  zip.bytes_ = {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
  zip.name_ = path;
  zip.ReadDirectory();
  return zip;
}

Zip Zip::OpenBuffer(std::span<const std::byte> bytes, std::string name) {
  Zip zip;
  zip.bytes_ = {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
  zip.name_ = std::move(name);
  zip.ReadDirectory();
  return zip;
}

void Zip::ReadDirectory() {
  // The end record is last, but for a comment of up to 65,535 bytes.
  size_t end = std::string_view::npos;
  if (bytes_.size() >= kEndSize) {
    size_t last = bytes_.size() - kEndSize;
    for (size_t comment = 0; comment <= std::min<size_t>(last, 0xFFFF); ++comment) {
      size_t at = last - comment;
      if (U32(bytes_, at) == kEndMagic && U16(bytes_, at + 20) == comment) {
        end = at;
        break;
      }
    }
  }
  if (end == std::string_view::npos) {
    Fail(Status::kCorrupt, name_, " is not a zip archive, or its end is missing");
  }
  uint16_t disk = U16(bytes_, end + 4), directory_disk = U16(bytes_, end + 6);
  uint16_t here = U16(bytes_, end + 8), count = U16(bytes_, end + 10);
  uint64_t size = U32(bytes_, end + 12);
  directory_ = U32(bytes_, end + 16);
  if (count == 0xFFFF || directory_ == 0xFFFFFFFF || size == 0xFFFFFFFF) {
    Fail(Status::kUnsupported, name_,
         " is a zip64 archive; pack its files again, or unpack them "
         "and give the folder");
  }
  if (disk != 0 || directory_disk != 0 || here != count) {
    Fail(Status::kUnsupported, name_, " is one part of a zip archive in several parts");
  }
  if (directory_ + size > end) {
    Fail(Status::kCorrupt, name_, ": the directory of the zip archive lies outside of the file");
  }
  std::string_view directory = bytes_.substr(directory_, size);
  for (size_t at = 0, i = 0; i < count; ++i) {
    bool whole = directory.size() - at >= kDirectoryEntrySize;
    if (!whole || U32(directory, at) != kDirectoryMagic) {
      Fail(Status::kCorrupt, name_, ": entry ", i, " of ", count, " in the directory is damaged");
    }
    Entry entry;
    entry.flags = U16(directory, at + 8);
    entry.method = U16(directory, at + 10);
    entry.crc32 = U32(directory, at + 16);
    entry.packed_size = U32(directory, at + 20);
    entry.size = U32(directory, at + 24);
    entry.offset = U32(directory, at + 42);
    size_t name_size = U16(directory, at + 28);
    size_t rest = name_size + U16(directory, at + 30) + U16(directory, at + 32);
    if (directory.size() - at - kDirectoryEntrySize < rest) {
      Fail(Status::kCorrupt, name_, ": entry ", i, " of ", count, " in the directory is damaged");
    }
    entry.name = directory.substr(at + kDirectoryEntrySize, name_size);
    entries_.push_back(std::move(entry));
    at += kDirectoryEntrySize + rest;
  }
}

const Zip::Entry* Zip::Find(std::string_view entry) const {
  auto found = std::find_if(entries_.begin(), entries_.end(),
                            [&](const Entry& e) { return e.name == entry; });
  return found == entries_.end() ? nullptr : &*found;
}

std::string_view Zip::PackedBytes(const Entry& entry) const {
  // Everything before the directory belongs to entries; the local header repeats what we know
  // already, only its length is needed.
  if (entry.offset > directory_ || directory_ - entry.offset < kLocalHeaderSize ||
      U32(bytes_, entry.offset) != kLocalMagic) {
    Fail(Status::kCorrupt, name_, ": ", entry.name, ": its header is damaged");
  }
  uint64_t begin = entry.offset + kLocalHeaderSize + U16(bytes_, entry.offset + 26) +
                   U16(bytes_, entry.offset + 28);
  if (begin > directory_ || directory_ - begin < entry.packed_size) {
    Fail(Status::kCorrupt, name_, ": ", entry.name, ": its bytes lie outside of the archive");
  }
  return bytes_.substr(begin, entry.packed_size);
}

const Zip::Entry& Zip::Readable(std::string_view name, uint64_t max_size) const {
  const Entry* entry = Find(name);
  if (entry == nullptr) Fail(Status::kNotFound, name_, " has no entry ", name);
  if ((entry->flags & kEncrypted) != 0) {
    Fail(Status::kUnsupported, name_, ": ", name, " is encrypted; unpack it and give the folder");
  }
  if (entry->size == 0xFFFFFFFF || entry->packed_size == 0xFFFFFFFF) {
    Fail(Status::kUnsupported, name_, ": ", name,
         " is a zip64 entry; unpack the archive and give "
         "the folder");
  }
  if (entry->method != kStored && entry->method != kDeflated) {
    Fail(Status::kUnsupported, name_, ": ", name, " is packed by method ", entry->method,
         "; only stored and deflated entries can be read");
  }
  if (entry->size > max_size) {
    Fail(Status::kUnsupported, name_, ": ", name, " is ", entry->size, " bytes long; at most ",
         max_size, " are read from an archive");
  }
  std::string_view packed = PackedBytes(*entry);
  bool possible = entry->method == kStored ? entry->size == packed.size()
                                           : entry->size <= packed.size() * kMaxGrowth;
  if (!possible) {
    Fail(Status::kCorrupt, name_, ": ", name, " claims ", entry->size, " bytes, which its ",
         packed.size(), " packed bytes cannot hold");
  }
  return *entry;
}

std::unique_ptr<ByteSource> Zip::Stream(std::string_view name, uint64_t max_size) const {
  const Entry& entry = Readable(name, max_size);
  std::string_view packed = PackedBytes(entry);
  if (entry.method == kStored) {
    uLong crc = crc32_z(0, reinterpret_cast<const Bytef*>(packed.data()), packed.size());
    if (crc != entry.crc32) Fail(Status::kCorrupt, name_, ": ", name, ": wrong checksum");
    return BytesOf(packed);
  }
  Packing packing{Packing::kDeflate, max_size, entry.size, entry.crc32};
  return Unpack(BytesOf(packed), packing, StrCat(name_, ": ", name));
}

std::string Zip::Read(std::string_view name, uint64_t max_size) const {
  const Entry* entry = &Readable(name, max_size);
  std::string_view packed = PackedBytes(*entry);
  std::string out;
  if (entry->method == kStored) {
    out = packed;
  } else {
    out.resize(entry->size);
    if (!Inflater().Run(packed, out)) {
      Fail(Status::kCorrupt, name_, ": ", name, " does not unpack to the ", entry->size,
           " bytes that it claims");
    }
  }
  uLong crc = crc32_z(0, reinterpret_cast<const Bytef*>(out.data()), out.size());
  if (crc != entry->crc32) Fail(Status::kCorrupt, name_, ": ", name, ": wrong checksum");
  return out;
}

}  // namespace duomo::data
