// The training cost in double, written as plainly as the definitions: what gradients and the fast
// forward pass are held against. Shares with the code under test only names, layouts and inputs.
#pragma once

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "model/normalize.h"
#include "training/examples.h"
#include "training/options.h"
#include "training/parameters.h"
#include "training/worker.h"

namespace duomo::training {

class Reference {
 public:
  using Row = std::vector<double>;

  Reference(const model::Description& description, const Layout& layout,
            const std::vector<std::vector<float>>& statistics, const model::FeatureSet& items,
            const TrainingOptions& options, const ItemSampler* sampler)
      : d_(description),
        layout_(layout),
        statistics_(statistics),
        items_(items),
        options_(options),
        sampler_(sampler) {}

  // The summed cost of the batch. `random` as the worker's before its step: draws happen in the
  // order negatives, user tower, item tower; in a tower ids by encoder and
  // masks of what it makes, then masks by layer.
  double Cost(const std::vector<double>& parameters, const ExampleBatch& batch, bool train,
              Random random, std::vector<double>* heads = nullptr) {
    parameters_ = &parameters;
    random_ = train ? &random : nullptr;
    std::vector<double> numbers;
    double cost = 0;
    if (!model::IsJoint(d_) && options_.loss == Loss::kSoftmax) {
      cost = Softmax(batch, numbers);
    } else {
      numbers = model::IsJoint(d_) ? JointHeads(batch) : PairHeads(batch);
      if (train && options_.members > 1) {
        if (heads != nullptr) *heads = numbers;
        return MembersCost(batch);
      }
      for (size_t i = 0; i < numbers.size(); ++i)
        cost += Weight(batch, i) * Point(batch, i, numbers[i]);
    }
    if (heads != nullptr) *heads = numbers;
    return cost;
  }

  std::vector<Row> Tower(model::Side side, const runtime::Batch& batch) {
    const model::Tower& tower = model::TowerOf(d_, side);
    std::vector<Row> rows(batch.count);
    for (const model::Encoder& e : tower.encoders) {
      std::string prefix = model::EncoderPrefix(d_, side, e);
      double forget = ForgetRate(e);
      std::vector<Row> attended;
      if (e.kind == model::EncoderKind::kAttention) {
        attended = Attend(e, prefix, batch.inputs[e.input], batch.count);
      }
      const bool attends = !attended.empty();
      for (size_t i = 0; i < batch.count && !attends; ++i) {
        bool forgotten = forget > 0 && random_ != nullptr && random_->Uniform() < forget;
        attended.push_back(Encode(e, prefix, batch.inputs[e.input], i, forgotten));
      }
      std::vector<Row> masks;
      if (double rate = OutputRate(e); rate > 0 && !attends) {
        masks = Masks(batch.count, attended[0].size(), rate);
      }
      for (size_t i = 0; i < batch.count; ++i) {
        Row y = attended[i];
        for (size_t j = 0; j < y.size() && !masks.empty(); ++j) y[j] *= masks[i][j];
        for (size_t l = 0; l < e.layers.size(); ++l) {
          y = Dense(StrCat(prefix, "/dense", l), y, e.layers[l].activation);
        }
        rows[i].insert(rows[i].end(), y.begin(), y.end());
      }
    }
    for (size_t l = 0; l < tower.layers.size(); ++l) {
      auto rate = static_cast<float>(options_.dropout);
      for (size_t i = 0; i < batch.count && rate > 0 && random_ != nullptr; ++i) {
        for (double& x : rows[i]) x = random_->Uniform() < rate ? 0 : x / (1.0 - rate);
      }
      for (Row& row : rows) {
        row = Dense(StrCat(model::TowerPrefix(side), "/dense", l), row, tower.layers[l].activation);
      }
    }
    return rows;
  }

 private:
  double P(const std::string& name, size_t row, size_t column) const {
    const Layout::Slot& slot = layout_.slots()[layout_.IndexOf(name)];
    size_t width = slot.parameter.shape.size() == 2 ? slot.parameter.shape[1] : 1;
    return (*parameters_)[slot.offset + row * width + column];
  }

  static double Activate(model::Activation a, double x) {
    switch (a) {
      case model::Activation::kTanh:
        return std::tanh(x);
      case model::Activation::kSigmoid:
        return 1 / (1 + std::exp(-x));
      case model::Activation::kRelu:
        return x > 0 ? x : 0;
      case model::Activation::kIdentity:
        break;
    }
    return x;
  }

