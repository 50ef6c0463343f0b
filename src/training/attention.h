// Self-attention over histories, forward and backward, for a whole batch at once (Kang and McAuley
// 2018). What is computed is in model/description.h and FORMAT.md; the runtime has its own pass.
#pragma once

#include <span>
#include <vector>

#include "core/array.h"
#include "core/random.h"
#include "model/description.h"
#include "runtime/rows.h"
#include "training/parameters.h"

namespace duomo::training {

// Factors of dropout: 0 with probability `rate`, else what keeps the mean. Draws 16 bits each.
void DrawMask(float rate, Random& random, std::span<float> mask);

// One worker's copy of one attention encoder; as TowerNet. One thread.
class AttentionNet {
 public:
  AttentionNet(const model::Description& description, const Layout& layout, model::Side side,
               const model::Encoder& encoder);

  // First: which rows of the table are read for `count` batch rows; those that share a window read
  // it once, and cost one pass over it. Valid until the next call.
  std::span<const uint32_t> Find(const runtime::RowReader& reader, size_t count);
  // Then: writes [count, width of the table] to `out`. found: where each of those rows stands.
  // `random`: draws dropout of the first sum and of what each block adds; nullptr: none.
  void Forward(const float* parameters, std::span<const float* const> found, float rate,
               Random* random, float* out);
  // gradient [count, width]: of the last Forward's result.
  void Backward(const float* parameters, const float* gradient, Gradients& out);

 private:
  struct Dense {
    size_t weight, bias, in, units;  // slots, and sizes
  };
  struct Norm {
    size_t gain, shift;
  };
  struct Block {
    Norm norm0, norm1;
    Dense attention, output, inner, outer;
    size_t distances;  // slot
    // Of the last forward pass, [tokens, …].
    AlignedVector<float> x, normed0, qkv, shares, mixed, mask0, middle, normed1, hidden, mask1;
  };

  Dense FindDense(const std::string& prefix) const;
  Norm FindNorm(const std::string& prefix) const;
  const float* At(size_t slot) const { return parameters_ + layout_->slots()[slot].offset; }
  void Normalize(const Norm& norm, const float* x, AlignedVector<float>& y) const;
  // dx [tokens, dim] += the gradient by x.
  void NormalizeBackward(const Norm& norm, const float* x, const float* dy, float* dx,
                         Gradients& out);
  void Multiply(const Dense& dense, const float* x, AlignedVector<float>& y) const;
  // dx = the gradient by x.
  void MultiplyBackward(const Dense& dense, const float* x, const float* dy,
                        AlignedVector<float>& dx, Gradients& out) const;
  void Attend(Block& block) const;
  void AttendBackward(const Block& block, const float* mixed, AlignedVector<float>& qkv,
                      Gradients& out);

  const model::Encoder* encoder_;
  const Layout* layout_;
  const float* parameters_ = nullptr;  // of the pass under way
  size_t table_ = 0, positions_ = 0;   // slots
  size_t dim_, places_, heads_;
  Norm norm_;
  std::vector<Block> blocks_;

  // Of the last forward pass.
  std::vector<uint32_t> rows_;   // the table's, window after window
  std::vector<size_t> windows_;  // [windows + 1]: where each begins among them
  std::vector<size_t> at_;       // [count]: the place whose output is the batch row's; kNone
  static constexpr size_t kNone = SIZE_MAX;
  size_t longest_ = 0;
  AlignedVector<float> mask_, last_;  // of the first sum; what the last block leaves
  // Of the backward pass.
  AlignedVector<float> dx_, dy_, dz_, dqkv_, scratch_;
};

}  // namespace duomo::training
