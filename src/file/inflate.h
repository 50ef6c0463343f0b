// Decompression of one segment.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "core/array.h"

namespace duomo::file {

// Inflates the zlib stream `stored` to `size` bytes. Throws Error(kCorrupt) that names the segment
// if the stream holds more or fewer bytes, or is damaged.
AlignedVector<std::byte> Inflate(std::string_view name, std::span<const std::byte> stored,
                                 uint64_t size);

}  // namespace duomo::file
