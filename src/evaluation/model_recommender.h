// A .duomo file as a Recommender, on the rows of a data set. Depends on runtime and data.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "core/array.h"
#include "data/dataset.h"
#include "data/model_rows.h"
#include "evaluation/ranking.h"
#include "evaluation/recommender.h"
#include "runtime/engine.h"

namespace duomo::evaluation {

// Two towers only. Users with stored features (and, for a model that reads histories, the history
// that the file remembers) are scored as a host would see them; users and items of the data set
// that the model does not know cannot be recommended to, or at all.
class ModelRecommender : public Recommender {
 public:
  // Throws Error(kUnsupported) for a joint model. Runs the user tower for all users once where the
  // file has no user vectors.
  ModelRecommender(std::shared_ptr<const runtime::Engine> engine, const data::Dataset& dataset);

  std::string_view name() const override { return name_; }
  void Score(uint32_t user, std::span<float> scores) const override;
  // By matrix products of floats, several times faster.
  void ScoreUsers(std::span<const uint32_t> users, std::span<float> scores,
                  std::span<float> tolerances) const override;
  float ScoreOf(uint32_t user, uint32_t item) const override;
  bool PredictsRatings() const override { return true; }
  double Predict(uint32_t user, uint32_t item) const override;  // mean output where one is unknown

  bool KnowsUser(uint32_t user) const { return user_rows_[user] != data::kNotInModel; }
  bool KnowsItem(uint32_t item) const { return item_rows_[item] != data::kNotInModel; }
  // Sentences about the users and items of the cases that the model does not know; empty if it
  // knows all.
  std::vector<std::string> UnknownSentences(const RankingTask& task) const;

  // By row of the data set, [vector width]; zeros for an unknown item. Lives as long as this.
  std::span<const float> ItemVector(uint32_t item) const {
    return std::span(item_vectors_)
        .subspan(item * engine_->vector_width(), engine_->vector_width());
  }

 private:
  std::span<const float> UserVector(uint32_t row) const;
  double Scale() const;  // of the head
  // How far a float product of this vector and any item's may be from Score(); infinite if there is
  // no bound.
  float Tolerance(std::span<const float> user_vector) const;

  std::shared_ptr<const runtime::Engine> engine_;
  std::string name_;
  double longest_item_ = 0;                      // the greatest length of an item vector
  std::vector<uint32_t> unknown_items_;          // ascending
  std::vector<uint32_t> user_rows_, item_rows_;  // by row of the data set
  AlignedVector<float> user_vectors_;            // empty where the file has them as floats
  AlignedVector<float> item_vectors_;            // by row of the data set
};

}  // namespace duomo::evaluation
