// The model that the benchmarks run on when none is given.
#pragma once

#include <string>

namespace duomo::bench {

// Writes a model of MovieLens-1M's size and of the preset `hybrid`'s shape, with random parameters
// and invented data: 6,040 users, 3,883 items, vectors of 200, frozen. Throws duomo::Error.
void WriteModel(const std::string& path);

}  // namespace duomo::bench
