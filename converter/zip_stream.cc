#include "converter/zip_stream.h"

#include <zlib.h>

#include <algorithm>

#include "core/error.h"
#include "core/text.h"
#include "file/crc.h"

namespace duomo::convert {
namespace {

constexpr uint16_t kDate = 1 << 5 | 1;  // 1 January 1980
constexpr uint16_t kVersion = 20;       // 2.0: deflate and folders
constexpr uint16_t kUtf8Names = 0x800;

void Put16(std::string& out, uint32_t value) {
  out += static_cast<char>(value & 0xFF);
  out += static_cast<char>(value >> 8 & 0xFF);
}

void Put32(std::string& out, uint64_t value) {
  Put16(out, static_cast<uint32_t>(value & 0xFFFF));
  Put16(out, static_cast<uint32_t>(value >> 16));
}

std::span<const std::byte> Bytes(const std::string& text) {
  return std::as_bytes(std::span(text.data(), text.size()));
}

// Nothing that an unpacking program could take for a place outside of its folder.
void CheckName(std::string_view name) {
  bool bad = name.empty() || name.size() > 0xFFFF || !IsUtf8(name) ||
             name.find_first_of(std::string_view("\\:\0", 3)) != name.npos;
  for (size_t begin = 0; begin <= name.size() && !bad;) {
    size_t end = std::min(name.find('/', begin), name.size());
    std::string_view part = name.substr(begin, end - begin);
    bad = part.empty() || part == "." || part == "..";
    begin = end + 1;
  }
  if (bad) Fail(Status::kInvalidArgument, "\"", name, "\" cannot be the name of a zip member");
}

}  // namespace

ZipStream::ZipStream(const std::string& path, bool compress) : path_(path), file_(path) {
  if (compress) deflater_ = std::make_unique<Deflater>(Deflater::Frame::kNone);
}

ZipStream::~ZipStream() = default;

void ZipStream::Add(std::string_view name, std::span<const std::byte> first,
                    std::span<const std::byte> second) {
  CheckName(name);
  uint64_t size = first.size() + second.size();
  // Deflate makes incompressible bytes larger by less than 0.1 %.
  uint64_t most = deflater_ ? size + size / 1000 + 1024 : size;
  if (members_ == kMostMembers) {
    Fail(Status::kUnsupported, path_, ": more than ", kMostMembers,
         " members need zip64, which is not supported");
  }
  if (most > kLimit || file_.size() + directory_.size() + most + 4 * name.size() > kLimit - 1024) {
    Fail(Status::kUnsupported, path_, ": with ", name, " of ", size,
         " bytes the archive would pass 4 GB and need zip64, which is not supported");
  }
  uint64_t offset = file_.size();
  auto crc = static_cast<uint32_t>(
      ::crc32_z(file::Crc32(first), reinterpret_cast<const Bytef*>(second.data()), second.size()));
  auto common = [&](uint64_t packed) {  // what local header and directory entry share
    std::string out;
    Put16(out, kVersion);
    Put16(out, kUtf8Names);
    Put16(out, deflater_ ? 8 : 0);
    Put16(out, 0);  // time
    Put16(out, kDate);
    Put32(out, crc);
    Put32(out, packed);
    Put32(out, size);
    Put16(out, static_cast<uint32_t>(name.size()));
    Put16(out, 0);  // extra field
    return out;
  };
  std::string header;
  Put32(header, 0x04034B50);
  file_.Write(header + common(size) + std::string(name));
  uint64_t packed = size;
  if (deflater_) {
    deflater_->Reset();
    packed = deflater_->Run(first, false, file_);
    packed += deflater_->Run(second, true, file_);
    file_.WriteAt(offset, Bytes(header + common(packed)));
  } else {
    file_.Write(first);
    file_.Write(second);
  }
  Put32(directory_, 0x02014B50);
  Put16(directory_, kVersion);
  directory_ += common(packed);
  Put16(directory_, 0);  // comment
  Put16(directory_, 0);  // disk
  Put16(directory_, 0);  // internal attributes
  Put32(directory_, 0);  // external attributes
  Put32(directory_, offset);
  directory_ += name;
  ++members_;
}

uint64_t ZipStream::Commit() {
  std::string end;
  Put32(end, 0x06054B50);
  Put32(end, 0);  // disks
  Put16(end, static_cast<uint32_t>(members_));
  Put16(end, static_cast<uint32_t>(members_));
  Put32(end, directory_.size());
  Put32(end, file_.size());
  Put16(end, 0);  // comment
  file_.Write(directory_ + end);
  uint64_t size = file_.size();
  file_.Commit();
  return size;
}

}  // namespace duomo::convert