  Row Dense(const std::string& prefix, const Row& x, model::Activation a) const {
    Row y(layout_.slots()[layout_.IndexOf(prefix + "/bias")].size);
    for (size_t j = 0; j < y.size(); ++j) {
      y[j] = P(prefix + "/bias", j, 0);
      for (size_t i = 0; i < x.size(); ++i) y[j] += x[i] * P(prefix + "/weight", i, j);
      y[j] = Activate(a, y[j]);
    }
    return y;
  }

  double ForgetRate(const model::Encoder& e) const {
    if (e.kind != model::EncoderKind::kEmbedding) return 0;
    for (const auto& [name, rate] : options_.id_dropout) {
      if (d_.inputs[e.input].name == name) return static_cast<float>(rate);
    }
    return 0;
  }

  double OutputRate(const model::Encoder& e) const {
    for (const auto& [name, rate] : options_.output_dropout) {
      if (d_.inputs[e.input].name == name) return rate;
    }
    return 0;
  }

  Row Encode(const model::Encoder& e, const std::string& prefix, const runtime::InputSource& source,
             size_t i, bool forgotten) const {
    const model::Input& input = d_.inputs[e.input];
    size_t entity = source.rows.empty() ? i : source.rows[i];
    if (e.kind == model::EncoderKind::kNumber) {
      float out[3];
      model::EncodeNumber(e, input, statistics_[e.input], source.view.numbers[entity], out);
      return Row(out, out + model::EncoderRawWidth(d_, e));
    }
    const model::Table& table = d_.tables[static_cast<size_t>(e.table)];
    std::string name = "tables/" + table.name;
    auto unknown = static_cast<uint32_t>(d_.vocabularies[table.vocabulary].size);
    auto view = source.view.RowsOf(entity);
    std::vector<uint32_t> rows(view.begin(), view.end());
    if (!source.ends.empty()) rows.resize(source.ends[i]);
    if (input.max_length > 0 && rows.size() > input.max_length) {
      bool history = input.kind == model::InputKind::kHistory;
      size_t from = history ? rows.size() - input.max_length : 0;
      rows = {rows.begin() + static_cast<std::ptrdiff_t>(from),
              rows.begin() + static_cast<std::ptrdiff_t>(from + input.max_length)};
    }
    if (e.kind == model::EncoderKind::kEmbedding && (rows.empty() || forgotten)) rows = {unknown};
    size_t n = rows.size();
    if (e.kind == model::EncoderKind::kConvolution)
      return Convolve(e, prefix, name, rows, table.dim);
    Row sum(table.dim);
    for (size_t j = 0; j < sum.size(); ++j) {
      for (uint32_t row : rows) sum[j] += P(name, row, j);
      if (e.kind == model::EncoderKind::kBag && e.pooling == model::Pooling::kMean && n > 0) {
        sum[j] /= static_cast<double>(n);
      }
      if (e.kind == model::EncoderKind::kMultiHot) {
        sum[j] = Activate(e.activation, sum[j] + P(prefix + "/bias", j, 0));
      }
    }
    return sum;
  }

  // Which rows of the table a batch row's attention reads; `goes_on`: the row before reads the
  // beginning of the same.
  std::vector<uint32_t> WindowOf(const model::Encoder& e, const runtime::InputSource& source,
                                 size_t i, bool& goes_on) const {
    size_t entity = source.rows.empty() ? i : source.rows[i];
    auto view = source.view.RowsOf(entity);
    std::vector<uint32_t> rows(view.begin(), view.end());
    goes_on = false;
    if (!source.ends.empty()) {
      rows = {view.begin() + source.begins[i], view.begin() + source.ends[i]};
      goes_on = i > 0 && source.rows[i] == source.rows[i - 1] &&
                source.begins[i] == source.begins[i - 1] && source.ends[i] > source.ends[i - 1];
    }
    size_t most = model::PlacesOf(d_, e);
    if (rows.size() > most) rows.erase(rows.begin(), rows.end() - static_cast<ptrdiff_t>(most));
    return rows;
  }

