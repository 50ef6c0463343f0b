// Streams of bytes, unpacked while they are read, so that large tables are never in memory as a
// whole.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace duomo::data {

// One thread.
class ByteSource {
 public:
  virtual ~ByteSource() = default;
  // Writes up to `size` (> 0) bytes to `out` and says how many; 0: the end. Throws Error(kIo), and
  // kCorrupt for packed bytes that are damaged or cut off.
  virtual size_t Read(char* out, size_t size) = 0;
};

// The largest size of an unpacked table. Larger ones are refused, so that a small packed file
// cannot occupy a reader for ever.
inline constexpr uint64_t kMaxUnpacked = uint64_t{1} << 38;

// `path` is a plain file, a gzip, bzip2 or Zstandard file (known by its first bytes, whatever its
// name), a zip archive that holds one file, or a file in an archive:
// "data.zip/folder/ratings.csv", which may be packed once more.
// Throws Error that names `path`: kNotFound, kIo, kCorrupt, kUnsupported; Read() throws
// kUnsupported when a packed file has more than `max_unpacked` bytes.
std::unique_ptr<ByteSource> OpenBytes(const std::string& path,
                                      uint64_t max_unpacked = kMaxUnpacked);

// The same of bytes that may be packed (not in an archive); `name` stands in messages.
std::unique_ptr<ByteSource> UnpackAny(std::unique_ptr<ByteSource> bytes, uint64_t max_unpacked,
                                      const std::string& name);

// The bytes of `text`, which is borrowed.
std::unique_ptr<ByteSource> BytesOf(std::string_view text);

// Unpacks while reading; `name` stands in messages.
struct Packing {
  enum Kind { kGzip, kDeflate } kind = kGzip;
  uint64_t max_size = kMaxUnpacked;
  // Of a deflate stream from an archive: what must come out.
  uint64_t size = 0;
  uint32_t crc32 = 0;
};
std::unique_ptr<ByteSource> Unpack(std::unique_ptr<ByteSource> packed, const Packing& packing,
                                   std::string name);

}  // namespace duomo::data
