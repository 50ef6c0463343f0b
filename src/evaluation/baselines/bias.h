// global mean + user bias + item bias (ratings.h) as a recommender and as a model file.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "evaluation/baselines/baseline.h"
#include "evaluation/ratings.h"

namespace duomo::evaluation {

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
