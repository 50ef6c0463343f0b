// Rows that have been read and understood once, as columns in a file that is mapped the next time.
// The format is in CACHE.md.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "data/dataset.h"

namespace duomo::data {

inline constexpr std::string_view kCacheSuffix = ".duomo-rows";  // no file of a data set's own

// What tells a file from the one that it was: not its whole content, which would be to read it.
struct SourceFile {
  std::string name;  // without its folder
  uint64_t size = 0;
  int64_t modified = 0;  // when, in the file system's own counting
  uint32_t ends = 0;     // CRC-32 of its first and its last 64 kB
  bool operator==(const SourceFile&) const = default;
};

// Of files, folders (each of the files that ListFiles() gives) and files in archives (the archive).
// Throws Error: kNotFound, kIo, kUnsupported for what can be read only once, such as a pipe.
std::vector<SourceFile> SourcesOf(std::span<const std::string> paths);

// Which cache is meant: of which files, read by which options (any text that tells them apart).
struct CacheKey {
  std::vector<SourceFile> sources;
  std::string how;
};

struct CachedRows {
  Dataset dataset;    // its interactions are mapped, all else is a copy
  std::string notes;  // as written
};

// Nothing where there is no file, or where it is not of this key, of another version of Duomo or
// damaged: then `why` is a sentence about it, else empty. Checks all checksums. Throws Error(kIo).
std::optional<CachedRows> ReadCache(const std::string& path, const CacheKey& key, std::string& why);

// Replaces the file as a whole or not at all. `notes`: what else shall be kept, JSON. Throws
// Error(kIo), for a full disk too.
void WriteCache(const std::string& path, const CacheKey& key, const Dataset& dataset,
                const std::string& notes);

}  // namespace duomo::data