  // Factors of dropout as the definition of the draws has it: 16 bits each, lowest first.
  std::vector<Row> Masks(size_t places, size_t dim) { return Masks(places, dim, options_.dropout); }
  std::vector<Row> Masks(size_t places, size_t dim, double of) {
    std::vector<Row> out(places, Row(dim, 1.0));
    auto rate = static_cast<float>(of);
    if (rate == 0 || random_ == nullptr) return out;
    auto least = static_cast<double>(std::lround(rate * 65536.0f));
    uint64_t bits = 0;
    for (size_t i = 0; i < places * dim; ++i, bits >>= 16) {
      if (i % 4 == 0) bits = random_->Next();
      double drawn = static_cast<double>(bits & 0xFFFF);
      out[i / dim][i % dim] = drawn < least ? 0 : 65536.0 / (65536.0 - least);
    }
    return out;
  }

  Row Norm(const std::string& name, const Row& x) const {
    double mean = 0, squares = 0, n = static_cast<double>(x.size());
    for (double v : x) mean += v / n;
    for (double v : x) squares += (v - mean) * (v - mean) / n;
    Row y(x.size());
    for (size_t j = 0; j < x.size(); ++j) {
      y[j] = (x[j] - mean) / std::sqrt(squares + 1e-5) * P(name + "/gain", j, 0) +
             P(name + "/shift", j, 0);
    }
    return y;
  }

  // Place t of a window by itself, from all places up to it, block by block.
  std::vector<Row> Attend(const model::Encoder& e, const std::string& prefix,
                          const runtime::InputSource& source, size_t count) {
    const model::Table& table = d_.tables[static_cast<size_t>(e.table)];
    const size_t dim = table.dim, width = dim / e.heads;
    auto unknown = static_cast<uint32_t>(d_.vocabularies[table.vocabulary].size);
    std::vector<std::vector<uint32_t>> windows;
    std::vector<std::pair<size_t, size_t>> at;  // window, places of it
    for (size_t i = 0; i < count; ++i) {
      bool goes_on = false;
      auto rows = WindowOf(e, source, i, goes_on);
      if (!goes_on) windows.emplace_back();
      windows.back() = rows;
      at.emplace_back(windows.size() - 1, rows.size());
    }
    std::vector<Row> x;
    std::vector<size_t> begins;
    for (const auto& window : windows) {
      begins.push_back(x.size());
      for (size_t t = 0; t < window.size(); ++t) {
        Row& sum = x.emplace_back(dim);
        for (size_t j = 0; j < dim; ++j) {
          sum[j] = std::sqrt(static_cast<double>(dim)) *
                   P("tables/" + table.name, std::min(window[t], unknown), j);
          if (e.places != model::Places::kDistances) sum[j] += P(prefix + "/positions", t, j);
        }
      }
    }
    auto drop = [&](std::vector<Row>& rows) {
      auto masks = Masks(rows.size(), dim);
      for (size_t i = 0; i < rows.size(); ++i) {
        for (size_t j = 0; j < dim; ++j) rows[i][j] *= masks[i][j];
      }
    };
    auto add = [&](const std::vector<Row>& rows) {
      for (size_t i = 0; i < rows.size(); ++i) {
        for (size_t j = 0; j < dim; ++j) x[i][j] += rows[i][j];
      }
    };
    drop(x);
    for (uint32_t b = 0; b < e.blocks; ++b) {
      const std::string block = StrCat(prefix, "/block", b);
      std::vector<Row> qkv, seen, fed;
      for (const Row& row : x) {
        qkv.push_back(
            Dense(block + "/attention", Norm(block + "/norm0", row), model::Activation::kIdentity));
      }
      for (size_t w = 0; w < windows.size(); ++w) {
        for (size_t t = 0; t < windows[w].size(); ++t) {
          Row mixed(dim);
          for (size_t h = 0; h < e.heads; ++h) {
            Row share;
            double sum = 0;
            for (size_t s = 0; s <= t; ++s) {
              double score = 0;
              for (size_t j = h * width; j < (h + 1) * width; ++j) {
                score += qkv[begins[w] + t][j] * qkv[begins[w] + s][dim + j];
              }
              score /= std::sqrt(static_cast<double>(width));
              if (e.places != model::Places::kLearned) {
                score += P(block + "/distances", h, t - s);
              }
              share.push_back(std::exp(score));
              sum += share.back();
            }
            for (size_t s = 0; s <= t; ++s) {
              for (size_t j = h * width; j < (h + 1) * width; ++j) {
                mixed[j] += share[s] / sum * qkv[begins[w] + s][2 * dim + j];
              }
            }
          }
          seen.push_back(Dense(block + "/output", mixed, model::Activation::kIdentity));
        }
      }
      drop(seen);
      add(seen);
      for (const Row& row : x) {
        Row hidden = Dense(block + "/inner", Norm(block + "/norm1", row), e.activation);
        fed.push_back(Dense(block + "/outer", hidden, model::Activation::kIdentity));
      }
      drop(fed);
      add(fed);
    }
    std::vector<Row> out;
    for (auto [window, places] : at) {
      out.push_back(places == 0 ? Row(dim)
                                : Norm(prefix + "/norm", x[begins[window] + places - 1]));
    }
    return out;
  }

