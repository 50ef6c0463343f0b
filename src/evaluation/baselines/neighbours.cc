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

ItemTopN::ItemTopN(std::shared_ptr<const RatingMatrix> ratings, uint32_t k)
    : ratings_(std::move(ratings)), k_(k) {
  if (k == 0) Fail(Status::kInvalidArgument, "item-top-n needs at least one neighbour (k)");
  Similarities all(*ratings_, For(SimilarityKind::kBinaryCosine, false, 1));
  offsets_.push_back(0);
  std::vector<uint32_t> near;
  for (uint32_t item = 0; item < all.size(); ++item) {
    auto similar = all.Of(item);
    near.clear();
    for (uint32_t other = 0; other < all.size(); ++other) {
      if (other != item && similar[other] > 0) near.push_back(other);
    }
    size_t n = std::min<size_t>(k_, near.size());
    std::partial_sort(near.begin(), near.begin() + static_cast<std::ptrdiff_t>(n), near.end(),
                      [&](uint32_t a, uint32_t b) {
                        return similar[a] != similar[b] ? similar[a] > similar[b] : a < b;
                      });
    for (size_t i = 0; i < n; ++i) {
      neighbours_.push_back({near[i], static_cast<float>(similar[near[i]])});
    }
    offsets_.push_back(neighbours_.size());
  }
}

void ItemTopN::Score(uint32_t user, std::span<float> scores) const {
  std::fill(scores.begin(), scores.end(), 0.0f);
  if (user >= ratings_->users()) return;
  std::vector<double> sums(scores.size());
  for (const auto& [item, rating] : ratings_->OfUser(user)) {
    for (uint64_t i = offsets_[item]; i < offsets_[item + 1]; ++i) {
      if (neighbours_[i].row < sums.size()) {
        sums[neighbours_[i].row] += static_cast<double>(neighbours_[i].rating);
      }
    }
  }
  for (size_t i = 0; i < scores.size(); ++i) scores[i] = static_cast<float>(sums[i]);
}

std::string ItemTopN::ExportNote() const {
  return "evaluation only: a user would need a vector with one number for every item";
}

}  // namespace duomo::evaluation
