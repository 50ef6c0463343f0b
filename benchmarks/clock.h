// Clocks of the system, and percentiles of what they measured.
#pragma once

#include <time.h>

#include <algorithm>
#include <vector>

namespace duomo::bench {

inline double Seconds(clockid_t clock) {
  timespec t{};
  clock_gettime(clock, &t);
  return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_nsec) * 1e-9;
}

// Sorts the times.
inline double Percentile(std::vector<double>& times, double part) {
  std::sort(times.begin(), times.end());
  return times[std::min(times.size() - 1,
                        static_cast<size_t>(part * static_cast<double>(times.size())))];
}

}  // namespace duomo::bench
