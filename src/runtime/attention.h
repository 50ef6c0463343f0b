// Runs an attention encoder: from a history to the vector of its newest item (Kang and McAuley
// 2018). FORMAT.md has the formulas.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "runtime/layers.h"
#include "runtime/rows.h"

namespace duomo::runtime {

// Immutable; any thread. The model must outlive it.
class Attention {
 public:
  // prefix: of the parameters. `places`: model::PlacesOf().
  Attention(const LayerMaker& maker, const std::string& prefix, const model::Encoder& encoder,
            const model::Rows& table, size_t places);

  // The vector of batch row i, as wide as the table: zeros where its history is empty. Uses
  // work.buffers[3]. In the last block, only the newest item has a query; the others have keys and
  // values only.
  void Encode(const RowReader& reader, size_t i, float* out, Workspace& work) const;

 private:
  using Layer = std::unique_ptr<kernels::DenseLayer>;
  struct Norm {
    const float *gain, *shift;
  };
  struct Block {
    Norm norm0, norm1;
    Layer attention;      // queries, keys and values side by side; not of the last block
    Layer query, others;  // of the last block
    Layer output, inner, outer;
    const float* distances = nullptr;  // [heads, positions]
  };
  void Share(const Block& block, size_t query, size_t count, const float* q, size_t q_stride,
             const float* keys, size_t stride, float* shares, float* mixed) const;

  const model::Encoder* encoder_;
  model::Rows table_;
  size_t dim_, places_;
  const float* positions_ = nullptr;  // [positions, dim]
  Norm norm_;
  std::vector<Block> blocks_;
};

}  // namespace duomo::runtime
