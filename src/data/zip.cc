// The zip format as in PKWARE's APPNOTE 6.3: end record, central directory, local headers.
#include "data/zip.h"

#include <zlib.h>

#include <algorithm>
#include <utility>

#include "core/error.h"

namespace duomo::data {
namespace {

constexpr size_t kEndSize = 22, kDirectoryEntrySize = 46, kLocalHeaderSize = 30;
constexpr size_t kEnd64Size = 56, kLocatorSize = 20;  // of zip64
constexpr uint32_t kEndMagic = 0x06054B50, kDirectoryMagic = 0x02014B50, kLocalMagic = 0x04034B50;
constexpr uint32_t kEnd64Magic = 0x06064B50, kLocatorMagic = 0x07064B50;
constexpr uint16_t kZip64Extra = 1;
constexpr uint32_t kIn64 = 0xFFFFFFFF;  // the number stands in a field of zip64
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

uint64_t U64(std::string_view bytes, size_t at) {
  return U32(bytes, at) | uint64_t{U32(bytes, at + 4)} << 32;
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
    // zlib counts in 32 bits, and wants room even for nothing.
    if (packed.size() > UINT32_MAX || out.size() > UINT32_MAX) return false;
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

Zip::End Zip::ReadEnd() {
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
  uint32_t disk = U16(bytes_, end + 4), directory_disk = U16(bytes_, end + 6);
  uint64_t here = U16(bytes_, end + 8);
  End out{U16(bytes_, end + 10), U32(bytes_, end + 12), end};
  directory_ = U32(bytes_, end + 16);
  bool is_64 = out.count == 0xFFFF || directory_ == kIn64 || out.size == kIn64;
  if (is_64 && end >= kLocatorSize && U32(bytes_, end - kLocatorSize) == kLocatorMagic) {
    uint64_t at = U64(bytes_, end - kLocatorSize + 8);
    if (at > end - kLocatorSize || end - kLocatorSize - at < kEnd64Size ||
        U32(bytes_, at) != kEnd64Magic) {
      Fail(Status::kCorrupt, name_, ": the end of the zip64 archive is damaged");
    }
    disk = U32(bytes_, at + 16);
    directory_disk = U32(bytes_, at + 20);
    here = U64(bytes_, at + 24);
    out = {U64(bytes_, at + 32), U64(bytes_, at + 40), at};
    directory_ = U64(bytes_, at + 48);
  }
  if (disk != 0 || directory_disk != 0 || here != out.count) {
    Fail(Status::kUnsupported, name_, " is one part of a zip archive in several parts");
  }
  if (directory_ > out.at || out.size > out.at - directory_) {
    Fail(Status::kCorrupt, name_, ": the directory of the zip archive lies outside of the file");
  }
  return out;
}

void Zip::ReadDirectory() {
  const End end = ReadEnd();
  std::string_view directory = bytes_.substr(directory_, end.size);
  for (uint64_t at = 0, i = 0; i < end.count; ++i) {
    bool whole = directory.size() - at >= kDirectoryEntrySize;
    if (!whole || U32(directory, at) != kDirectoryMagic) {
      Fail(Status::kCorrupt, name_, ": entry ", i, " of ", end.count,
           " in the directory is damaged");
    }
    Entry entry;
    entry.flags = U16(directory, at + 8);
    entry.method = U16(directory, at + 10);
    entry.crc32 = U32(directory, at + 16);
    entry.packed_size = U32(directory, at + 20);
    entry.size = U32(directory, at + 24);
    entry.offset = U32(directory, at + 42);
    size_t name_size = U16(directory, at + 28), extra_size = U16(directory, at + 30);
    size_t rest = name_size + extra_size + U16(directory, at + 32);
    if (directory.size() - at - kDirectoryEntrySize < rest) {
      Fail(Status::kCorrupt, name_, ": entry ", i, " of ", end.count,
           " in the directory is damaged");
    }
    entry.name = directory.substr(at + kDirectoryEntrySize, name_size);
    ReadZip64(directory.substr(at + kDirectoryEntrySize + name_size, extra_size), entry);
    entries_.push_back(std::move(entry));
    at += kDirectoryEntrySize + rest;
  }
}

void Zip::ReadZip64(std::string_view extra, Entry& entry) const {
  uint64_t* missing[3];
  size_t count = 0;
  for (uint64_t* field : {&entry.size, &entry.packed_size, &entry.offset}) {
    if (*field == kIn64) missing[count++] = field;
  }
  while (count > 0 && extra.size() >= 4) {
    uint16_t id = U16(extra, 0);
    size_t size = U16(extra, 2);
    if (size > extra.size() - 4) break;
    if (id != kZip64Extra) {
      extra.remove_prefix(4 + size);
      continue;
    }
    if (size < 8 * count) break;
    for (size_t i = 0; i < count; ++i) *missing[i] = U64(extra, 4 + 8 * i);
    return;
  }
  // 4 GB − 1 may be what is meant, in an archive without zip64; then it must fit like any other.
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

const Zip::Entry& Zip::Named(std::string_view name) const {
  const Entry* entry = Find(name);
  if (entry == nullptr) Fail(Status::kNotFound, name_, " has no entry ", name);
  return *entry;
}

std::string_view Zip::Readable(const Entry& entry, uint64_t max_size) const {
  if ((entry.flags & kEncrypted) != 0) {
    Fail(Status::kUnsupported, name_, ": ", entry.name,
         " is encrypted; unpack it and give the folder");
  }
  if (entry.method != kStored && entry.method != kDeflated) {
    Fail(Status::kUnsupported, name_, ": ", entry.name, " is packed by method ", entry.method,
         "; only stored and deflated entries can be read");
  }
  if (entry.size > max_size) {
    Fail(Status::kUnsupported, name_, ": ", entry.name, " is ", entry.size, " bytes long; at most ",
         max_size, " are read from an archive");
  }
  std::string_view packed = PackedBytes(entry);
  bool possible = entry.method == kStored ? entry.size == packed.size()
                                          : entry.size / kMaxGrowth <= packed.size();
  if (!possible) {
    Fail(Status::kCorrupt, name_, ": ", entry.name, " claims ", entry.size, " bytes, which its ",
         packed.size(), " packed bytes cannot hold");
  }
  return packed;
}

std::optional<std::string_view> Zip::Stored(const Entry& entry) const {
  std::string_view packed = Readable(entry, UINT64_MAX);
  if (entry.method != kStored) return std::nullopt;
  return packed;
}

std::unique_ptr<ByteSource> Zip::Stream(std::string_view name, uint64_t max_size) const {
  return Stream(Named(name), max_size);
}

std::unique_ptr<ByteSource> Zip::Stream(const Entry& entry, uint64_t max_size) const {
  std::string_view packed = Readable(entry, max_size);
  if (entry.method == kStored) {
    uLong crc = crc32_z(0, reinterpret_cast<const Bytef*>(packed.data()), packed.size());
    if (crc != entry.crc32) Fail(Status::kCorrupt, name_, ": ", entry.name, ": wrong checksum");
    return BytesOf(packed);
  }
  Packing packing{Packing::kDeflate, max_size, entry.size, entry.crc32};
  return Unpack(BytesOf(packed), packing, StrCat(name_, ": ", entry.name));
}

std::string Zip::Read(std::string_view name, uint64_t max_size) const {
  const Entry* entry = &Named(name);
  std::string_view packed = Readable(*entry, max_size);
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
