// What `train` without a preset finds out before it learns anything, and `describe` says: the data
// as evidence, and which rows test.
#pragma once

#include <cstdint>
#include <string>

#include "cli/data_options.h"
#include "cli/understanding.h"
#include "data/split.h"

namespace duomo::cli {

struct Analysis {
  Understood data;
  data::Goal goal = data::Goal::kRank;
  data::SplitSpec spec;
  data::Split split;
  std::string why;  // that split
};

// Reads and decides, and says on stderr what was understood. `split` empty: by what the data have.
// Throws as Understand() and data::MakeSplit().
Analysis Analyse(const DataOptions& options, const std::string& split, uint64_t seed);

}  // namespace duomo::cli
