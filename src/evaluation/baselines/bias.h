// What predicts ratings and knows no taste, as recommenders and as model files: the global mean,
// and global mean + user bias + item bias (ratings.h).
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "evaluation/baselines/baseline.h"
#include "evaluation/ratings.h"

namespace duomo::evaluation {

// The mean training rating for everything: it ranks nothing, and its RMSE is the spread of the
// ratings.
class MeanRating final : public Baseline {
 public:
  // Throws Error(kInvalidArgument) without rows or ratings.
  MeanRating(const data::Dataset& dataset, std::span<const uint32_t> train);
  std::string_view name() const override { return "mean"; }
  void Score(uint32_t user, std::span<float> scores) const override;
  bool PredictsRatings() const override { return true; }
  double Predict(uint32_t, uint32_t) const override { return mean_; }
  bool Exportable() const override { return true; }
  std::string ExportNote() const override;
  model::Contents Export(const data::Dataset& dataset) const override;

 private:
  double mean_ = 0;
};

// Everyone gets the same ranking, by item bias; items without a training row stand in the middle
// with bias 0. Predictions are clamped to the training ratings, scores and the export are not.
class Bias final : public Baseline {
 public:
  Bias(const data::Dataset& dataset, std::span<const uint32_t> train,
       const BiasBaseline::Options& options = {});
  std::string_view name() const override { return "bias"; }
  void Score(uint32_t user, std::span<float> scores) const override;
  bool PredictsRatings() const override { return true; }
  double Predict(uint32_t user, uint32_t item) const override { return fit_.Predict(user, item); }
  bool Exportable() const override { return true; }
  std::string ExportNote() const override;
  model::Contents Export(const data::Dataset& dataset) const override;

  const BiasBaseline& fit() const { return fit_; }

 private:
  BiasBaseline fit_;
  size_t users_, items_;
};

}  // namespace duomo::evaluation
