// The first 64 bytes of a .duomo file, and the numbers of the format (see FORMAT.md).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace duomo::file {

inline constexpr size_t kPreambleSize = 64;
inline constexpr std::array<unsigned char, 8> kMagic = {0x89, 'D', 'U', 'O', 'M', 'O', '\r', '\n'};
inline constexpr uint32_t kContainerVersion = 4;      // what this code writes
inline constexpr uint32_t kMinimumReaderVersion = 1;  // the oldest reader that can read such files

inline constexpr uint64_t kMaxHeaderSize = 64u << 20;
inline constexpr size_t kMaxSegmentName = 1024;  // bytes
inline constexpr size_t kMaxRank = 8;
// FlatBuffers verifier: the header nests 5 deep (Header, Description, Tower, Encoder, Dense).
inline constexpr uint32_t kMaxHeaderDepth = 8;
inline constexpr uint32_t kMaxHeaderTables = 1u << 16;
// Deflate cannot compress better than 1032 : 1, so a larger size in a file is wrong.
inline constexpr uint64_t kMaxInflation = 1032;
inline constexpr uint64_t kInflationSlack = 64;
// Stored segments up to this size are checked at every opening.
inline constexpr uint64_t kSmallSegment = 64u << 10;

struct Preamble {
  uint32_t container_version = kContainerVersion;
  uint32_t minimum_reader_version = kMinimumReaderVersion;
  uint64_t file_size = 0;
  uint64_t header_offset = kPreambleSize;
  uint64_t header_size = 0;
  uint32_t header_crc32 = 0;
  uint32_t flags = 0;
};

// Checks, in this order: size and magic, versions, checksum and fields of the preamble, size of
// the file, place and checksum of the header, size of the header. Throws Error(kCorrupt),
// (kUnsupportedVersion) or (kUnsupported).
Preamble ReadPreamble(std::span<const std::byte> file);

std::array<std::byte, kPreambleSize> EncodePreamble(const Preamble& preamble);

// Throws Error(kUnsupported) on a big-endian host: tensors are used in place.
void RequireLittleEndian();

}  // namespace duomo::file
