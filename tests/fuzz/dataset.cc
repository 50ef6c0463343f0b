// Fuzz target: data sets of every format that OpenDataset() knows, through that door.
// The first byte says which; texts of several files are separated by the byte 1E.
#include <sys/mman.h>
#include <unistd.h>

#include <string>
#include <vector>

#include "core/error.h"
#include "data/open.h"
#include "data/tables.h"
#include "data/zip_builder.h"
#include "fuzz/fuzz.h"

namespace {

using namespace duomo;

// A file that has a path and is nowhere.
class MemoryFile {
 public:
  explicit MemoryFile(std::string_view bytes) : fd_(memfd_create("fuzz", MFD_CLOEXEC)) {
    if (fd_ < 0 || ::write(fd_, bytes.data(), bytes.size()) != static_cast<ssize_t>(bytes.size())) {
      fuzz::Die("cannot make a file in memory");
    }
  }
  MemoryFile(const MemoryFile&) = delete;
  ~MemoryFile() { ::close(fd_); }
  std::string path() const { return "/proc/self/fd/" + std::to_string(fd_); }

 private:
  int fd_;
};

std::vector<std::string_view> Parts(std::string_view text) {
  std::vector<std::string_view> parts;
  for (size_t at; (at = text.find('\x1E')) != text.npos; text.remove_prefix(at + 1)) {
    parts.push_back(text.substr(0, at));
  }
  parts.push_back(text);
  return parts;
}

// An archive with these files, in which the parts are stored.
std::string Archive(const std::vector<const char*>& names, std::string_view text) {
  test::ZipBuilder zip;
  auto parts = Parts(text);
  for (size_t i = 0; i < names.size() && i < parts.size(); ++i) {
    zip.Add(test::ZipEntry(names[i], std::string(parts[i]), /*deflated=*/false));
  }
  return zip.Finish();
}

void CheckTable(const data::EntityTable& table) {
  if (!table.ids.empty() && !table.keys.empty()) fuzz::Die("keys of both kinds");
  if (!table.titles.empty() && table.titles.size() != table.size()) fuzz::Die("too few titles");
  for (const data::Column& c : table.columns) {
    size_t n = c.kind == data::ColumnKind::kInteger  ? c.integers.size()
               : c.kind == data::ColumnKind::kNumber ? c.numbers.size()
               : c.kind == data::ColumnKind::kString ? c.texts.size()
                                                     : c.offsets.size() - 1;
    if (n != table.size()) fuzz::Die("the column ", c.name, " has another length");
    if (c.kind == data::ColumnKind::kSet && c.offsets.back() != c.texts.size()) {
      fuzz::Die("the sets of ", c.name, " do not fit their values");
    }
  }
}

void Check(const data::Dataset& d) {
  CheckTable(d.users);
  CheckTable(d.items);
  size_t n = d.interactions.size();
  if (n == 0) fuzz::Die("an empty data set was not refused");
  const data::Interactions& i = d.interactions;
  if (i.items.size() != n || i.ratings.size() != n || i.timestamps.size() != n) {
    fuzz::Die("interactions of unequal lengths");
  }
  for (size_t row = 0; row < n; ++row) {
    if (i.users[row] >= d.users.size() || i.items[row] >= d.items.size()) {
      fuzz::Die("an interaction of nobody, or with nothing");
    }
  }
}

template <typename Read>
void Try(const Read& read) {
  try {
    Check(read());
  } catch (const Error& error) {
    bool fine = error.status() == Status::kCorrupt || error.status() == Status::kUnsupported ||
                error.status() == Status::kNotFound || error.status() == Status::kInvalidArgument;
    if (!fine) fuzz::Die("refused otherwise: ", error.message());
  }
}

void Open(std::string_view bytes, bool skip) {
  MemoryFile file(bytes);
  Try([&] { return data::OpenDataset(file.path(), {skip}); });
}

// Three tables with stated roles and kinds, as people state them.
void Tables(std::string_view text, bool skip) {
  auto parts = Parts(text);
  data::TablesSpec spec;
  spec.skip_bad_lines = skip;
  spec.interactions = "fuzz.csv";
  data::TableSource sources[3];
  const char* names[] = {"plays.csv", "people.csv", "things.csv"};
  for (size_t i = 0; i < std::min<size_t>(3, parts.size()); ++i) {
    sources[i] = {data::BytesOf(parts[i]), names[i]};
  }
  Try([&] {
    if (parts.size() > 3) data::ApplyMapping(spec, parts[3]);
    spec.latin1 = parts.size() > 4;
    return data::ReadTables(spec, std::move(sources[0]), std::move(sources[1]),
                            std::move(sources[2]));
  });
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0 || size > 1 << 16) return 0;
  std::string_view text(reinterpret_cast<const char*>(data + 1), size - 1);
  bool skip = (data[0] & 8) != 0;
  switch (data[0] & 7) {
    case 0:
      Open(Archive({"ratings.dat", "movies.dat", "users.dat"}, text), skip);
      break;
    case 1:
      Open(Archive({"u.data", "u.item", "u.user", "u.genre"}, text), skip);
      break;
    case 2:
      Open(Archive({"ratings.csv", "movies.csv"}, text), skip);
      break;
    case 3:
      Tables(text, skip);
      break;
    default:
      Open(text, skip);
      break;  // one table, plain or packed, or an archive
  }
  return 0;
}
