#include "cli/find_tables.h"

#include <algorithm>
#include <filesystem>
#include <optional>
#include <utility>

#include "core/error.h"
#include "data/open.h"
#include "data/profile.h"
#include "data/recognise.h"
#include "data/source.h"
#include "data/table_reader.h"

namespace duomo::cli {
namespace {

constexpr size_t kRowsToTell = 2000;  // enough to tell what a file of a folder is

// Whether some line at the beginning of a file has so many fields with "::" between.
bool HasFields(const data::Source& source, std::string_view file, size_t count) {
  std::string head(4096, '\0');
  size_t size = 0;
  auto bytes = source.Stream(file);
  for (size_t n = 1; n > 0 && size < head.size(); size += n) {
    n = bytes->Read(head.data() + size, head.size() - size);
  }
  head.resize(size);
  for (std::string_view rest = head; !rest.empty();) {
    std::string_view line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(line.size() + 1, rest.size()));
    size_t fields = 1;
    for (size_t at = line.find("::"); at != line.npos; at = line.find("::", at + 2)) ++fields;
    if (fields == count) return true;
  }
  return false;
}

bool IsMovieLens(const std::string& path) {
  std::error_code error;
  bool folder = std::filesystem::is_directory(path, error);
  if (!folder && !data::IsArchive(path)) return false;
  if (data::Source::Find(path, "u.data")) return true;
  // Others have files of these names, too: MovieTweetings, with users of two fields, and MovieLens
  // 10M, which has tags and no users.
  if (auto ratings = data::Source::Find(path, "ratings.dat")) {
    if (!ratings->Has("users.dat")) return !ratings->Has("tags.dat");
    return HasFields(*ratings, "users.dat", 5) || !HasFields(*ratings, "users.dat", 2);
  }
  auto source = data::Source::Find(path, "ratings.csv");
  return source && source->Has("movies.csv");
}

class Finder {
 public:
  explicit Finder(const DataOptions& options) : o_(options) { out_.spec = TablesOf(options); }

  FoundTables Run() {
    bool as_tables = !o_.mappings.empty() || !o_.columns.empty();
    std::error_code error;
    if (!o_.data.empty() && !std::filesystem::exists(o_.data, error)) {
      Fail(Status::kNotFound, o_.data, " does not exist");
    }
    if (!o_.data.empty() && !as_tables && IsMovieLens(o_.data)) {
      out_.movielens = true;
      return std::move(out_);
    }
    if (!o_.data.empty()) InFolder();
    Roles();
    return std::move(out_);
  }

 private:
  struct File {
    std::string path;
    uint64_t size = 0;
    data::TableKind kind = data::TableKind::kOther;
    std::vector<std::string> names = {};  // for a side table that has none
    std::string why = {};                 // it is not a table
  };

  // Looks into every file of a folder or archive; a single table is the interactions.
  void InFolder() {
    std::error_code error;
    bool folder = std::filesystem::is_directory(o_.data, error);
    if (!folder && !data::IsArchive(o_.data)) {
      out_.spec.interactions = o_.data;
      return;
    }
    std::vector<File> files;
    for (const data::ListedFile& listed : data::ListFiles(o_.data)) {
      File file{o_.data + (o_.data.ends_with('/') ? "" : "/") + listed.name, listed.size};
      try {
        auto [profile, named] = Profile(file.path, kRowsToTell);
        file.kind = data::KindOfTable(profile, named);
        if (!named) file.names = data::NamesForSide(profile, file.kind);
      } catch (const Error& e) {
        file.why = e.message();
      }
      files.push_back(std::move(file));
    }
    auto largest = [&](data::TableKind kind) -> const File* {
      const File* best = nullptr;
      for (const File& file : files) {
        if (file.kind == kind && (best == nullptr || file.size > best->size)) best = &file;
      }
      return best;
    };
    const File* rows = largest(data::TableKind::kInteractions);
    if (rows == nullptr) {
      std::string list;
      for (const File& file : files) {
        list +=
            StrCat(list.empty() ? "" : ", ", std::filesystem::path(file.path).filename().string());
      }
      Fail(Status::kNotFound, o_.data,
           " has neither MovieLens's ratings.dat, u.data or ratings.csv nor a table of users and "
           "items",
           list.empty() ? "" : StrCat(" among ", list), "; name it with --interactions FILE");
    }
    out_.spec.interactions = rows->path;
    const File* users = largest(data::TableKind::kUsers);
    const File* items = largest(data::TableKind::kItems);
    if (users != nullptr) out_.spec.users = users->path;
    if (items != nullptr) out_.spec.items = items->path;
    Name(users, "users:", out_.spec.user_columns);
    Name(items, "items:", out_.spec.item_columns);
    for (const File& file : files) {
      if (&file == rows || &file == users || &file == items) continue;
      std::string reason = !file.why.empty() ? file.why
                           : file.kind == data::TableKind::kFriends
                               ? "who knows whom; --social reads it in baseline and compare"
                           : file.kind == data::TableKind::kInteractions
                               ? "another table of users and items; --interactions would take it"
                           : file.kind == data::TableKind::kSeveralRows
                               ? "it has several rows for one user or item; --users and --items "
                                 "take tables with one row for each"
                               : "no table of users, items or both";
      out_.others.push_back(StrCat(file.path, " is not read: ", reason));
    }
  }

