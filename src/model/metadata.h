// Metadata of a file: pairs of text that somebody has added for hosts to read, such as name,
// version, date, licence and metrics. The library does not interpret them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "core/error.h"

namespace duomo::fb {
struct Header;
}

namespace duomo::model {

inline constexpr size_t kMaxMetadataKey = 255;  // bytes, as of other names
inline constexpr size_t kMaxMetadataValue = size_t{1} << 20;

// The pairs of a file, in ascending order of their keys (byte-wise), each key once. A view of the
// header: nothing is copied, and nothing is read before it is requested. Keys and values are UTF-8
// without NUL, and a NUL follows each: data() is a C string. Immutable; any thread.
class Metadata {
 public:
  struct Entry {
    std::string_view key, value;
  };

  Metadata() = default;
  explicit Metadata(const fb::Header& header) : header_(&header) {}  // verified; outlives this

  size_t size() const;
  bool empty() const { return size() == 0; }
  Entry operator[](size_t i) const;                                  // i < size()
  std::optional<std::string_view> Find(std::string_view key) const;  // binary search

  class Iterator {
   public:
    Iterator(const Metadata& of, size_t at) : of_(&of), at_(at) {}
    Entry operator*() const { return (*of_)[at_]; }
    Iterator& operator++() {
      ++at_;
      return *this;
    }
    bool operator!=(const Iterator& other) const { return at_ != other.at_; }

   private:
    const Metadata* of_;
    size_t at_;
  };
  Iterator begin() const { return {*this, 0}; }
  Iterator end() const { return {*this, size()}; }

 private:
  const fb::Header* header_ = nullptr;
};

// What a file may hold: a key is 1 to 255 bytes of UTF-8 without control characters, a value at
// most 1 MiB of UTF-8 without NUL. Throws Error of this status that names the key.
void CheckEntry(std::string_view key, std::string_view value, Status status);

// The same for all, and their order. Linear in the size of the header: many entries that share one
// long text are refused. Throws Error(kCorrupt).
void CheckMetadata(const Metadata& metadata, uint64_t header_size);

// FNV-1a of 64 bits over the bytes of a file's header. These bytes contain the description, the
// report, the metadata, and the name, type, shape, offset, size and checksum of every segment, so a
// change of any of them changes the fingerprint. The same model stored in another way (compressed)
// has another fingerprint. Not cryptographic: two files with the same fingerprint can be made on
// purpose.
uint64_t FingerprintOf(std::span<const std::byte> header);

}  // namespace duomo::model
