// See projection.h.
#include "evaluation/projection.h"

#include <cmath>

#include "core/error.h"

namespace duomo::evaluation {

std::vector<std::array<double, 2>> PrincipalPlane(std::span<const float> vectors, size_t width) {
  if (width == 0 || vectors.empty() || vectors.size() % width != 0) {
    Fail(Status::kInvalidArgument, vectors.size(), " numbers are no vectors of width ", width);
  }
  size_t count = vectors.size() / width;
  std::vector<double> mean(width), covariance(width * width), row(width);
  for (size_t i = 0; i < vectors.size(); ++i) mean[i % width] += vectors[i];
  for (double& m : mean) m /= static_cast<double>(count);
  for (size_t i = 0; i < count; ++i) {
    for (size_t j = 0; j < width; ++j) row[j] = vectors[i * width + j] - mean[j];
    for (size_t j = 0; j < width; ++j) {
      for (size_t k = 0; k < width; ++k) covariance[j * width + k] += row[j] * row[k];
    }
  }
  std::vector<std::array<double, 2>> out(count);
  for (size_t axis = 0; axis < 2; ++axis) {
    // Any start that is not orthogonal to the answer will do; this one has no symmetry.
    std::vector<double> direction(width), next(width);
    for (size_t j = 0; j < width; ++j) direction[j] = 1 / (1 + static_cast<double>(j));
    double variance = 0;
    for (int step = 0; step < 300; ++step) {
      double squares = 0;
      for (size_t j = 0; j < width; ++j) {
        next[j] = 0;
        for (size_t k = 0; k < width; ++k) next[j] += covariance[j * width + k] * direction[k];
        squares += next[j] * next[j];
      }
      variance = std::sqrt(squares);
      if (!(variance > 0)) break;
      for (size_t j = 0; j < width; ++j) direction[j] = next[j] / variance;
    }
    if (!(variance > 0)) break;
    size_t largest = 0;
    for (size_t j = 1; j < width; ++j) {
      if (std::abs(direction[j]) > std::abs(direction[largest])) largest = j;
    }
    double sign = direction[largest] < 0 ? -1 : 1;
    for (size_t i = 0; i < count; ++i) {
      for (size_t j = 0; j < width; ++j) {
        out[i][axis] += sign * direction[j] * (vectors[i * width + j] - mean[j]);
      }
    }
    for (size_t j = 0; j < width; ++j) {
      for (size_t k = 0; k < width; ++k) {
        covariance[j * width + k] -= variance * direction[j] * direction[k];
      }
    }
  }
  return out;
}

}  // namespace duomo::evaluation
