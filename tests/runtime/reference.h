// What a description means, in plain double arithmetic, one batch row at a time: the reference
// that the runtime is held against. Written from description.h, not from the runtime.
#pragma once

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "core/error.h"
#include "model/model.h"
#include "model/parameters.h"
#include "runtime/engine.h"

namespace duomo::runtime {

class Reference {
 public:
  using Numbers = std::vector<double>;

  explicit Reference(const model::Model& model) : model_(model), d_(model.description()) {}

  // The tower's output, before any head.
  Numbers Tower(model::Side side, const Batch& batch, size_t row) const {
    const model::Tower& tower = model::TowerOf(d_, side);
    Numbers all;
    for (const model::Encoder& e : tower.encoders) {
      std::string prefix = model::EncoderPrefix(d_, side, e);
      Numbers x = Encode(e, prefix, batch, row);
      for (size_t i = 0; i < e.layers.size(); ++i) {
        x = Dense(x, StrCat(prefix, "/dense", i), e.layers[i].activation);
      }
      all.insert(all.end(), x.begin(), x.end());
    }
    for (size_t i = 0; i < tower.layers.size(); ++i) {
      all = Dense(all, StrCat(model::TowerPrefix(side), "/dense", i), tower.layers[i].activation);
    }
    return all;
  }

  Numbers Vector(model::Side side, const Batch& batch, size_t row) const {
    Numbers x = Tower(side, batch, row);
    if (d_.head.kind == model::HeadKind::kCosine) {
      double squares = 0;
      for (double v : x) squares += v * v;
      for (double& v : x) v = squares > 0 ? v / std::sqrt(squares) : 0;
    }
    bool user = side == model::Side::kUser;
    if (d_.head.user_bias >= 0 || d_.head.item_bias >= 0 || d_.head.global_bias) {
      double own =
          user && d_.head.global_bias ? model_.parameter("head/global_bias").floats()[0] : 0;
      int32_t input = user ? d_.head.user_bias : d_.head.item_bias;
      if (input >= 0) {
        auto values = Decode(model_.parameter(user ? "head/user_bias" : "head/item_bias"));
        auto rows = Rows(static_cast<uint32_t>(input), batch, row);
        size_t unknown = values.size() - 1;
        own += values[rows.empty() ? unknown : std::min<size_t>(rows[0], unknown)];
      }
      x.push_back(user ? own : 1);
      x.push_back(user ? 1 : own);
    }
    return x;
  }

  // What stored rows stand for (FORMAT.md), by arithmetic on sign, exponent and mantissa.
  static Numbers Decode(const model::Rows& rows) {
    Numbers out;
    for (size_t i = 0; i < rows.size(); ++i) {
      switch (rows.dtype) {
        case file::DType::kF16:
          out.push_back(Parts(At<uint16_t>(rows, i), 5, 10));
          break;
        case file::DType::kBF16:
          out.push_back(Parts(At<uint16_t>(rows, i), 8, 7));
          break;
        case file::DType::kI8:
          out.push_back(static_cast<float>(static_cast<double>(At<int8_t>(rows, i)) *
                                           double{rows.scales[i / rows.width]}));
          break;
        default:
          out.push_back(At<float>(rows, i));
      }
    }
    return out;
  }

  double Rank(const Batch& batch, size_t row) const {
    Numbers x = Tower(model::Side::kJoint, batch, row);
    return Dense(x, "head", model::Activation::kIdentity)[0];
  }

 private:
  template <typename T>
  static T At(const model::Rows& rows, size_t i) {
    return reinterpret_cast<const T*>(rows.data)[i];
  }

  // A finite IEEE number of 16 bits.
  static double Parts(uint16_t bits, int exponents, int mantissas) {
    int exponent = bits >> mantissas & ((1 << exponents) - 1), bias = (1 << (exponents - 1)) - 1;
    double mantissa = bits & ((1 << mantissas) - 1);
    double value = exponent == 0
                       ? std::ldexp(mantissa, 1 - bias - mantissas)
                       : std::ldexp(mantissa + (1 << mantissas), exponent - bias - mantissas);
    return bits >> 15 ? -value : value;
  }

  static double Activate(model::Activation a, double x) {
    switch (a) {
      case model::Activation::kIdentity:
        return x;
      case model::Activation::kTanh:
        return std::tanh(x);
      case model::Activation::kSigmoid:
        return 1 / (1 + std::exp(-x));
      case model::Activation::kRelu:
        return std::max(x, 0.0);
    }
    return NAN;
  }

