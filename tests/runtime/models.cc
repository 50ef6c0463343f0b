#include "runtime/models.h"

#include <cmath>

#include "core/error.h"
#include "model/parameters.h"

namespace duomo::runtime {
namespace {

using model::Activation;
using model::Encoder;
using model::EncoderKind;
using model::InputKind;
using model::KeyKind;
using model::Normalization;
using model::Pooling;
using model::Scope;
using model::Side;

Encoder Of(const char* name, uint32_t input, EncoderKind kind, int32_t table) {
  Encoder e;
  e.name = name;
  e.input = input;
  e.kind = kind;
  e.table = table;
  return e;
}

}  // namespace

model::Description EveryEncoder(const Variant& v) {
  model::Description d;
  d.name = "every encoder";
  auto vocabulary = [&](const char* name, KeyKind keys, uint64_t size) {
    model::Vocabulary out;
    out.name = name;
    out.keys = keys;
    out.size = size;
    d.vocabularies.push_back(out);
  };
  vocabulary("ids", KeyKind::kRange, 50);
  vocabulary("genres", KeyKind::kRange, 18);
  vocabulary("words", KeyKind::kString, 60);
  vocabulary("items", KeyKind::kRange, 40);
  d.tables = {{"ids", 0, 32}, {"genres", 1, 20}, {"words", 2, 24}, {"items", 3, 17}};
  if (v.attention) d.tables.push_back({"items wide", 3, 24});
  auto input = [&](const char* name, Scope scope, InputKind kind, int32_t vocab,
                   uint32_t max_length = 0) {
    model::Input out;
    out.name = name;
    out.scope = scope;
    out.kind = kind;
    out.vocabulary = vocab;
    out.max_length = max_length;
    out.fallback = 0.25f;
    d.inputs.push_back(out);
  };
  input("user", Scope::kUser, InputKind::kCategory, 0);       // 0
  input("likes", Scope::kUser, InputKind::kCategorySet, 1);   // 1
  input("watched", Scope::kUser, InputKind::kHistory, 3, 7);  // 2
  input("age", Scope::kUser, InputKind::kNumber, -1);         // 3
  input("visits", Scope::kUser, InputKind::kNumber, -1);      // 4
  input("share", Scope::kUser, InputKind::kNumber, -1);       // 5
  input("item", Scope::kItem, InputKind::kCategory, 3);       // 6
  input("genres", Scope::kItem, InputKind::kCategorySet, 1);  // 7
  input("title", Scope::kItem, InputKind::kTokens, 2, 9);     // 8
  bool joint = v.head == model::HeadKind::kLogistic;
  if (joint) input("elapsed", Scope::kPair, InputKind::kNumber, -1);  // 9

  std::vector<Encoder> user, item;
  user.push_back(Of("id", 0, EncoderKind::kEmbedding, 0));
  user.back().layers = {{32, v.activation}};
  user.push_back(Of("id raw", 0, EncoderKind::kEmbedding, 0));
  user.push_back(Of("likes sum", 1, EncoderKind::kBag, 1));
  user.back().pooling = Pooling::kSum;
  user.push_back(Of("watched mean", 2, EncoderKind::kBag, 3));
  user.back().pooling = Pooling::kMean;
  user.back().layers = {{12, v.activation}, {19, Activation::kTanh}, {10, v.activation}};
  user.push_back(Of("watched windows", 2, EncoderKind::kConvolution, 3));
  user.back().pooling = v.pooling;
  user.back().activation = v.activation;
  user.back().windows = {1, 2, 5};
  user.back().filters = 11;
  for (bool deep : {false, true}) {
    if (!v.attention) break;
    user.push_back(Of(deep ? "watched deep" : "watched flat", 2, EncoderKind::kAttention, 4));
    Encoder& e = user.back();
    e.positions = deep ? 70 : 5;
    e.blocks = deep ? 3 : 1;
    e.heads = deep ? 4 : 1;
    e.feed_forward = deep ? 40 : 9;
    e.places = deep ? model::Places::kBoth : model::Places::kDistances;
    e.activation = v.activation;
    if (deep) e.layers = {{14, v.activation}};
  }
  for (uint32_t number = 3; number < 6; ++number) {
    user.push_back(Of("", number, EncoderKind::kNumber, -1));
    user.back().normalization = static_cast<Normalization>(number - 3);
    user.back().square = number != 4;
    user.back().root = number != 5;
    if (number == 5) user.back().layers = {{8, v.activation}};
  }
  item.push_back(Of("", 6, EncoderKind::kEmbedding, 3));
  item.push_back(Of("genres", 7, EncoderKind::kMultiHot, 1));
  item.back().activation = v.activation;
  item.back().layers = {{16, v.activation}};
  item.push_back(Of("genres raw", 7, EncoderKind::kMultiHot, 1));
  item.back().activation = v.activation;
  item.push_back(Of("title", 8, EncoderKind::kConvolution, 2));
  item.back().pooling = v.pooling;
  item.back().activation = v.activation;
  item.back().windows = {3};
  item.back().filters = 96;
  item.back().layers = {{32, v.activation}};

  auto tower = [&](Side side, const std::vector<Encoder>& encoders) {
    model::Tower out;
    out.side = side;
    out.encoders = encoders;
    if (v.tower_layers) out.layers = {{120, v.activation}, {100, Activation::kTanh}};
    return out;
  };
  if (joint) {
    item.push_back(Of("", 9, EncoderKind::kNumber, -1));
    item.back().normalization = Normalization::kStandard;
    user.insert(user.end(), item.begin(), item.end());
    d.towers = {tower(Side::kJoint, user)};
  } else {
    d.towers = {tower(Side::kUser, user), tower(Side::kItem, item)};
    if (!v.tower_layers) {  // equal widths: fill the narrower side up
      uint32_t user_width = model::TowerWidth(d, d.towers[0]);
      uint32_t item_width = model::TowerWidth(d, d.towers[1]);
      Encoder& fill = d.towers[user_width < item_width ? 0 : 1].encoders[0];
      uint32_t short_by = std::max(user_width, item_width) - std::min(user_width, item_width);
      fill.layers = {{model::EncoderWidth(d, fill) + short_by, v.activation}};
    }
  }
  d.head.kind = v.head;
  d.head.scale = joint ? 1 : 2.5;
  if (v.head == model::HeadKind::kDot && v.biases) {
    d.head.user_bias = 0;
    d.head.item_bias = 6;
    d.head.global_bias = true;
  }
  d.output.unit = "stars";
  return d;
}

model::FeatureColumn RandomColumn(const model::Description& d, const model::Input& input, size_t n,
                                  bool unknown_rows, std::mt19937& random) {
  model::FeatureColumn out;
  out.kind = input.kind;
  if (input.kind == InputKind::kNumber) {
    std::normal_distribution<float> normal(0.5f, 1);
    for (size_t i = 0; i < n; ++i) out.numbers.push_back(random() % 5 == 0 ? NAN : normal(random));
    return out;
  }
  auto size = static_cast<uint32_t>(d.vocabularies[static_cast<size_t>(input.vocabulary)].size);
  auto row = [&]() -> uint32_t {
    auto kind = unknown_rows ? random() % 10 : 2;
    return kind == 0 ? size : kind == 1 ? UINT32_MAX : static_cast<uint32_t>(random() % size);
  };
  if (input.kind == InputKind::kCategory) {
    for (size_t i = 0; i < n; ++i) out.rows.push_back(row());
    return out;
  }
  out.offsets.push_back(0);
  for (size_t i = 0; i < n; ++i) {
    // Some of them empty, one of them long; a set of 600 would only swamp everything else.
    size_t longest = input.kind == InputKind::kCategorySet ? 30 : 600;
    size_t length = i == 1 ? longest : random() % 4 == 0 ? 0 : random() % 14;
    for (size_t t = 0; t < length; ++t) out.rows.push_back(row());
    out.offsets.push_back(out.rows.size());
  }
  return out;
}

model::Contents RandomContents(const model::Description& d, size_t users, size_t items,
                               uint32_t seed) {
  model::Contents contents;
  contents.description = d;
  auto& tensors = contents.tensors;
  std::mt19937 random(seed);
  auto add = [&](std::string name, std::vector<uint64_t> shape, const std::vector<float>& values) {
    tensors.push_back(file::OwnedTensor::From<float>(std::move(name), std::move(shape), values));
  };
  for (const model::Parameter& p : model::ParametersOf(d)) {
    // Sums stay near 1, so that no activation saturates; biases are not 0.
    double in = p.shape.size() == 2 && !p.is_table ? static_cast<double>(p.shape[0]) : 4;
    std::normal_distribution<float> normal(0, static_cast<float>(1 / std::sqrt(in)));
    std::vector<float> values(p.size());
    for (float& x : values) x = normal(random);
    add(StrCat("parameters/", p.name), p.shape, values);
  }
  for (const model::Vocabulary& v : d.vocabularies) {
    if (v.keys != KeyKind::kString) continue;
    std::vector<std::string> keys;
    for (uint64_t i = 0; i < v.size; ++i) keys.push_back(StrCat("word", i));
    model::AddKeys(tensors, StrCat("vocabularies/", v.name), std::span<const std::string>(keys));
  }
  for (Scope scope : {Scope::kUser, Scope::kItem}) {
    std::string side = scope == Scope::kUser ? "users" : "items";
    size_t n = scope == Scope::kUser ? users : items;
    std::vector<int64_t> keys(n);
    for (size_t i = 0; i < n; ++i) keys[i] = static_cast<int64_t>(i + 1);
    model::AddKeys(tensors, side, std::span<const int64_t>(keys));
    for (const model::Input& in : d.inputs) {
      if (in.scope != scope) continue;
      auto column = RandomColumn(d, in, n, /*unknown_rows=*/false, random);
      std::string prefix = in.kind == InputKind::kHistory ? StrCat(side, "/history")
                                                          : StrCat(side, "/features/", in.name);
      model::AddFeature(tensors, prefix, column.view());
    }
  }
  for (const model::Tower& tower : d.towers) {
    for (const Encoder& e : tower.encoders) {
      std::string prefix = StrCat("inputs/", d.inputs[e.input].name);
      if (e.normalization == Normalization::kStandard) {
        add(prefix + "/mean_deviation", {2}, {0.4f, 1.7f});
      } else if (e.normalization == Normalization::kQuantile) {
        add(prefix + "/quantiles", {5}, {-1, -0.25f, 0.5f, 0.5f, 2});
      }
    }
  }
  return contents;
}

RandomBatch::RandomBatch(const model::Description& d, size_t count, uint32_t seed)
    : count_(count), columns_(d.inputs.size()), rows_(d.inputs.size()), sources_(d.inputs.size()) {
  std::mt19937 random(seed);
  for (size_t i = 0; i < d.inputs.size(); ++i) {
    if (seed % 5 == 4 && i % 3 == 1) continue;  // not set
    bool by_row = (i + seed) % 2 == 0;
    columns_[i] = RandomColumn(d, d.inputs[i], by_row ? 20 : count, true, random);
    sources_[i].view = columns_[i].view();
    if (!by_row) continue;
    for (size_t r = 0; r < count; ++r) rows_[i].push_back(static_cast<uint32_t>(random() % 20));
    sources_[i].rows = rows_[i];
  }
}

}  // namespace duomo::runtime
