// Makes small .duomo files for tests: honest ones through the writer, and forged ones whose
// checksums are right and whose contents are whatever the test says.
#pragma once

#include <cstring>
#include <functional>
#include <memory>
#include <numeric>
#include <string>
#include <vector>

#include "core/error.h"
#include "core/narrow.h"
#include "file/crc.h"
#include "file/duomo_generated.h"
#include "file/preamble.h"
#include "file/reader.h"
#include "file/writer.h"

namespace duomo::testing {

using Bytes = AlignedVector<std::byte>;

// The least that the schema requires. The container does not look at it.
inline fb::HeaderT MinimalHeader() {
  fb::HeaderT header;
  header.description = std::make_unique<fb::DescriptionT>();
  header.description->name = "test";
  header.description->head = std::make_unique<fb::HeadT>();
  header.description->output = std::make_unique<fb::OutputT>();
  header.producer = "test";
  return header;
}

inline std::vector<file::OwnedTensor> SomeTensors() {
  std::vector<float> floats(40);
  std::iota(floats.begin(), floats.end(), 0.5f);
  std::vector<int64_t> keys = {-5, 0, 1ll << 40};
  std::vector<file::OwnedTensor> out;
  out.push_back(file::OwnedTensor::From<float>("weights", {8, 5}, floats));
  out.push_back(file::OwnedTensor::From<int64_t>("keys", {3}, keys));
  out.push_back(file::OwnedTensor::From<uint32_t>("empty", {0, 7}, {}));
  out.push_back(file::OwnedTensor::From<double>("scalar", {}, std::vector<double>{2.5}));
  return out;
}

// Corrects the checksums after `bytes` were edited; only where the preamble's sizes make sense.
inline void FixChecksums(Bytes& bytes) {
  uint64_t size;
  std::memcpy(&size, bytes.data() + 32, 8);
  if (size <= bytes.size() - 64) {
    uint32_t crc = file::Crc32(std::span(bytes).subspan(64, ToSize(size)));
    std::memcpy(bytes.data() + 40, &crc, 4);
  }
  uint32_t crc = file::Crc32(std::span(bytes).first(60));
  std::memcpy(bytes.data() + 60, &crc, 4);
}

// A file with room for a header of 4 KB; segments lie where the test puts them.
class Forgery {
 public:
  static constexpr uint64_t kFirst = 4096;
  fb::HeaderT header = MinimalHeader();
  Bytes bytes = Bytes(kFirst + 1024);

  // Segments must be added in the order of their names, unless that is the test.
  fb::SegmentT& Add(const std::string& name, file::DType dtype, std::vector<uint64_t> shape,
                    uint64_t offset, uint64_t stored_size) {
    auto s = std::make_unique<fb::SegmentT>();
    s->name = name;
    s->dtype = static_cast<fb::DType>(dtype);
    s->shape = std::move(shape);
    s->offset = offset;
    s->stored_size = stored_size;
    if (offset <= bytes.size() && stored_size <= bytes.size() - offset) {
      s->crc32 = file::Crc32(std::span(bytes).subspan(ToSize(offset), ToSize(stored_size)));
    }
    header.segments.push_back(std::move(s));
    return *header.segments.back();
  }

  const Bytes& Finish() {
    flatbuffers::FlatBufferBuilder builder;
    fb::FinishHeaderBuffer(builder, fb::Header::Pack(builder, &header));
    if (64 + builder.GetSize() > kFirst) Fail(Status::kInternal, "the forged header is too large");
    std::memcpy(bytes.data() + 64, builder.GetBufferPointer(), builder.GetSize());
    file::Preamble preamble;
    preamble.file_size = bytes.size();
    preamble.header_size = builder.GetSize();
    auto encoded = file::EncodePreamble(preamble);
    std::memcpy(bytes.data(), encoded.data(), encoded.size());
    FixChecksums(bytes);
    return bytes;
  }
};

// Opens and throws away; the error, or status kOk.
inline Error OpenError(std::span<const std::byte> bytes, const file::ReadOptions& options = {}) {
  try {
    (void)file::Reader::OpenBuffer(bytes, options);
  } catch (const Error& error) {
    return error;
  }
  return Error(Status::kOk, "");
}

// Reads everything that a reader gives out, so that a sanitizer sees what is not safe to read.
inline uint64_t TouchEverything(const file::Reader& reader) {
  uint64_t sum = reader.file_size() + reader.container_version();
  for (const file::SegmentInfo& s : reader.segments()) {
    auto tensor = reader.Find(s.name);
    for (std::byte b : tensor->bytes) sum += static_cast<uint64_t>(b);
    for (uint64_t n : tensor->shape) sum += n;
  }
  std::unique_ptr<fb::HeaderT> all(reader.header().UnPack());
  return sum + all->segments.size();
}

}  // namespace duomo::testing
