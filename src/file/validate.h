// The rules of the segment table, shared by the reader and the writer.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "file/reader.h"

namespace duomo::file {

// Bytes of a tensor of this shape. Throws Error(kCorrupt) that names the segment when the rank is
// above kMaxRank, a dimension other than the first is 0, or the product does not fit 64 bits. (The
// limits keep rows() below the size in bytes, so no allocation depends on a number without data.)
uint64_t SizeInBytes(std::string_view name, DType dtype, std::span<const uint64_t> shape);

// 1 to kMaxSegmentName bytes of UTF-8. Throws Error(kCorrupt).
void CheckSegmentName(std::string_view name);

// Verifies a FlatBuffer, after which it is safe to read. False: it is damaged.
bool VerifyHeader(std::span<const std::byte> header);

// The segment table of a verified header, checked: sorted unique names, known dtypes and
// compression, sizes that follow from the shapes, offsets aligned and inside the file, no overlap
// with each other or with the first `header_end` bytes. Throws Error(kCorrupt).
std::vector<SegmentInfo> ReadSegmentTable(const fb::Header& header, uint64_t header_end,
                                          uint64_t file_size);

// Indices of the segments that are not empty, by offset.
std::vector<size_t> ByOffset(const std::vector<SegmentInfo>& segments);

}  // namespace duomo::file
