#include "evaluation/baselines/similarity.h"

#include <algorithm>
#include <cmath>
#include <functional>

#include "core/error.h"

namespace duomo::evaluation {
namespace {

// Over what x and y have in common. With ratings that are whole numbers all are exact.
struct Sums {
  double n = 0, x = 0, y = 0, xx = 0, yy = 0, xy = 0;
};

double Quotient(double numerator, double denominator) {
  return denominator > 0 ? numerator / denominator : 0;  // also for NaN
}

double Value(SimilarityKind kind, const Sums& s, size_t x_count, size_t y_count) {
  switch (kind) {
    case SimilarityKind::kPearson:
      return Quotient(s.n * s.xy - s.x * s.y,
                      std::sqrt((s.n * s.xx - s.x * s.x) * (s.n * s.yy - s.y * s.y)));
    case SimilarityKind::kAdjustedCosine:
      return Quotient(s.xy, std::sqrt(s.xx * s.yy));
    case SimilarityKind::kBinaryCosine:
      return Quotient(s.n, std::sqrt(static_cast<double>(x_count) * static_cast<double>(y_count)));
  }
  return 0;
}

}  // namespace

Similarities::Similarities(const RatingMatrix& ratings, const SimilarityOptions& options)
    : n_(options.between_users ? ratings.users() : ratings.items()) {
  uint64_t bytes = uint64_t{n_} * n_ * sizeof(double);
  if (bytes > options.max_bytes) {
    Fail(Status::kUnsupported, "similarities between all of ", n_,
         options.between_users ? " users" : " items", " take ", bytes >> 20, " MiB, more than the ",
         options.max_bytes >> 20, " allowed; evaluate on fewer");
  }
  auto own = [&](uint32_t row) {
    return options.between_users ? ratings.OfUser(row) : ratings.OfItem(row);
  };
  auto other = [&](uint32_t row) {
    return options.between_users ? ratings.OfItem(row) : ratings.OfUser(row);
  };
  auto common_mean = [&](uint32_t row) {
    if (options.kind != SimilarityKind::kAdjustedCosine) return 0.0;
    return options.between_users ? ratings.ItemMean(row) : ratings.UserMean(row);
  };
  values_.resize(size_t{n_} * n_);
  std::vector<Sums> sums(n_);
  for (uint32_t x = 0; x < n_; ++x) {
    std::fill(sums.begin(), sums.end(), Sums{});
    for (const auto& [common, x_rating] : own(x)) {
      double mean = common_mean(common), r = static_cast<double>(x_rating) - mean;
      for (const auto& [y, y_rating] : other(common)) {
        if (y <= x) continue;
        double q = static_cast<double>(y_rating) - mean;
        Sums& s = sums[y];
        s.n += 1;
        s.x += r;
        s.y += q;
        s.xx += r * r;
        s.yy += q * q;
        s.xy += r * q;
      }
    }
    values_[size_t{x} * n_ + x] = 1;
    for (uint32_t y = x + 1; y < n_; ++y) {
      if (sums[y].n < 1 || sums[y].n < options.min_support) continue;
      double value = Value(options.kind, sums[y], own(x).size(), own(y).size());
      values_[size_t{x} * n_ + y] = value;
      values_[size_t{y} * n_ + x] = value;
    }
  }
}

double NeighbourMean::Deviation() {
  size_t n = similarities_.size(), k = std::min<size_t>(n, options_.k);
  if (k == 0 || k < options_.min_k) return 0;
  double least = 0;  // the k-th largest; so many of its equals are taken, the first given
  size_t equals = 0;
  if (k < n) {
    // Plain numbers are selected several times faster than records with a rule for ties.
    sorted_ = similarities_;
    auto kth = sorted_.begin() + static_cast<std::ptrdiff_t>(k - 1);
    std::nth_element(sorted_.begin(), kth, sorted_.end(), std::greater<>());
    least = *kth;
    equals = static_cast<size_t>(std::count(sorted_.begin(), kth + 1, least));
  }
  double weight = 0, sum = 0;
  for (size_t i = 0; i < n; ++i) {
    double similarity = similarities_[i];
    if (similarity < least) continue;
    if (similarity == least && equals-- == 0) {
      equals = 0;
      continue;
    }
    weight += similarity;
    sum += similarity * deviations_[i];
  }
  return weight > 0 ? sum / weight : 0;
}

}  // namespace duomo::evaluation
