// Collaborative filtering through acquaintances instead of alike strangers, in the spirit of
// Referral Web (Kautz, Selman and Shah 1997).
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "evaluation/baselines/baseline.h"
#include "evaluation/baselines/rating_matrix.h"
#include "evaluation/baselines/social_graph.h"
#include "evaluation/ratings.h"

namespace duomo::evaluation {

// The user's mean plus the mean deviation, each from their own mean, of those within `hops` who
// rated the item, weighted by path strength / path length. Where none of them did: mean + user bias
// + item bias. A user without training ratings starts from the global mean. Predictions are clamped
// to the training ratings, scores are not.
class SocialCf final : public Baseline {
 public:
  struct Options {
    uint32_t hops = 2;              // 1 or more
    uint32_t max_neighbours = 500;  // of each user, the nearest; bounds the memory
  };
  // Throws Error(kInvalidArgument) when the graph has another number of users.
  SocialCf(const data::Dataset& dataset, std::span<const uint32_t> train,
           std::shared_ptr<const RatingMatrix> ratings, const SocialGraph& graph,
           const Options& options);
  SocialCf(const data::Dataset& dataset, std::span<const uint32_t> train,
           std::shared_ptr<const RatingMatrix> ratings, const SocialGraph& graph)
      : SocialCf(dataset, train, std::move(ratings), graph, Options{}) {}
  std::string_view name() const override { return "social-cf"; }
  void Score(uint32_t user, std::span<float> scores) const override;
  bool PredictsRatings() const override { return true; }
  double Predict(uint32_t user, uint32_t item) const override;
  std::string ExportNote() const override;

 private:
  struct Neighbour {
    uint32_t user;
    double weight;
  };
  double Fallback(uint32_t user, uint32_t item) const;
  std::shared_ptr<const RatingMatrix> ratings_;
  BiasBaseline bias_;
  std::vector<std::vector<Neighbour>> neighbours_;         // by user, ascending by row
  std::vector<std::vector<RatingMatrix::Entry>> by_item_;  // by user: ascending by item
};

}  // namespace duomo::evaluation
