#include "evaluation/model_recommender.h"

#include <algorithm>

#include "core/error.h"
#include "kernels/vector.h"

namespace duomo::evaluation {

ModelRecommender::ModelRecommender(std::shared_ptr<const runtime::Engine> engine,
                                   const data::Dataset& dataset)
    : engine_(std::move(engine)), name_(engine_->model().description().name) {
  if (engine_->joint()) {
    Fail(Status::kUnsupported, "\"", name_, "\" ranks pairs: it cannot score a whole catalogue");
  }
  const model::Model& model = engine_->model();
  user_rows_ = data::RowsInModel(dataset.users, model.users().keys);
  item_rows_ = data::RowsInModel(dataset.items, model.items().keys);
  if (model.users().vectors.empty()) user_vectors_ = engine_->Freeze(model::Side::kUser);
  AlignedVector<float> items;
  std::span<const float> all = model.items().vectors;
  if (all.empty()) {
    items = engine_->Freeze(model::Side::kItem);
    all = items;
  }
  size_t width = engine_->vector_width();
  item_vectors_.resize(item_rows_.size() * width);
  for (size_t i = 0; i < item_rows_.size(); ++i) {
    if (item_rows_[i] == data::kNotInModel) continue;
    std::copy_n(all.data() + item_rows_[i] * width, width, &item_vectors_[i * width]);
  }
}

std::span<const float> ModelRecommender::UserVector(uint32_t row) const {
  if (user_vectors_.empty()) return engine_->Vector(model::Side::kUser, row);
  size_t width = engine_->vector_width();
  return std::span(user_vectors_).subspan(row * width, width);
}

void ModelRecommender::Score(uint32_t user, std::span<float> scores) const {
  std::fill(scores.begin(), scores.end(), kCannot);
  if (!KnowsUser(user)) return;
  std::span<const float> vector = UserVector(user_rows_[user]);
  std::vector<double> dots(scores.size());
  kernels::Vector().dots(vector.data(), item_vectors_.data(), vector.size(), dots.size(),
                         dots.data());
  for (size_t i = 0; i < scores.size(); ++i) {
    if (item_rows_[i] != data::kNotInModel) scores[i] = engine_->Score(dots[i]);
  }
}

double ModelRecommender::Predict(uint32_t user, uint32_t item) const {
  if (!KnowsUser(user) || !KnowsItem(item)) return engine_->Predict(0);
  std::span<const float> vector = UserVector(user_rows_[user]);
  return engine_->Predict(
      kernels::Vector().dot(vector.data(), &item_vectors_[item * vector.size()], vector.size()));
}

}  // namespace duomo::evaluation
