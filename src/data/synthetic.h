// Invented people, movies and ratings with the shape of MovieLens, for demonstrations, tests and
// benchmarks where the real data cannot go.
#pragma once

#include <cstdint>

#include "data/dataset.h"

namespace duomo::data {

// The same columns as ReadMovieLens1M() gives, ids from 1. Ratings follow a hidden taste (see
// synthetic_world.h) that gender, age, job, genres and title words tell most of; popularity and
// activity are skewed; ratings have MovieLens's histogram. Depends on the arguments alone: integer
// arithmetic, so the same on every machine.
// Throws Error(kInvalidArgument) for an empty set, or more ratings than half of all pairs.
Dataset MakeSynthetic(uint32_t users, uint32_t items, uint64_t ratings, uint64_t seed);

}  // namespace duomo::data
