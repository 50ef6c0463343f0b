// What tells the files that a cache is of.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <system_error>

#include "core/error.h"
#include "data/row_cache.h"
#include "data/source.h"
#include "file/crc.h"

namespace duomo::data {
namespace {

namespace fs = std::filesystem;

constexpr uint64_t kEnd = 65536;

SourceFile Fingerprint(const fs::path& path) {
  std::error_code error;
  SourceFile out;
  out.name = path.filename().string();
  out.size = fs::file_size(path, error);
  if (!error) out.modified = fs::last_write_time(path, error).time_since_epoch().count();
  if (error) Fail(Status::kIo, "cannot read ", path.string(), ": ", error.message());
  std::ifstream file(path, std::ios::binary);
  std::string part(std::min(out.size, kEnd), '\0');
  auto add = [&] {
    file.read(part.data(), static_cast<std::streamsize>(part.size()));
    out.ends = file::UpdateCrc(out.ends, std::as_bytes(std::span(part)));
  };
  add();
  file.seekg(static_cast<std::streamoff>(out.size - part.size()));
  add();
  if (!file) Fail(Status::kIo, "cannot read ", path.string());
  return out;
}

}  // namespace

std::vector<SourceFile> SourcesOf(std::span<const std::string> paths) {
  std::vector<SourceFile> out;
  for (const std::string& path : paths) {
    std::error_code error;
    if (fs::is_directory(path, error)) {
      for (const ListedFile& file : ListFiles(path)) {
        out.push_back(Fingerprint(fs::path(path) / file.name));
      }
      continue;
    }
    // "data.zip/folder/ratings.csv": what stands on the disk is the archive.
    fs::path file = path;
    while (!fs::exists(file, error) && file.has_parent_path() && file != file.parent_path()) {
      file = file.parent_path();
    }
    if (!fs::exists(file, error)) Fail(Status::kNotFound, path, " does not exist");
    if (fs::is_directory(file, error)) Fail(Status::kNotFound, path, " does not exist");
    if (!fs::is_regular_file(file, error)) {
      Fail(Status::kUnsupported, path,
           " can be read only once, so its rows cannot be kept; leave --cache out");
    }
    out.push_back(Fingerprint(file));
  }
  return out;
}

}  // namespace duomo::data
