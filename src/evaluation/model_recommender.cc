#include "evaluation/model_recommender.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/error.h"
#include "kernels/dense.h"
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
    if (item_rows_[i] == data::kNotInModel) {
      unknown_items_.push_back(static_cast<uint32_t>(i));
      continue;
    }
    if (items.empty()) {
      runtime::CopyRows(model.items().vectors, item_rows_[i], 1, &item_vectors_[i * width]);
    } else {
      std::copy_n(&items[item_rows_[i] * width], width, &item_vectors_[i * width]);
    }
    const float* vector = &item_vectors_[i * width];
    double length = std::sqrt(kernels::Vector().dot(vector, vector, width));
    if (!(length <= longest_item_)) longest_item_ = length;  // NaN stays
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

std::vector<std::string> ModelRecommender::UnknownSentences(const RankingTask& task) const {
  uint64_t users = 0, relevant = 0, unknown = 0;
  for (const RankingCase& c : task.cases) {
    users += KnowsUser(c.user) ? 0 : 1;
    relevant += c.relevant.size();
    for (uint32_t item : c.relevant) unknown += KnowsItem(item) ? 0 : 1;
  }
  std::vector<std::string> out;
  if (users > 0) {
    out.push_back(StrCat(users, " of ", task.cases.size(), " users are unknown to \"", name_,
                         "\": it recommends them nothing, and all of theirs counts as missed."));
  }
  if (unknown > 0) {
    out.push_back(StrCat(unknown, " of ", relevant, " test items are unknown to \"", name_,
                         "\" and count as missed."));
  }
  return out;
}

float ModelRecommender::ScoreOf(uint32_t user, uint32_t item) const {
  if (!KnowsUser(user) || !KnowsItem(item)) return kCannot;
  std::span<const float> vector = UserVector(user_rows_[user]);
  return engine_->Score(
      kernels::Vector().dot(vector.data(), &item_vectors_[item * vector.size()], vector.size()));
}

double ModelRecommender::Scale() const {
  const model::Head& head = engine_->model().description().head;
  return head.kind == model::HeadKind::kLogistic ? 1 : head.scale;
}

float ModelRecommender::Tolerance(std::span<const float> user_vector) const {
  constexpr float kNone = std::numeric_limits<float>::infinity();
  double length =
      std::sqrt(kernels::Vector().dot(user_vector.data(), user_vector.data(), user_vector.size()));
  double most = length * longest_item_, scale = std::abs(Scale());
  if (!(most * std::max(1.0, scale) < 1e30)) return kNone;
  // Rounding of n products and sums, of the scaled user vector and of the exact score itself.
  double off = (static_cast<double>(user_vector.size()) + 8) * 0x1p-23 * most * scale;
  if (engine_->model().description().head.kind == model::HeadKind::kCosine && most > 1) {
    if (most > 1.001) return kNone;  // Score() cuts what is above 1
    off += (most - 1) * scale;
  }
  return static_cast<float>(off) * 1.001f + 1e-30f;  // what is below all normal numbers is lost
}

void ModelRecommender::ScoreUsers(std::span<const uint32_t> users, std::span<float> scores,
                                  std::span<float> tolerances) const {
  constexpr size_t kStrip = 512;  // items whose vectors stay in the cache for all users
  size_t n = item_rows_.size(), width = engine_->vector_width();
  auto scale = static_cast<float>(Scale());
  std::vector<size_t> by_product;
  std::vector<float> vectors, products(users.size() * kStrip);
  for (size_t i = 0; i < users.size(); ++i) {
    std::span<float> row = scores.subspan(i * n, n);
    tolerances[i] = 0;
    if (KnowsUser(users[i])) {
      std::span<const float> vector = UserVector(user_rows_[users[i]]);
      float off = Tolerance(vector);
      if (std::isfinite(off)) {
        tolerances[i] = off;
        for (float x : vector) vectors.push_back(scale * x);
        by_product.push_back(i);
        continue;
      }
    }
    Score(users[i], row);
  }
  for (size_t item = 0; item < n && !by_product.empty(); item += kStrip) {
    size_t strip = std::min(kStrip, n - item);
    kernels::Gemm(false, true, by_product.size(), strip, width, vectors.data(), width,
                  &item_vectors_[item * width], width, 0, products.data(), kStrip);
    for (size_t i = 0; i < by_product.size(); ++i) {
      std::copy_n(&products[i * kStrip], strip, &scores[by_product[i] * n + item]);
    }
  }
  for (size_t i : by_product) {
    for (uint32_t item : unknown_items_) scores[i * n + item] = kCannot;
  }
}

double ModelRecommender::Predict(uint32_t user, uint32_t item) const {
  if (!KnowsUser(user) || !KnowsItem(item)) return engine_->Predict(0);
  std::span<const float> vector = UserVector(user_rows_[user]);
  return engine_->Predict(
      kernels::Vector().dot(vector.data(), &item_vectors_[item * vector.size()], vector.size()));
}

}  // namespace duomo::evaluation
