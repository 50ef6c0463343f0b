// Writes a .duomo container, whole or not at all. The same input gives the same bytes.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "file/tensor.h"

namespace duomo::fb {
struct HeaderT;
}

namespace duomo::file {

// Fills header.segments from `tensors` (names must be unique) and writes everything to `path`.
// Throws Error(kIo) with path and reason; then no file of that name is new or changed.
void Write(const std::string& path, fb::HeaderT& header, std::span<const OwnedTensor> tensors);

// The same bytes in memory.
AlignedVector<std::byte> WriteToMemory(fb::HeaderT& header, std::span<const OwnedTensor> tensors);

}  // namespace duomo::file
