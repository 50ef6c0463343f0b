#include "training/network.h"

#include <algorithm>
#include <array>
#include <cstring>

#include "core/error.h"
#include "kernels/dense.h"
#include "kernels/vector.h"
#include "model/normalize.h"
#include "runtime/rows.h"
#include "training/attention.h"

namespace duomo::training {
namespace {

using model::Encoder;
using model::EncoderKind;
using model::Pooling;
using runtime::RowReader;

kernels::Activation Kernel(model::Activation a) { return static_cast<kernels::Activation>(a); }

// out += the sum of all rows of x [rows, width].
void AddRows(const float* x, size_t rows, size_t width, float* out) {
  // As a product with a row of ones, which keeps the sums in registers.
  static constexpr size_t kMost = 256;
  static const std::array<float, kMost> ones = [] {
    std::array<float, kMost> a;
    a.fill(1);
    return a;
  }();
  for (size_t begin = 0; begin < rows; begin += kMost) {
    size_t n = std::min(kMost, rows - begin);
    kernels::Gemm(false, false, 1, width, n, ones.data(), n, x + begin * width, width, 1, out,
                  width);
  }
}

}  // namespace

// y = activation(x W + b) for the rows of a batch.
struct TowerNet::DenseState {
  size_t weight, bias;  // slots
  size_t in, units;
  kernels::Activation activation;
  AlignedVector<float> y;        // [count, units]
  AlignedVector<float> mask;     // [count, in] of dropout's factors; empty: none
  AlignedVector<float> dropped;  // [count, in]: x after dropout
  AlignedVector<float> below;    // [count, in]: gradient of x
  const float* x = nullptr;      // of the last forward pass

  DenseState(const Layout& layout, const std::string& prefix, kernels::Activation a)
      : weight(layout.IndexOf(prefix + "/weight")),
        bias(layout.IndexOf(prefix + "/bias")),
        in(layout.slots()[weight].rows()),
        units(layout.slots()[weight].width()),
        activation(a) {}

  void Drop(size_t rows, float rate, Random& random) {
    mask.resize(rows * in);
    dropped.resize(rows * in);
    float keep = 1 / (1 - rate);
    for (size_t i = 0; i < rows * in; ++i) {
      mask[i] = random.Uniform() < rate ? 0.0f : keep;
      dropped[i] = x[i] * mask[i];
    }
    x = dropped.data();
  }

  const float* Forward(const Layout& layout, const float* parameters, const float* input,
                       size_t rows, float rate = 0, Random* random = nullptr) {
    x = input;
    mask.clear();
    if (rate > 0 && random != nullptr) Drop(rows, rate, *random);
    y.resize(rows * units);
    const float* w = parameters + layout.slots()[weight].offset;
    const float* b = parameters + layout.slots()[bias].offset;
    for (size_t i = 0; i < rows; ++i) std::memcpy(&y[i * units], b, units * sizeof(float));
    kernels::Gemm(false, false, rows, units, in, x, in, w, units, 1, y.data(), units);
    kernels::Vector().activate(activation, y.data(), rows * units);
    return y.data();
  }

  // gradient: of y, overwritten. Leaves that of x in `below` where it is wanted.
  void Backward(const Layout& layout, const float* parameters, float* gradient, size_t rows,
                Gradients& out, bool want_below = true) {
    const kernels::VectorKernels& k = kernels::Vector();
    k.activate_backward(activation, y.data(), gradient, rows * units);
    kernels::Gemm(true, false, in, units, rows, x, in, gradient, units, 1, out.of(weight), units);
    AddRows(gradient, rows, units, out.of(bias));
    if (!want_below) return;
    below.resize(rows * in);
    const float* w = parameters + layout.slots()[weight].offset;
    kernels::Gemm(false, true, rows, in, units, gradient, units, w, units, 0, below.data(), in);
    if (!mask.empty()) {
      for (size_t i = 0; i < rows * in; ++i) below[i] *= mask[i];
    }
  }
};

struct TowerNet::EncoderState {
  const Encoder* encoder = nullptr;
  const model::Input* input = nullptr;
  size_t table = 0, dim = 0;  // slot of the table
  size_t bias = 0;            // slot, multi-hot
  uint64_t unknown = 0;
  size_t raw_width = 0, width = 0;
  std::vector<DenseState> layers;
  std::vector<DenseState> windows;  // convolution: one a window size
  std::unique_ptr<AttentionNet> attention;

