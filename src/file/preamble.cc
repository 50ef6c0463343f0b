#include "file/preamble.h"

#include <bit>
#include <cstring>

#include "core/error.h"
#include "core/narrow.h"
#include "file/crc.h"

namespace duomo::file {
namespace {

// Offsets of the fields.
constexpr size_t kVersionAt = 8, kMinimumAt = 12, kFileSizeAt = 16, kHeaderOffsetAt = 24,
                 kHeaderSizeAt = 32, kHeaderCrcAt = 40, kFlagsAt = 44, kReservedAt = 48,
                 kPreambleCrcAt = 60;

template <typename T>
T Get(std::span<const std::byte> bytes, size_t at) {
  T value;
  std::memcpy(&value, bytes.data() + at, sizeof(T));
  return value;
}

template <typename T>
void Put(std::span<std::byte> bytes, size_t at, T value) {
  std::memcpy(bytes.data() + at, &value, sizeof(T));
}

void CheckMagic(std::span<const std::byte> file) {
  if (file.size() < kPreambleSize) {
    Fail(Status::kCorrupt, "not a .duomo file: it has ", file.size(),
         " bytes, and the preamble alone ", kPreambleSize);
  }
  if (std::memcmp(file.data(), kMagic.data(), kMagic.size()) == 0) return;
  if (std::memcmp(file.data(), kMagic.data(), 6) == 0) {
    Fail(Status::kCorrupt,
         "the line end in the magic is damaged: the file was transferred as text; ",
         "transfer it as binary");
  }
  Fail(Status::kCorrupt, "not a .duomo file: it does not start with the magic 89 'DUOMO' 0D 0A");
}

}  // namespace

void RequireLittleEndian() {
  if constexpr (std::endian::native != std::endian::little) {
    Fail(Status::kUnsupported, ".duomo files are little-endian and this host is big-endian");
  }
}

Preamble ReadPreamble(std::span<const std::byte> file) {
  RequireLittleEndian();
  CheckMagic(file);

  Preamble p;
  p.container_version = Get<uint32_t>(file, kVersionAt);
  p.minimum_reader_version = Get<uint32_t>(file, kMinimumAt);
  if (p.minimum_reader_version > kContainerVersion) {
    Fail(Status::kUnsupportedVersion, "the file needs container version ", p.minimum_reader_version,
         " and this Duomo reads up to version ", kContainerVersion, "; use a newer Duomo");
  }

  uint32_t stored = Get<uint32_t>(file, kPreambleCrcAt);
  if (Crc32(file.first(kPreambleCrcAt)) != stored) {
    Fail(Status::kCorrupt, "the preamble (bytes 0 to 63) does not match its checksum");
  }
  if (p.minimum_reader_version == 0 || p.container_version < p.minimum_reader_version) {
    Fail(Status::kCorrupt, "the preamble's versions contradict each other: container version ",
         p.container_version, ", minimum reader version ", p.minimum_reader_version);
  }
  p.file_size = Get<uint64_t>(file, kFileSizeAt);
  p.header_offset = Get<uint64_t>(file, kHeaderOffsetAt);
  p.header_size = Get<uint64_t>(file, kHeaderSizeAt);
  p.header_crc32 = Get<uint32_t>(file, kHeaderCrcAt);
  p.flags = Get<uint32_t>(file, kFlagsAt);
  if (p.flags != 0) {
    Fail(Status::kUnsupported, "the preamble has flags ", p.flags,
         " that this Duomo does not know; use a newer Duomo");
  }
  // A later container version may use the reserved bytes for what older readers can ignore.
  if (p.container_version <= kContainerVersion) {
    for (size_t i = kReservedAt; i < kPreambleCrcAt; ++i) {
      if (file[i] != std::byte{0}) {
        Fail(Status::kCorrupt, "the preamble's reserved byte ", i, " is not zero");
      }
    }
  }
  if (p.file_size != file.size()) {
    Fail(Status::kCorrupt, "the file has ", file.size(), " bytes and should have ", p.file_size,
         file.size() < p.file_size ? ": it was cut off" : ": there are bytes after its end");
  }
  if (p.header_offset != kPreambleSize || p.header_size > p.file_size - kPreambleSize) {
    Fail(Status::kCorrupt, "the header is said to lie at ", p.header_offset, " with ",
         p.header_size, " bytes, which is not inside the file of ", p.file_size, " bytes");
  }
  if (Crc32(file.subspan(kPreambleSize, ToSize(p.header_size))) != p.header_crc32) {
    Fail(Status::kCorrupt, "the header (bytes ", kPreambleSize, " to ",
         kPreambleSize + p.header_size - 1, ") does not match its checksum");
  }
  if (p.header_size > kMaxHeaderSize) {
    Fail(Status::kCorrupt, "the header has ", p.header_size, " bytes; at most ", kMaxHeaderSize,
         " are possible");
  }
  return p;
}

std::array<std::byte, kPreambleSize> EncodePreamble(const Preamble& p) {
  std::array<std::byte, kPreambleSize> out{};
  std::memcpy(out.data(), kMagic.data(), kMagic.size());
  Put(out, kVersionAt, p.container_version);
  Put(out, kMinimumAt, p.minimum_reader_version);
  Put(out, kFileSizeAt, p.file_size);
  Put(out, kHeaderOffsetAt, p.header_offset);
  Put(out, kHeaderSizeAt, p.header_size);
  Put(out, kHeaderCrcAt, p.header_crc32);
  Put(out, kFlagsAt, p.flags);
  Put(out, kPreambleCrcAt, Crc32(std::span(out).first(kPreambleCrcAt)));
  return out;
}

}  // namespace duomo::file
