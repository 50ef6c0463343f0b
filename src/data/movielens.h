// MovieLens 1M's own format, in both directions: users.dat, movies.dat and ratings.dat, fields
// separated by "::", ISO-8859-1. Also for any data of one's own in that form.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "data/dataset.h"

namespace duomo::data {

struct ReadOptions {
  // Leave bad lines out and count them in Dataset::skipped_lines; else the first one is an error.
  bool skip_bad_lines = false;
};

// Reads the folder or zip archive `path` (see source.h). The tables' columns are
//   users: user_id (integer), gender ("M" or "F"), age (integer: 1, 18, 25, 35, 45, 50, 56),
//          job (integer, 0 … 20), occupation (string: the job's label), region (string: the first
//          character of the zip code, empty where there is none)
//   items: movie_id (integer), genres (set), title (string: the name without "(year)");
//          EntityTable::titles are the titles as in the file
// All text in the result is UTF-8. Throws Error: kCorrupt with file and line for a bad line,
// kNotFound for a missing file, kInvalidArgument when no user, movie or rating is left.
Dataset ReadMovieLens1M(const std::string& path, const ReadOptions& options = {});

// The same from three texts in memory, for tests and fuzzing; `where` stands before the files'
// names in messages.
struct MovieLensTexts {
  std::string_view users, movies, ratings;
  std::string where;
};
Dataset ParseMovieLens1M(const MovieLensTexts& texts, const ReadOptions& options = {});

// Writes the columns named above in the same format to the folder `path` (made if missing), or to
// an archive where `path` ends in ".zip"; each file appears as a whole. Reading it gives an equal
// data set, but for its name when that is not the folder's. Of zip codes Duomo keeps the region
// alone: they are written as the region and 0000. Throws Error(kIo), or kInvalidArgument when a
// column is missing or the format cannot say a value.
void WriteMovieLens1M(const Dataset& dataset, const std::string& path);

// A title without its "(year)": group 1 of ^(.*)\((\d+)\)$, the whole where that does not match.
std::string_view TitleName(std::string_view title);

// What the codes mean, by the data set's README: "25-34", "academic/educator". Empty: no such code.
std::string_view AgeLabel(int64_t code);
std::string_view OccupationLabel(int64_t code);

}  // namespace duomo::data
