#include "data/zip_writer.h"

#include <algorithm>

#include "core/error.h"
#include "core/text.h"
#include "file/crc.h"

namespace duomo::data {
namespace {

constexpr uint16_t kDate = 1 << 5 | 1;  // 1 January 1980
constexpr uint16_t kVersion = 20;       // 2.0: deflate and folders
constexpr uint16_t kVersion64 = 45;     // 4.5: zip64
constexpr uint64_t kIn64 = 0xFFFFFFFF;  // the number stands in a field of zip64
constexpr uint16_t kUtf8Names = 0x800;

void Put16(std::string& out, uint32_t value) {
  out += static_cast<char>(value & 0xFF);
  out += static_cast<char>(value >> 8 & 0xFF);
}

void Put32(std::string& out, uint64_t value) {
  Put16(out, static_cast<uint32_t>(value & 0xFFFF));
  Put16(out, static_cast<uint32_t>(value >> 16));
}

void Put64(std::string& out, uint64_t value) {
  Put32(out, value & 0xFFFFFFFF);
  Put32(out, value >> 32);
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

ZipWriter::ZipWriter(const std::string& path, Packing packing, uint64_t limit)
    : limit_(limit), file_(path) {
  if (packing == Packing::kStored) return;
  using Level = Deflater::Level;
  deflater_ = std::make_unique<Deflater>(Deflater::Frame::kNone,
                                         packing == Packing::kFast ? Level::kFast : Level::kUsual);
}

ZipWriter::~ZipWriter() = default;

void ZipWriter::Add(std::string_view name, std::span<const std::byte> first,
                    std::span<const std::byte> second) {
  CheckName(name);
  const uint64_t size = first.size() + second.size(), offset = file_.size();
  // Deflate makes incompressible bytes larger by less than 0.1 %. Both sizes go into zip64
  // together, as the local header demands.
  const bool large = (deflater_ ? size + size / 1000 + 1024 : size) > limit_;
  const bool far = offset > limit_;
  const uint32_t crc = file::UpdateCrc(file::Crc32(first), second);
  auto common = [&](uint64_t packed, bool in_64, size_t extra) {  // to both headers
    std::string out;
    Put16(out, in_64 ? kVersion64 : kVersion);
    Put16(out, kUtf8Names);
    Put16(out, deflater_ ? 8 : 0);
    Put16(out, 0);  // time
    Put16(out, kDate);
    Put32(out, crc);
    Put32(out, large ? kIn64 : packed);
    Put32(out, large ? kIn64 : size);
    Put16(out, static_cast<uint32_t>(name.size()));
    Put16(out, static_cast<uint32_t>(extra));
    return out;
  };
  auto extra = [&](uint64_t packed, bool with_offset) {
    std::string out;
    if (!large && !with_offset) return out;
    Put16(out, 1);
    Put16(out, (large ? 16u : 0u) + (with_offset ? 8u : 0u));
    if (large) {
      Put64(out, size);
      Put64(out, packed);
    }
    if (with_offset) Put64(out, offset);
    return out;
  };
  auto local = [&](uint64_t packed) {
    std::string out, more = extra(packed, false);
    Put32(out, 0x04034B50);
    return out + common(packed, large, more.size()) + std::string(name) + more;
  };
  file_.Write(local(size));
  uint64_t packed = size;
  if (deflater_) {
    deflater_->Reset();
    auto write = [this](std::span<const std::byte> bytes) { file_.Write(bytes); };
    packed = deflater_->Run(first, false, write);
    packed += deflater_->Run(second, true, write);
    file_.WriteAt(offset, Bytes(local(packed)));
  } else {
    file_.Write(first);
    file_.Write(second);
  }
  std::string more = extra(packed, far);
  Put32(directory_, 0x02014B50);
  Put16(directory_, large || far ? kVersion64 : kVersion);
  directory_ += common(packed, large || far, more.size());
  Put16(directory_, 0);  // comment
  Put16(directory_, 0);  // disk
  Put16(directory_, 0);  // internal attributes
  Put32(directory_, 0);  // external attributes
  Put32(directory_, far ? kIn64 : offset);
  directory_ += name;
  directory_ += more;
  ++members_;
}

uint64_t ZipWriter::Commit() {
  const uint64_t at = file_.size(), size = directory_.size();
  const bool is_64 = members_ > kMostMembers || size > limit_ || at > limit_;
  std::string end;
  if (is_64) {
    Put32(end, 0x06064B50);
    Put64(end, 44);  // bytes that follow
    Put16(end, kVersion64);
    Put16(end, kVersion64);
    Put64(end, 0);  // disks
    Put64(end, members_);
    Put64(end, members_);
    Put64(end, size);
    Put64(end, at);
    Put32(end, 0x07064B50);
    Put32(end, 0);  // disk
    Put64(end, at + size);
    Put32(end, 1);  // disks
  }
  const auto members = static_cast<uint32_t>(is_64 ? 0xFFFF : members_);
  Put32(end, 0x06054B50);
  Put32(end, 0);  // disks
  Put16(end, members);
  Put16(end, members);
  Put32(end, is_64 ? kIn64 : size);
  Put32(end, is_64 ? kIn64 : at);
  Put16(end, 0);  // comment
  file_.Write(directory_ + end);
  uint64_t whole = file_.size();
  file_.Commit();
  return whole;
}

}  // namespace duomo::data
