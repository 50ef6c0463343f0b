// Writes a .duomo container, whole or not at all. The same input gives the same bytes.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "file/preamble.h"
#include "file/tensor.h"

namespace duomo::fb {
struct HeaderT;
}

namespace duomo::file {

class Reader;
struct SegmentInfo;

// Fills header.segments from `tensors` (names must be unique) and writes everything to `path`.
// `reader_version`: the oldest reader that can use the file. Holds the header and 2 MB of the
// tensors. Throws Error(kIo) with path and reason, kInvalidArgument for tensors that no reader
// would open, or whose source gives more or fewer bytes than the shape needs; no file is then
// created or changed.
void Write(const std::string& path, fb::HeaderT& header, std::span<const TensorSource> tensors,
           uint32_t reader_version = kMinimumReaderVersion);
void Write(const std::string& path, fb::HeaderT& header, std::span<const OwnedTensor> tensors,
           uint32_t reader_version = kMinimumReaderVersion);

// The same bytes in memory.
AlignedVector<std::byte> WriteToMemory(fb::HeaderT& header, std::span<const TensorSource> tensors,
                                       uint32_t reader_version = kMinimumReaderVersion);
AlignedVector<std::byte> WriteToMemory(fb::HeaderT& header, std::span<const OwnedTensor> tensors,
                                       uint32_t reader_version = kMinimumReaderVersion);

// The bytes that this shape needs. Throws Error(kInvalidArgument) if no reader would open a tensor
// of this name, type and shape.
uint64_t SizeInBytes(const TensorSource& tensor);

// Sources that borrow an existing tensor, and keep its name, type, shape and compression.
TensorSource SourceOf(const OwnedTensor& tensor);
// A segment of an opened file; `segment` is one of reader.segments(). Its checksum is verified, and
// its pages are dropped while they are read, so that copying a file larger than memory is cheap.
TensorSource SourceOf(const Reader& reader, const SegmentInfo& segment);

}  // namespace duomo::file
