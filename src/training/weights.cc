#include "training/weights.h"

#include <cmath>

#include "core/error.h"

namespace duomo::training {

std::vector<float> MeanOneWeights(const data::Interactions& interactions,
                                  std::span<const uint32_t> rows) {
  std::span<const float> all = interactions.weights;
  if (all.empty() || rows.empty()) return {};
  if (all.size() != interactions.size()) {
    Fail(Status::kInvalidArgument, "there are ", all.size(), " weights for ", interactions.size(),
         " interactions; give each row one, or none");
  }
  double sum = 0;
  bool alike = true;
  for (uint32_t row : rows) {
    float weight = all[row];
    if (!(weight >= 0) || !std::isfinite(weight)) {
      Fail(Status::kInvalidArgument, "the weight of interaction ", row + 1, " is ", weight,
           "; a weight says how much a row counts and must be 0 or a positive number");
    }
    alike = alike && weight == all[rows[0]];
    sum += double{weight};
  }
  if (!(sum > 0)) {
    Fail(Status::kInvalidArgument,
         "all training rows have the weight 0, so there is nothing to learn; check the column of "
         "weights");
  }
  if (alike) return {};
  double scale = static_cast<double>(rows.size()) / sum;
  std::vector<float> out;
  out.reserve(rows.size());
  for (uint32_t row : rows) out.push_back(static_cast<float>(double{all[row]} * scale));
  return out;
}

}  // namespace duomo::training