  // Of the last forward pass:
  std::vector<uint32_t> rows;                 // table rows, flat
  std::vector<const float*> found;            // where each of them stands; during the pass
  std::vector<size_t> offsets;                // [count + 1] into rows
  AlignedVector<float> raw;                   // [count, raw_width]: output before `layers`
  AlignedVector<float> mask;                  // [count, raw_width] of dropout's factors, or empty
  AlignedVector<float> dropped;               // [count, raw_width]: `raw` after dropout
  std::vector<AlignedVector<float>> columns;  // convolution: [tokens, window · dim]
  std::vector<uint32_t> best;  // convolution, max: the row of the winner, [count, raw_width]
  // Of the backward pass:
  AlignedVector<float> gradient;  // [count, width]
  AlignedVector<float> above;     // convolution: [tokens, filters]
};

TowerNet::TowerNet(const model::Description& d, const Layout& layout, model::Side side,
                   std::span<const std::vector<float>> statistics)
    : description_(&d), layout_(&layout), statistics_(statistics) {
  const model::Tower& tower = model::TowerOf(d, side);
  for (const Encoder& e : tower.encoders) {
    EncoderState state;
    state.encoder = &e;
    state.input = &d.inputs[e.input];
    std::string prefix = model::EncoderPrefix(d, side, e);
    if (e.table >= 0) {
      auto table = static_cast<uint32_t>(e.table);
      state.table = layout.IndexOf(model::TableName(d, table));
      state.dim = d.tables[table].dim;
      state.unknown = d.vocabularies[d.tables[table].vocabulary].size;
    }
    if (e.kind == EncoderKind::kMultiHot) state.bias = layout.IndexOf(prefix + "/bias");
    if (e.kind == EncoderKind::kConvolution) {
      for (uint32_t w : e.windows) {
        state.windows.emplace_back(layout, StrCat(prefix, "/convolution", w), Kernel(e.activation));
      }
      state.columns.resize(e.windows.size());
    }
    if (e.kind == EncoderKind::kAttention) {
      state.attention = std::make_unique<AttentionNet>(d, layout, side, e);
    }
    for (size_t i = 0; i < e.layers.size(); ++i) {
      state.layers.emplace_back(layout, StrCat(prefix, "/dense", i),
                                Kernel(e.layers[i].activation));
    }
    state.raw_width = model::EncoderRawWidth(d, e);
    state.width = model::EncoderWidth(d, e);
    concatenated_ += state.width;
    encoders_.push_back(std::move(state));
  }
  for (size_t i = 0; i < tower.layers.size(); ++i) {
    layers_.emplace_back(layout, StrCat(model::TowerPrefix(side), "/dense", i),
                         Kernel(tower.layers[i].activation));
  }
  width_ = layers_.empty() ? concatenated_ : layers_.back().units;
}

TowerNet::~TowerNet() = default;
TowerNet::TowerNet(TowerNet&&) noexcept = default;

const float* TowerNet::Forward(const float* parameters, const runtime::Batch& batch,
                               const Dropout* dropout, Random* random, RowSource* rows) {
  count_ = batch.count;
  input_.resize(count_ * concatenated_);
  const float rate = dropout != nullptr ? dropout->rate : 0;
  size_t column = 0;
  for (EncoderState& e : encoders_) {
    // Look up the rows first; dropping ids is a matter of the look-up.
    RowReader reader(batch, e.encoder->input, *e.input, e.unknown + 1);
    e.rows.clear();
    e.offsets.assign(1, 0);
    if (e.encoder->kind == EncoderKind::kEmbedding) {
      float drop = dropout != nullptr && e.encoder->input < dropout->ids.size()
                       ? dropout->ids[e.encoder->input]
                       : 0;
      for (size_t i = 0; i < count_; ++i) {
        bool forget = drop > 0 && random != nullptr && random->Uniform() < drop;
        e.rows.push_back(static_cast<uint32_t>(forget ? e.unknown : reader.One(i)));
      }
    } else if (e.encoder->kind == EncoderKind::kAttention) {
      auto read = e.attention->Find(reader, count_);
      e.rows.assign(read.begin(), read.end());
    } else if (e.encoder->kind != EncoderKind::kNumber) {
      for (size_t i = 0; i < count_; ++i) {
        for (uint32_t row : reader.All(i)) {
          e.rows.push_back(static_cast<uint32_t>(reader.Known(row)));
        }
        e.offsets.push_back(e.rows.size());
      }
    }
    if (rows != nullptr && !e.rows.empty()) {
      rows->Find(e.table, e.rows, e.found);
    } else {
      const float* table = parameters + layout_->slots()[e.table].offset;
      e.found.resize(e.rows.size());
      for (size_t t = 0; t < e.rows.size(); ++t) e.found[t] = table + e.rows[t] * e.dim;
    }
    ForwardEncoder(e, parameters, batch, rate, random);
    e.mask.clear();
    const bool own = e.encoder->kind == EncoderKind::kAttention;  // has its own
    if (!own && random != nullptr && dropout != nullptr &&
        e.encoder->input < dropout->outputs.size() && dropout->outputs[e.encoder->input] > 0) {
      e.mask.resize(e.raw.size());
      e.dropped.resize(e.raw.size());
      DrawMask(dropout->outputs[e.encoder->input], *random, e.mask);
      for (size_t i = 0; i < e.raw.size(); ++i) e.dropped[i] = e.raw[i] * e.mask[i];
    }
    const float* y = e.mask.empty() ? e.raw.data() : e.dropped.data();
    for (DenseState& layer : e.layers) y = layer.Forward(*layout_, parameters, y, count_);
    for (size_t i = 0; i < count_; ++i) {
      std::memcpy(&input_[i * concatenated_ + column], y + i * e.width, e.width * sizeof(float));
    }
    column += e.width;
  }
  const float* y = input_.data();
  for (DenseState& layer : layers_) {
    y = layer.Forward(*layout_, parameters, y, count_, rate, random);
  }
  return y;
}

void TowerNet::ForwardEncoder(EncoderState& e, const float* parameters, const runtime::Batch& batch,
                              float rate, Random* random) {
  const kernels::VectorKernels& k = kernels::Vector();
  const Encoder& encoder = *e.encoder;
  e.raw.resize(count_ * e.raw_width);
  bool sums = encoder.kind == EncoderKind::kBag || encoder.kind == EncoderKind::kConvolution;
  if (sums) std::fill(e.raw.begin(), e.raw.end(), 0.0f);
  switch (encoder.kind) {
    case EncoderKind::kEmbedding:
      for (size_t i = 0; i < count_; ++i) {
        std::memcpy(&e.raw[i * e.dim], e.found[i], e.dim * sizeof(float));
      }
      break;
    case EncoderKind::kAttention:
      e.attention->Forward(parameters, e.found, rate, random, e.raw.data());
      break;
    case EncoderKind::kNumber: {
      RowReader reader(batch, encoder.input, *e.input, 1);
      for (size_t i = 0; i < count_; ++i) {
        model::EncodeNumber(encoder, *e.input, statistics_[encoder.input], reader.Number(i),
                            &e.raw[i * e.raw_width]);
      }
      break;
    }
    case EncoderKind::kBag:
    case EncoderKind::kMultiHot:
      for (size_t i = 0; i < count_; ++i) {
        float* out = &e.raw[i * e.dim];
        size_t n = e.offsets[i + 1] - e.offsets[i];
        bool mean = encoder.kind == EncoderKind::kBag && encoder.pooling == Pooling::kMean;
        float scale = mean && n > 0 ? 1 / static_cast<float>(n) : 1.0f;
        if (encoder.kind == EncoderKind::kMultiHot) {
          std::memcpy(out, parameters + layout_->slots()[e.bias].offset, e.dim * sizeof(float));
        }
        for (size_t t = e.offsets[i]; t < e.offsets[i + 1]; ++t) {
          k.axpy(scale, e.found[t], out, e.dim);
        }
      }
      if (encoder.kind == EncoderKind::kMultiHot) {
        k.activate(Kernel(encoder.activation), e.raw.data(), e.raw.size());
      }
      break;
    case EncoderKind::kConvolution: {
      e.best.assign(count_ * e.raw_width, 0);
      size_t filters = encoder.filters, tokens = e.rows.size();
      for (size_t w = 0; w < encoder.windows.size(); ++w) {
        size_t window = encoder.windows[w], left = (window - 1) / 2;
        AlignedVector<float>& columns = e.columns[w];
        columns.resize(tokens * window * e.dim);
        float* to = columns.data();
        for (size_t i = 0; i < count_; ++i) {
          size_t begin = e.offsets[i] + left, end = e.offsets[i + 1] + left;
          for (size_t t = e.offsets[i]; t < e.offsets[i + 1]; ++t) {
            for (size_t at = t; at < t + window; ++at, to += e.dim) {  // plus `left`: unsigned
              if (at < begin || at >= end) {
                std::fill_n(to, e.dim, 0.0f);
              } else {
                std::memcpy(to, e.found[at - left], e.dim * sizeof(float));
              }
            }
          }
        }
        const float* y = e.windows[w].Forward(*layout_, parameters, columns.data(), tokens);
        for (size_t i = 0; i < count_; ++i) {
          float* out = &e.raw[i * e.raw_width + w * filters];
          uint32_t* best = &e.best[i * e.raw_width + w * filters];
          size_t begin = e.offsets[i], end = e.offsets[i + 1];
          for (size_t t = begin; t < end; ++t) {
            const float* row = y + t * filters;
            if (encoder.pooling == Pooling::kMax) {
              for (size_t f = 0; f < filters; ++f) {
                if (t == begin || row[f] > out[f]) {
                  out[f] = row[f];
                  best[f] = static_cast<uint32_t>(t);
                }
              }
            } else {
              bool mean = encoder.pooling == Pooling::kMean;
              k.axpy(mean ? 1 / static_cast<float>(end - begin) : 1.0f, row, out, filters);
            }
          }
        }
      }
      break;
    }
  }
}

void TowerNet::Backward(const float* parameters, float* gradient, Gradients& out) {
  float* above = gradient;
  for (size_t i = layers_.size(); i-- > 0;) {
    layers_[i].Backward(*layout_, parameters, above, count_, out);
    above = layers_[i].below.data();
  }
  size_t column = 0;
  for (EncoderState& e : encoders_) {
    e.gradient.resize(count_ * e.width);
    for (size_t i = 0; i < count_; ++i) {
      std::memcpy(&e.gradient[i * e.width], above + i * concatenated_ + column,
                  e.width * sizeof(float));
    }
    column += e.width;
    bool learned_below = e.encoder->kind != EncoderKind::kNumber;
    float* g = e.gradient.data();
    for (size_t i = e.layers.size(); i-- > 0;) {
      e.layers[i].Backward(*layout_, parameters, g, count_, out, i > 0 || learned_below);
      g = e.layers[i].below.data();
    }
    for (size_t i = 0; i < e.mask.size(); ++i) g[i] *= e.mask[i];
    if (learned_below) BackwardEncoder(e, parameters, g, out);
  }
}

void TowerNet::BackwardEncoder(EncoderState& e, const float* parameters, float* gradient,
                               Gradients& out) {
  const kernels::VectorKernels& k = kernels::Vector();
  const Encoder& encoder = *e.encoder;
  switch (encoder.kind) {
    case EncoderKind::kNumber:
      break;
    case EncoderKind::kAttention:
      e.attention->Backward(parameters, gradient, out);
      break;
    case EncoderKind::kEmbedding:
      for (size_t i = 0; i < count_; ++i) {
        k.axpy(1, gradient + i * e.dim, out.Row(e.table, e.rows[i]), e.dim);
      }
      break;
    case EncoderKind::kBag:
    case EncoderKind::kMultiHot:
      if (encoder.kind == EncoderKind::kMultiHot) {
        k.activate_backward(Kernel(encoder.activation), e.raw.data(), gradient, count_ * e.dim);
        AddRows(gradient, count_, e.dim, out.of(e.bias));
      }
      for (size_t i = 0; i < count_; ++i) {
        size_t n = e.offsets[i + 1] - e.offsets[i];
        bool mean = encoder.kind == EncoderKind::kBag && encoder.pooling == Pooling::kMean;
        float scale = mean && n > 0 ? 1 / static_cast<float>(n) : 1.0f;
        for (size_t t = e.offsets[i]; t < e.offsets[i + 1]; ++t) {
          k.axpy(scale, gradient + i * e.dim, out.Row(e.table, e.rows[t]), e.dim);
        }
      }
      break;
    case EncoderKind::kConvolution: {
      size_t filters = encoder.filters, tokens = e.rows.size();
      for (size_t w = 0; w < encoder.windows.size(); ++w) {
        size_t window = encoder.windows[w], left = (window - 1) / 2;
        AlignedVector<float>& above = e.above;
        above.assign(tokens * filters, 0.0f);
        for (size_t i = 0; i < count_; ++i) {
          const float* g = gradient + i * e.raw_width + w * filters;
          size_t begin = e.offsets[i], end = e.offsets[i + 1];
          if (begin == end) continue;
          if (encoder.pooling == Pooling::kMax) {
            const uint32_t* best = &e.best[i * e.raw_width + w * filters];
            for (size_t f = 0; f < filters; ++f) above[best[f] * filters + f] += g[f];
          } else {
            bool mean = encoder.pooling == Pooling::kMean;
            float scale = mean ? 1 / static_cast<float>(end - begin) : 1.0f;
            for (size_t t = begin; t < end; ++t) k.axpy(scale, g, &above[t * filters], filters);
          }
        }
        e.windows[w].Backward(*layout_, parameters, above.data(), tokens, out);
        const float* columns = e.windows[w].below.data();
        for (size_t i = 0; i < count_; ++i) {
          for (size_t t = e.offsets[i]; t < e.offsets[i + 1]; ++t) {
            for (size_t j = 0; j < window; ++j) {
              size_t at = t + j;
              if (at < e.offsets[i] + left || at >= e.offsets[i + 1] + left) continue;
              k.axpy(1, columns + (t * window + j) * e.dim, out.Row(e.table, e.rows[at - left]),
                     e.dim);
            }
          }
        }
      }
      break;
    }
  }
}

}  // namespace duomo::training
