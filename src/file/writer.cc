// Writing lives alone here, with FlatBuffers' object API, so that the shared library drops it.
#include "file/writer.h"

#include <zlib.h>

#include <algorithm>
#include <cstring>
#include <memory>
#include <new>

#include "core/error.h"
#include "core/file_io.h"
#include "core/narrow.h"
#include "file/crc.h"
#include "file/duomo_generated.h"
#include "file/preamble.h"
#include "file/reader.h"
#include "file/validate.h"

namespace duomo::file {
namespace {

constexpr size_t kBlock = 1 << 20;
constexpr int kLevel = 6;  // of zlib; another one would change the bytes of every compressed file

using Sink = TensorSource::Sink;
// Puts bytes at an offset: at the end of what is there, or over it.
using Put = std::function<void(uint64_t offset, std::span<const std::byte> bytes)>;

// What is in the file of one tensor.
struct Stored {
  uint64_t offset = 0, size = 0;
  uint32_t crc32 = 0;
  bool compressed = false;
};

struct Planned {
  const TensorSource* tensor = nullptr;
  uint64_t size = 0;  // of its bytes
  Stored stored;
};

class Deflater {
 public:
  Deflater() : buffer_(kBlock) {
    if (::deflateInit(&stream_, kLevel) != Z_OK) throw std::bad_alloc();
  }
  ~Deflater() { ::deflateEnd(&stream_); }
  Deflater(const Deflater&) = delete;

  void Run(std::span<const std::byte> bytes, bool finish, const Sink& out) {
    stream_.next_in = reinterpret_cast<Bytef*>(const_cast<std::byte*>(bytes.data()));
    stream_.avail_in = static_cast<uInt>(bytes.size());
    do {
      stream_.next_out = reinterpret_cast<Bytef*>(buffer_.data());
      stream_.avail_out = static_cast<uInt>(buffer_.size());
      ::deflate(&stream_, finish ? Z_FINISH : Z_NO_FLUSH);
      out(std::span(buffer_).first(buffer_.size() - stream_.avail_out));
    } while (stream_.avail_out == 0);
  }