  Numbers Dense(const Numbers& x, const std::string& name, model::Activation a) const {
    auto weight = Decode(model_.parameter(name + "/weight"));
    auto bias = model_.parameter(name + "/bias").floats();
    Numbers y(bias.begin(), bias.end());
    for (size_t u = 0; u < y.size(); ++u) {
      for (size_t i = 0; i < x.size(); ++i) y[u] += x[i] * weight[i * y.size() + u];
      y[u] = Activate(a, y[u]);
    }
    return y;
  }

  std::vector<uint32_t> Rows(uint32_t input, const Batch& batch, size_t row) const {
    const InputSource& source = batch.inputs[input];
    size_t entity = source.rows.empty() ? row : source.rows[row];
    auto view = source.view.RowsOf(entity);
    std::vector<uint32_t> rows(view.begin(), view.end());
    size_t most = d_.inputs[input].max_length;
    if (most > 0 && rows.size() > most) {
      bool latest = d_.inputs[input].kind == model::InputKind::kHistory;
      if (latest) rows.erase(rows.begin(), rows.end() - static_cast<std::ptrdiff_t>(most));
      rows.resize(most);
    }
    return rows;
  }

  Numbers TableRow(const model::Encoder& e, size_t row) const {
    auto table = static_cast<uint32_t>(e.table);
    auto values = Decode(model_.parameter(model::TableName(d_, table)));
    size_t dim = d_.tables[table].dim;
    row = std::min(row, values.size() / dim - 1);
    return Numbers(values.begin() + row * dim, values.begin() + (row + 1) * dim);
  }

  Numbers Encode(const model::Encoder& e, const std::string& prefix, const Batch& batch,
                 size_t row) const {
    if (e.kind == model::EncoderKind::kNumber) return Number(e, batch, row);
    auto rows = Rows(e.input, batch, row);
    if (e.kind == model::EncoderKind::kEmbedding) {
      return TableRow(e, rows.empty() ? SIZE_MAX : rows[0]);
    }
    if (e.kind == model::EncoderKind::kConvolution) return Convolve(e, prefix, rows);
    if (e.kind == model::EncoderKind::kAttention) return Attend(e, prefix, rows);
    Numbers sum(d_.tables[static_cast<size_t>(e.table)].dim, 0.0);
    bool multi_hot = e.kind == model::EncoderKind::kMultiHot;
    if (multi_hot) {
      auto bias = model_.parameter(prefix + "/bias").floats();
      sum.assign(bias.begin(), bias.end());
    }
    for (uint32_t r : rows) {
      Numbers values = TableRow(e, r);
      for (size_t i = 0; i < sum.size(); ++i) sum[i] += values[i];
    }
    for (double& x : sum) {
      if (multi_hot) x = Activate(e.activation, x);
      if (!multi_hot && e.pooling == model::Pooling::kMean && !rows.empty()) {
        x /= static_cast<double>(rows.size());
      }
    }
    return sum;
  }

  Numbers Norm(const std::string& name, const Numbers& x) const {
    auto gain = model_.parameter(name + "/gain").floats();
    auto shift = model_.parameter(name + "/shift").floats();
    double mean = 0, squares = 0, n = static_cast<double>(x.size());
    for (double v : x) mean += v / n;
    for (double v : x) squares += (v - mean) * (v - mean) / n;
    Numbers y(x.size());
    for (size_t j = 0; j < y.size(); ++j) {
      y[j] = (x[j] - mean) / std::sqrt(squares + 1e-5) * gain[j] + shift[j];
    }
    return y;
  }

