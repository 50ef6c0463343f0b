// Decompression of one segment.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "core/array.h"

namespace duomo::file {

// The `size` bytes that the zlib stream `stored` holds. Throws Error(kCorrupt) that names the
// segment when it holds more, fewer, or is damaged.
AlignedVector<std::byte> Inflate(std::string_view name, std::span<const std::byte> stored,
                                 uint64_t size);

}  // namespace duomo::file
