// Finding a data set's files.
#include "data/source.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <system_error>
#include <vector>

#include "core/error.h"
#include "core/file_io.h"
#include "data/row_cache.h"

namespace duomo::data {
namespace {

namespace fs = std::filesystem;

// The folders ("" for the top, else "NAME/") of the archive that hold `file`.
std::vector<std::string> FoldersIn(const Zip& zip, std::string_view file) {
  std::vector<std::string> found;
  for (const Zip::Entry& entry : zip.entries()) {
    std::string_view name = entry.name;
    if (!name.ends_with(file)) continue;
    std::string_view folder = name.substr(0, name.size() - file.size());
    bool top = folder.empty();
    bool one_down = folder.size() > 1 && folder.find('/') == folder.size() - 1;
    if (top || one_down) found.emplace_back(folder);
  }
  return found;
}

std::vector<std::string> FoldersIn(const fs::path& folder, std::string_view file) {
  std::vector<std::string> found;
  std::error_code error;
  if (fs::is_regular_file(folder / file, error)) found.emplace_back();
  fs::directory_iterator entries(folder, error);
  if (error) Fail(Status::kIo, "cannot list ", folder.string(), ": ", error.message());
  for (; entries != fs::directory_iterator(); entries.increment(error)) {
    std::error_code ignored;  // an unreadable folder beside the data is not our concern
    if (fs::is_regular_file(entries->path() / file, ignored)) {
      found.push_back(entries->path().filename().string() + "/");
    }
    if (error) break;
  }
  if (error) Fail(Status::kIo, "cannot list ", folder.string(), ": ", error.message());
  return found;
}

// Of the parts of a name in a data set: nobody means these.
bool IsBeside(std::string_view name) {
  return name.empty() || name[0] == '.' || name == "__MACOSX" || name.ends_with(kCacheSuffix);
}

void ListFolder(const fs::path& folder, const std::string& prefix, std::vector<ListedFile>& out) {
  std::error_code error;
  fs::directory_iterator entries(folder, error);
  if (error && !prefix.empty()) return;  // an unreadable folder beside the data
  if (error) Fail(Status::kIo, "cannot list ", folder.string(), ": ", error.message());
  for (; entries != fs::directory_iterator(); entries.increment(error)) {
    if (error) Fail(Status::kIo, "cannot list ", folder.string(), ": ", error.message());
    std::string name = entries->path().filename().string();
    if (IsBeside(name)) continue;
    std::error_code ignored;
    if (entries->is_regular_file(ignored)) {
      out.push_back({prefix + name, entries->file_size(ignored)});
    } else if (prefix.empty() && entries->is_directory(ignored)) {
      ListFolder(entries->path(), name + "/", out);
    }
  }
}

}  // namespace

std::vector<ListedFile> ListFiles(const std::string& path) {
  std::vector<ListedFile> out;
  std::error_code error;
  fs::file_status status = fs::status(path, error);
  if (!fs::exists(status)) Fail(Status::kNotFound, path, " does not exist");
  if (fs::is_directory(status)) {
    ListFolder(path, "", out);
  } else {
    Zip zip = Zip::Open(path);
    for (const Zip::Entry& entry : zip.entries()) {
      std::string_view name = entry.name;
      size_t slash = name.find('/');
      bool deeper = slash != name.npos && name.find('/', slash + 1) != name.npos;
      std::string_view file = name.substr(slash == name.npos ? 0 : slash + 1);
      if (deeper || IsBeside(file) || IsBeside(name.substr(0, slash))) continue;
      out.push_back({entry.name, entry.size});
    }
  }
  std::sort(out.begin(), out.end(),
            [](const ListedFile& a, const ListedFile& b) { return a.name < b.name; });
  return out;
}

bool IsArchive(const std::string& path) {
  std::string head(4, '\0');
  std::ifstream(path, std::ios::binary).read(head.data(), 4);
  return head == "PK\3\4" || head == "PK\5\6";
}

Source Source::Open(const std::string& path, std::string_view file) {
  std::optional<Source> source = Find(path, file);
  if (!source) {
    Fail(Status::kNotFound, path, " has no ", file, ", neither at the top nor one folder down");
  }
  return std::move(*source);
}

std::optional<Source> Source::Find(const std::string& path, std::string_view file) {
  Source source;
  source.path_ = path;
  std::error_code error;
  fs::file_status status = fs::status(path, error);
  if (!fs::exists(status)) Fail(Status::kNotFound, path, " does not exist");
  bool folder = fs::is_directory(status);
  if (!folder) source.zip_.emplace(Zip::Open(path));
  std::vector<std::string> found =
      folder ? FoldersIn(fs::path(path), file) : FoldersIn(*source.zip_, file);
  std::sort(found.begin(), found.end());  // the top first; no order of the file system's
  if (found.empty()) return std::nullopt;
  if (!found[0].empty() && found.size() > 1) {
    Fail(Status::kInvalidArgument, path, " has ", file, " in several folders (", found[0], " and ",
         found[1], "); give one of them");
  }
  source.prefix_ = found[0];
  if (!source.prefix_.empty()) {
    source.name_ = source.prefix_.substr(0, source.prefix_.size() - 1);
  } else {
    fs::path full = fs::absolute(path, error).lexically_normal();
    if (!full.has_filename()) full = full.parent_path();  // "data/" and "."
    source.name_ = folder ? full.filename().string() : full.stem().string();
  }
  return source;
}

bool Source::Has(std::string_view file) const {
  if (zip_) return zip_->Find(prefix_ + std::string(file)) != nullptr;
  std::error_code error;
  return fs::is_regular_file(Where(file), error);
}

std::unique_ptr<ByteSource> Source::Stream(std::string_view file) const {
  if (zip_) return zip_->Stream(prefix_ + std::string(file), kMaxUnpacked);
  return OpenBytes(Where(file));
}

std::string Source::Read(std::string_view file) const {
  if (zip_) return zip_->Read(prefix_ + std::string(file));
  std::string full = Where(file);
  std::error_code error;
  if (!fs::exists(full, error)) Fail(Status::kNotFound, full, " does not exist");
  FileBytes bytes = FileBytes::Map(full);
  return {reinterpret_cast<const char*>(bytes.bytes().data()), bytes.bytes().size()};
}

std::string Source::Where(std::string_view file) const {
  std::string out = path_;
  if (!out.ends_with('/')) out += '/';
  return StrCat(out, prefix_, file);
}

}  // namespace duomo::data
