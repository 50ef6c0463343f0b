// Vectors to search among: noise, few directions, few values, clusters, lengths of every size.
#pragma once

#include <algorithm>
#include <cfloat>
#include <cmath>
#include <vector>

#include "core/random.h"
#include "model/rows.h"

namespace duomo::retrieval {

// Vectors of every temper.
enum class Kind { kNoise, kLowRank, kFewValues, kAllEqual, kZeros, kWild, kClusters, kKinds };

inline std::vector<float> Draw(Random& random, Kind kind, size_t n, size_t dim) {
  std::vector<float> out(n * dim);
  std::vector<float> basis(3 * dim);
  for (float& x : basis) x = static_cast<float>(random.Normal());
  for (size_t r = 0; r < n; ++r) {
    float* x = out.data() + r * dim;
    if (r > 0 && random.Below(9) == 0) {  // a duplicate
      std::copy_n(out.data() + random.Below(r) * dim, dim, x);
      continue;
    }
    double scale = std::exp(random.Normal());
    // From denormals to what a float can just hold.
    if (kind == Kind::kWild) scale = std::pow(10.0, 83 * random.Uniform() - 45);
    float weights[3];
    for (float& w : weights) w = static_cast<float>(random.Normal());
    size_t cluster = random.Below(3);
    for (size_t d = 0; d < dim; ++d) {
      switch (kind) {
        case Kind::kNoise:
          x[d] = static_cast<float>(random.Normal() / 4);
          break;
        case Kind::kWild:
          x[d] = static_cast<float>(
              std::clamp(random.Normal() * scale, -double{FLT_MAX}, double{FLT_MAX}));
          break;
        case Kind::kLowRank:
          x[d] = static_cast<float>(0.01 * random.Normal());
          for (size_t b = 0; b < 3; ++b) x[d] += weights[b] * basis[b * dim + d];
          break;
        case Kind::kClusters:
          x[d] = basis[cluster * dim + d] + static_cast<float>(0.01 * random.Normal());
          break;
        case Kind::kFewValues:
          x[d] = static_cast<float>(random.Below(3)) - 1;
          break;
        case Kind::kAllEqual:
          x[d] = 0.25f;
          break;
        default:
          x[d] = 0;
      }
    }
  }
  return out;
}

inline void Normalize(std::vector<float>& vectors, size_t dim) {
  for (size_t r = 0; r * dim < vectors.size(); ++r) {
    double squares = 0;
    for (size_t d = 0; d < dim; ++d) squares += double{vectors[r * dim + d]} * vectors[r * dim + d];
    if (squares == 0) continue;
    for (size_t d = 0; d < dim; ++d) {
      vectors[r * dim + d] = static_cast<float>(vectors[r * dim + d] / std::sqrt(squares));
    }
  }
}

inline model::Rows RowsOf(const std::vector<float>& vectors, size_t dim) {
  model::Rows rows;
  rows.data = reinterpret_cast<const std::byte*>(vectors.data());
  rows.width = dim;
  rows.count = vectors.size() / dim;
  return rows;
}

}  // namespace duomo::retrieval
