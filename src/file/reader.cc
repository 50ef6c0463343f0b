#include "file/reader.h"

#include <algorithm>

#include "core/error.h"
#include "core/narrow.h"
#include "file/crc.h"
#include "file/duomo_generated.h"
#include "file/inflate.h"
#include "file/preamble.h"
#include "file/validate.h"

namespace duomo::file {

struct Reader::Impl {
  FileBytes file;                 // empty when a buffer was opened
  AlignedVector<std::byte> copy;  // of a misaligned buffer
  bool copied = false;
  std::span<const std::byte> bytes;  // the whole file, wherever it lies
  Preamble preamble;
  const fb::Header* header = nullptr;
  std::vector<SegmentInfo> segments;
  std::vector<AlignedVector<std::byte>> inflated;
  std::vector<std::span<const std::byte>> contents;  // by segment; in the file or in `inflated`

  std::span<const std::byte> Stored(const SegmentInfo& s) const {
    return s.stored_size == 0 ? std::span<const std::byte>()
                              : bytes.subspan(ToSize(s.offset), ToSize(s.stored_size));
  }

  void CheckCrc(const SegmentInfo& s) const {
    if (Crc32(Stored(s)) == s.crc32) return;
    Fail(Status::kCorrupt, "segment \"", s.name, "\" (", s.stored_size, " bytes at ", s.offset,
         ") does not match its checksum");
  }

  void CheckZeros(uint64_t begin, uint64_t end) const {
    for (uint64_t i = begin; i < end; ++i) {
      if (bytes[ToSize(i)] != std::byte{0}) {
        Fail(Status::kCorrupt, "the padding byte at ", i, " is not zero");
      }
    }
  }

  // Everything between magic and segments; `bytes` is set.
  void Parse(const ReadOptions& options) {
    preamble = ReadPreamble(bytes);
    auto header_bytes = bytes.subspan(ToSize(preamble.header_offset), ToSize(preamble.header_size));
    if (!VerifyHeader(header_bytes)) {
      Fail(Status::kCorrupt, "the header is not a well-formed FlatBuffer 'DUOM', or has more than ",
           kMaxHeaderTables, " tables");
    }
    header = fb::GetHeader(header_bytes.data());
    segments = ReadSegmentTable(*header, preamble.header_offset + preamble.header_size,
                                preamble.file_size);
    contents.reserve(segments.size());
    for (const SegmentInfo& s : segments) {
      // A compressed segment is read in full now, so that its checksum costs little more.
      if (options.verify_checksums || s.compressed || s.stored_size <= kSmallSegment) CheckCrc(s);
      contents.push_back(Stored(s));
      if (s.compressed) {
        inflated.push_back(Inflate(s.name, Stored(s), s.size));
        contents.back() = inflated.back();  // the heap block stays when `inflated` grows
      }
    }
    if (options.verify_checksums) CheckPadding();
  }

  // The bytes that belong to no segment.
  void CheckPadding() const {
    uint64_t end = preamble.header_offset + preamble.header_size;
    for (size_t i : ByOffset(segments)) {
      CheckZeros(end, segments[i].offset);
      end = segments[i].offset + segments[i].stored_size;
    }
    CheckZeros(end, bytes.size());
  }
};

Reader::Reader() : impl_(std::make_unique<Impl>()) {}
Reader::~Reader() = default;

std::unique_ptr<const Reader> Reader::OpenFile(FileBytes file, const std::string& name,
                                               const ReadOptions& options) {
  std::unique_ptr<Reader> reader(new Reader);
  Impl& impl = *reader->impl_;
  impl.file = std::move(file);
  impl.copied = !impl.file.mapped();
  impl.bytes = impl.file.bytes();
  try {
    impl.Parse(options);
  } catch (const Error& error) {
    throw Error(error.status(), StrCat(name, ": ", error.message()));
  }
  return reader;
}

std::unique_ptr<const Reader> Reader::Open(const std::string& path, const ReadOptions& options) {
  return OpenFile(options.copy ? FileBytes::Read(path) : FileBytes::Map(path), path, options);
}

std::unique_ptr<const Reader> Reader::OpenDescriptor(int descriptor, uint64_t offset,
                                                     uint64_t length, const ReadOptions& given) {
  ReadOptions options = given;
  options.copy |= offset % kAlignment != 0;
  return OpenFile(options.copy ? FileBytes::Read(descriptor, offset, length)
                               : FileBytes::Map(descriptor, offset, length),
                  StrCat("file descriptor ", descriptor), options);
}

std::unique_ptr<const Reader> Reader::OpenBuffer(std::span<const std::byte> data,
                                                 const ReadOptions& options) {
  std::unique_ptr<Reader> reader(new Reader);
  Impl& impl = *reader->impl_;
  impl.bytes = data;
  if (options.copy || reinterpret_cast<uintptr_t>(data.data()) % kAlignment != 0) {
    impl.copy.assign(data.begin(), data.end());
    impl.copied = true;
    impl.bytes = impl.copy;
  }
  impl.Parse(options);
  return reader;
}

const fb::Header& Reader::header() const { return *impl_->header; }
std::span<const std::byte> Reader::header_bytes() const {
  return impl_->bytes.subspan(ToSize(impl_->preamble.header_offset),
                              ToSize(impl_->preamble.header_size));
}
uint32_t Reader::container_version() const { return impl_->preamble.container_version; }
uint32_t Reader::minimum_reader_version() const { return impl_->preamble.minimum_reader_version; }
uint64_t Reader::file_size() const { return impl_->preamble.file_size; }
bool Reader::copied() const { return impl_->copied; }
const std::vector<SegmentInfo>& Reader::segments() const { return impl_->segments; }

std::optional<Tensor> Reader::Find(std::string_view name) const {
  const auto& segments = impl_->segments;
  auto it = std::lower_bound(segments.begin(), segments.end(), name,
                             [](const SegmentInfo& s, std::string_view n) { return s.name < n; });
  if (it == segments.end() || it->name != name) return std::nullopt;
  return Tensor{it->dtype, it->shape, impl_->contents[static_cast<size_t>(it - segments.begin())]};
}

void Reader::DropPages(std::span<const std::byte> part) const { impl_->file.DropPages(part); }

void Reader::VerifyChecksums() const {
  for (const SegmentInfo& s : impl_->segments) impl_->CheckCrc(s);
  impl_->CheckPadding();
}

}  // namespace duomo::file
