#include <algorithm>
#include <array>
#include <cstdio>

#include "converter/paddle/tar.h"
#include "core/error.h"

namespace duomo::convert {
namespace {

constexpr size_t kBlock = 512;
constexpr size_t kRecord = 20 * kBlock;  // what tar programs fill an archive up to
constexpr std::array<char, kRecord> kZeros = {};

std::span<const std::byte> Bytes(std::span<const char> text) { return std::as_bytes(text); }

}  // namespace

TarStream::TarStream(const std::string& path, bool gzip) : file_(path) {
  if (gzip) deflater_ = std::make_unique<data::Deflater>(data::Deflater::Frame::kGzip);
}

TarStream::~TarStream() = default;

void TarStream::Put(std::span<const std::byte> bytes) {
  total_ += bytes.size();
  if (deflater_) {
    deflater_->Run(bytes, false, [this](auto packed) { file_.Write(packed); });
  } else {
    file_.Write(bytes);
  }
}

void TarStream::Pad(size_t unit) {
  Put(Bytes(std::span(kZeros).first((unit - total_ % unit) % unit)));
}

void TarStream::Begin(std::string_view name, uint64_t size) {
  Pad(kBlock);
  std::array<char, kBlock> header = {};
  auto put = [&](size_t at, std::string_view text) { std::ranges::copy(text, &header[at]); };
  auto octal = [&](size_t at, int digits, uint64_t value) {
    char text[24];
    std::snprintf(text, sizeof(text), "%0*llo", digits, static_cast<unsigned long long>(value));
    put(at, text);
  };
  if (name.size() > 100) Fail(Status::kUnsupported, "\"", name, "\" is too long for a tar member");
  put(0, name);
  put(100, "0000644");
  for (size_t owner : {108, 116}) put(owner, "0000000");
  if (size >> 33 == 0) {
    octal(124, 11, size);
  } else {  // GNU's form for 8 GiB and more
    header[124] = '\x80';
    for (size_t i = 0; i < 8; ++i) header[135 - i] = static_cast<char>(size >> 8 * i & 0xFF);
  }
  put(136, "00000000000");  // the date
  put(148, "        ");
  header[156] = '0';
  put(257, "ustar");
  put(263, "00");
  unsigned sum = 0;
  for (unsigned char c : header) sum += c;
  octal(148, 6, sum);
  header[154] = '\0';
  Put(Bytes(header));
}

void TarStream::Write(std::span<const std::byte> bytes) { Put(bytes); }

uint64_t TarStream::Commit() {
  Pad(kBlock);
  Put(Bytes(std::span(kZeros).first(2 * kBlock)));
  Pad(kRecord);
  if (deflater_) deflater_->Run({}, true, [this](auto packed) { file_.Write(packed); });
  uint64_t size = file_.size();
  file_.Commit();
  return size;
}

}  // namespace duomo::convert
