// The readers behind OpenDataset(), each for the files that a Source has found.
#pragma once

#include "data/dataset.h"
#include "data/movielens.h"
#include "data/source.h"

namespace duomo::data {

Dataset ReadMovieLens1M(const Source& source, const ReadOptions& options);
Dataset ReadMovieLens100K(const Source& source, const ReadOptions& options);
Dataset ReadMovieLensCsv(const Source& source, const ReadOptions& options);

}  // namespace duomo::data
