#include "evaluation/bootstrap.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "core/error.h"
#include "core/random.h"

namespace duomo::evaluation {
namespace {

double Quantile(const std::vector<double>& ascending, double q) {
  double at = q * static_cast<double>(ascending.size() - 1);
  auto below = static_cast<size_t>(at);
  size_t above = std::min(below + 1, ascending.size() - 1);
  double part = at - static_cast<double>(below);
  return ascending[below] + part * (ascending[above] - ascending[below]);
}

// Σ sums / Σ counts, resampled; empty counts: 1 each.
Interval Bootstrap(std::span<const double> sums, std::span<const double> counts,
                   const BootstrapOptions& options) {
  if (sums.empty()) Fail(Status::kInvalidArgument, "there is nothing to bootstrap");
  if (!counts.empty() && counts.size() != sums.size()) {
    Fail(Status::kInvalidArgument, "a bootstrap of ", sums.size(),
         " sums needs as many counts, not ", counts.size());
  }
  for (double count : counts) {
    if (!(count > 0)) Fail(Status::kInvalidArgument, "a bootstrap's counts must be positive");
  }
  if (options.resamples == 0 || !(options.confidence > 0 && options.confidence < 1)) {
    Fail(Status::kInvalidArgument,
         "a bootstrap needs resamples, and a confidence strictly between 0 and 1");
  }
  auto ratio = [&](auto&& row_of) {
    double sum = 0, count = 0;
    for (size_t i = 0; i < sums.size(); ++i) {
      size_t row = row_of(i);
      sum += sums[row];
      count += counts.empty() ? 1 : counts[row];
    }
    return sum / count;
  };
  Random random(options.seed);
  std::vector<double> estimates(options.resamples);
  for (double& estimate : estimates) {
    estimate = ratio([&](size_t) { return static_cast<size_t>(random.Below(sums.size())); });
  }
  std::sort(estimates.begin(), estimates.end());
  double tail = (1 - options.confidence) / 2;
  return {ratio([](size_t i) { return i; }), Quantile(estimates, tail),
          Quantile(estimates, 1 - tail)};
}

}  // namespace

Interval BootstrapMean(std::span<const double> values, const BootstrapOptions& options) {
  return Bootstrap(values, {}, options);
}

Interval BootstrapDifference(std::span<const double> a, std::span<const double> b,
                             const BootstrapOptions& options) {
  if (a.size() != b.size()) {
    Fail(Status::kInvalidArgument, "a difference of ", a.size(), " and ", b.size(),
         " values has no pairs");
  }
  std::vector<double> differences(a.size());
  for (size_t i = 0; i < a.size(); ++i) differences[i] = a[i] - b[i];
  return Bootstrap(differences, {}, options);
}

Interval BootstrapRatio(std::span<const double> sums, std::span<const double> counts,
                        const BootstrapOptions& options) {
  if (sums.size() != counts.size()) {
    Fail(Status::kInvalidArgument, sums.size(), " sums do not fit ", counts.size(), " counts");
  }
  return Bootstrap(sums, counts, options);
}

Interval BootstrapRmse(std::span<const double> squares, std::span<const double> counts,
                       const BootstrapOptions& options) {
  // The root is monotone, so it can be taken of the quantiles.
  Interval i = BootstrapRatio(squares, counts, options);
  return {std::sqrt(i.estimate), std::sqrt(i.low), std::sqrt(i.high)};
}

}  // namespace duomo::evaluation
