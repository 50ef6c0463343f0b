#include "runtime/tower.h"

#include <algorithm>
#include <cstring>

#include "core/error.h"
#include "core/narrow.h"
#include "kernels/vector.h"
#include "model/normalize.h"
#include "model/parameters.h"
#include "runtime/widen.h"

namespace duomo::runtime {
namespace {

using model::EncoderKind;
using model::Pooling;

constexpr size_t kBlockRows = 256;
constexpr size_t kBlockFloats = 1 << 20;  // of the widest buffer; wide towers take fewer rows
// Windows of a convolution that are laid out at once: they stay in the second-level cache.
constexpr size_t kWindowRows = 256;
constexpr size_t kWindowFloats = 1 << 16;
// Encoders are folded while their tables together stay within 256 KiB, which the second-level
// cache keeps, and making them at open takes no more multiply-adds than this, some 0.1 ms.
constexpr size_t kFoldedFloats = 1 << 16;
constexpr size_t kFoldingWork = 1 << 22;
constexpr size_t kFoldedTables = 16;
// Batch rows that pass through the first layer at once where it adds folded encoders: what is
// summed, multiplied and activated stays in the first-level cache.
constexpr size_t kFoldedRows = 32;

// What may still be folded. An encoder that reads one value of a small table can only add one of
// few rows to the tower's first layer, whatever the batch. Made once, they replace its layers and
// its part of the first layer's product.
struct FoldingBudget {
  size_t floats = kFoldedFloats, work = kFoldingWork, tables = kFoldedTables;

