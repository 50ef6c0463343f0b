#include "training/item_sampler.h"

#include <algorithm>
#include <cmath>

namespace duomo::training {

ItemSampler::ItemSampler(std::span<const uint64_t> counts) {
  double total = 0;
  places_.assign(counts.size(), kNoPlace);
  for (uint32_t item = 0; item < counts.size(); ++item) {
    if (counts[item] == 0) continue;
    total += static_cast<double>(counts[item]);
    places_[item] = static_cast<uint32_t>(items_.size());
    items_.push_back(item);
    cumulative_.push_back(total);
  }
  for (uint64_t count : counts) {
    log_probability_.push_back(std::log(static_cast<double>(count) / total));
  }
}

uint32_t ItemSampler::Draw(Random& random) const {
  double at = random.Uniform() * cumulative_.back();
  auto above = std::upper_bound(cumulative_.begin(), cumulative_.end(), at);
  return items_[static_cast<size_t>(std::min(above, cumulative_.end() - 1) - cumulative_.begin())];
}

}  // namespace duomo::training
