// One worker's part of a training step: towers forward, loss, towers backward.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "training/examples.h"
#include "training/item_sampler.h"
#include "training/network.h"
#include "training/optimizer.h"
#include "training/options.h"

namespace duomo::training {

// One thread.
class Worker {
 public:
  // `items`: features of all items, for the softmax's candidates. sampler: nullptr where all items
  // compete and none is sampled. optimizer: knows where rows of tables are up to date; nullptr:
  // all parameters are. Everything must outlive this.
  Worker(const model::Description& description, const Layout& layout,
         std::span<const std::vector<float>> statistics, const model::FeatureSet& items,
         const TrainingOptions& options, const ItemSampler* sampler, uint64_t seed,
         Optimizer* optimizer = nullptr);

  // Adds the gradient of the summed cost of the examples, times `scale`, to gradients(); returns
  // the summed cost. train = false: cost only, without dropout.
  double Step(const float* parameters, const Examples& examples, std::span<const uint32_t> numbers,
              float scale, bool train);

  // Before tests of a softmax: runs the item tower for all candidates now, so that the steps with
  // train = false up to the next training step share the result. Nothing for other losses.
  void FreezeItems(const float* parameters);

  // Vectors of a side for a batch, as the towers make them (raw, without biases).
  const float* Encode(const float* parameters, model::Side side, const runtime::Batch& batch);

  // And the biases that the head adds for that side, 0 where it has none; valid until the next
  // call.
  std::span<const float> Biases(const float* parameters, model::Side side,
                                const runtime::Batch& batch);

  // The head's output for every example of the last Step.
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
  // The rows that a batch has in the table of a side's bias (the unknown row for none), and the
  // values there; 0 each where the head has no such bias.
  void ReadBiases(const float* parameters, RowSource* source, model::Side side,
                  const runtime::Batch& batch);
  RowSource* Rows(bool training);
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
  // By item: the number of the last prediction whose user took it before; 0: none. How many
  // predictions have got a number.
  std::vector<uint32_t> taken_by_;
  uint64_t predictions_ = 0;
  std::optional<CurrentRows> rows_;
  std::vector<const float*> found_;
  std::vector<uint32_t> user_bias_rows_, item_bias_rows_;
  std::vector<float> user_biases_, item_biases_;  // values
  // See FreezeItems(): the result of the item tower; item_biases_ are of the same items.
  const float* frozen_items_ = nullptr;
};

}  // namespace duomo::training