  // Names for a side table whose first row is one of data.
  void Name(const File* file, const char* side, std::vector<std::string>& columns) {
    if (file == nullptr || file->names.empty() || !columns.empty()) return;
    columns = file->names;
    std::string list;
    for (const std::string& name : columns) list += StrCat(list.empty() ? "" : ",", name);
    out_.others.push_back(StrCat(file->path,
                                 ": the first row looks like data, so the columns are called ",
                                 list, "; --columns ", side, list, " would name them"));
  }

  std::pair<data::TableProfile, bool> Profile(const std::string& path, size_t rows) {
    data::TableOptions options;
    options.separator = out_.spec.separator;
    options.quotes = out_.spec.quotes;
    options.latin1 = out_.spec.latin1;
    options.skip_bad_lines = true;  // what is wrong is said when the table is read
    if (path == out_.spec.interactions) options.columns = out_.spec.columns;
    auto table = data::OpenTable(data::OpenBytes(path), path, options);
    bool named = !table->first_row_looks_like_data();
    data::TableProfile profile = data::ProfileTable(*table, rows);
    return {std::move(profile), named};
  }

  void Roles() {
    if (out_.spec.matrix) return;
    // What can be read once only, such as a pipe, has roles by its columns' names alone.
    std::error_code error;
    if (std::filesystem::is_fifo(out_.spec.interactions, error) ||
        std::filesystem::is_character_file(out_.spec.interactions, error)) {
      return;
    }
    auto [profile, named] = Profile(out_.spec.interactions, data::kSampleRows);
    if (profile.rows == 0) return;  // ReadTables() says so
    data::ColumnRoles& stated = out_.spec.roles;
    if (!out_.spec.items.empty()) {
      stated.item_title = "none";
    } else if (!stated.title.empty()) {
      stated.item_title = std::exchange(stated.title, "");
    }
    data::Recognised found = data::RecogniseInteractions(profile, stated, named);
    out_.spec.roles = found.roles;
    out_.unread = found.unread;
    SeveralItems(found);
    if (!out_.spec.items.empty()) out_.spec.roles.item_title.clear();
    if (named) return;
    std::string names;
    for (const data::ColumnProfile& column : profile.columns) {
      names += StrCat(names.empty() ? "" : ",", NameFor(column.name));
    }
    out_.spec.columns = profile.names();
    out_.unread.insert(out_.unread.begin(),
                       StrCat("the first row looks like data, so columns are told by their values; "
                              "--columns ",
                              names, " would name them"));
  }

  // Cells that hold a whole basket or session are read as so many rows, unless --sets says
  // otherwise.
  void SeveralItems(const data::Recognised& found) {
    const std::string& column = found.roles.item;
    const bool stated = std::any_of(out_.spec.sets.begin(), out_.spec.sets.end(),
                                    [&](const auto& set) { return set.first == column; });
    if (stated || found.item_separator == data::kNoSet) return;
    out_.spec.sets.emplace_back(column, found.item_separator);
    out_.unread.push_back(StrCat("the cells of \"", column,
                                 "\" hold several items each, which are rows of their own; --sets ",
                                 column, "=none would take a cell for one item"));
  }

  std::string NameFor(const std::string& column) const {
    const data::ColumnRoles& r = out_.spec.roles;
    if (column == r.user) return "user";
    if (column == r.item) return "item";
    if (column == r.rating) return "rating";
    if (column == r.timestamp) return "timestamp";
    if (column == r.event) return "event";
    return "other" + column.substr(column.rfind(' ') + 1);
  }

  const DataOptions& o_;
  FoundTables out_;
};

}  // namespace

FoundTables FindTables(const DataOptions& options) { return Finder(options).Run(); }

}  // namespace duomo::cli
