// The checksum of the format: CRC-32 as in zlib, PNG and gzip.
#pragma once

#include <zlib.h>

#include <cstddef>
#include <cstdint>
#include <span>

namespace duomo::file {

inline uint32_t Crc32(std::span<const std::byte> bytes) {
  // zlib takes a null pointer for "give me the start value", which is the CRC of nothing as well.
  return static_cast<uint32_t>(
      ::crc32_z(0, reinterpret_cast<const Bytef*>(bytes.data()), bytes.size()));
}

// Of `bytes` behind those whose checksum is `crc`.
inline uint32_t UpdateCrc(uint32_t crc, std::span<const std::byte> bytes) {
  if (bytes.empty()) return crc;
  return static_cast<uint32_t>(
      ::crc32_z(crc, reinterpret_cast<const Bytef*>(bytes.data()), bytes.size()));
}

}  // namespace duomo::file
