#include "training/attention.h"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "core/error.h"
#include "kernels/dense.h"
#include "kernels/vector.h"

namespace duomo::training {
namespace {

kernels::Activation Kernel(model::Activation a) { return static_cast<kernels::Activation>(a); }

// out += the sum of all rows of x [rows, width].
void AddRows(const float* x, size_t rows, size_t width, float* out) {
  for (size_t i = 0; i < rows; ++i) kernels::Vector().axpy(1, x + i * width, out, width);
}

void MultiplyBy(const AlignedVector<float>& mask, float* x) {
  for (size_t i = 0; i < mask.size(); ++i) x[i] *= mask[i];
}

}  // namespace

void DrawMask(float rate, Random& random, std::span<float> mask) {
  const auto least = static_cast<uint32_t>(std::lround(rate * 65536.0f));
  const float keep = 65536.0f / static_cast<float>(65536 - std::min<uint32_t>(least, 65535));
  for (size_t i = 0; i < mask.size(); i += 4) {
    uint64_t bits = random.Next();
    for (size_t j = i; j < std::min(i + 4, mask.size()); ++j, bits >>= 16) {
      mask[j] = (bits & 0xFFFF) < least ? 0.0f : keep;
    }
  }
}

AttentionNet::AttentionNet(const model::Description& d, const Layout& layout, model::Side side,
                           const model::Encoder& e)
    : encoder_(&e),
      layout_(&layout),
      dim_(d.tables[static_cast<size_t>(e.table)].dim),
      places_(model::PlacesOf(d, e)),
      heads_(e.heads) {
  const std::string prefix = model::EncoderPrefix(d, side, e);
  table_ = layout.IndexOf(model::TableName(d, static_cast<uint32_t>(e.table)));
  if (e.places != model::Places::kDistances) positions_ = layout.IndexOf(prefix + "/positions");
  for (uint32_t i = 0; i < e.blocks; ++i) {
    const std::string name = StrCat(prefix, "/block", i);
    Block& block = blocks_.emplace_back();
    block.norm0 = FindNorm(name + "/norm0");
    block.norm1 = FindNorm(name + "/norm1");
    block.attention = FindDense(name + "/attention");
    block.output = FindDense(name + "/output");
    block.inner = FindDense(name + "/inner");
    block.outer = FindDense(name + "/outer");
    if (e.places != model::Places::kLearned) {
      block.distances = layout.IndexOf(name + "/distances");
    }
  }
  norm_ = FindNorm(prefix + "/norm");
}

AttentionNet::Dense AttentionNet::FindDense(const std::string& prefix) const {
  size_t weight = layout_->IndexOf(prefix + "/weight");
  const Layout::Slot& slot = layout_->slots()[weight];
  return {weight, layout_->IndexOf(prefix + "/bias"), slot.rows(), slot.width()};
}

AttentionNet::Norm AttentionNet::FindNorm(const std::string& prefix) const {
  return {layout_->IndexOf(prefix + "/gain"), layout_->IndexOf(prefix + "/shift")};
}

std::span<const uint32_t> AttentionNet::Find(const runtime::RowReader& reader, size_t count) {
  rows_.clear();
  windows_.assign(1, 0);
  at_.resize(count);
  longest_ = 0;
  size_t begun = 0;  // rows of the window under way that are in rows_
  for (size_t i = 0; i < count; ++i) {
    auto window = reader.Window(i, places_);
    if (!reader.Continues(i) || window.size() < begun) begun = 0;
    if (begun > 0) {
      windows_.pop_back();  // goes on
    }
    for (uint32_t row : window.subspan(begun)) {
      rows_.push_back(static_cast<uint32_t>(reader.Known(row)));
    }
    begun = window.size();
    at_[i] = begun > 0 ? rows_.size() - 1 : kNone;
    if (begun > 0) windows_.push_back(rows_.size());
    longest_ = std::max(longest_, begun);
  }
  return rows_;
}

void AttentionNet::Normalize(const Norm& norm, const float* x, AlignedVector<float>& y) const {
  const kernels::VectorKernels& k = kernels::Vector();
  y.resize(rows_.size() * dim_);
  for (size_t i = 0; i < rows_.size(); ++i) {
    k.normalize(x + i * dim_, At(norm.gain), At(norm.shift), &y[i * dim_], dim_);
  }
}

void AttentionNet::NormalizeBackward(const Norm& norm, const float* x, const float* dy, float* dx,
                                     Gradients& out) {
  const kernels::VectorKernels& k = kernels::Vector();
  scratch_.resize(dim_);
  for (size_t i = 0; i < rows_.size(); ++i) {
    k.normalize_backward(x + i * dim_, At(norm.gain), dy + i * dim_, scratch_.data(),
                         out.of(norm.gain), out.of(norm.shift), dim_);
    k.axpy(1, scratch_.data(), dx + i * dim_, dim_);
  }
}

void AttentionNet::Multiply(const Dense& dense, const float* x, AlignedVector<float>& y) const {
  const size_t n = rows_.size(), units = dense.units;
  y.resize(n * units);
  for (size_t i = 0; i < n; ++i) {
    std::memcpy(&y[i * units], At(dense.bias), units * sizeof(float));
  }
  kernels::Gemm(false, false, n, units, dense.in, x, dense.in, At(dense.weight), units, 1, y.data(),
                units);
}

void AttentionNet::MultiplyBackward(const Dense& dense, const float* x, const float* dy,
                                    AlignedVector<float>& dx, Gradients& out) const {
  const size_t n = rows_.size(), units = dense.units, in = dense.in;
  kernels::Gemm(true, false, in, units, n, x, in, dy, units, 1, out.of(dense.weight), units);
  AddRows(dy, n, units, out.of(dense.bias));
  dx.resize(n * in);
  kernels::Gemm(false, true, n, in, units, dy, units, At(dense.weight), units, 0, dx.data(), in);
}

// From qkv to `mixed`; keeps in `shares` how each place of a window shares its attention, a square
// a head, window after window.
void AttentionNet::Attend(Block& block) const {
  const kernels::VectorKernels& k = kernels::Vector();
  const size_t stride = 3 * dim_, width = dim_ / heads_;
  const float scale = 1 / std::sqrt(static_cast<float>(width));
  size_t squares = 0;
  for (size_t w = 1; w < windows_.size(); ++w) {
    size_t n = windows_[w] - windows_[w - 1];
    squares += n * n;
  }
  block.shares.resize(squares * heads_);
  block.mixed.resize(rows_.size() * dim_);
  float* shares = block.shares.data();
  for (size_t w = 1; w < windows_.size(); ++w) {
    const size_t n = windows_[w] - windows_[w - 1];
    for (size_t h = 0; h < heads_; ++h, shares += n * n) {
      const float* q = &block.qkv[windows_[w - 1] * stride + h * width];
      k.gemm(false, true, n, n, width, q, stride, q + dim_, stride, 0, shares, n);
      for (size_t i = 0; i < n; ++i) {
        float* row = shares + i * n;
        for (size_t j = 0; j <= i; ++j) row[j] *= scale;
        if (encoder_->places != model::Places::kLearned) {
          const float* distance = At(block.distances) + h * encoder_->positions;
          for (size_t j = 0; j <= i; ++j) row[j] += distance[i - j];
        }
        double sum = k.exponentials(k.maximum(row, i + 1), row, i + 1);
        k.scale(1 / sum, row, row, i + 1);
        std::fill(row + i + 1, row + n, 0.0f);  // the future
      }
      k.gemm(false, false, n, width, n, shares, n, q + 2 * dim_, stride, 0,
             &block.mixed[windows_[w - 1] * dim_ + h * width], dim_);
    }
  }
}

// From the gradient of `mixed` to that of qkv.
void AttentionNet::AttendBackward(const Block& block, const float* dmixed,
                                  AlignedVector<float>& dqkv, Gradients& out) {
  const kernels::VectorKernels& k = kernels::Vector();
  const size_t stride = 3 * dim_, width = dim_ / heads_;
  const float scale = 1 / std::sqrt(static_cast<float>(width));
  dqkv.resize(rows_.size() * stride);
  scratch_.resize(longest_ * longest_);
  const float* shares = block.shares.data();
  for (size_t w = 1; w < windows_.size(); ++w) {
    const size_t n = windows_[w] - windows_[w - 1];
    for (size_t h = 0; h < heads_; ++h, shares += n * n) {
      const float* q = &block.qkv[windows_[w - 1] * stride + h * width];
      float* dq = &dqkv[windows_[w - 1] * stride + h * width];
      const float* above = dmixed + windows_[w - 1] * dim_ + h * width;
      float* d = scratch_.data();
      k.gemm(true, false, n, width, n, shares, n, above, dim_, 0, dq + 2 * dim_, stride);
      k.gemm(false, true, n, n, width, above, dim_, q + 2 * dim_, stride, 0, d, n);
      for (size_t i = 0; i < n; ++i) {
        const float* row = shares + i * n;
        float* by = d + i * n;
        float mean = 0;
        for (size_t j = 0; j <= i; ++j) mean += row[j] * by[j];
        for (size_t j = 0; j < n; ++j) by[j] = row[j] * (by[j] - mean);  // 0 in the future
        if (encoder_->places != model::Places::kLearned) {
          float* distance = out.of(block.distances) + h * encoder_->positions;
          for (size_t j = 0; j <= i; ++j) distance[i - j] += by[j];
        }
        for (size_t j = 0; j <= i; ++j) by[j] *= scale;
      }
      k.gemm(false, false, n, width, n, d, n, q + dim_, stride, 0, dq, stride);
      k.gemm(true, false, n, width, n, d, n, q, stride, 0, dq + dim_, stride);
    }
  }
}

void AttentionNet::Forward(const float* parameters, std::span<const float* const> found, float rate,
                           Random* random, float* out) {
  const kernels::VectorKernels& k = kernels::Vector();
  parameters_ = parameters;
  const size_t n = rows_.size(), count = at_.size();
  auto draw = [&](AlignedVector<float>& mask) {
    mask.clear();
    if (rate <= 0 || random == nullptr) return;
    mask.resize(n * dim_);
    DrawMask(rate, *random, mask);
  };
  AlignedVector<float>* x = &blocks_[0].x;
  x->assign(n * dim_, 0.0f);
  const float root = std::sqrt(static_cast<float>(dim_));
  for (size_t w = 1; w < windows_.size(); ++w) {
    for (size_t i = windows_[w - 1]; i < windows_[w]; ++i) {
      float* to = x->data() + i * dim_;
      k.axpy(root, found[i], to, dim_);
      if (encoder_->places == model::Places::kDistances) continue;
      k.axpy(1, At(positions_) + (i - windows_[w - 1]) * dim_, to, dim_);
    }
  }
  draw(mask_);
  MultiplyBy(mask_, x->data());
  for (size_t b = 0; b < blocks_.size(); ++b) {
    Block& block = blocks_[b];
    Normalize(block.norm0, block.x.data(), block.normed0);
    Multiply(block.attention, block.normed0.data(), block.qkv);
    Attend(block);
    Multiply(block.output, block.mixed.data(), block.middle);
    draw(block.mask0);
    MultiplyBy(block.mask0, block.middle.data());
    k.axpy(1, block.x.data(), block.middle.data(), n * dim_);
    Normalize(block.norm1, block.middle.data(), block.normed1);
    Multiply(block.inner, block.normed1.data(), block.hidden);
    k.activate(Kernel(encoder_->activation), block.hidden.data(), block.hidden.size());
    x = b + 1 < blocks_.size() ? &blocks_[b + 1].x : &last_;
    Multiply(block.outer, block.hidden.data(), *x);
    draw(block.mask1);
    MultiplyBy(block.mask1, x->data());
    k.axpy(1, block.middle.data(), x->data(), n * dim_);
  }
  for (size_t i = 0; i < count; ++i) {
    if (at_[i] == kNone) {
      std::fill_n(out + i * dim_, dim_, 0.0f);
    } else {
      k.normalize(&last_[at_[i] * dim_], At(norm_.gain), At(norm_.shift), out + i * dim_, dim_);
    }
  }
}

void AttentionNet::Backward(const float* parameters, const float* gradient, Gradients& out) {
  const kernels::VectorKernels& k = kernels::Vector();
  parameters_ = parameters;
  const size_t n = rows_.size();
  dx_.assign(n * dim_, 0.0f);
  scratch_.resize(dim_);
  for (size_t i = 0; i < at_.size(); ++i) {
    if (at_[i] == kNone) continue;
    k.normalize_backward(&last_[at_[i] * dim_], At(norm_.gain), gradient + i * dim_,
                         scratch_.data(), out.of(norm_.gain), out.of(norm_.shift), dim_);
    k.axpy(1, scratch_.data(), &dx_[at_[i] * dim_], dim_);
  }
  for (size_t b = blocks_.size(); b-- > 0;) {
    Block& block = blocks_[b];
    // dx_ is the gradient of what the block gives; it passes both sums unchanged.
    dy_ = dx_;
    MultiplyBy(block.mask1, dy_.data());
    MultiplyBackward(block.outer, block.hidden.data(), dy_.data(), dz_, out);
    k.activate_backward(Kernel(encoder_->activation), block.hidden.data(), dz_.data(), dz_.size());
    MultiplyBackward(block.inner, block.normed1.data(), dz_.data(), dy_, out);
    NormalizeBackward(block.norm1, block.middle.data(), dy_.data(), dx_.data(), out);
    dy_ = dx_;
    MultiplyBy(block.mask0, dy_.data());
    MultiplyBackward(block.output, block.mixed.data(), dy_.data(), dz_, out);
    AttendBackward(block, dz_.data(), dqkv_, out);
    MultiplyBackward(block.attention, block.normed0.data(), dqkv_.data(), dy_, out);
    NormalizeBackward(block.norm0, block.x.data(), dy_.data(), dx_.data(), out);
  }
  MultiplyBy(mask_, dx_.data());
  const float root = std::sqrt(static_cast<float>(dim_));
  for (size_t w = 1; w < windows_.size(); ++w) {
    for (size_t i = windows_[w - 1]; i < windows_[w]; ++i) {
      const float* from = &dx_[i * dim_];
      k.axpy(root, from, out.Row(table_, rows_[i]), dim_);
      if (encoder_->places == model::Places::kDistances) continue;
      k.axpy(1, from, out.of(positions_) + (i - windows_[w - 1]) * dim_, dim_);
    }
  }
}

}  // namespace duomo::training
