// Top-k by its definition: score every item (or user), sort by the head's number, ties by lower
// row.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <span>
#include <vector>

#include "retrieval/topk.h"

namespace duomo::retrieval {

// In the order of the definition, 16 lanes and all, but written for people.
inline double Dot(const float* a, const float* b, size_t n) {
  double lanes[16] = {};
  for (size_t i = 0; i < n; ++i) lanes[i % 16] += double{a[i]} * double{b[i]};
  for (size_t half = 8; half > 0; half /= 2) {
    for (size_t i = 0; i < half; ++i) lanes[i] += lanes[i + half];
  }
  return lanes[0];
}

// A hit, and the number that it is sorted by.
struct Scored {
  Hit hit;
  float rank;
};

inline Scored ScoreByDefinition(const runtime::Engine& engine, const Query& q, uint32_t row,
                                model::Side side = model::Side::kItem) {
  size_t width = engine.vector_width();
  AlignedVector<float> buffer;
  const float* x = engine.Vector(side, row, buffer).data();
  if (q.measure == Measure::kPrediction) {
    double dot = Dot(q.vector.data(), x, width);
    return {{row, engine.Predict(dot)}, engine.Score(dot)};
  }
  const model::Description& d = engine.model().description();
  size_t used = model::TowerWidth(d, d.towers[side == model::Side::kItem ? 1 : 0]);
  double norms =
      std::sqrt(Dot(q.vector.data(), q.vector.data(), used)) * std::sqrt(Dot(x, x, used));
  if (norms == 0) return {{row, 0}, 0};
  auto cosine = static_cast<float>(std::clamp(Dot(q.vector.data(), x, used) / norms, -1.0, 1.0));
  return {{row, cosine}, cosine};
}

inline std::vector<Hit> BruteForce(const runtime::Engine& engine, const Query& q,
                                   model::Side side = model::Side::kItem) {
  const uint64_t count = engine.model().side(side).count;
  std::vector<Scored> all;
  std::vector<bool> excluded(count);
  for (uint32_t row : q.excluded) excluded[row] = true;
  for (uint32_t row = 0; row < count; ++row) {
    if (q.allowed != nullptr && !q.allowed->Test(row)) continue;
    if (q.set != nullptr && !q.set->rows().Test(row)) continue;
    if (excluded[row]) continue;
    Scored scored = ScoreByDefinition(engine, q, row, side);
    if (!q.has_minimum || scored.hit.score >= q.minimum) all.push_back(scored);
  }
  std::stable_sort(all.begin(), all.end(),
                   [](const Scored& a, const Scored& b) { return a.rank > b.rank; });
  std::vector<Hit> out;
  for (size_t i = 0; i < std::min(all.size(), q.k); ++i) out.push_back(all[i].hit);
  return out;
}

inline void ExpectSame(std::span<const Hit> found, const std::vector<Hit>& expected) {
  ASSERT_EQ(found.size(), expected.size());
  for (size_t i = 0; i < found.size(); ++i) {
    ASSERT_EQ(found[i].row, expected[i].row) << "place " << i;
    ASSERT_EQ(std::bit_cast<uint32_t>(found[i].score), std::bit_cast<uint32_t>(expected[i].score))
        << "place " << i;
  }
}

}  // namespace duomo::retrieval
