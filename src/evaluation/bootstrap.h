// Confidence intervals of means: percentile bootstrap (Efron 1979) over users or rows. Depends on
// core.
#pragma once

#include <cstdint>
#include <span>

namespace duomo::evaluation {

struct BootstrapOptions {
  uint32_t resamples = 1000;
  double confidence = 0.95;  // strictly between 0 and 1
  uint64_t seed = 0;
};

// `low` and `high` are the (1 ∓ confidence)/2 quantiles of the resampled estimates, interpolated
// between neighbours.
struct Interval {
  double estimate = 0, low = 0, high = 0;
};

// The same arguments give the same bits everywhere. All throw Error(kInvalidArgument) without
// values, for unequal lengths, or for options out of range.

// The mean of one value a user, e.g. NDCG@10.
Interval BootstrapMean(std::span<const double> values, const BootstrapOptions& options = {});

// The mean of a − b, both of the same users in the same order: users are drawn in pairs, so that
// users who are hard for both cancel out. An interval that excludes 0 shows a difference.
Interval BootstrapDifference(std::span<const double> a, std::span<const double> b,
                             const BootstrapOptions& options = {});

// Σ sums / Σ counts, e.g. a mean absolute error with each user's errors summed and counted: users
// are drawn, not rows, because the errors of one user go together. The counts must be positive.
Interval BootstrapRatio(std::span<const double> sums, std::span<const double> counts,
                        const BootstrapOptions& options = {});

// √(Σ squares / Σ counts): RMSE, with each user's squared errors summed and counted.
Interval BootstrapRmse(std::span<const double> squares, std::span<const double> counts,
                       const BootstrapOptions& options = {});

}  // namespace duomo::evaluation
