// One door to every data set that Duomo knows by its files.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "data/dataset.h"
#include "data/movielens.h"
#include "data/split.h"

namespace duomo::data {

// Reads `path` by what it holds, at the top or one folder down, in a folder or a zip archive:
//   ratings.dat   MovieLens 1M (movielens.h)
//   u.data        MovieLens 100K
//   ratings.csv   the newer MovieLens sets (latest, 20M, 25M, 32M): with movies.csv; others ignored
// and a plain or gzip file as a table of interactions alone (tables.h).
// MovieLens sets have the columns of ReadMovieLens1M() as far as they say as much:
//   100K: all. age: the code of the group that the years are in; job: the occupation's code where
//         ml-1m has one of that meaning (else 0, "other or not specified"; see CSV.md);
//         occupation: the word itself
//   newer: user_id; movie_id, genres, title. "(no genres listed)" is the empty set
// Throws Error: kNotFound that says what was looked for, and as the readers.
Dataset OpenDataset(const std::string& path, const ReadOptions& options = {});

// The split that NAME.base and NAME.test beside u.data make ("u1" … "u5", "ua", "ub"): each row of
// `interactions` must stand in one of them. Throws Error: kNotFound, kCorrupt with file and line,
// kInvalidArgument when rows are in neither.
Split ReadFold(const std::string& path, std::string_view name, const Dataset& dataset);

// MakeSplit() for every kind, of a data set that came from `path`.
Split MakeSplit(const SplitSpec& spec, const Dataset& dataset, const std::string& path,
                uint64_t seed = 0);

}  // namespace duomo::data
