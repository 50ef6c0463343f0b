#include "evaluation/baselines/neighbours.h"

#include <algorithm>

namespace duomo::evaluation {
namespace {

void Check(const NeighbourhoodOptions& options) {
  if (options.neighbours.k == 0) {
    Fail(Status::kInvalidArgument, "neighbourhood methods need at least one neighbour (k)");
  }
}

SimilarityOptions For(SimilarityKind kind, bool between_users, uint32_t min_support) {
  SimilarityOptions out;
  out.kind = kind;
  out.between_users = between_users;
  out.min_support = min_support;
  return out;
}

bool Known(const RatingMatrix& ratings, uint32_t user, uint32_t item) {
  return user < ratings.users() && item < ratings.items() && !ratings.OfUser(user).empty() &&
         !ratings.OfItem(item).empty();
}

}  // namespace

NeighbourCf::NeighbourCf(std::shared_ptr<const RatingMatrix> ratings,
                         const NeighbourhoodOptions& options, SimilarityKind kind,
                         bool between_users)
    : ratings_(std::move(ratings)),
      options_((Check(options), options)),
      similarities_(*ratings_, For(kind, between_users, options.min_support)) {}

double NeighbourCf::Predict(uint32_t user, uint32_t item) const {
  if (!Known(*ratings_, user, item)) return ratings_->mean();
  NeighbourMean mean(options_.neighbours);
  return ratings_->Clamp(Estimate(user, item, mean));
}

void NeighbourCf::Score(uint32_t user, std::span<float> scores) const {
  NeighbourMean mean(options_.neighbours);
  for (uint32_t item = 0; item < scores.size(); ++item) {
    scores[item] =
        Known(*ratings_, user, item) ? static_cast<float>(Estimate(user, item, mean)) : kCannot;
  }
}

std::string NeighbourCf::ExportNote() const {
  return "evaluation only: each pair of a user and an item has neighbours of its own, which two "
         "towers cannot express";
}

double UserCf::Estimate(uint32_t user, uint32_t item, NeighbourMean& mean) const {
  auto similar = similarities().Of(user);
  mean.Clear();
  for (const auto& [other, rating] : ratings().OfItem(item)) {
    mean.Add(similar[other], static_cast<double>(rating) - ratings().UserMean(other));
  }
  return ratings().UserMean(user) + mean.Deviation();
}

double ItemCf::Estimate(uint32_t user, uint32_t item, NeighbourMean& mean) const {
  auto similar = similarities().Of(item);
  mean.Clear();
  for (const auto& [other, rating] : ratings().OfUser(user)) {
    mean.Add(similar[other], static_cast<double>(rating) - ratings().ItemMean(other));
  }
  return ratings().ItemMean(item) + mean.Deviation();
}

}  // namespace duomo::evaluation
