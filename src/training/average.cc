#include "training/average.h"

#include <algorithm>

namespace duomo::training {

Average::Average(double share, uint64_t total)
    : total_(total),
      steps_(std::clamp<uint64_t>(static_cast<uint64_t>(share * static_cast<double>(total)), 1,
                                  std::max<uint64_t>(total, 1))),
      samples_(std::min(steps_, kMostSamples)) {}

bool Average::Due(uint64_t step) const {
  if (step > total_ || total_ - step >= steps_) return false;
  // Sample k is of the step k · steps / samples before the last.
  const uint64_t before = total_ - step, k = (before * samples_ + steps_ - 1) / steps_;
  return k * steps_ / samples_ == before;
}

void Average::Add(std::span<const float> values) {
  State& s = state_;
  if (s.count++ == 0) {
    s.mean.assign(values.begin(), values.end());
    return;
  }
  const auto part = static_cast<float>(1.0 / static_cast<double>(s.count));
  for (size_t i = 0; i < values.size(); ++i) s.mean[i] += part * (values[i] - s.mean[i]);
}

}  // namespace duomo::training
