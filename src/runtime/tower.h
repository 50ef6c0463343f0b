// Runs one tower: its encoders, then its dense layers. Uses kernels and the model's parameters;
// engine.h uses the vectors.
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "kernels/dense.h"
#include "model/model.h"
#include "runtime/attention.h"
#include "runtime/engine.h"
#include "runtime/layers.h"
#include "runtime/rows.h"

namespace duomo::runtime {

// Immutable; any thread. The model must outlive it.
class Tower {
 public:
  Tower(const model::Model& model, model::Side side, kernels::Backend backend);

  size_t width() const { return width_; }
  // Batch rows that one call takes at most, so that scratch memory stays bounded.
  size_t block() const { return block_; }

  // Rows [begin, begin + count) of the batch, count <= block(). Returns [count, width()], which
  // lies in `work` until the next call.
  const float* Forward(const Batch& batch, size_t begin, size_t count, Workspace& work) const;

 private:
  struct Encoder {
    const model::Encoder* description;
    const model::Input* input;
    model::Rows table;  // [rows, dim]
    size_t rows = 1, dim = 0;
    std::span<const float> bias;        // multi-hot
    std::span<const float> statistics;  // numbers
    DenseLayers windows;                // convolution: one each
    std::unique_ptr<Attention> attention;
    DenseLayers layers;
    std::vector<size_t> units;  // of `layers`
    size_t raw_width = 0, width = 0;
    // If not empty, this replaces all of the above: the contribution of each row of the table to
    // the tower's first layer, [rows, units_[0]].
    AlignedVector<float> folded;
  };
  // The table of a folded encoder, `weight` being its part of the first layer's.
  static AlignedVector<float> Fold(const Encoder& e, const float* weight, const float* bias,
                                   size_t units);
  // The rows of the first layer's weights that belong to encoders which are not folded.
  const float* KeptWeight(const float* weight, size_t units);
  // What the tower's first layer adds to its product: the sum of folded encoders, [count, units].
  void SumFolded(const Batch& batch, size_t begin, size_t count, float* y) const;
  // An encoder's output before its layers: row i at out + i·stride.
  void Encode(const Encoder& e, const Batch& batch, size_t begin, size_t count, float* out,
              size_t stride, Workspace& work) const;
  // The same of batch row i, for bags and multi-hot encoders.
  void Pool(const Encoder& e, const RowReader& reader, size_t i, float* out, Workspace& work) const;
  void Convolve(const Encoder& e, size_t window, const RowReader& reader, size_t begin,
                size_t count, float* out, size_t stride, Workspace& work) const;

  Widened widened_;  // weights that the file does not hold as floats; layers point into it
  std::vector<Encoder> encoders_;
  DenseLayers layers_;
  std::vector<size_t> units_;
  bool folds_ = false;                               // one encoder at least
  size_t concatenated_ = 0, width_ = 0, block_ = 1;  // concatenated: of what is not folded
};

}  // namespace duomo::runtime
