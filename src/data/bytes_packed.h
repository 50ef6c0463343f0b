// Unpacking bzip2 and Zstandard; gzip and deflate are in bytes.h.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "data/bytes.h"

namespace duomo::data {

// As Unpack(); several streams one after the other are one file.
std::unique_ptr<ByteSource> UnpackBzip2(std::unique_ptr<ByteSource> packed, uint64_t max_size,
                                        std::string name);
std::unique_ptr<ByteSource> UnpackZstd(std::unique_ptr<ByteSource> packed, uint64_t max_size,
                                       std::string name);

}  // namespace duomo::data
