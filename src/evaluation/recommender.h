// What is evaluated: anything that scores all items for a user. Models and baselines look alike
// through it, so that one code measures both. Depends on core alone.
#pragma once

#include <cstdint>
#include <limits>
#include <span>
#include <string_view>

#include "core/error.h"

namespace duomo::evaluation {

// The score of an item that cannot be recommended; it is in no list and counts as never found.
inline constexpr float kCannot = -std::numeric_limits<float>::infinity();

// Implementations must be callable from several threads at once.
class Recommender {
 public:
  virtual ~Recommender() = default;
  virtual std::string_view name() const = 0;

  // Fills one score an item row, higher is better, kCannot where there is none. Only the order of
  // the scores matters, and equal scores leave it open. NaN is a defect: it ranks below all
  // numbers.
  virtual void Score(uint32_t user, std::span<float> scores) const = 0;

  // Several users at once, a row of scores each and one tolerance: a score is within that of what
  // Score() gives, or kCannot where that is. Where the tolerance is not 0, the scores are numbers
  // and ScoreOf() gives the exact one of an item. For recommenders that are faster so.
  virtual void ScoreUsers(std::span<const uint32_t> users, std::span<float> scores,
                          std::span<float> tolerances) const {
    size_t items = scores.size() / users.size();
    for (size_t i = 0; i < users.size(); ++i) {
      Score(users[i], scores.subspan(i * items, items));
      tolerances[i] = 0;
    }
  }
  virtual float ScoreOf(uint32_t /*user*/, uint32_t /*item*/) const { return kCannot; }

  // Ratings, in the unit of the training data. Predict() always gives a finite number where
  // PredictsRatings(); it throws Error(kUnsupported) where not.
  virtual bool PredictsRatings() const { return false; }
  virtual double Predict(uint32_t /*user*/, uint32_t /*item*/) const {
    Fail(Status::kUnsupported, '"', name(), "\" ranks items and predicts no ratings");
  }
};

}  // namespace duomo::evaluation
