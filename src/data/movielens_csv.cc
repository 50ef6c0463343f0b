// Reads the newer MovieLens sets: ratings.csv and movies.csv, as tables with known columns.
#include <string>
#include <utility>

#include "data/formats.h"
#include "data/tables.h"

namespace duomo::data {
namespace {

constexpr std::string_view kNoGenres = "(no genres listed)";

Column* Find(EntityTable& table, std::string_view name) {
  return const_cast<Column*>(table.Find(name));
}

void DropMissingGenres(Column& genres) {
  std::vector<std::string> texts;
  size_t begin = 0;
  for (size_t row = 0; row + 1 < genres.offsets.size(); ++row) {
    size_t end = genres.offsets[row + 1];
    for (size_t i = begin; i < end; ++i) {
      if (genres.texts[i] != kNoGenres) texts.push_back(std::move(genres.texts[i]));
    }
    begin = end;
    genres.offsets[row + 1] = texts.size();
  }
  genres.texts = std::move(texts);
}

}  // namespace

Dataset ReadMovieLensCsv(const Source& source, const ReadOptions& options) {
  TablesSpec spec;
  spec.name = source.name();
  spec.separator = ",";
  spec.quotes = Quotes::kDoubled;
  spec.skip_bad_lines = options.skip_bad_lines;
  spec.roles.user = "userId";
  spec.roles.item = spec.roles.item_key = "movieId";
  spec.roles.rating = "rating";
  spec.roles.timestamp = "timestamp";
  spec.roles.title = "title";
  spec.kinds = {{"items.genres", ColumnKind::kSet},
                {"userId", ColumnKind::kInteger},
                {"movieId", ColumnKind::kInteger}};
  auto open = [&](const char* file) {
    return TableSource{source.Stream(file), source.Where(file)};
  };
  Dataset out = ReadTables(spec, open("ratings.csv"), {}, open("movies.csv"));
  out.users.columns[0].name = "user_id";
  out.items.columns[0].name = "movie_id";
  DropMissingGenres(*Find(out.items, "genres"));
  // Some titles end in spaces.
  for (std::string& title : out.items.titles) title.resize(title.find_last_not_of(' ') + 1);
  Column& names = *Find(out.items, "title");
  for (size_t i = 0; i < names.texts.size(); ++i) names.texts[i] = TitleName(out.items.titles[i]);
  return out;
}

}  // namespace duomo::data
