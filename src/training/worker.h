// One worker's part of a training step: towers forward, loss, towers backward.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "training/examples.h"
#include "training/network.h"
#include "training/options.h"

namespace duomo::training {

// The items that compete in a softmax: those with training examples, since nothing is known against
// one that nobody could take. Draws negatives among them and knows how likely each was: by their
// number of examples. Immutable; any thread (the randomness is the caller's).
class ItemSampler {
 public:
  explicit ItemSampler(std::span<const uint64_t> counts);  // by item row
  uint32_t Draw(Random& random) const;
  double LogProbability(uint32_t item) const { return log_probability_[item]; }

  static constexpr uint32_t kNoPlace = UINT32_MAX;
  std::span<const uint32_t> items() const { return items_; }  // rows, ascending
  bool Competes(uint32_t item) const { return places_[item] != kNoPlace; }
  uint32_t PlaceOf(uint32_t item) const { return places_[item]; }  // in items(), or kNoPlace

 private:
  std::vector<uint32_t> items_, places_;
  std::vector<double> cumulative_;  // by place
  std::vector<double> log_probability_;
};

// One thread.
class Worker {
 public:
  // `items`: features of all items, for the softmax's candidates. sampler: nullptr where all items
  // compete and none is sampled. Everything must outlive this.
  Worker(const model::Description& description, const Layout& layout,
         std::span<const std::vector<float>> statistics, const model::FeatureSet& items,
         const TrainingOptions& options, const ItemSampler* sampler, uint64_t seed);

  // Adds the gradient of the summed cost of the examples, times `scale`, to gradients(); returns
  // the summed cost. train = false: cost only, without dropout.
  double Step(const float* parameters, const Examples& examples, std::span<const uint32_t> numbers,
              float scale, bool train);

  // Before tests of a softmax: runs the item tower for all candidates now, so that the steps with
  // train = false up to the next training step share the result. Nothing for other losses.
  void FreezeItems(const float* parameters);

  // Vectors of a side for a batch, as the towers make them (raw, without biases).
  const float* Encode(const float* parameters, model::Side side, const runtime::Batch& batch);

  // The head's number of every example of the last Step.
  std::span<const float> heads() const { return heads_; }
  Gradients& gradients() { return gradients_; }
  Random& random() { return random_; }

 private:
  double PairLoss(const float* parameters, float scale, bool train);
  double MembersLoss(size_t i, const float* u, const float* v, double biases, float scale,
                     double& by_biases);
  double SoftmaxLoss(const float* parameters, float scale, bool train);
  double JointLoss(const float* parameters, float scale, bool train);
  std::vector<runtime::InputSource> CandidateInputs() const;
  double PointLoss(size_t i, double& slope) const;  // slope: of the cost by the head
  TowerNet& Net(model::Side side) { return nets_[side == model::Side::kItem ? 1 : 0]; }

  const model::Description* description_;
  const Layout* layout_;
  const TrainingOptions* options_;
  const model::FeatureSet* all_items_;
  const ItemSampler* sampler_;
  Gradients gradients_;
  Random random_;
  Dropout dropout_;
  std::vector<TowerNet> nets_;
  int user_bias_ = -1, item_bias_ = -1, global_bias_ = -1;  // slots
  ExampleBatch batch_;
  std::vector<float> heads_;
  AlignedVector<float> user_gradient_, item_gradient_, offset_gradient_, logits_;
  std::vector<uint32_t> candidates_;
  std::vector<uint32_t> taken_by_;  // by item: the last prediction whose user took it before
  const float* frozen_items_ = nullptr;  // result of the item tower; see FreezeItems()
};

}  // namespace duomo::training
