// Recognises data sets.
#include "data/open.h"

#include <filesystem>
#include <optional>
#include <string>
#include <system_error>

#include "core/error.h"
#include "data/formats.h"
#include "data/source.h"
#include "data/tables.h"

namespace duomo::data {

Dataset OpenDataset(const std::string& path, const ReadOptions& options) {
  std::error_code error;
  if (std::filesystem::is_regular_file(path, error) && !IsArchive(path)) {
    TablesSpec spec;
    spec.interactions = path;
    spec.skip_bad_lines = options.skip_bad_lines;
    return ReadTables(spec);
  }
  using Reader = Dataset (*)(const Source&, const ReadOptions&);
  constexpr std::pair<const char*, Reader> kFormats[] = {{"ratings.dat", ReadMovieLens1M},
                                                         {"u.data", ReadMovieLens100K},
                                                         {"ratings.csv", ReadMovieLensCsv}};
  for (const auto& [file, read] : kFormats) {
    std::optional<Source> source = Source::Find(path, file);
    if (source) return read(*source, options);
  }
  Fail(
      Status::kNotFound, path, " has, neither at the top nor one folder down, ratings.dat (as ",
      "MovieLens 1M), u.data (100K) or ratings.csv (the newer sets); give other tables one by one");
}

Split MakeSplit(const SplitSpec& spec, const Dataset& dataset, const std::string& path,
                uint64_t seed) {
  if (spec.kind == SplitKind::kFold) {
    return ReadFold(path, spec.name.substr(spec.name.find(':') + 1), dataset);
  }
  return MakeSplit(spec, dataset.interactions, seed);
}

}  // namespace duomo::data
