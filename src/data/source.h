// Where a data set's files lie: a folder, or a zip archive that is read in place.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "data/zip.h"

namespace duomo::data {

// A file of a folder or archive.
struct ListedFile {
  std::string name;   // "ratings.csv", "x/ratings.csv": what OpenBytes() takes behind "PATH/"
  uint64_t size = 0;  // bytes, unpacked where an archive holds it
};

// Whether it begins as zip archives do; false for what cannot be read.
bool IsArchive(const std::string& path);

// The files of a folder or zip archive, at the top and one folder down, by name; without hidden
// files and what macOS puts beside ("__MACOSX"). Throws Error: kNotFound, kIo, kCorrupt.
std::vector<ListedFile> ListFiles(const std::string& path);

// Immutable; any thread.
class Source {
 public:
  // Opens the folder or archive `path` and finds `file` in it: at the top, or one folder down.
  // Throws Error: kIo when `path` cannot be read, kNotFound when the file is not there, kCorrupt
  // for a damaged archive, kInvalidArgument when several folders hold one. Messages name `path`.
  static Source Open(const std::string& path, std::string_view file);

  // The same, but nothing where `path` can be read and has no such file.
  static std::optional<Source> Find(const std::string& path, std::string_view file);

  bool Has(std::string_view file) const;  // beside the one found
  // The bytes of a file beside the one found. Throws Error(kNotFound, kIo, kCorrupt).
  std::string Read(std::string_view file) const;
  // The same piece by piece. Borrows this source where it is an archive. A plain file is opened
  // as by OpenBytes().
  std::unique_ptr<ByteSource> Stream(std::string_view file) const;
  // Its full name for messages: "data/ml-1m.zip/ml-1m/ratings.dat".
  std::string Where(std::string_view file) const;
  // The data set's name: that of the folder which holds the files, or of the archive.
  const std::string& name() const { return name_; }

 private:
  std::string path_, name_;
  std::string prefix_;      // "" or "FOLDER/" below path_
  std::optional<Zip> zip_;  // else a folder
};

}  // namespace duomo::data
