#include "evaluation/baselines/rating_matrix.h"

#include <algorithm>
#include <unordered_set>

#include "core/error.h"

namespace duomo::evaluation {

RatingMatrix::RatingMatrix(const data::Interactions& interactions, std::span<const uint32_t> train,
                           uint32_t users, uint32_t items) {
  if (train.empty()) Fail(Status::kInvalidArgument, "there are no ratings to build a baseline on");
  std::vector<uint32_t> own, other;
  std::vector<float> ratings;
  std::unordered_set<uint64_t> known;
  known.reserve(train.size());
  // Backwards, so that the last row of a pair is the one that stays.
  for (size_t i = train.size(); i-- > 0;) {
    uint32_t row = train[i];
    if (row >= interactions.size() || interactions.users[row] >= users ||
        interactions.items[row] >= items) {
      Fail(Status::kInvalidArgument, "training row ", row, " does not fit ", interactions.size(),
           " interactions of ", users, " users with ", items, " items");
    }
    uint32_t user = interactions.users[row], item = interactions.items[row];
    if (!known.insert(uint64_t{user} << 32 | item).second) continue;
    own.push_back(user);
    other.push_back(item);
    ratings.push_back(interactions.ratings.empty() ? 1.0f : interactions.ratings[row]);
  }
  std::reverse(own.begin(), own.end());
  std::reverse(other.begin(), other.end());
  std::reverse(ratings.begin(), ratings.end());
  for (float rating : ratings) mean_ += static_cast<double>(rating);
  mean_ /= static_cast<double>(ratings.size());
  auto [low, high] = std::minmax_element(ratings.begin(), ratings.end());
  lowest_ = static_cast<double>(*low);
  highest_ = static_cast<double>(*high);
  Fill(users_, users, own, other, ratings);
  Fill(items_, items, other, own, ratings);
}

std::shared_ptr<const RatingMatrix> RatingMatrix::Make(const data::Dataset& dataset,
                                                       std::span<const uint32_t> train) {
  return std::make_shared<const RatingMatrix>(dataset.interactions, train,
                                              static_cast<uint32_t>(dataset.users.size()),
                                              static_cast<uint32_t>(dataset.items.size()));
}

double RatingMatrix::Clamp(double rating) const { return std::clamp(rating, lowest_, highest_); }

void RatingMatrix::Fill(Lists& lists, uint32_t n, std::span<const uint32_t> own,
                        std::span<const uint32_t> other, std::span<const float> ratings) {
  lists.offsets.assign(size_t{n} + 1, 0);
  lists.means.assign(n, mean_);
  lists.entries.resize(own.size());
  for (uint32_t row : own) ++lists.offsets[row + 1];
  for (size_t i = 0; i < n; ++i) lists.offsets[i + 1] += lists.offsets[i];
  std::vector<uint64_t> next(lists.offsets.begin(), lists.offsets.end() - 1);
  for (size_t i = 0; i < own.size(); ++i) lists.entries[next[own[i]]++] = {other[i], ratings[i]};
  for (uint32_t row = 0; row < n; ++row) {
    auto entries = lists.Of(row);
    if (entries.empty()) continue;
    double sum = 0;
    for (const Entry& e : entries) sum += static_cast<double>(e.rating);
    lists.means[row] = sum / static_cast<double>(entries.size());
  }
}

}  // namespace duomo::evaluation
