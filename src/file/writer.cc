// Writing lives alone here, with FlatBuffers' object API, so that the shared library drops it.
#include "file/writer.h"

#include <zlib.h>

#include <algorithm>
#include <functional>
#include <memory>
#include <new>

#include "core/error.h"
#include "core/file_io.h"
#include "file/crc.h"
#include "file/duomo_generated.h"
#include "file/preamble.h"
#include "file/validate.h"

namespace duomo::file {
namespace {

using Sink = std::function<void(std::span<const std::byte>)>;

struct Planned {
  const OwnedTensor* tensor = nullptr;
  AlignedVector<std::byte> packed;  // empty: stored as it is
  uint32_t crc32 = 0;
  uint64_t offset = 0;

  std::span<const std::byte> stored() const { return packed.empty() ? tensor->bytes : packed; }
};

// A zlib stream, or nothing where it would not be smaller.
AlignedVector<std::byte> Deflate(std::span<const std::byte> bytes) {
  uLongf size = ::compressBound(bytes.size());
  AlignedVector<std::byte> out(size);
  int code = ::compress2(reinterpret_cast<Bytef*>(out.data()), &size,
                         reinterpret_cast<const Bytef*>(bytes.data()), bytes.size(), 6);
  if (code != Z_OK) throw std::bad_alloc();
  out.resize(size < bytes.size() ? size : 0);
  out.shrink_to_fit();
  return out;
}

void CheckTensor(const OwnedTensor& t) {
  auto dtype = static_cast<int32_t>(t.dtype);
  if (dtype < 0 || dtype > kLastDType) {
    Fail(Status::kInvalidArgument, "tensor \"", t.name, "\": unknown dtype ", dtype);
  }
  uint64_t size = 0;
  try {
    CheckSegmentName(t.name);
    size = SizeInBytes(t.name, t.dtype, t.shape);
  } catch (const Error& error) {  // the reader's words; here it is the caller's mistake
    throw Error(Status::kInvalidArgument, error.message());
  }
  if (size != t.bytes.size()) {
    Fail(Status::kInvalidArgument, "tensor \"", t.name, "\": its shape needs ", size, " bytes and ",
         t.bytes.size(), " are given");
  }
}

std::vector<Planned> PlanSegments(std::span<const OwnedTensor> tensors) {
  std::vector<Planned> plan;
  plan.reserve(tensors.size());
  for (const OwnedTensor& t : tensors) {
    CheckTensor(t);
    Planned p;
    p.tensor = &t;
    if (t.compress && !t.bytes.empty()) p.packed = Deflate(t.bytes);
    p.crc32 = Crc32(p.stored());
    plan.push_back(std::move(p));
  }
  std::sort(plan.begin(), plan.end(),
            [](const Planned& a, const Planned& b) { return a.tensor->name < b.tensor->name; });
  for (size_t i = 1; i < plan.size(); ++i) {
    if (plan[i - 1].tensor->name == plan[i].tensor->name) {
      Fail(Status::kInvalidArgument, "two tensors are called \"", plan[i].tensor->name, "\"");
    }
  }
  return plan;
}

// Places the segments behind a header of the given size; returns the end of the file.
uint64_t Place(std::vector<Planned>& plan, uint64_t header_size) {
  uint64_t end = kPreambleSize + header_size;
  for (Planned& p : plan) {
    if (p.stored().empty()) continue;  // takes no room and keeps offset 0
    p.offset = RoundUp(end, kAlignment);
    end = p.offset + p.stored().size();
  }
  return end;
}

void FillSegments(fb::HeaderT& header, const std::vector<Planned>& plan) {
  header.segments.clear();
  for (const Planned& p : plan) {
    auto s = std::make_unique<fb::SegmentT>();
    s->name = p.tensor->name;
    s->dtype = static_cast<fb::DType>(p.tensor->dtype);
    s->shape = p.tensor->shape;
    s->offset = p.offset;
    s->stored_size = p.stored().size();
    s->crc32 = p.crc32;
    s->compression = p.packed.empty() ? fb::Compression::None : fb::Compression::Zlib;
    header.segments.push_back(std::move(s));
  }
}

void WriteTo(const Sink& sink, fb::HeaderT& header, std::span<const OwnedTensor> tensors) {
  RequireLittleEndian();
  if (!header.description || !header.description->head || !header.description->output) {
    Fail(Status::kInvalidArgument, "a header needs a description with head and output");
  }
  std::vector<Planned> plan = PlanSegments(tensors);
  // Offsets are fields of the header and follow from its size. The size does not depend on their
  // values (none is the default 0), so the second round is the last.
  flatbuffers::FlatBufferBuilder builder;
  Preamble preamble;
  for (bool settled = false; !settled;) {
    preamble.file_size = Place(plan, preamble.header_size);
    FillSegments(header, plan);
    builder.Clear();
    fb::FinishHeaderBuffer(builder, fb::Header::Pack(builder, &header));
    settled = builder.GetSize() == preamble.header_size;
    preamble.header_size = builder.GetSize();
  }
  auto header_bytes = std::as_bytes(std::span(builder.GetBufferPointer(), builder.GetSize()));
  if (!VerifyHeader(header_bytes)) {
    Fail(Status::kInvalidArgument,
         "the description or the report is too large: a header has at most ", kMaxHeaderSize,
         " bytes and ", kMaxHeaderTables, " tables");
  }
  preamble.header_crc32 = Crc32(header_bytes);

  sink(EncodePreamble(preamble));
  sink(header_bytes);
  uint64_t end = kPreambleSize + preamble.header_size;
  static constexpr std::byte kZeros[kAlignment] = {};
  for (const Planned& p : plan) {
    if (p.stored().empty()) continue;
    sink(std::span(kZeros).first(p.offset - end));
    sink(p.stored());
    end = p.offset + p.stored().size();
  }
}

}  // namespace

void Write(const std::string& path, fb::HeaderT& header, std::span<const OwnedTensor> tensors) {
  AtomicFile file(path);
  WriteTo([&](std::span<const std::byte> bytes) { file.Write(bytes); }, header, tensors);
  file.Commit();
}

AlignedVector<std::byte> WriteToMemory(fb::HeaderT& header, std::span<const OwnedTensor> tensors) {
  AlignedVector<std::byte> out;
  WriteTo(
      [&](std::span<const std::byte> bytes) { out.insert(out.end(), bytes.begin(), bytes.end()); },
      header, tensors);
  return out;
}

}  // namespace duomo::file
