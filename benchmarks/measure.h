// How a call is timed: the mean over many calls by Google Benchmark, and p50 and p99 of single
// ones.
#pragma once

#include <benchmark/benchmark.h>

#include <algorithm>
#include <cstdint>
#include <vector>

#include "clock.h"

namespace duomo::bench {

// Short calls are timed by the wall clock, whose reading costs little; from 20 µs on by the
// thread's CPU time, so that other work on the machine is not counted.
class CallClock {
 public:
  explicit CallClock(double seconds_a_call)
      : clock_(seconds_a_call < 20e-6 ? CLOCK_MONOTONIC : CLOCK_THREAD_CPUTIME_ID) {
    std::vector<double> cost(1001);
    for (double& c : cost) {
      double begin = Seconds(clock_);
      c = Seconds(clock_) - begin;
    }
    std::nth_element(cost.begin(), cost.begin() + 500, cost.end());
    cost_ = cost[500];
  }
  template <typename F>
  double Time(F&& call) const {
    double begin = Seconds(clock_);
    call();
    return std::max(0.0, Seconds(clock_) - begin - cost_);
  }

 private:
  clockid_t clock_;
  double cost_;  // of reading the clock, which is taken off
};

inline void Report(benchmark::State& state, std::vector<double> times) {
  state.counters["p50"] = Percentile(times, 0.5);
  state.counters["p99"] = Percentile(times, 0.99);
}

// Warm: `call` returns false where it failed, and has said so to `state`.
template <typename F>
void Measure(benchmark::State& state, F&& call) {
  if (!call()) return;
  double begin = Seconds(CLOCK_THREAD_CPUTIME_ID);
  for (auto _ : state) {
    if (!call()) return;
  }
  double mean =
      (Seconds(CLOCK_THREAD_CPUTIME_ID) - begin) / static_cast<double>(state.iterations());
  std::vector<double> times{mean};
  if (mean < 1) {
    CallClock clock(mean);
    times.resize(static_cast<size_t>(std::clamp(0.5 / mean, 5.0, 20000.0)));
    for (double& t : times) t = clock.Time(call);
  }
  Report(state, std::move(times));
}

// With cold caches: before every call all of them are filled with something else. Wants
// UseManualTime() and Iterations().
template <typename F>
void MeasureCold(benchmark::State& state, F&& call) {
  constexpr size_t kBytes = 128 << 20;  // several times any cache here
  static std::vector<char> other(kBytes, 1);
  CallClock clock(0);
  std::vector<double> times;
  for (auto _ : state) {
    for (size_t i = 0; i < kBytes; i += 64) other[i] = static_cast<char>(other[i] + 1);
    benchmark::ClobberMemory();
    bool done = false;
    times.push_back(clock.Time([&] { done = call(); }));
    if (!done) return;
    state.SetIterationTime(times.back());
  }
  Report(state, std::move(times));
}

}  // namespace duomo::bench
