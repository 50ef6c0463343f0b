// Vectors in memory as a Recommender: what a learner has found, before there is a file of it.
#pragma once

#include <span>
#include <string>
#include <utility>
#include <vector>

#include "evaluation/recommender.h"
#include "kernels/vector.h"

namespace duomo::evaluation {

// Scores ⟨user, item⟩. Immutable; any thread. Keeps the vectors by reference.
class VectorRecommender final : public Recommender {
 public:
  // users, items: [n, width] by row of the data set.
  VectorRecommender(std::string name, std::span<const float> users, std::span<const float> items,
                    size_t width)
      : name_(std::move(name)), users_(users), items_(items), width_(width) {}
  std::string_view name() const override { return name_; }
  void Score(uint32_t user, std::span<float> scores) const override {
    kernels::Vector().gemm(false, true, 1, scores.size(), width_, users_.data() + user * width_,
                           width_, items_.data(), width_, 0, scores.data(), scores.size());
  }

 private:
  std::string name_;
  std::span<const float> users_, items_;
  size_t width_;
};

}  // namespace duomo::evaluation
