#include "evaluation/baselines/social.h"

#include <algorithm>

namespace duomo::evaluation {

SocialCf::SocialCf(const data::Dataset& dataset, std::span<const uint32_t> train,
                   std::shared_ptr<const RatingMatrix> ratings, const SocialGraph& graph,
                   const Options& options)
    : ratings_(std::move(ratings)), bias_(dataset.interactions, train) {
  if (graph.users() != ratings_->users()) {
    Fail(Status::kInvalidArgument, "the graph has ", graph.users(), " users, the ratings ",
         ratings_->users());
  }
  if (options.hops == 0 || options.max_neighbours == 0) {
    Fail(Status::kInvalidArgument, "social-cf needs at least one hop and one neighbour");
  }
  neighbours_.resize(graph.users());
  by_item_.resize(graph.users());
  for (uint32_t user = 0; user < graph.users(); ++user) {
    auto within = graph.Within(user, options.hops);
    // Who has rated nothing cannot help, and takes no place.
    std::erase_if(within, [&](const auto& r) { return ratings_->OfUser(r.user).empty(); });
    if (within.size() > options.max_neighbours) within.resize(options.max_neighbours);
    for (const auto& r : within) neighbours_[user].push_back({r.user, r.strength / r.hops});
    std::sort(neighbours_[user].begin(), neighbours_[user].end(),
              [](const Neighbour& a, const Neighbour& b) { return a.user < b.user; });
    auto own = ratings_->OfUser(user);
    by_item_[user].assign(own.begin(), own.end());
    std::sort(by_item_[user].begin(), by_item_[user].end(),
              [](const auto& a, const auto& b) { return a.row < b.row; });
  }
}

double SocialCf::Fallback(uint32_t user, uint32_t item) const {
  return bias_.mean() + bias_.UserBias(user) + bias_.ItemBias(item);
}

double SocialCf::Predict(uint32_t user, uint32_t item) const {
  double weight = 0, sum = 0;
  if (user < neighbours_.size() && item < ratings_->items()) {
    for (const Neighbour& n : neighbours_[user]) {
      const auto& rated = by_item_[n.user];
      auto at = std::lower_bound(rated.begin(), rated.end(), item,
                                 [](const auto& entry, uint32_t row) { return entry.row < row; });
      if (at == rated.end() || at->row != item) continue;
      weight += n.weight;
      sum += n.weight * (static_cast<double>(at->rating) - ratings_->UserMean(n.user));
    }
  }
  if (!(weight > 0)) return ratings_->Clamp(Fallback(user, item));
  return ratings_->Clamp(ratings_->UserMean(user) + sum / weight);
}

void SocialCf::Score(uint32_t user, std::span<float> scores) const {
  std::vector<double> weight(scores.size()), sum(scores.size());
  if (user < neighbours_.size()) {
    for (const Neighbour& n : neighbours_[user]) {
      for (const auto& [item, rating] : by_item_[n.user]) {
        if (item >= scores.size()) continue;
        weight[item] += n.weight;
        sum[item] += n.weight * (static_cast<double>(rating) - ratings_->UserMean(n.user));
      }
    }
  }
  for (uint32_t item = 0; item < scores.size(); ++item) {
    scores[item] =
        static_cast<float>(weight[item] > 0 ? ratings_->UserMean(user) + sum[item] / weight[item]
                                            : Fallback(user, item));
  }
}

std::string SocialCf::ExportNote() const {
  return "evaluation only: a prediction needs the ratings of the user's acquaintances, which two "
         "towers cannot express";
}

}  // namespace duomo::evaluation
