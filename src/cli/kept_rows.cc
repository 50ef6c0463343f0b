#include "cli/kept_rows.h"

#include <filesystem>
#include <vector>

#include "cli/command.h"
#include "cli/evidence_record.h"
#include "cli/tables_json.h"
#include "core/error.h"
#include "core/key_hash.h"
#include "data/row_cache.h"
#include "data/row_spool.h"

namespace duomo::cli {
namespace {

namespace fs = std::filesystem;

// Everything that decides what is read of the same files.
std::string HowRead(const DataOptions& o, const std::string& how) {
  data::EvidenceReport wished;
  wished.repeats = o.evidence.repeats;
  wished.values.kind = o.evidence.values.value_or(data::ValueKind::kNone);
  Json out = {{"tables", TablesToJson(TablesOf(o))},
              {"evidence", EvidenceToJson(o.evidence, wished)},
              {"values_found_out", !o.evidence.values},
              {"user_range", o.user_range},
              {"how", how}};
  return out.dump();
}

std::string PathOf(const DataOptions& o, const std::string& how) {
  std::error_code error;
  fs::path data = fs::absolute(o.data.empty() ? o.tables.interactions : o.data).lexically_normal();
  if (!data.has_filename()) data = data.parent_path();  // "data/"
  while (!fs::exists(data, error) && data != data.parent_path()) data = data.parent_path();
  bool beside = o.cache == kBesideData;
  fs::path folder = beside ? data.parent_path() : fs::path(o.cache);
  if (!fs::is_directory(folder, error)) {
    Fail(Status::kNotFound, "--cache ", o.cache, " is no folder; make it, or say --cache ",
         kBesideData, " to keep the rows beside the data");
  }
  // Files of one name from several folders may meet in one; data that move take theirs along.
  std::string who = how + (beside ? data.filename() : data).string();
  std::string name = data.filename().string();
  name.resize(std::min(name.find('.', 1), name.size()));
  return (folder / StrCat(name, '-', console::Hex64(static_cast<uint64_t>(IdOfString(who))),
                          data::kCacheSuffix))
      .string();
}

[[noreturn]] void FailForRoom(const Error& error) {
  Fail(error.status(), error.message(), "; make room or leave --cache out");
}

}  // namespace

Understood ReadKept(const DataOptions& o, const std::string& how,
                    const std::function<Understood()>& read) {
  std::vector<std::string> files;
  for (const std::string* file :
       {&o.data, &o.tables.interactions, &o.tables.users, &o.tables.items}) {
    if (!file->empty()) files.push_back(*file);
  }
  data::CacheKey key;
  key.how = HowRead(o, how);
  std::string path = PathOf(o, key.how), why;
  key.sources = data::SourcesOf(files);
  auto kept = data::ReadCache(path, key, why);
  if (kept) {
    Log("rows as read before, from %s\n", path.c_str());
  } else {
    if (!why.empty()) Log("%s %s: the data are read again\n", path.c_str(), why.c_str());
    // Rows are on the disk while they are read, too; in the end both files are there at once.
    data::RowsInFiles on_disk(fs::path(path).parent_path().string());
    Understood fresh = [&] {
      try {
        return read();
      } catch (const ScratchError& error) {
        FailForRoom(error);
      }
    }();
    try {
      data::WriteCache(path, key, fresh.dataset, fresh.ToJson().dump());
    } catch (const Error& error) {
      FailForRoom(error);
    }
    fresh = {};  // the file takes its place in memory, page by page as it is read
    kept = data::ReadCache(path, key, why);
    if (!kept) Fail(Status::kIo, path, " ", why.empty() ? "is gone" : why, " just after writing");
    Log("kept what was read in %s, %.0f MB; the next run reads that\n", path.c_str(),
        static_cast<double>(fs::file_size(path)) / 1e6);
  }
  Understood out = Understood::FromJson(description::ParseJson(kept->notes, path));
  out.dataset = std::move(kept->dataset);
  if (!out.spec.interactions.empty()) out.spec.interactions = files[0];
  return out;
}

}  // namespace duomo::cli