 private:
  z_stream stream_{};
  std::vector<std::byte> buffer_;
};

// Runs the source through blocks of one size (but for the last), whatever its pieces are: so they
// decide neither the bytes of a compressed stream nor the number of writes. Checks their sum.
void ReadBlocks(const Planned& p, const std::function<void(std::span<const std::byte>)>& take) {
  std::vector<std::byte> block;
  uint64_t given = 0;
  p.tensor->write([&](std::span<const std::byte> piece) {
    given += piece.size();
    if (given > p.size) return;  // reported below, with their full number
    while (!piece.empty()) {
      if (block.empty() && piece.size() >= kBlock) {
        take(piece.first(kBlock));
        piece = piece.subspan(kBlock);
        continue;
      }
      auto part = piece.first(std::min(piece.size(), kBlock - block.size()));
      block.reserve(kBlock);
      block.insert(block.end(), part.begin(), part.end());
      piece = piece.subspan(part.size());
      if (block.size() < kBlock) continue;
      take(block);
      block.clear();
    }
  });
  if (given != p.size) {
    Fail(Status::kInvalidArgument, "tensor \"", p.tensor->name, "\": its shape needs ", p.size,
         " bytes and ", given, " are given");
  }
  if (!block.empty()) take(block);
}

Stored StoreAsIs(const Planned& p, uint64_t offset, const Put& put) {
  Stored out{.offset = offset};
  ReadBlocks(p, [&](std::span<const std::byte> block) {
    put(offset + out.size, block);
    out.size += block.size();
    out.crc32 = UpdateCrc(out.crc32, block);
  });
  return out;
}

// Not smaller: gives up, having put fewer bytes than StoreAsIs() puts over them.
Stored StoreDeflated(const Planned& p, uint64_t offset, const Put& put) {
  Stored out{.offset = offset, .compressed = true};
  Deflater deflater;
  bool pays = true;
  Sink sink = [&](std::span<const std::byte> bytes) {
    pays &= bytes.size() < p.size - out.size;
    if (!pays || bytes.empty()) return;
    put(offset + out.size, bytes);
    out.size += bytes.size();
    out.crc32 = UpdateCrc(out.crc32, bytes);
  };
  ReadBlocks(p, [&](std::span<const std::byte> block) {
    if (pays) deflater.Run(block, false, sink);
  });
  if (pays) deflater.Run({}, true, sink);
  return pays ? out : StoreAsIs(p, offset, put);
}

std::vector<Planned> PlanSegments(std::span<const TensorSource> tensors) {
  std::vector<Planned> plan;
  plan.reserve(tensors.size());
  for (const TensorSource& t : tensors) plan.push_back({&t, SizeInBytes(t), {}});
  std::sort(plan.begin(), plan.end(),
            [](const Planned& a, const Planned& b) { return a.tensor->name < b.tensor->name; });
  for (size_t i = 1; i < plan.size(); ++i) {
    if (plan[i - 1].tensor->name == plan[i].tensor->name) {
      Fail(Status::kInvalidArgument, "two tensors are called \"", plan[i].tensor->name, "\"");
    }
  }
  return plan;
}

void FillSegments(fb::HeaderT& header, const std::vector<Planned>& plan) {
  header.segments.clear();
  for (const Planned& p : plan) {
    auto s = std::make_unique<fb::SegmentT>();
    s->name = p.tensor->name;
    s->dtype = static_cast<fb::DType>(p.tensor->dtype);
    s->shape = p.tensor->shape;
    s->offset = p.stored.offset;
    s->stored_size = p.stored.size;
    s->crc32 = p.stored.crc32;
    s->compression = p.stored.compressed ? fb::Compression::Zlib : fb::Compression::None;
    header.segments.push_back(std::move(s));
  }
}

// The header. Its size depends on the names and shapes of the segments alone, because they also
// store what equals a default: the header has its place before anyone knows sizes and checksums.
std::span<const std::byte> Build(flatbuffers::FlatBufferBuilder& builder, const fb::HeaderT& in) {
  builder.Clear();
  builder.ForceDefaults(true);
  std::vector<flatbuffers::Offset<fb::Segment>> entries;
  for (const auto& segment : in.segments) entries.push_back(fb::Segment::Pack(builder, &*segment));
  auto segments = builder.CreateVector(entries);
  builder.ForceDefaults(false);
  auto description = fb::Description::Pack(builder, in.description.get());
  auto report = in.report ? fb::Report::Pack(builder, in.report.get()) : 0;
  auto producer = in.producer.empty() ? 0 : builder.CreateString(in.producer);
  auto fold_in = in.fold_in ? fb::FoldIn::Pack(builder, in.fold_in.get()) : 0;
  std::vector<flatbuffers::Offset<fb::Entry>> pairs;
  for (const auto& entry : in.metadata) pairs.push_back(fb::Entry::Pack(builder, &*entry));
  auto metadata = pairs.empty() ? 0 : builder.CreateVector(pairs);
  std::vector<flatbuffers::Offset<fb::Attribute>> columns;
  for (const auto& column : in.attributes)
    columns.push_back(fb::Attribute::Pack(builder, &*column));
  auto attributes = columns.empty() ? 0 : builder.CreateVector(columns);
  // The order of CreateHeader(), last field first; one that is not there (0) takes no bytes.
  fb::HeaderBuilder out(builder);
  out.add_attributes(attributes);
  out.add_metadata(metadata);
  out.add_fold_in(fold_in);
  out.add_producer(producer);
  out.add_report(report);
  out.add_segments(segments);
  out.add_description(description);
  fb::FinishHeaderBuffer(builder, out.Finish());
  return std::as_bytes(std::span(builder.GetBufferPointer(), builder.GetSize()));
}

void WriteTo(const Put& put, fb::HeaderT& header, std::span<const TensorSource> tensors,
             uint32_t reader_version) {
  RequireLittleEndian();
  if (!header.description || !header.description->head || !header.description->output) {
    Fail(Status::kInvalidArgument, "a header needs a description with head and output");
  }
  std::vector<Planned> plan = PlanSegments(tensors);
  FillSegments(header, plan);
  flatbuffers::FlatBufferBuilder builder;
  auto bytes = Build(builder, header);
  if (!VerifyHeader(bytes)) {
    Fail(Status::kInvalidArgument,
         "the description, the report or the metadata are too large: a header has at most ",
         kMaxHeaderSize, " bytes and ", kMaxHeaderTables, " tables");
  }
  // Preamble and header keep their room, and are put last.
  Preamble preamble;
  preamble.minimum_reader_version = reader_version;
  preamble.header_size = bytes.size();
  put(0, EncodePreamble(preamble));
  put(kPreambleSize, bytes);
  uint64_t end = kPreambleSize + bytes.size();
  static constexpr std::byte kZeros[kAlignment] = {};
  for (Planned& p : plan) {
    if (p.size == 0) {  // takes no room and keeps offset 0
      ReadBlocks(p, [](std::span<const std::byte>) {});
      continue;
    }
    uint64_t offset = RoundUp(ToSize(end), kAlignment);
    put(end, std::span(kZeros).first(ToSize(offset - end)));
    p.stored = p.tensor->compress ? StoreDeflated(p, offset, put) : StoreAsIs(p, offset, put);
    end = offset + p.stored.size;
  }
  FillSegments(header, plan);
  bytes = Build(builder, header);
  preamble.file_size = end;
  preamble.header_crc32 = Crc32(bytes);
  put(0, EncodePreamble(preamble));
  put(kPreambleSize, bytes);
}

std::vector<TensorSource> SourcesOf(std::span<const OwnedTensor> tensors) {
  std::vector<TensorSource> out;
  for (const OwnedTensor& t : tensors) out.push_back(SourceOf(t));
  return out;
}

}  // namespace

uint64_t SizeInBytes(const TensorSource& t) {
  auto dtype = static_cast<int32_t>(t.dtype);
  if (dtype < 0 || dtype > kLastDType) {
    Fail(Status::kInvalidArgument, "tensor \"", t.name, "\": unknown dtype ", dtype);
  }
  try {
    CheckSegmentName(t.name);
    return SizeInBytes(t.name, t.dtype, t.shape);
  } catch (const Error& error) {  // the reader's words; here it is the caller's mistake
    throw Error(Status::kInvalidArgument, error.message());
  }
}

TensorSource SourceOf(const OwnedTensor& t) {
  return {t.name, t.dtype, t.shape, [&t](const Sink& sink) { sink(t.bytes); }, t.compress};
}

TensorSource SourceOf(const Reader& reader, const SegmentInfo& segment) {
  auto write = [&reader, &segment](const Sink& sink) {
    auto bytes = reader.Find(segment.name)->bytes;
    uint32_t crc = 0;
    while (!bytes.empty()) {
      auto piece = bytes.first(std::min(bytes.size(), kBlock));
      if (!segment.compressed) crc = UpdateCrc(crc, piece);  // else opening has checked it
      sink(piece);
      reader.DropPages(piece);
      bytes = bytes.subspan(piece.size());
    }
    if (!segment.compressed && crc != segment.crc32) {
      Fail(Status::kCorrupt, "segment \"", segment.name, "\" does not match its checksum");
    }
  };
  return {std::string(segment.name),
          segment.dtype,
          {segment.shape.begin(), segment.shape.end()},
          write,
          segment.compressed};
}

void Write(const std::string& path, fb::HeaderT& header, std::span<const TensorSource> tensors,
           uint32_t reader_version) {
  AtomicFile file(path);
  auto put = [&](uint64_t offset, std::span<const std::byte> bytes) {
    auto over = bytes.first(ToSize(std::min<uint64_t>(bytes.size(), file.size() - offset)));
    file.WriteAt(ToSize(offset), over);
    file.Write(bytes.subspan(over.size()));
  };
  WriteTo(put, header, tensors, reader_version);
  file.Commit();
}

void Write(const std::string& path, fb::HeaderT& header, std::span<const OwnedTensor> tensors,
           uint32_t reader_version) {
  Write(path, header, SourcesOf(tensors), reader_version);
}

AlignedVector<std::byte> WriteToMemory(fb::HeaderT& header, std::span<const TensorSource> tensors,
                                       uint32_t reader_version) {
  AlignedVector<std::byte> out;
  auto put = [&](uint64_t offset, std::span<const std::byte> bytes) {
    if (bytes.empty()) return;
    if (out.size() < offset + bytes.size()) out.resize(ToSize(offset + bytes.size()));
    std::memcpy(out.data() + offset, bytes.data(), bytes.size());
  };
  WriteTo(put, header, tensors, reader_version);
  return out;
}

AlignedVector<std::byte> WriteToMemory(fb::HeaderT& header, std::span<const OwnedTensor> tensors,
                                       uint32_t reader_version) {
  return WriteToMemory(header, SourcesOf(tensors), reader_version);
}

}  // namespace duomo::file
