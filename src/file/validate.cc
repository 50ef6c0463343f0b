#include "file/validate.h"

#include <algorithm>

#include "core/error.h"
#include "core/narrow.h"
#include "core/sort.h"
#include "core/text.h"
#include "file/duomo_generated.h"
#include "file/preamble.h"

namespace duomo::file {
namespace {

template <typename... Parts>
[[noreturn]] void FailSegment(std::string_view name, const Parts&... parts) {
  Fail(Status::kCorrupt, "segment \"", Utf8Prefix(name, 200), "\": ", parts...);
}

SegmentInfo ReadEntry(const fb::Segment& entry, uint64_t header_end, uint64_t file_size) {
  std::string_view name(entry.name()->c_str(), entry.name()->size());
  CheckSegmentName(name);
  auto dtype = static_cast<int32_t>(entry.dtype());
  if (dtype < 0 || dtype > kLastDType) FailSegment(name, "unknown dtype ", dtype);

  const auto* shape = entry.shape();
  // The verifier checks the alignment of a vector's length only, not of its elements. (A builder
  // does not align elements that are not there.)
  if (shape->size() > 0 && reinterpret_cast<uintptr_t>(shape->Data()) % alignof(uint64_t) != 0) {
    FailSegment(name, "its shape is misaligned");
  }
  SegmentInfo info{};
  info.name = name;
  info.dtype = static_cast<DType>(dtype);
  if (shape->size() > 0) info.shape = {shape->data(), shape->size()};
  info.offset = entry.offset();
  info.stored_size = entry.stored_size();
  info.size = SizeInBytes(name, info.dtype, info.shape);
  info.crc32 = entry.crc32();
  info.compressed = entry.compression() == fb::Compression::Zlib;
  if (!info.compressed && entry.compression() != fb::Compression::None) {
    FailSegment(name, "unknown compression ", static_cast<int32_t>(entry.compression()));
  }

  if (info.stored_size == 0) {
    if (info.offset != 0 || info.size != 0 || info.compressed) {
      FailSegment(name, "stores no bytes but has offset ", info.offset, " and ", info.size,
                  " bytes of content");
    }
    return info;
  }
  if (info.offset % kAlignment != 0) {
    FailSegment(name, "its offset ", info.offset, " is not a multiple of ", kAlignment);
  }
  if (info.offset > file_size || info.stored_size > file_size - info.offset) {
    FailSegment(name, "lies at ", info.offset, " with ", info.stored_size,
                " bytes, outside of the file of ", file_size, " bytes");
  }
  if (info.offset < header_end) FailSegment(name, "overlaps the header");
  if (!info.compressed && info.stored_size != info.size) {
    FailSegment(name, "its shape needs ", info.size, " bytes and ", info.stored_size,
                " are stored");
  }
  // No overflow: stored_size is at most the size of a file that exists.
  if (info.compressed && info.size > info.stored_size * kMaxInflation + kInflationSlack) {
    FailSegment(name, "cannot inflate from ", info.stored_size, " to ", info.size, " bytes");
  }
  return info;
}

}  // namespace

uint64_t SizeInBytes(std::string_view name, DType dtype, std::span<const uint64_t> shape) {
  if (shape.size() > kMaxRank) {
    FailSegment(name, "has ", shape.size(), " dimensions; at most ", kMaxRank, " are possible");
  }
  uint64_t size = SizeOf(dtype);
  for (size_t i = shape.size(); i-- > 0;) {
    if (shape[i] == 0 && i > 0) FailSegment(name, "dimension ", i, " is 0; only the first may be");
    if (__builtin_mul_overflow(size, shape[i], &size)) {
      FailSegment(name, "the product of its shape overflows");
    }
    (void)ToSize(std::max(size, shape[i]));  // so that nobody behind has to ask again
  }
  return size;
}

void CheckSegmentName(std::string_view name) {
  if (name.empty() || name.size() > kMaxSegmentName || !IsUtf8(name)) {
    Fail(Status::kCorrupt, "a segment's name is not 1 to ", kMaxSegmentName, " bytes of UTF-8");
  }
}

bool VerifyHeader(std::span<const std::byte> header) {
  // The verifier asserts what we must therefore know: less than 2 GB.
  if (header.size() > kMaxHeaderSize) return false;
  flatbuffers::Verifier::Options limits;
  limits.max_depth = kMaxHeaderDepth;
  limits.max_tables = kMaxHeaderTables;
  flatbuffers::Verifier verifier(reinterpret_cast<const uint8_t*>(header.data()), header.size(),
                                 limits);
  return fb::VerifyHeaderBuffer(verifier);
}

std::vector<SegmentInfo> ReadSegmentTable(const fb::Header& header, uint64_t header_end,
                                          uint64_t file_size) {
  std::vector<SegmentInfo> segments;
  segments.reserve(header.segments()->size());
  for (const fb::Segment* entry : *header.segments()) {
    segments.push_back(ReadEntry(*entry, header_end, file_size));
    size_t n = segments.size();
    if (n > 1 && !(segments[n - 2].name < segments[n - 1].name)) {
      FailSegment(segments[n - 1].name, "the names are not unique and in ascending order");
    }
  }
  std::vector<size_t> order = ByOffset(segments);
  for (size_t i = 1; i < order.size(); ++i) {
    const SegmentInfo &a = segments[order[i - 1]], &b = segments[order[i]];
    if (a.offset + a.stored_size > b.offset) FailSegment(b.name, "overlaps \"", a.name, "\"");
  }
  return segments;
}

std::vector<size_t> ByOffset(const std::vector<SegmentInfo>& segments) {
  std::vector<size_t> order;
  for (size_t i = 0; i < segments.size(); ++i) {
    if (segments[i].stored_size > 0) order.push_back(i);
  }
  SortSmall(order, [&](size_t a, size_t b) { return segments[a].offset < segments[b].offset; });
  return order;
}

}  // namespace duomo::file
