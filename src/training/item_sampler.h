// The items that compete in a softmax, and samples of them.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "core/random.h"

namespace duomo::training {

// The items that compete in a softmax: those with training examples, since an item that nobody
// could take is no evidence against it. Draws negatives among them and knows how likely each was:
// by their number of examples. Immutable; any thread (the randomness is the caller's).
class ItemSampler {
 public:
  explicit ItemSampler(std::span<const uint64_t> counts);  // by item row
  uint32_t Draw(Random& random) const;
  double LogProbability(uint32_t item) const { return log_probability_[item]; }

  static constexpr uint32_t kNoPlace = UINT32_MAX;
  std::span<const uint32_t> items() const { return items_; }  // rows, ascending
  bool Competes(uint32_t item) const { return places_[item] != kNoPlace; }
  uint32_t PlaceOf(uint32_t item) const { return places_[item]; }  // in items(), or kNoPlace

 private:
  std::vector<uint32_t> items_, places_;
  std::vector<double> cumulative_;  // by place
  std::vector<double> log_probability_;
};

}  // namespace duomo::training
