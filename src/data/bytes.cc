// Sources of bytes: files, memory, and zlib between them.
#include "data/bytes.h"

#include <fcntl.h>
#include <unistd.h>
#include <zlib.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <system_error>
#include <utility>
#include <vector>

#include "core/error.h"
#include "data/bytes_packed.h"
#include "data/zip.h"

namespace duomo::data {
namespace {

namespace fs = std::filesystem;

constexpr size_t kPiece = size_t{1} << 16;

class FileSource : public ByteSource {
 public:
  explicit FileSource(const std::string& path) : path_(path) {
    std::error_code error;
    if (fs::is_directory(path, error)) {
      Fail(Status::kInvalidArgument, path, " is a folder; give a file");
    }
    fd_ = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
    if (fd_ < 0) {
      Status status = errno == ENOENT || errno == ENOTDIR ? Status::kNotFound : Status::kIo;
      Fail(status, "cannot open ", path, ": ", std::strerror(errno));
    }
  }
  FileSource(const FileSource&) = delete;
  ~FileSource() override { ::close(fd_); }

  size_t Read(char* out, size_t size) override {
    while (true) {
      ssize_t n = ::read(fd_, out, size);
      if (n >= 0) return static_cast<size_t>(n);
      if (errno != EINTR) Fail(Status::kIo, "cannot read ", path_, ": ", std::strerror(errno));
    }
  }

 private:
  std::string path_;
  int fd_ = -1;
};

// Lets one look at the first bytes, which tell packed files, before they are read.
class Peeked : public ByteSource {
 public:
  explicit Peeked(std::unique_ptr<ByteSource> bytes) : bytes_(std::move(bytes)) {
    char head[4];
    while (head_.size() < sizeof(head)) {  // pipes give what they have
      size_t n = bytes_->Read(head, sizeof(head) - head_.size());
      if (n == 0) break;
      head_.append(head, n);
    }
  }
  const std::string& head() const { return head_; }
  size_t Read(char* out, size_t size) override {
    if (given_ == head_.size()) return bytes_->Read(out, size);
    size_t n = head_.copy(out, size, given_);
    given_ += n;
    return n;
  }

 private:
  std::unique_ptr<ByteSource> bytes_;
  std::string head_;
  size_t given_ = 0;
};

class TextSource : public ByteSource {
 public:
  explicit TextSource(std::string_view text) : rest_(text) {}
  size_t Read(char* out, size_t size) override {
    size_t n = rest_.copy(out, size);
    rest_.remove_prefix(n);
    return n;
  }

 private:
  std::string_view rest_;
};

class Unpacker : public ByteSource {
 public:
  Unpacker(std::unique_ptr<ByteSource> packed, const Packing& packing, std::string name)
      : packed_(std::move(packed)), packing_(packing), name_(std::move(name)), piece_(kPiece) {
    int window = packing.kind == Packing::kGzip ? MAX_WBITS + 16 : -MAX_WBITS;
    if (inflateInit2(&stream_, window) != Z_OK) {
      Fail(Status::kOutOfMemory, "zlib cannot allocate its state");
    }
  }
  Unpacker(const Unpacker&) = delete;
  ~Unpacker() override { inflateEnd(&stream_); }

  size_t Read(char* out, size_t size) override {
    size = std::min(size, size_t{1} << 30);
    stream_.next_out = reinterpret_cast<Bytef*>(out);
    stream_.avail_out = static_cast<uInt>(size);
    while (!ended_ && stream_.avail_out == size) Step();
    size_t n = size - stream_.avail_out;
    total_ += n;
    if (packing_.kind == Packing::kGzip) {
      if (total_ > packing_.max_size) {
        Fail(Status::kUnsupported, name_, " holds more than ", packing_.max_size,
             " bytes, the most that is unpacked");
      }
      return n;
    }
    crc_ = crc32_z(crc_, reinterpret_cast<const Bytef*>(out), n);
    if (total_ > packing_.size || (n == 0 && total_ != packing_.size)) {
      Fail(Status::kCorrupt, name_, " does not unpack to the ", packing_.size,
           " bytes that it claims");
    }
    if (n == 0 && crc_ != packing_.crc32) Fail(Status::kCorrupt, name_, ": wrong checksum");
    return n;
  }

