// Collaborative filtering by neighbours: of users, and of items. Both predict as scikit-surprise's
// KNNWithMeans does, so that they can be compared number by number
// (benchmarks/peers/surprise_knn.py).
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "evaluation/baselines/baseline.h"
#include "evaluation/baselines/rating_matrix.h"
#include "evaluation/baselines/similarity.h"

namespace duomo::evaluation {

struct NeighbourhoodOptions {
  NeighbourOptions neighbours;
  uint32_t min_support = 1;  // common ratings for a similarity
};

// What both have in common: the mean of the pair's own row plus the mean deviation of its
// neighbours in it. Users or items without a training rating get the global mean, and no score.
// Predictions are clamped to the range of the training ratings; scores are not.
class NeighbourCf : public Baseline {
 public:
  void Score(uint32_t user, std::span<float> scores) const final;
  bool PredictsRatings() const final { return true; }
  double Predict(uint32_t user, uint32_t item) const final;
  std::string ExportNote() const final;

 protected:
  NeighbourCf(std::shared_ptr<const RatingMatrix> ratings, const NeighbourhoodOptions& options,
              SimilarityKind kind, bool between_users);
  const RatingMatrix& ratings() const { return *ratings_; }
  const Similarities& similarities() const { return similarities_; }

 private:
  // `mean` is scratch. Both are known.
  virtual double Estimate(uint32_t user, uint32_t item, NeighbourMean& mean) const = 0;

  std::shared_ptr<const RatingMatrix> ratings_;
  NeighbourhoodOptions options_;
  Similarities similarities_;
};

// User-based (Resnick et al., GroupLens, 1994): the user's mean plus the mean deviation of the
// k users with the highest Pearson correlation who rated the item, each from their own mean.
class UserCf final : public NeighbourCf {
 public:
  explicit UserCf(std::shared_ptr<const RatingMatrix> ratings,
                  const NeighbourhoodOptions& options = {})
      : NeighbourCf(std::move(ratings), options, SimilarityKind::kPearson, true) {}
  std::string_view name() const override { return "user-cf"; }

 private:
  double Estimate(uint32_t user, uint32_t item, NeighbourMean& mean) const override;
};

// Item-based (Sarwar et al. 2001): adjusted cosine between items, and as above with the roles
// changed: the item's mean plus the mean deviation of the k most similar items that the user
// rated, each from its own mean.
class ItemCf final : public NeighbourCf {
 public:
  explicit ItemCf(std::shared_ptr<const RatingMatrix> ratings,
                  const NeighbourhoodOptions& options = {})
      : NeighbourCf(std::move(ratings), options, SimilarityKind::kAdjustedCosine, false) {}
  std::string_view name() const override { return "item-cf"; }

 private:
  double Estimate(uint32_t user, uint32_t item, NeighbourMean& mean) const override;
};

}  // namespace duomo::evaluation
