// How numbers are normalised before they enter a network; the same in training and at run time.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <span>

#include "model/description.h"

namespace duomo::model {

// kStandard: statistics {mean, deviation}. kQuantile: ascending quantiles of the training data; the
// result is x's place among them, interpolated, in [0, 1] (Covington, Adams and Sargin 2016, 4.1).
// Without statistics, or with a deviation of 0, the result is 0.
inline float Normalize(Normalization kind, std::span<const float> statistics, float x) {
  if (kind == Normalization::kNone) return x;
  if (kind == Normalization::kStandard) {
    if (statistics.size() < 2 || !(statistics[1] > 0)) return 0;
    return (x - statistics[0]) / statistics[1];
  }
  if (statistics.size() < 2) return 0;
  auto above = std::upper_bound(statistics.begin(), statistics.end(), x);
  if (above == statistics.begin()) return 0;
  if (above == statistics.end()) return 1;
  float low = above[-1], high = above[0];
  float place = static_cast<float>(above - statistics.begin() - 1) + (x - low) / (high - low);
  return place / static_cast<float>(statistics.size() - 1);
}

// The values of a number encoder: the normalised x, then x² and √x where asked. NaN is replaced by
// the input's fallback.
inline void EncodeNumber(const Encoder& e, const Input& input, std::span<const float> statistics,
                         float x, float* out) {
  if (std::isnan(x)) x = input.fallback;
  float value = Normalize(e.normalization, statistics, x);
  *out++ = value;
  if (e.square) *out++ = value * value;
  if (e.root) *out++ = std::sqrt(std::max(value, 0.0f));
}

}  // namespace duomo::model