  Numbers Attend(const model::Encoder& e, const std::string& prefix,
                 std::vector<uint32_t> rows) const {
    const size_t dim = d_.tables[static_cast<size_t>(e.table)].dim, width = dim / e.heads;
    if (rows.size() > e.positions) {
      rows.erase(rows.begin(), rows.end() - static_cast<std::ptrdiff_t>(e.positions));
    }
    if (rows.empty()) return Numbers(dim, 0.0);
    std::vector<Numbers> x;
    Numbers positions;
    if (e.places != model::Places::kDistances) {
      positions = Decode(model_.parameter(prefix + "/positions"));
    }
    for (size_t t = 0; t < rows.size(); ++t) {
      x.push_back(TableRow(e, rows[t]));
      for (size_t j = 0; j < dim; ++j) {
        x[t][j] *= std::sqrt(static_cast<double>(dim));
        if (!positions.empty()) x[t][j] += positions[t * dim + j];
      }
    }
    for (uint32_t b = 0; b < e.blocks; ++b) {
      const std::string block = StrCat(prefix, "/block", b);
      Numbers distances;
      if (e.places != model::Places::kLearned) {
        distances = Decode(model_.parameter(block + "/distances"));
      }
      std::vector<Numbers> qkv, after;
      for (const Numbers& row : x) {
        qkv.push_back(
            Dense(Norm(block + "/norm0", row), block + "/attention", model::Activation::kIdentity));
      }
      for (size_t t = 0; t < x.size(); ++t) {
        Numbers mixed(dim, 0.0);
        for (size_t h = 0; h < e.heads; ++h) {
          Numbers share;
          double sum = 0;
          for (size_t s = 0; s <= t; ++s) {
            double score = 0;
            for (size_t j = h * width; j < (h + 1) * width; ++j)
              score += qkv[t][j] * qkv[s][dim + j];
            score /= std::sqrt(static_cast<double>(width));
            if (!distances.empty()) score += distances[h * e.positions + t - s];
            share.push_back(std::exp(score));
            sum += share.back();
          }
          for (size_t s = 0; s <= t; ++s) {
            for (size_t j = h * width; j < (h + 1) * width; ++j) {
              mixed[j] += share[s] / sum * qkv[s][2 * dim + j];
            }
          }
        }
        Numbers y = Dense(mixed, block + "/output", model::Activation::kIdentity);
        for (size_t j = 0; j < dim; ++j) y[j] += x[t][j];
        Numbers fed = Dense(Dense(Norm(block + "/norm1", y), block + "/inner", e.activation),
                            block + "/outer", model::Activation::kIdentity);
        for (size_t j = 0; j < dim; ++j) y[j] += fed[j];
        after.push_back(y);
      }
      x = after;
    }
    return Norm(prefix + "/norm", x.back());
  }

  Numbers Convolve(const model::Encoder& e, const std::string& prefix,
                   const std::vector<uint32_t>& rows) const {
    Numbers out;
    for (uint32_t window : e.windows) {
      Numbers pooled(e.filters, 0.0);
      for (int t = 0; t < static_cast<int>(rows.size()); ++t) {
        Numbers words;
        for (int j = 0; j < static_cast<int>(window); ++j) {
          int at = t + j - static_cast<int>(window - 1) / 2;
          bool inside = at >= 0 && at < static_cast<int>(rows.size());
          Numbers word = TableRow(e, inside ? rows[static_cast<size_t>(at)] : 0);
          if (!inside) std::fill(word.begin(), word.end(), 0.0);
          words.insert(words.end(), word.begin(), word.end());
        }
        Numbers y = Dense(words, StrCat(prefix, "/convolution", window), e.activation);
        for (size_t f = 0; f < y.size(); ++f) {
          if (e.pooling == model::Pooling::kMax) {
            pooled[f] = t == 0 ? y[f] : std::max(pooled[f], y[f]);
          } else {
            bool mean = e.pooling == model::Pooling::kMean;
            pooled[f] += mean ? y[f] / static_cast<double>(rows.size()) : y[f];
          }
        }
      }
      out.insert(out.end(), pooled.begin(), pooled.end());
    }
    return out;
  }

  Numbers Number(const model::Encoder& e, const Batch& batch, size_t row) const {
    const InputSource& source = batch.inputs[e.input];
    size_t entity = source.rows.empty() ? row : source.rows[row];
    double x = entity < source.view.numbers.size() ? source.view.numbers[entity] : NAN;
    if (std::isnan(x)) x = d_.inputs[e.input].fallback;
    auto statistics = model_.statistics(e.input);
    if (e.normalization == model::Normalization::kStandard) {
      x = statistics[1] > 0 ? (x - statistics[0]) / statistics[1] : 0;
    } else if (e.normalization == model::Normalization::kQuantile) {
      size_t last = statistics.size() - 1;
      double place = 0;
      if (x >= statistics[last]) {
        place = static_cast<double>(last);
      } else if (x >= statistics[0]) {
        size_t i = last;
        while (statistics[i] > x) --i;
        place = static_cast<double>(i) +
                (x - statistics[i]) / (double{statistics[i + 1]} - statistics[i]);
      }
      x = place / static_cast<double>(last);
    }
    Numbers out = {x};
    if (e.square) out.push_back(x * x);
    if (e.root) out.push_back(std::sqrt(std::max(x, 0.0)));
    return out;
  }

  const model::Model& model_;
  const model::Description& d_;
};

}  // namespace duomo::runtime
