// Makes zip archives, good and broken, byte by byte: independent of the writer in src/data.
#pragma once

#include <zlib.h>

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

namespace duomo::test {

// Change a field before Add() to tell a lie.
struct ZipEntry {
  explicit ZipEntry(std::string entry_name, const std::string& bytes, bool deflated = true)
      : name(std::move(entry_name)), data(bytes), size(static_cast<uint32_t>(bytes.size())) {
    crc = static_cast<uint32_t>(
        ::crc32(0, reinterpret_cast<const Bytef*>(bytes.data()), static_cast<uInt>(bytes.size())));
    if (!deflated) return;
    method = 8;
    z_stream stream{};
    deflateInit2(&stream, 9, Z_DEFLATED, -15, 8, Z_DEFAULT_STRATEGY);
    data.assign(bytes.size() + 1000, '\0');
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
    stream.avail_in = static_cast<uInt>(bytes.size());
    stream.next_out = reinterpret_cast<Bytef*>(data.data());
    stream.avail_out = static_cast<uInt>(data.size());
    deflate(&stream, Z_FINISH);
    data.resize(stream.total_out);
    deflateEnd(&stream);
  }

  std::string name, data;
  uint32_t size, crc = 0;
  uint16_t method = 0, flags = 0;
  bool in_64 = false;  // sizes and offset stand in the directory's field of zip64
};

class ZipBuilder {
 public:
  void Add(const ZipEntry& e) {
    auto offset = static_cast<uint32_t>(body_.size());
    std::string fields = Number(20, 2) + Number(e.flags, 2) + Number(e.method, 2) + Number(0, 4) +
                         Number(e.crc, 4) + Number(static_cast<uint32_t>(e.data.size()), 4) +
                         Number(e.size, 4) + Number(static_cast<uint32_t>(e.name.size()), 2);
    body_ += "PK\3\4" + fields + Number(4, 2) + e.name + "junk" + e.data;  // an extra field
    ++count_;
    if (e.in_64) {
      directory_ += "PK\1\2" + Number(45, 2) + fields.substr(0, 14) + Number(UINT32_MAX, 4) +
                    Number(UINT32_MAX, 4) + fields.substr(22) + Number(38, 2) + Number(0, 10) +
                    Number(UINT32_MAX, 4) + e.name + "??" + Number(6, 2) + "before" + Number(1, 2) +
                    Number(24, 2) + Number(e.size, 8) +
                    Number(static_cast<uint32_t>(e.data.size()), 8) + Number(offset, 8);
      return;
    }
    directory_ += "PK\1\2" + Number(20, 2) + fields + Number(0, 2) + Number(3, 2) + Number(0, 8) +
                  Number(offset, 4) + e.name + "say";  // a comment
  }

  // The end of a zip64 archive; `shift` makes its locator lie.
  std::string Finish64(uint32_t shift = 0) const {
    std::string out = body_ + directory_;
    auto end = static_cast<uint32_t>(out.size()) + shift;
    out += "PK\6\6" + Number(44, 8) + Number(45, 2) + Number(45, 2) + Number(0, 8) +
           Number(count_, 8) + Number(count_, 8) +
           Number(static_cast<uint32_t>(directory_.size()), 8) +
           Number(static_cast<uint32_t>(body_.size()), 8);
    out += "PK\6\7" + Number(0, 4) + Number(end, 8) + Number(1, 4);
    return out + "PK\5\6" + Number(0, 4) + Number(0xFFFF, 2) + Number(0xFFFF, 2) +
           Number(UINT32_MAX, 4) + Number(UINT32_MAX, 4) + Number(0, 2);
  }

  std::string Finish(const std::string& comment = "", uint32_t shift = 0) const {
    return body_ + directory_ + "PK\5\6" + Number(0, 4) + Number(count_, 2) + Number(count_, 2) +
           Number(static_cast<uint32_t>(directory_.size()), 4) +
           Number(static_cast<uint32_t>(body_.size()) + shift, 4) +
           Number(static_cast<uint32_t>(comment.size()), 2) + comment;
  }

 private:
  static std::string Number(uint32_t value, size_t bytes) {
    std::string out(bytes, '\0');
    for (size_t i = 0; i < bytes && i < 4; ++i) out[i] = static_cast<char>(value >> (8 * i));
    return out;
  }

  std::string body_, directory_;
  uint32_t count_ = 0;
};

inline std::span<const std::byte> Bytes(const std::string& text) {
  return std::as_bytes(std::span(text.data(), text.size()));
}

}  // namespace duomo::test