 private:
  void Step() {
    if (stream_.avail_in == 0) {
      stream_.next_in = reinterpret_cast<Bytef*>(piece_.data());
      stream_.avail_in = static_cast<uInt>(packed_->Read(piece_.data(), piece_.size()));
      if (stream_.avail_in == 0) {
        // Several gzip files one after the other are one file; only between them is an end.
        if (!between_) Fail(Status::kCorrupt, name_, ": its packed bytes are cut off");
        ended_ = true;
        return;
      }
    }
    between_ = false;
    int result = inflate(&stream_, Z_NO_FLUSH);
    if (result == Z_STREAM_END) {
      if (packing_.kind == Packing::kDeflate) {
        ended_ = true;
      } else {
        inflateReset(&stream_);
        between_ = true;
      }
    } else if (result == Z_MEM_ERROR) {
      Fail(Status::kOutOfMemory, "zlib cannot allocate its window");
    } else if (result != Z_OK && result != Z_BUF_ERROR) {
      Fail(Status::kCorrupt, name_, ": its packed bytes are damaged");
    }
  }

  std::unique_ptr<ByteSource> packed_;
  Packing packing_;
  std::string name_;
  std::vector<char> piece_;
  z_stream stream_{};
  uint64_t total_ = 0;
  uLong crc_ = 0;
  bool between_ = false, ended_ = false;
};

// Keeps its archive open.
class ZipSource : public ByteSource {
 public:
  ZipSource(const std::string& path, const std::string& entry, uint64_t max_size)
      : zip_(Zip::Open(path)), source_(zip_.Stream(entry.empty() ? Only(zip_) : entry, max_size)) {}
  size_t Read(char* out, size_t size) override { return source_->Read(out, size); }

 private:
  static std::string Only(const Zip& zip) {
    std::string found;
    if (zip.Find("xl/workbook.xml") != nullptr || zip.Find("[Content_Types].xml") != nullptr) {
      Fail(Status::kUnsupported, zip.name(), " is a spreadsheet (xlsx); save the table as CSV");
    }
    for (const Zip::Entry& entry : zip.entries()) {
      bool beside = entry.name.ends_with('/') || entry.name.starts_with("__MACOSX/");
      if (beside) continue;
      if (!found.empty()) {
        Fail(Status::kInvalidArgument, zip.name(), " holds several files; name one, e.g. ",
             zip.name(), "/", found);
      }
      found = entry.name;
    }
    if (found.empty()) Fail(Status::kNotFound, zip.name(), " holds no file");
    return found;
  }

  Zip zip_;
  std::unique_ptr<ByteSource> source_;
};

// "data.zip/a/b.csv": the archive and what is in it, where some part of the path is a file.
bool InsideArchive(const std::string& path, std::string& archive, std::string& entry) {
  std::error_code error;
  for (size_t at = path.find('/', 1); at != path.npos; at = path.find('/', at + 1)) {
    archive = path.substr(0, at);
    if (fs::is_regular_file(archive, error)) {
      entry = path.substr(at + 1);
      return !entry.empty();
    }
  }
  return false;
}

}  // namespace

std::unique_ptr<ByteSource> OpenBytes(const std::string& path, uint64_t max_unpacked) {
  std::string archive, entry;
  std::unique_ptr<ByteSource> bytes;
  if (InsideArchive(path, archive, entry)) {
    bytes = std::make_unique<ZipSource>(archive, entry, max_unpacked);
  } else {
    auto file = std::make_unique<Peeked>(std::make_unique<FileSource>(path));
    bool zip = file->head().starts_with("PK\3\4") || file->head().starts_with("PK\5\6");
    if (zip) {
      bytes = std::make_unique<ZipSource>(path, "", max_unpacked);
    } else {
      return UnpackAny(std::move(file), max_unpacked, path);
    }
  }
  return UnpackAny(std::move(bytes), max_unpacked, path);
}

std::unique_ptr<ByteSource> UnpackAny(std::unique_ptr<ByteSource> bytes, uint64_t max_unpacked,
                                      const std::string& name) {
  auto peeked = std::make_unique<Peeked>(std::move(bytes));
  std::string_view head = peeked->head();
  if (head.starts_with("\x1F\x8B")) {
    Packing packing;
    packing.max_size = max_unpacked;
    return Unpack(std::move(peeked), packing, name);
  }
  bool bzip2 = head.size() == 4 && head.starts_with("BZh") && head[3] >= '1' && head[3] <= '9';
  if (bzip2) return UnpackBzip2(std::move(peeked), max_unpacked, name);
  if (head == "\x28\xB5\x2F\xFD") return UnpackZstd(std::move(peeked), max_unpacked, name);
  return peeked;
}

std::unique_ptr<ByteSource> BytesOf(std::string_view text) {
  return std::make_unique<TextSource>(text);
}

std::unique_ptr<ByteSource> Unpack(std::unique_ptr<ByteSource> packed, const Packing& packing,
                                   std::string name) {
  return std::make_unique<Unpacker>(std::move(packed), packing, std::move(name));
}

}  // namespace duomo::data
