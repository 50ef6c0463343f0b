// The models that the benchmarks run on when none is given.
#pragma once

#include <string>

namespace duomo::bench {

// Writes a model of MovieLens-1M's size and of the preset `hybrid`'s shape, with random parameters
// and invented data: 6,040 users, 3,883 items, vectors of 200, frozen. Throws duomo::Error.
void WriteModel(const std::string& path);

// Writes a ranking model over as many items, with random parameters: self-attention over a history
// of 50 (d = 64, two blocks) beside the item, then dense layers of 128 and 64, one output. Throws
// duomo::Error.
void WriteRankingModel(const std::string& path);

}  // namespace duomo::bench
