// The softmax over items: all of them (Klenitskiy and Vasilev 2023 show what that is worth for
// sequences), drawn ones, or those of the batch, each less the log of its expected count, which is
// what keeps few negatives from overconfidence (Petrov and Macdonald 2023, "gSASRec").
#include <algorithm>
#include <cmath>
#include <numeric>

#include "kernels/dense.h"
#include "kernels/vector.h"
#include "training/worker.h"

namespace duomo::training {

using model::Side;

double Worker::SoftmaxLoss(const float* parameters, float scale, bool train) {
  // Candidates: with sampling the right items of this batch and the negatives drawn, or the right
  // items alone; each logit is corrected by −log of its expected count. Else every item with
  // training examples. A test's right item competes, too, where it has none.
  bool in_batch = options_->in_batch_negatives && train;
  bool sampled = options_->negatives > 0 && train;
  bool chosen = !sampled && !in_batch && train && sampler_ != nullptr;
  size_t count = heads_.size(), width = Net(Side::kUser).width();
  RowSource* rows = Rows(train);
  const Dropout* dropout = train ? &dropout_ : nullptr;
  Random* random = train ? &random_ : nullptr;
  const float* items = train ? nullptr : frozen_items_;
  if (items == nullptr) {
    candidates_.resize(sampled ? options_->negatives : all_items_->count);
    if (sampled) {
      for (uint32_t& candidate : candidates_) candidate = sampler_->Draw(random_);
    } else if (in_batch) {
      candidates_ = batch_.items;
    } else if (chosen) {
      candidates_.assign(sampler_->items().begin(), sampler_->items().end());
    } else {
      std::iota(candidates_.begin(), candidates_.end(), 0u);
    }
  }
  size_t shared = candidates_.size();  // then, when sampled, each example's own right item
  if (sampled) candidates_.insert(candidates_.end(), batch_.items.begin(), batch_.items.end());

  const float* users = Net(Side::kUser).Forward(parameters, batch_.batch(), dropout, random, rows);
  if (items == nullptr) {
    std::vector<runtime::InputSource> inputs = CandidateInputs();
    runtime::Batch batch{candidates_.size(), inputs};
    items = Net(Side::kItem).Forward(parameters, batch, dropout, random, rows);
    ReadBiases(parameters, rows, Side::kItem, batch);
  }

  const kernels::VectorKernels& k = kernels::Vector();
  const auto head_scale = static_cast<float>(description_->head.scale);
  // A member predicts by its part of the vectors alone, `members` times as large, so that the mean
  // of all is the model's own prediction; the cost is the mean of theirs. In tests the model's.
  const size_t members = train ? options_->members : 1, part = width / members;
  const float vector_scale = head_scale * static_cast<float>(members);
  const float member_scale = scale / static_cast<float>(members);
  std::vector<float> offset(shared);  // bias and correction of a shared candidate
  // How often an item is expected among the shared ones: they are as many draws.
  auto log_expected = [&](uint32_t item) {
    return sampler_->LogProbability(item) + std::log(static_cast<double>(shared));
  };
  for (size_t c = 0; c < shared; ++c) {
    offset[c] = item_biases_[c] * head_scale;
    if (sampled || in_batch) offset[c] -= static_cast<float>(log_expected(candidates_[c]));
  }
  // Where each item stands among shared candidates that are sorted, as all are that are not drawn.
  auto place_of = [&](uint32_t item) { return chosen ? sampler_->PlaceOf(item) : item; };
  const bool leaves_out = options_->exclude_taken && batch_.taken.size() == count;
  // Predictions have numbers of their own from step to step: a step does not go over all items.
  const bool marks = (sampled || in_batch) && leaves_out;
  if (marks && (taken_by_.size() != all_items_->count || predictions_ + count > UINT32_MAX)) {
    taken_by_.assign(all_items_->count, 0);
    predictions_ = 0;
  }
  if (train) {
    user_gradient_.resize(count * width);
    item_gradient_.assign(candidates_.size() * width, 0.0f);
    offset_gradient_.assign(candidates_.size(), 0.0f);
  }
  // A few predictions of one member at a time, so that their logits stay in the cache.
  constexpr size_t kRows = 64;
  logits_.resize(std::min(count, kRows) * shared);
  AlignedVector<float> scaled(kRows * part);
  std::vector<float> factor(kRows), own_slope(kRows);
  double cost = 0;  // heads_ are zeros
  for (size_t turn = 0; turn < (count + kRows - 1) / kRows * members; ++turn) {
    const size_t begin = turn / members * kRows, at = turn % members * part;
    const size_t few = std::min(kRows, count - begin);
    const float *by_user = users + begin * width + at, *by_item = items + at;  // stride: width
    for (size_t i = 0; i < few; ++i) {
      k.scale(vector_scale, by_user + i * width, &scaled[i * part], part);
      std::copy_n(offset.data(), shared, &logits_[i * shared]);
    }
    kernels::Gemm(false, true, few, shared, part, scaled.data(), part, by_item, width, 1,
                  logits_.data(), shared);
    for (size_t i = begin; i < begin + few; ++i) {
      float* row = &logits_[(i - begin) * shared];
      const uint32_t right = batch_.items[i];
      // Among the candidates, of use where nothing is drawn.
      const size_t place = in_batch ? i : place_of(right);
      double own = 0;
      if (sampled) {
        const float* item = by_item + (shared + i) * width;
        own = vector_scale * static_cast<float>(k.dot(by_user + (i - begin) * width, item, part)) +
              head_scale * item_biases_[shared + i];
        // The right item is present for certain, so its correction is that of the negatives with
        // an expected count as if drawn: it keeps the sampled distribution's shape.
        own -= log_expected(right);
      } else {
        own = row[place];
      }
      if (sampled || in_batch) {
        const auto number = static_cast<uint32_t>(predictions_ + i + 1);
        for (uint32_t item : leaves_out ? batch_.taken[i] : std::span<const uint32_t>()) {
          taken_by_[item] = number;
        }
        for (size_t c = 0; c < shared; ++c) {
          // A negative that is the right item would be counted twice.
          bool taken = leaves_out && taken_by_[candidates_[c]] == number;
          if (candidates_[c] == right || taken) row[c] = -INFINITY;
        }
      } else {
        for (uint32_t item : leaves_out ? batch_.taken[i] : std::span<const uint32_t>()) {
          if (uint32_t c = place_of(item); c != ItemSampler::kNoPlace) row[c] = -INFINITY;
        }
        for (size_t c = 0; !train && sampler_ != nullptr && c < shared; ++c) {
          if (!sampler_->Competes(candidates_[c])) row[c] = -INFINITY;
        }
      }
      if (!sampled) row[place] = static_cast<float>(own);
      double most = k.maximum(row, shared);
      if (sampled) most = std::max(most, own);
      // One exponential a candidate, in float: the gradient reuses it.
      auto base = static_cast<float>(most);
      double own_share = sampled ? std::exp(own - base) : 0;
      double sum = own_share + k.exponentials(base, row, shared);
      heads_[i] += static_cast<float>(own / static_cast<double>(members));
      double weight = batch_.weights.empty() ? 1.0 : batch_.weights[i];
      cost += weight * (base + std::log(sum) - own) / static_cast<double>(members);
      if (!train) continue;
      // By the logits: factor · row. Vectors are scaled instead of the long rows.
      factor[i - begin] = static_cast<float>(weight * member_scale / sum);
      float slope = factor[i - begin] * head_scale;
      k.axpy(slope, row, offset_gradient_.data(), shared);
      if (!sampled) {
        row[place] -= static_cast<float>(sum);
        offset_gradient_[place] -= static_cast<float>(weight * member_scale * head_scale);
        continue;
      }
      own_slope[i - begin] = static_cast<float>(weight * member_scale * (own_share / sum - 1));
      offset_gradient_[shared + i] += own_slope[i - begin] * head_scale;
      k.axpy(own_slope[i - begin] * vector_scale, by_user + (i - begin) * width,
             &item_gradient_[(shared + i) * width + at], part);
    }
    if (!train) continue;
    float* gradient = &user_gradient_[begin * width + at];
    kernels::Gemm(false, false, few, part, shared, logits_.data(), shared, by_item, width, 0,
                  gradient, width);
    for (size_t i = 0; i < few; ++i) {
      k.scale(factor[i] * vector_scale, gradient + i * width, gradient + i * width, part);
      k.scale(factor[i], &scaled[i * part], &scaled[i * part], part);
      if (!sampled) continue;
      k.axpy(own_slope[i] * vector_scale, by_item + (shared + begin + i) * width,
             gradient + i * width, part);
    }
    kernels::Gemm(true, false, shared, part, few, logits_.data(), shared, scaled.data(), part, 1,
                  item_gradient_.data() + at, width);
  }
  if (marks) predictions_ += count;
  if (!train) return cost;
  for (size_t c = 0; item_bias_ >= 0 && c < candidates_.size(); ++c) {
    gradients_.Row(static_cast<size_t>(item_bias_), item_bias_rows_[c])[0] += offset_gradient_[c];
  }
  Net(Side::kUser).Backward(parameters, user_gradient_.data(), gradients_);
  Net(Side::kItem).Backward(parameters, item_gradient_.data(), gradients_);
  return cost;
}

}  // namespace duomo::training
