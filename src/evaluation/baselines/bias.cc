#include "evaluation/baselines/bias.h"

#include <algorithm>

#include "core/error.h"
#include "evaluation/baselines/export.h"

namespace duomo::evaluation {

MeanRating::MeanRating(const data::Dataset& dataset, std::span<const uint32_t> train) {
  const auto& ratings = dataset.interactions.ratings;
  if (train.empty() || ratings.empty()) {
    Fail(Status::kInvalidArgument, "there are no ratings to take the mean of");
  }
  for (uint32_t row : train) mean_ += static_cast<double>(ratings[row]);
  mean_ /= static_cast<double>(train.size());
}

void MeanRating::Score(uint32_t, std::span<float> scores) const {
  std::fill(scores.begin(), scores.end(), static_cast<float>(mean_));
}

std::string MeanRating::ExportNote() const { return "exports as a global bias"; }

model::Contents MeanRating::Export(const data::Dataset& dataset) const {
  FixedVectors v;
  v.name = name();
  v.unit = "stars";
  v.global_bias = static_cast<float>(mean_);
  return ExportVectors(v, dataset);
}

Bias::Bias(const data::Dataset& dataset, std::span<const uint32_t> train,
           const BiasBaseline::Options& options)
    : fit_(dataset.interactions, train, options),
      users_(dataset.users.size()),
      items_(dataset.items.size()) {}

void Bias::Score(uint32_t user, std::span<float> scores) const {
  for (uint32_t item = 0; item < scores.size(); ++item) {
    scores[item] = static_cast<float>(fit_.mean() + fit_.UserBias(user) + fit_.ItemBias(item));
  }
}

std::string Bias::ExportNote() const {
  return "exports as global, user and item biases; a file's predictions are not clamped";
}

model::Contents Bias::Export(const data::Dataset& dataset) const {
  if (dataset.users.size() != users_ || dataset.items.size() != items_) {
    Fail(Status::kInvalidArgument, "the data set has ", dataset.users.size(), " users and ",
         dataset.items.size(), " items, the baseline ", users_, " and ", items_);
  }
  FixedVectors v;
  v.name = name();
  v.unit = "stars";
  for (uint32_t i = 0; i < users_; ++i) {
    v.user_bias.push_back(static_cast<float>(fit_.UserBias(i)));
  }
  for (uint32_t i = 0; i < items_; ++i) {
    v.item_bias.push_back(static_cast<float>(fit_.ItemBias(i)));
  }
  v.global_bias = static_cast<float>(fit_.mean());
  return ExportVectors(v, dataset);
}

}  // namespace duomo::evaluation
