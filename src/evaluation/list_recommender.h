// Lists from elsewhere as a Recommender: items that are in no list were never recommended.
#pragma once

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "evaluation/recommender.h"

namespace duomo::evaluation {

// Immutable; any thread.
class ListRecommender final : public Recommender {
 public:
  // lists: by user row, item rows best first, none twice.
  ListRecommender(std::string name, std::vector<std::vector<uint32_t>> lists)
      : name_(std::move(name)), lists_(std::move(lists)) {}
  std::string_view name() const override { return name_; }
  void Score(uint32_t user, std::span<float> scores) const override {
    std::fill(scores.begin(), scores.end(), kCannot);
    float score = 0;
    for (uint32_t item : lists_[user]) scores[item] = score--;
  }

 private:
  std::string name_;
  std::vector<std::vector<uint32_t>> lists_;
};

}  // namespace duomo::evaluation