  Row Convolve(const model::Encoder& e, const std::string& prefix, const std::string& table,
               const std::vector<uint32_t>& rows, size_t dim) const {
    Row out;
    auto n = static_cast<std::ptrdiff_t>(rows.size());
    for (uint32_t window : e.windows) {
      std::vector<Row> positions;
      for (std::ptrdiff_t t = 0; t < n; ++t) {
        Row words;  // of the window around t; zeros outside of the text
        for (uint32_t j = 0; j < window; ++j) {
          std::ptrdiff_t at = t + j - (static_cast<std::ptrdiff_t>(window) - 1) / 2;
          for (size_t k = 0; k < dim; ++k) {
            words.push_back(at < 0 || at >= n ? 0 : P(table, rows[static_cast<size_t>(at)], k));
          }
        }
        positions.push_back(Dense(StrCat(prefix, "/convolution", window), words, e.activation));
      }
      for (uint32_t f = 0; f < e.filters; ++f) {
        double pooled = 0;
        for (size_t t = 0; t < positions.size(); ++t) {
          double x = positions[t][f];
          bool first = t == 0;
          if (e.pooling == model::Pooling::kMax)
            pooled = first ? x : std::max(pooled, x);
          else
            pooled += e.pooling == model::Pooling::kMean ? x / static_cast<double>(n) : x;
        }
        out.push_back(pooled);
      }
    }
    return out;
  }

  static double Dot(const Row& a, const Row& b) {
    double sum = 0;
    for (size_t i = 0; i < a.size(); ++i) sum += a[i] * b[i];
    return sum;
  }

  double Bias(const char* name, int32_t input, const runtime::InputSource& source, size_t i) const {
    if (input < 0) return 0;
    auto vocabulary = static_cast<size_t>(d_.inputs[static_cast<size_t>(input)].vocabulary);
    auto rows = source.view.RowsOf(source.rows.empty() ? i : source.rows[i]);
    return P(name, rows.empty() ? d_.vocabularies[vocabulary].size : rows[0], 0);
  }

  std::vector<double> PairHeads(const ExampleBatch& batch) {
    std::vector<Row> users = Tower(model::Side::kUser, batch.batch());
    std::vector<Row> items = Tower(model::Side::kItem, batch.batch());
    std::vector<double> heads;
    for (size_t i = 0; i < users.size(); ++i) {
      double x = Dot(users[i], items[i]);
      if (d_.head.kind == model::HeadKind::kCosine) {
        double length = std::sqrt(Dot(users[i], users[i])) * std::sqrt(Dot(items[i], items[i]));
        x = length > 0 ? x / length : 0;
      }
      if (d_.head.user_bias >= 0) {
        x += Bias("head/user_bias", d_.head.user_bias,
                  batch.inputs[static_cast<size_t>(d_.head.user_bias)], i);
      }
      if (d_.head.item_bias >= 0) {
        x += Bias("head/item_bias", d_.head.item_bias,
                  batch.inputs[static_cast<size_t>(d_.head.item_bias)], i);
      }
      if (d_.head.global_bias) x += P("head/global_bias", 0, 0);
      heads.push_back(d_.head.scale * x);
    }
    return heads;
  }

  // The mean over members of the cost that each would have by itself.
  double MembersCost(const ExampleBatch& batch) {
    std::vector<Row> users = Tower(model::Side::kUser, batch.batch());
    std::vector<Row> items = Tower(model::Side::kItem, batch.batch());
    const size_t members = options_.members, part = users[0].size() / members;
    const std::vector<double> all = PairHeads(batch);
    double cost = 0;
    for (size_t i = 0; i < users.size(); ++i) {
      double biases = all[i] / d_.head.scale - Dot(users[i], items[i]);
      for (size_t m = 0; m < members; ++m) {
        auto begin = static_cast<ptrdiff_t>(m * part), end = begin + static_cast<ptrdiff_t>(part);
        double own = Dot(Row(users[i].begin() + begin, users[i].begin() + end),
                         Row(items[i].begin() + begin, items[i].begin() + end));
        double head = d_.head.scale * (own * static_cast<double>(members) + biases);
        cost += Weight(batch, i) * Point(batch, i, head) / static_cast<double>(members);
      }
    }
    return cost;
  }

