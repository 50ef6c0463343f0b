#include "evaluation/model_recommender.h"

#include <algorithm>

#include "core/error.h"
#include "kernels/vector.h"
#include "runtime/widen.h"

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
  const model::Rows& users = model.users().vectors;
  if (users.empty()) {
    user_vectors_ = engine_->Freeze(model::Side::kUser);
  } else if (users.dtype != file::DType::kF32) {
    user_vectors_.resize(users.size());
    runtime::CopyRows(users, 0, users.count, user_vectors_.data());
  }
  AlignedVector<float> items;
  if (model.items().vectors.empty()) items = engine_->Freeze(model::Side::kItem);
  size_t width = engine_->vector_width();
  item_vectors_.resize(item_rows_.size() * width);
  for (size_t i = 0; i < item_rows_.size(); ++i) {
    if (item_rows_[i] == data::kNotInModel) continue;
    if (items.empty()) {
      runtime::CopyRows(model.items().vectors, item_rows_[i], 1, &item_vectors_[i * width]);
    } else {
      std::copy_n(&items[item_rows_[i] * width], width, &item_vectors_[i * width]);
    }
  }
}

std::span<const float> ModelRecommender::UserVector(uint32_t row) const {
  size_t width = engine_->vector_width();
  std::span<const float> all = user_vectors_.empty() ? engine_->model().users().vectors.floats()
                                                     : std::span<const float>(user_vectors_);
  return all.subspan(row * width, width);
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
