#include "evaluation/ratings.h"

#include <algorithm>
#include <cmath>

#include "core/error.h"

namespace duomo::evaluation {
namespace {

// Both errors at once, from difference(i) for i below n.
template <typename Difference>
RatingErrors Measure(size_t n, const Difference& difference) {
  if (n == 0) Fail(Status::kInvalidArgument, "there are no ratings to compare with");
  double squares = 0, absolutes = 0;
  for (size_t i = 0; i < n; ++i) {
    double d = difference(i);
    squares += d * d;
    absolutes += std::abs(d);
  }
  double count = static_cast<double>(n);
  return {std::sqrt(squares / count), absolutes / count, n};
}

RatingErrors Compare(std::span<const float> predictions, std::span<const float> ratings) {
  if (predictions.size() != ratings.size()) {
    Fail(Status::kInvalidArgument, predictions.size(), " predictions do not fit ", ratings.size(),
         " ratings");
  }
  return Measure(ratings.size(), [&](size_t i) {
    return static_cast<double>(predictions[i]) - static_cast<double>(ratings[i]);
  });
}

}  // namespace

double Rmse(std::span<const float> predictions, std::span<const float> ratings) {
  return Compare(predictions, ratings).rmse;
}

double Mae(std::span<const float> predictions, std::span<const float> ratings) {
  return Compare(predictions, ratings).mae;
}

RatingErrors MeasureRatings(const data::Interactions& interactions, std::span<const uint32_t> rows,
                            const PredictRating& predict) {
  return Measure(rows.size(), [&](size_t i) {
    uint32_t row = rows[i];
    return predict(interactions.users[row], interactions.items[row]) -
           static_cast<double>(interactions.ratings[row]);
  });
}

BiasBaseline::BiasBaseline(const data::Interactions& interactions, std::span<const uint32_t> train,
                           const Options& options) {
  if (train.empty()) Fail(Status::kInvalidArgument, "there are no ratings to fit a baseline on");
  if (!(options.item_regularization >= 0) || !(options.user_regularization >= 0) ||
      options.sweeps < 0) {
    Fail(Status::kInvalidArgument, "a baseline's constants must not be negative");
  }
  uint32_t users = 0, items = 0;
  lowest_ = highest_ = static_cast<double>(interactions.ratings[train[0]]);
  for (uint32_t row : train) {
    double rating = static_cast<double>(interactions.ratings[row]);
    mean_ += rating;
    lowest_ = std::min(lowest_, rating);
    highest_ = std::max(highest_, rating);
    users = std::max(users, interactions.users[row] + 1);
    items = std::max(items, interactions.items[row] + 1);
  }
  mean_ /= static_cast<double>(train.size());
  user_bias_.resize(users);
  item_bias_.resize(items);

  // One side's biases given the other's.
  auto solve = [&](std::span<const uint32_t> own, std::vector<double>& biases,
                   std::span<const uint32_t> other, const std::vector<double>& given,
                   double regularization) {
    std::vector<double> sum(biases.size()), count(biases.size());
    for (uint32_t row : train) {
      sum[own[row]] += static_cast<double>(interactions.ratings[row]) - mean_ - given[other[row]];
      count[own[row]] += 1;
    }
    for (size_t i = 0; i < biases.size(); ++i) {
      biases[i] = count[i] > 0 ? sum[i] / (count[i] + regularization) : 0;
    }
  };
  for (int sweep = 0; sweep < options.sweeps; ++sweep) {
    solve(interactions.items, item_bias_, interactions.users, user_bias_,
          options.item_regularization);
    solve(interactions.users, user_bias_, interactions.items, item_bias_,
          options.user_regularization);
  }
}

double BiasBaseline::Predict(uint32_t user, uint32_t item) const {
  return std::clamp(mean_ + UserBias(user) + ItemBias(item), lowest_, highest_);
}

}  // namespace duomo::evaluation
