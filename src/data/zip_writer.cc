// The zip format without any of its options.
#include "data/zip_writer.h"

#include <zlib.h>

#include <cstdint>

#include "core/error.h"
#include "core/file_io.h"

namespace duomo::data {
namespace {

constexpr uint32_t kLimit = 0xFFFFFFFE;  // 0xFFFFFFFF means zip64
constexpr uint16_t kDate = 1 << 5 | 1;   // 1 January 1980
constexpr uint16_t kVersion = 20;        // 2.0: deflate and folders

void Put16(std::string& out, uint32_t value) {
  out += static_cast<char>(value & 0xFF);
  out += static_cast<char>(value >> 8 & 0xFF);
}

void Put32(std::string& out, uint32_t value) {
  Put16(out, value & 0xFFFF);
  Put16(out, value >> 16);
}

constexpr size_t kLarge = size_t{1}
                          << 25;  // bytes: beyond, time counts for more than a smaller file

// The deflate stream of `bytes`; empty where it would not be smaller.
std::string Deflate(const std::string& bytes) {
  z_stream stream{};
  int level = bytes.size() < kLarge ? Z_DEFAULT_COMPRESSION : Z_BEST_SPEED;
  if (deflateInit2(&stream, level, Z_DEFLATED, -MAX_WBITS, 8, Z_DEFAULT_STRATEGY) != Z_OK) {
    Fail(Status::kOutOfMemory, "zlib cannot allocate its state");
  }
  std::string out(bytes.size(), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  stream.avail_in = static_cast<uInt>(bytes.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  bool done = deflate(&stream, Z_FINISH) == Z_STREAM_END;
  out.resize(done ? stream.total_out : 0);
  deflateEnd(&stream);
  return out;
}

}  // namespace

void WriteZip(const std::string& path, std::span<const ZipFile> files) {
  AtomicFile archive(path);
  std::string directory;
  if (files.size() >= 0xFFFF) {
    Fail(Status::kUnsupported, path, ": too many files for a zip archive");
  }
  for (const ZipFile& file : files) {
    if (file.bytes.size() > kLimit || archive.size() > kLimit || file.name.size() > 0xFFFF) {
      Fail(Status::kUnsupported, path, ": ", file.name, " is too large for a zip archive");
    }
    std::string packed = Deflate(file.bytes);
    bool stored = packed.empty();
    const std::string& data = stored ? file.bytes : packed;
    std::string common;  // what local header and directory entry share
    Put16(common, kVersion);
    Put16(common, 0x800);  // the name is UTF-8
    Put16(common, stored ? 0 : 8);
    Put16(common, 0);  // time
    Put16(common, kDate);
    Put32(common, static_cast<uint32_t>(crc32_z(
                      0, reinterpret_cast<const Bytef*>(file.bytes.data()), file.bytes.size())));
    Put32(common, static_cast<uint32_t>(data.size()));
    Put32(common, static_cast<uint32_t>(file.bytes.size()));
    Put16(common, static_cast<uint32_t>(file.name.size()));
    Put16(common, 0);  // extra field

    Put32(directory, 0x02014B50);
    Put16(directory, kVersion);
    directory += common;
    Put16(directory, 0);  // comment
    Put16(directory, 0);  // disk
    Put16(directory, 0);  // internal and external attributes
    Put32(directory, 0);
    Put32(directory, static_cast<uint32_t>(archive.size()));
    directory += file.name;

    std::string header;
    Put32(header, 0x04034B50);
    archive.Write(header + common + file.name);
    archive.Write(data);
  }
  if (archive.size() > kLimit) Fail(Status::kUnsupported, path, ": too large for a zip archive");
  std::string end;
  Put32(end, 0x06054B50);
  Put32(end, 0);  // disks
  Put16(end, static_cast<uint32_t>(files.size()));
  Put16(end, static_cast<uint32_t>(files.size()));
  Put32(end, static_cast<uint32_t>(directory.size()));
  Put32(end, static_cast<uint32_t>(archive.size()));
  Put16(end, 0);  // comment
  archive.Write(directory + end);
  archive.Commit();
}

}  // namespace duomo::data
