#include "selection/prior.h"

#include <algorithm>
#include <cmath>

#include "selection/split_choice.h"

namespace duomo::selection {

double TimeSpan(const data::Interactions& rows) {
  if (rows.size() == 0 || !AllHaveTimes(rows)) return 0;
  auto [first, last] = std::minmax_element(rows.timestamps.begin(), rows.timestamps.end());
  return static_cast<double>(*last - *first);
}

std::vector<float> ItemPrior(const data::Dataset& dataset, std::span<const uint32_t> train,
                             double half_life) {
  const data::Interactions& rows = dataset.interactions;
  std::vector<double> count(dataset.items.size());
  int64_t now = INT64_MIN;
  if (half_life > 0) {
    for (uint32_t row : train) now = std::max(now, rows.timestamps[row]);
  }
  for (uint32_t row : train) {
    double age = half_life > 0 ? static_cast<double>(now - rows.timestamps[row]) / half_life : 0;
    count[rows.items[row]] += std::exp2(-age);
  }
  double most = 0;
  for (double n : count) most = std::max(most, n);
  std::vector<float> out(count.size());
  for (size_t i = 0; most > 0 && i < count.size(); ++i) {
    out[i] = static_cast<float>(std::log1p(count[i]) / std::log1p(most));
  }
  return out;
}

}  // namespace duomo::selection
