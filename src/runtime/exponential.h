// eˣ for the output map: the same bits on every machine, and never decreasing. The C library's may
// differ by processor, which would break "one score per pair of vectors".
#pragma once

#include <cmath>
#include <cstdint>

#include "core/bits.h"

namespace duomo::runtime {

// Within 1e-10 of eˣ relatively; ∞ above 710, 0 below −746. Not for NaN.
//
// Why it never decreases: x is first cut to 36 significant bits. Results of different arguments
// then differ by far more than the few 2⁻⁵³ that the steps below round away; arguments too small
// for that (|x| < 2⁻¹⁵) take no reduction, where every step keeps the order.
inline double MonotoneExp(double x) {
  if (x > 710) return HUGE_VAL;
  if (x < -746) return 0;
  x = BitCast<double>(BitCast<uint64_t>(x) & ~uint64_t{0x1FFFF});
  auto n = static_cast<int>(x * 1.4426950408889634 + (x < 0 ? -0.5 : 0.5));
  // ln2 in two parts; n times the first is exact.
  double r = x - n * 6.93147180369123816490e-01;
  r -= n * 1.90821492927058770002e-10;
  constexpr double kSeries[] = {1,
                                1,
                                1.0 / 2,
                                1.0 / 6,
                                1.0 / 24,
                                1.0 / 120,
                                1.0 / 720,
                                1.0 / 5040,
                                1.0 / 40320,
                                1.0 / 362880,
                                1.0 / 3628800,
                                1.0 / 39916800,
                                1.0 / 479001600};
  double sum = 1.0 / 6227020800;  // 1/13!; |r| ≤ 0.35 needs no more
  for (int i = 12; i >= 0; --i) sum = kSeries[i] + r * sum;
  return std::ldexp(sum, n);
}

}  // namespace duomo::runtime
