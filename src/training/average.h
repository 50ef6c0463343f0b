// The mean of the parameters over the last part of a run, exported in place of the last ones
// (Polyak and Juditsky 1992; Izmailov et al. 2018): what steps at a high rate scatter around.
#pragma once

#include <cstdint>
#include <span>

#include "core/array.h"

namespace duomo::training {

// One thread.
class Average {
 public:
  // Over the last `share` of `total` steps, in (0, 1); the last step always counts.
  Average(double share, uint64_t total);

  // Looking at all parameters costs more than a step that touches few, so the mean is over at most
  // so many of the steps, at even distances.
  static constexpr uint64_t kMostSamples = 64;

  // Whether the parameters after this step, from 1, count.
  bool Due(uint64_t step) const;
  void Add(std::span<const float> values);

  struct State {  // for checkpoints
    uint64_t count = 0;
    AlignedVector<float> mean;  // empty before the first
  };
  const State& state() const { return state_; }
  void Restore(State state) { state_ = std::move(state); }

 private:
  uint64_t total_, steps_, samples_;
  State state_;
};

}  // namespace duomo::training
