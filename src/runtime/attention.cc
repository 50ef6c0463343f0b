#include "runtime/attention.h"

#include <algorithm>
#include <cmath>

#include "core/narrow.h"

namespace duomo::runtime {
namespace {

// Queries that look back at once: their shares stay in the first-level cache.
constexpr size_t kQueries = 32;

// x [rows, width] = norm of it; `out` may have another stride than width: none is needed yet.
void NormalizeRows(const float* gain, const float* shift, const float* x, float* out, size_t rows,
                   size_t width) {
  const kernels::VectorKernels& k = kernels::Vector();
  for (size_t i = 0; i < rows; ++i) k.normalize(x + i * width, gain, shift, out + i * width, width);
}

}  // namespace

Attention::Attention(const LayerMaker& maker, const std::string& prefix, const model::Encoder& e,
                     const model::Rows& table, size_t places)
    : encoder_(&e), table_(table), dim_(ToSize(table.width)), places_(places) {
  auto norm = [&](const std::string& name) {
    return Norm{maker.model.parameter(name + "/gain").floats().data(),
                maker.model.parameter(name + "/shift").floats().data()};
  };
  const auto identity = model::Activation::kIdentity;
  if (e.places != model::Places::kDistances) {
    positions_ = Weight(maker.model, prefix + "/positions", maker.widened);
  }
  for (uint32_t i = 0; i < e.blocks; ++i) {
    const std::string name = StrCat(prefix, "/block", i);
    Block& block = blocks_.emplace_back();
    block.norm0 = norm(name + "/norm0");
    block.norm1 = norm(name + "/norm1");
    if (i + 1 < e.blocks) {
      block.attention = maker.Make(name + "/attention", dim_, 3 * dim_, identity);
    } else {
      // Apart: queries of the newest item alone.
      const float* all = Weight(maker.model, name + "/attention/weight", maker.widened);
      const float* bias = maker.model.parameter(name + "/attention/bias").floats().data();
      AlignedVector<float>& query = maker.widened.emplace_back(dim_ * dim_);
      for (size_t row = 0; row < dim_; ++row) {
        std::copy_n(all + row * 3 * dim_, dim_, &query[row * dim_]);
      }
      const float* query_weight = query.data();
      AlignedVector<float>& others = maker.widened.emplace_back(2 * dim_ * dim_);
      for (size_t row = 0; row < dim_; ++row) {
        std::copy_n(all + (row * 3 + 1) * dim_, 2 * dim_, &others[row * 2 * dim_]);
      }
      block.query = kernels::DenseLayer::Create(maker.backend, query_weight, bias, dim_, dim_,
                                                kernels::Activation::kIdentity);
      block.others = kernels::DenseLayer::Create(maker.backend, others.data(), bias + dim_, dim_,
                                                 2 * dim_, kernels::Activation::kIdentity);
    }
    block.output = maker.Make(name + "/output", dim_, dim_, identity);
    block.inner = maker.Make(name + "/inner", dim_, e.feed_forward, e.activation);
    block.outer = maker.Make(name + "/outer", e.feed_forward, dim_, identity);
    if (e.places != model::Places::kLearned) {
      block.distances = Weight(maker.model, name + "/distances", maker.widened);
    }
  }
  norm_ = norm(prefix + "/norm");
}

// Queries number query … query + count − 1 look at the keys up to their own; values follow keys.
// Writes what they see to mixed [count, dim].
void Attention::Share(const Block& block, size_t query, size_t count, const float* q,
                      size_t q_stride, const float* keys, size_t stride, float* shares,
                      float* mixed) const {
  const kernels::VectorKernels& k = kernels::Vector();
  const size_t heads = encoder_->heads, width = dim_ / heads, n = query + count;
  const float scale = 1 / std::sqrt(static_cast<float>(width));
  for (size_t h = 0; h < heads; ++h) {
    const float* key = keys + h * width;
    if (count == 1) {  // one column: nothing to lay out anew
      k.gemm(false, false, n, 1, width, key, stride, q + h * width, 1, 0, shares, 1);
    } else {
      k.gemm(false, true, count, n, width, q + h * width, q_stride, key, stride, 0, shares, n);
    }
    for (size_t i = 0; i < count; ++i) {
      float* row = shares + i * n;
      const size_t seen = query + i + 1;
      for (size_t j = 0; j < seen; ++j) row[j] *= scale;
      if (block.distances != nullptr) {
        const float* distance = block.distances + h * encoder_->positions;
        for (size_t j = 0; j < seen; ++j) row[j] += distance[seen - 1 - j];
      }
      double sum = k.exponentials(k.maximum(row, seen), row, seen);
      k.scale(1 / sum, row, row, seen);
      std::fill(row + seen, row + n, 0.0f);
    }
    k.gemm(false, false, count, width, n, shares, n, key + dim_, stride, 0, mixed + h * width,
           dim_);
  }
}

void Attention::Encode(const RowReader& reader, size_t i, float* out, Workspace& work) const {
  const kernels::VectorKernels& k = kernels::Vector();
  auto rows = reader.Window(i, places_);
  const size_t n = rows.size(), inner = encoder_->feed_forward;
  if (n == 0) {
    std::fill_n(out, dim_, 0.0f);
    return;
  }
  float* x = Grow(work.buffers[3], Times(n, 6 * dim_ + inner + kQueries));
  float *y = x + n * dim_, *mixed = y + n * dim_, *wide = mixed + n * dim_;
  float *hidden = wide + n * 3 * dim_, *shares = hidden + n * inner;
  const float root = std::sqrt(static_cast<float>(dim_));
  for (size_t t = 0; t < n; ++t) {
    CopyRows(table_, reader.Known(rows[t]), 1, x + t * dim_);
  }
  k.scale(double{root}, x, x, n * dim_);
  if (positions_ != nullptr) k.axpy(1, positions_, x, n * dim_);
  for (size_t b = 0; b + 1 < blocks_.size(); ++b) {
    const Block& block = blocks_[b];
    NormalizeRows(block.norm0.gain, block.norm0.shift, x, y, n, dim_);
    block.attention->Forward(y, dim_, wide, 3 * dim_, n, work.scratch);
    for (size_t q = 0; q < n; q += kQueries) {
      Share(block, q, std::min(kQueries, n - q), wide + q * 3 * dim_, 3 * dim_, wide + dim_,
            3 * dim_, shares, mixed + q * dim_);
    }
    block.output->Forward(mixed, dim_, y, dim_, n, work.scratch);
    k.axpy(1, y, x, n * dim_);
    NormalizeRows(block.norm1.gain, block.norm1.shift, x, y, n, dim_);
    block.inner->Forward(y, dim_, hidden, inner, n, work.scratch);
    block.outer->Forward(hidden, inner, y, dim_, n, work.scratch);
    k.axpy(1, y, x, n * dim_);
  }
  const Block& block = blocks_.back();
  float* newest = x + (n - 1) * dim_;
  NormalizeRows(block.norm0.gain, block.norm0.shift, x, y, n, dim_);
  block.others->Forward(y, dim_, wide, 2 * dim_, n, work.scratch);
  float* query = wide + n * 2 * dim_;
  block.query->Forward(y + (n - 1) * dim_, dim_, query, dim_, 1, work.scratch);
  Share(block, n - 1, 1, query, dim_, wide, 2 * dim_, shares, mixed);
  block.output->Forward(mixed, dim_, y, dim_, 1, work.scratch);
  k.axpy(1, y, newest, dim_);
  k.normalize(newest, block.norm1.gain, block.norm1.shift, y, dim_);
  block.inner->Forward(y, dim_, hidden, inner, 1, work.scratch);
  block.outer->Forward(hidden, inner, y, dim_, 1, work.scratch);
  k.axpy(1, y, newest, dim_);
  k.normalize(newest, norm_.gain, norm_.shift, out, dim_);
}

}  // namespace duomo::runtime
