// The differentiable form of a description: towers forward and backward on a mini-batch.
// The runtime has its own, leaner forward pass; tests hold both against one reference.
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "core/array.h"
#include "core/random.h"
#include "runtime/engine.h"
#include "training/parameters.h"

namespace duomo::training {

struct Dropout {
  float rate = 0;  // of every tower layer's input, and within attention
  // By input: how likely a category is replaced by its unknown row, so that this row learns.
  std::vector<float> ids;
  // By input: of what encoders other than attention make of it, before their own layers.
  std::vector<float> outputs;
};

// One worker's copy of one tower: reads shared parameters, keeps the activations of its last
// forward pass, adds to its own gradients. One thread.
class TowerNet {
 public:
  // statistics: by input, as model::Model::statistics(); must outlive the net, as the others.
  TowerNet(const model::Description& description, const Layout& layout, model::Side side,
           std::span<const std::vector<float>> statistics);
  ~TowerNet();
  TowerNet(TowerNet&&) noexcept;

  size_t width() const { return width_; }

  // Returns [batch.count, width()], valid until the next call. `random`: draws dropout; nullptr
  // when not training. rows: where rows of tables are found; nullptr: in `parameters`.
  const float* Forward(const float* parameters, const runtime::Batch& batch, const Dropout* dropout,
                       Random* random, RowSource* rows = nullptr);

  // gradient [batch.count, width()] of the loss with respect to Forward's result; overwritten.
  void Backward(const float* parameters, float* gradient, Gradients& out);

 private:
  struct DenseState;
  struct EncoderState;
  void ForwardEncoder(EncoderState& e, const float* parameters, const runtime::Batch& batch,
                      float rate, Random* random);
  void BackwardEncoder(EncoderState& e, const float* parameters, float* gradient, Gradients& out);

  const model::Description* description_;
  const Layout* layout_;
  std::span<const std::vector<float>> statistics_;
  size_t width_ = 0, concatenated_ = 0, count_ = 0;
  std::vector<EncoderState> encoders_;
  std::vector<DenseState> layers_;
  AlignedVector<float> input_;  // [count, concatenated]
};

}  // namespace duomo::training