  // Whether to fold an encoder into a layer of so many units (0: none); takes its share.
  bool Take(const model::Encoder& e, size_t rows, size_t dim, size_t units) {
    if (e.kind != EncoderKind::kEmbedding || units == 0 || tables == 0) return false;
    size_t row_work = 1;
    for (const model::Dense& layer : e.layers) {
      row_work += dim * layer.units;
      dim = layer.units;
    }
    row_work += dim * units;
    if (rows > floats / units || rows > work / row_work) return false;
    floats -= rows * units;
    work -= rows * row_work;
    --tables;
    return true;
  }
};

}  // namespace

[[gnu::cold]] Tower::Tower(const model::Model& model, model::Side side, kernels::Backend backend) {
  const model::Description& d = model.description();
  const model::Tower& tower = model::TowerOf(d, side);
  const std::string tower_prefix = model::TowerPrefix(side);
  const size_t first_units = tower.layers.empty() ? 0 : tower.layers[0].units;
  const float *first_weight = nullptr, *first_bias = nullptr;
  if (first_units > 0) {
    first_weight = Weight(model, tower_prefix + "/dense0/weight", widened_);
    first_bias = model.parameter(tower_prefix + "/dense0/bias").floats().data();
  }
  FoldingBudget budget;
  size_t widest = 1, column = 0;
  for (const model::Encoder& description : tower.encoders) {
    Encoder e;
    e.description = &description;
    e.input = &d.inputs[description.input];
    std::string prefix = model::EncoderPrefix(d, side, description);
    if (description.table >= 0) {
      auto table = static_cast<uint32_t>(description.table);
      e.table = model.parameter(model::TableName(d, table));
      e.dim = d.tables[table].dim;
      e.rows = ToSize(d.vocabularies[d.tables[table].vocabulary].size + 1);
    }
    const bool folds = budget.Take(description, e.rows, e.dim, first_units);
    // Folding runs a layer once, for which oneDNN would compile a kernel.
    const LayerMaker maker{model, folds ? kernels::Backend::kPortable : backend, widened_};
    if (description.kind == EncoderKind::kMultiHot) {
      e.bias = model.parameter(prefix + "/bias").floats();
    }
    if (description.kind == EncoderKind::kNumber) {
      e.statistics = model.statistics(description.input);
    }
    if (description.kind == EncoderKind::kConvolution) {
      for (uint32_t window : description.windows) {
        std::string name = StrCat(prefix, "/convolution", window);
        e.windows.push_back(
            maker.Make(name, window * e.dim, description.filters, description.activation));
      }
    }
    if (description.kind == EncoderKind::kAttention) {
      e.attention = std::make_unique<Attention>(maker, prefix, description, e.table,
                                                model::PlacesOf(d, description));
    }
    e.raw_width = model::EncoderRawWidth(d, description);
    e.width = maker.Append(prefix, description.layers, e.raw_width, e.layers, e.units);
    widest = std::max(widest, e.raw_width);
    for (size_t units : e.units) widest = std::max(widest, units);
    if (folds) {
      e.folded =
          Fold(e, first_weight + column * first_units, folds_ ? nullptr : first_bias, first_units);
      e.layers.clear();
      folds_ = true;
    } else {
      concatenated_ += e.width;
    }
    column += e.width;
    encoders_.push_back(std::move(e));
  }
  if (folds_) first_weight = KeptWeight(first_weight, first_units);
  const LayerMaker maker{model, backend, widened_};
  width_ = maker.Append(tower_prefix, tower.layers, concatenated_, layers_, units_, first_weight);
  widest = std::max(widest, concatenated_);
  for (size_t units : units_) widest = std::max(widest, units);
  block_ = std::clamp<size_t>(kBlockFloats / widest, 1, kBlockRows);
}

AlignedVector<float> Tower::Fold(const Encoder& e, const float* weight, const float* bias,
                                 size_t units) {
  kernels::Scratch scratch;
  AlignedVector<float> x(Times(e.rows, e.dim)), folded(Times(e.rows, units));
  CopyRows(e.table, 0, e.rows, x.data());
  size_t width = e.dim;
  for (size_t i = 0; i < e.layers.size(); ++i) {
    AlignedVector<float> y(Times(e.rows, e.units[i]));
    e.layers[i]->Forward(x.data(), width, y.data(), e.units[i], e.rows, scratch);
    x = std::move(y);
    width = e.units[i];
  }
  for (size_t row = 0; bias != nullptr && row < e.rows; ++row) {
    std::copy_n(bias, units, folded.data() + row * units);
  }
  kernels::Vector().gemm(false, false, e.rows, units, width, x.data(), width, weight, units, 1,
                         folded.data(), units);
  return folded;
}

const float* Tower::KeptWeight(const float* weight, size_t units) {
  size_t column = 0, begin = 0, end = 0;
  for (const Encoder& e : encoders_) {
    if (e.folded.empty()) {
      if (end == 0) begin = column;
      end = column + e.width;
    }
    column += e.width;
  }
  if (end - begin == concatenated_) return weight + begin * units;  // side by side: in place
  AlignedVector<float>& kept = widened_.emplace_back();
  kept.reserve(Times(concatenated_, units));
  for (const Encoder& e : encoders_) {
    const float* next = weight + e.width * units;
    if (e.folded.empty()) kept.insert(kept.end(), weight, next);
    weight = next;
  }
  return kept.data();
}

const float* Tower::Forward(const Batch& batch, size_t begin, size_t count, Workspace& work) const {
  // Buffers: 0 the concatenation; 1 and 2 what goes from layer to layer; 3 the convolutions'.
  float* concatenated = Grow(work.buffers[0], count * concatenated_);
  size_t column = 0;
  for (const Encoder& e : encoders_) {
    if (!e.folded.empty()) continue;
    float* last = concatenated + column;
    column += e.width;
    if (e.layers.empty()) {
      Encode(e, batch, begin, count, last, concatenated_, work);
      continue;
    }
    const float* x = Grow(work.buffers[1], count * e.raw_width);
    Encode(e, batch, begin, count, work.buffers[1].data(), e.raw_width, work);
    size_t width = e.raw_width;
    for (size_t i = 0; i < e.layers.size(); ++i) {
      bool is_last = i + 1 == e.layers.size();
      float* y = is_last ? last : Grow(work.buffers[1 + (i + 1) % 2], count * e.units[i]);
      e.layers[i]->Forward(x, width, y, is_last ? concatenated_ : e.units[i], count, work.scratch);
      x = y;
      width = e.units[i];
    }
  }
  const float* x = concatenated;
  size_t width = concatenated_;
  for (size_t i = 0; i < layers_.size(); ++i) {
    float* y = Grow(work.buffers[1 + i % 2], count * units_[i]);
    if (i == 0 && folds_) {
      for (size_t row = 0; row < count; row += kFoldedRows) {
        size_t n = std::min(kFoldedRows, count - row);
        float* out = y + row * units_[0];
        SumFolded(batch, begin + row, n, out);
        layers_[0]->Add(x + row * width, width, out, n);
      }
    } else {
      layers_[i]->Forward(x, width, y, units_[i], count, work.scratch);
    }
    x = y;
    width = units_[i];
  }
  return x;
}

void Tower::SumFolded(const Batch& batch, size_t begin, size_t count, float* y) const {
  const kernels::VectorKernels& k = kernels::Vector();
  const size_t n = units_[0];
  for (size_t i = 0; i < count; ++i) {
    const float* rows[kFoldedTables];
    size_t tables = 0;
    for (const Encoder& e : encoders_) {
      if (e.folded.empty()) continue;
      RowReader reader(batch, e.description->input, *e.input, e.rows);
      rows[tables++] = e.folded.data() + reader.One(begin + i) * n;
    }
    k.sum_rows(rows, tables, y + i * n, n);
  }
}

void Tower::Encode(const Encoder& e, const Batch& batch, size_t begin, size_t count, float* out,
                   size_t stride, Workspace& work) const {
  const model::Encoder& d = *e.description;
  RowReader reader(batch, d.input, *e.input, e.rows);
  switch (d.kind) {
    case EncoderKind::kEmbedding:
      for (size_t i = 0; i < count; ++i) {
        CopyRows(e.table, reader.One(begin + i), 1, out + i * stride);
      }
      break;
    case EncoderKind::kNumber:
      for (size_t i = 0; i < count; ++i) {
        model::EncodeNumber(d, *e.input, e.statistics, reader.Number(begin + i), out + i * stride);
      }
      break;
    case EncoderKind::kBag:
    case EncoderKind::kMultiHot:
    case EncoderKind::kAttention:
      for (size_t i = 0; i < count; ++i, out += stride) {
        if (i > 0 && reader.Repeats(begin + i)) {
          std::copy_n(out - stride, e.raw_width, out);
        } else if (d.kind == EncoderKind::kAttention) {
          e.attention->Encode(reader, begin + i, out, work);
        } else {
          Pool(e, reader, begin + i, out, work);
        }
      }
      break;
    case EncoderKind::kConvolution:
      for (size_t w = 0; w < e.windows.size(); ++w) {
        Convolve(e, w, reader, begin, count, out + w * d.filters, stride, work);
      }
      break;
  }
}

void Tower::Pool(const Encoder& e, const RowReader& reader, size_t i, float* out,
                 Workspace& work) const {
  const kernels::VectorKernels& k = kernels::Vector();
  const bool multi_hot = e.description->kind == EncoderKind::kMultiHot;
  const bool mean = !multi_hot && e.description->pooling == Pooling::kMean;
  if (multi_hot) {
    std::memcpy(out, e.bias.data(), e.dim * sizeof(float));
  } else {
    std::fill_n(out, e.dim, 0.0f);
  }
  auto rows = reader.All(i);
  float scale = mean ? 1 / static_cast<float>(rows.size()) : 1.0f;
  for (uint32_t row : rows) {
    k.axpy(scale, FloatsOf(e.table, reader.Known(row), 1, work.buffers[3]), out, e.dim);
  }
  if (multi_hot) k.activate(Kernel(e.description->activation), out, e.dim);
}

void Tower::Convolve(const Encoder& e, size_t window, const RowReader& reader, size_t begin,
                     size_t count, float* out, size_t stride, Workspace& work) const {
  const kernels::VectorKernels& k = kernels::Vector();
  const Pooling pooling = e.description->pooling;
  const size_t size = e.description->windows[window], left = (size - 1) / 2;
  const size_t width = size * e.dim, filters = e.description->filters;
  const size_t block = std::clamp<size_t>(kWindowFloats / std::max(width, filters), 1, kWindowRows);
  float* columns = Grow(work.buffers[3], block * (width + filters));
  float* outputs = columns + block * width;
  for (size_t i = 0; i < count; ++i) std::fill_n(out + i * stride, filters, 0.0f);

  // Walks the words of all batch rows in blocks; a text may begin in one block and end in another.
  struct Place {
    size_t row = 0, word = 0;
  };
  Place next;
  while (true) {
    const Place first = next;
    size_t n = 0;
    while (next.row < count && n < block) {
      auto words = reader.All(begin + next.row);
      for (; next.word < words.size() && n < block; ++next.word, ++n) {
        float* column = columns + n * width;
        for (size_t j = 0; j < size; ++j, column += e.dim) {
          size_t at = next.word + j;  // minus `left`, kept unsigned
          if (at < left || at - left >= words.size()) {
            std::fill_n(column, e.dim, 0.0f);
          } else {
            CopyRows(e.table, reader.Known(words[at - left]), 1, column);
          }
        }
      }
      if (next.word == words.size()) next = {next.row + 1, 0};
    }
    if (n == 0) return;
    e.windows[window]->Forward(columns, width, outputs, filters, n, work.scratch);

    Place place = first;
    for (size_t done = 0; done < n;) {
      size_t words = reader.All(begin + place.row).size();
      float* pooled = out + place.row * stride;
      for (; place.word < words && done < n; ++place.word, ++done) {
        const float* y = outputs + done * filters;
        if (pooling == Pooling::kMax) {
          for (size_t f = 0; f < filters; ++f) {
            if (place.word == 0 || y[f] > pooled[f]) pooled[f] = y[f];
          }
        } else {
          bool mean = pooling == Pooling::kMean;
          k.axpy(mean ? 1 / static_cast<float>(words) : 1.0f, y, pooled, filters);
        }
      }
      if (place.word == words) place = {place.row + 1, 0};
    }
  }
}

}  // namespace duomo::runtime