  std::vector<double> JointHeads(const ExampleBatch& batch) {
    std::vector<double> heads;
    for (const Row& x : Tower(model::Side::kJoint, batch.batch())) {
      heads.push_back(Dense("head", x, model::Activation::kIdentity)[0]);
    }
    return heads;
  }

  static double Weight(const ExampleBatch& batch, size_t i) {
    return batch.weights.empty() ? 1.0 : batch.weights[i];
  }

  double Point(const ExampleBatch& batch, size_t i, double head) const {
    double target = batch.targets[i];
    if (options_.loss == Loss::kSquared) return (head - target) * (head - target);
    return target > 0 ? -std::log(1 / (1 + std::exp(-head))) : -std::log(1 / (1 + std::exp(head)));
  }

  // −log of the right item's share; sampled: among itself and the negatives that are not it, all
  // logits less the log of their expected count (Bengio and Senécal 2008); in-batch: the same with
  // the other examples' right items for negatives (Yi et al. 2019).
  double Softmax(const ExampleBatch& batch, std::vector<double>& heads) {
    bool sampled = options_.negatives > 0 && random_ != nullptr;
    std::vector<uint32_t> candidates;
    for (uint32_t n = 0; sampled && n < options_.negatives; ++n) {
      candidates.push_back(sampler_->Draw(*random_));
    }
    bool in_batch = options_.in_batch_negatives && random_ != nullptr;
    if (in_batch) candidates = batch.items;
    for (uint32_t i = 0; !sampled && !in_batch && i < items_.count; ++i) candidates.push_back(i);
    size_t shared = candidates.size();
    auto expected = static_cast<double>(shared);
    if (sampled) candidates.insert(candidates.end(), batch.items.begin(), batch.items.end());
    std::vector<Row> users = Tower(model::Side::kUser, batch.batch());
    std::vector<runtime::InputSource> inputs(d_.inputs.size());
    for (size_t i = 0; i < inputs.size(); ++i) {
      if (d_.inputs[i].scope == model::Scope::kItem) inputs[i] = {items_.inputs[i], candidates};
    }
    std::vector<Row> items = Tower(model::Side::kItem, {candidates.size(), inputs});
    // Members learn by their own softmax, over members times the product of their parts.
    const size_t members = random_ != nullptr ? options_.members : 1;
    const size_t part = users[0].size() / members;
    auto logit = [&](size_t user, size_t c, size_t member) {
      double x = 0;
      for (size_t j = member * part; j < (member + 1) * part; ++j)
        x += users[user][j] * items[c][j];
      x *= static_cast<double>(members);
      if (d_.head.item_bias >= 0) {
        x += Bias("head/item_bias", d_.head.item_bias,
                  inputs[static_cast<size_t>(d_.head.item_bias)], c);
      }
      x *= d_.head.scale;
      if (sampled || in_batch) x -= sampler_->LogProbability(candidates[c]) + std::log(expected);
      return x;
    };
    double cost = 0;
    for (size_t i = 0; i < users.size(); ++i) {
      uint32_t right = batch.items[i];
      heads.push_back(0);
      for (size_t m = 0; m < members; ++m) {
        double own = logit(i, sampled ? shared + i : in_batch ? i : right, m);
        double sum = sampled || in_batch ? std::exp(own) : 0;
        for (size_t c = 0; c < shared; ++c) {
          bool taken = options_.exclude_taken &&
                       std::count(batch.taken[i].begin(), batch.taken[i].end(), candidates[c]) > 0;
          bool counts = candidates[c] == right ? !sampled && !in_batch : !taken;
          if (counts) sum += std::exp(logit(i, c, m));
        }
        heads.back() += own / static_cast<double>(members);
        cost += Weight(batch, i) * (std::log(sum) - own) / static_cast<double>(members);
      }
    }
    return cost;
  }

  const model::Description& d_;
  const Layout& layout_;
  const std::vector<std::vector<float>>& statistics_;
  const model::FeatureSet& items_;
  const TrainingOptions& options_;
  const ItemSampler* sampler_;
  const std::vector<double>* parameters_ = nullptr;
  Random* random_ = nullptr;
};

}  // namespace duomo::training
