// The users and movies of every MovieLens reader, and of the invented data in the same shape: the
// columns that movielens.h lists, a row with each Add().
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "data/movielens.h"

namespace duomo::data {

struct MovieLensUsers {
  EntityTable table;

  MovieLensUsers() {
    table.columns = {
        MakeColumn("user_id", ColumnKind::kInteger),   MakeColumn("gender", ColumnKind::kString),
        MakeColumn("age", ColumnKind::kInteger),       MakeColumn("job", ColumnKind::kInteger),
        MakeColumn("occupation", ColumnKind::kString), MakeColumn("region", ColumnKind::kString)};
    table.columns[2].bucketed = true;
  }
  void Add(int64_t id, std::string_view gender, int64_t age_code, int64_t job,
           std::string_view occupation, std::string region) {
    table.ids.push_back(id);
    table.columns[0].integers.push_back(id);
    table.columns[1].texts.emplace_back(gender);
    table.columns[2].integers.push_back(age_code);
    table.columns[3].integers.push_back(job);
    table.columns[4].texts.emplace_back(occupation);
    table.columns[5].texts.push_back(std::move(region));
  }
};

struct MovieLensMovies {
  EntityTable table;

  MovieLensMovies() {
    table.columns = {MakeColumn("movie_id", ColumnKind::kInteger),
                     MakeColumn("genres", ColumnKind::kSet),
                     MakeColumn("title", ColumnKind::kString)};
  }
  // A genre of the movie that is added next.
  void AddGenre(std::string genre) { table.columns[1].texts.push_back(std::move(genre)); }
  void Add(int64_t id, std::string title) {
    table.ids.push_back(id);
    table.columns[0].integers.push_back(id);
    table.columns[1].offsets.push_back(table.columns[1].texts.size());
    table.columns[2].texts.emplace_back(TitleName(title));
    table.titles.push_back(std::move(title));
  }
};

}  // namespace duomo::data
