// How far two files of one model are apart where it matters: in predictions and in best lists.
#pragma once

#include <cstdint>
#include <optional>

#include "runtime/engine.h"

namespace duomo::convert {

struct QualityOptions {
  uint64_t pairs = 10000;  // predictions compared
  // Best lists compared; 0: of all users. Unless somebody asks for a number: 1,000, or as many (10
  // at least) as a few seconds are enough for.
  std::optional<uint64_t> users;
  uint64_t seed = 0;  // which pairs and users
  static constexpr size_t kBest = 10;
};

struct Differences {
  uint64_t pairs = 0;
  double largest = 0, mean = 0;  // absolute, in the output's unit
};

struct Quality {
  Differences known;     // pairs as duomo_predict answers them: frozen vectors where there are any
  Differences features;  // the same pairs by their stored features: the towers
  // Of the best `kBest` items of each user before, the part that is among them after.
  uint64_t users = 0, users_of = 0, same_lists = 0;
  double overlap = 1, worst_overlap = 1;
};

// Both models have the same users and items in the same rows. Lists are left out (users = 0) where
// there are no item vectors to search.
Quality Measure(const runtime::Engine& before, const runtime::Engine& after,
                const QualityOptions& options);

}  // namespace duomo::convert
