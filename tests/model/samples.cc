#include "model/samples.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <stdexcept>

#include "core/error.h"
#include "core/random.h"
#include "model/parameters.h"
#include "model/quantize.h"

namespace duomo::testing {
namespace {

using namespace model;

constexpr size_t kUsers = 5, kItems = 4;

Vocabulary Words(std::string name, uint64_t size) {
  return {std::move(name), KeyKind::kString, size, {}, {}};
}
Vocabulary Ids(std::string name, uint64_t size) {
  return {std::move(name), KeyKind::kInt64, size, {}, {}};
}
Vocabulary Range(std::string name, uint64_t size) {
  return {std::move(name), KeyKind::kRange, size, {}, {}};
}

Input In(std::string name, Scope scope, InputKind kind, int32_t vocabulary,
         uint32_t max_length = 0) {
  return {std::move(name), scope, kind, vocabulary, max_length, 0};
}

Encoder Embedding(uint32_t input, int32_t table, std::vector<Dense> layers = {}) {
  Encoder e;
  e.input = input;
  e.table = table;
  e.layers = std::move(layers);
  return e;
}

Encoder MultiHot(uint32_t input, int32_t table) {
  Encoder e = Embedding(input, table);
  e.kind = EncoderKind::kMultiHot;
  e.activation = Activation::kTanh;
  return e;
}

Encoder Bag(uint32_t input, int32_t table, Pooling pooling) {
  Encoder e = Embedding(input, table);
  e.kind = EncoderKind::kBag;
  e.pooling = pooling;
  return e;
}

Encoder Convolution(uint32_t input, int32_t table, std::vector<uint32_t> windows,
                    uint32_t filters) {
  Encoder e = Embedding(input, table);
  e.kind = EncoderKind::kConvolution;
  e.activation = Activation::kTanh;
  e.windows = std::move(windows);
  e.filters = filters;
  return e;
}

Encoder Number(uint32_t input, Normalization normalization, bool square, bool root) {
  Encoder e;
  e.input = input;
  e.kind = EncoderKind::kNumber;
  e.normalization = normalization;
  e.square = square;
  e.root = root;
  return e;
}

std::vector<std::string> InventedTexts(const std::string& stem, size_t n) {
  std::vector<std::string> out;
  for (size_t i = 0; i < n; ++i)
    out.push_back(StrCat(stem, (i * 7 + 3) % n, i % 2 ? "\xC3\xA9" : ""));
  return out;
}

// Rows up to and including the unknown row.
FeatureColumn InventedFeature(const Description& d, const Input& in, size_t n, Random& random) {
  FeatureColumn column;
  column.kind = in.kind;
  if (in.kind == InputKind::kNumber) {
    for (size_t i = 0; i < n; ++i) column.numbers.push_back(static_cast<float>(random.Normal()));
    return column;
  }
  uint64_t rows = d.vocabularies[static_cast<size_t>(in.vocabulary)].size + 1;
  if (in.kind == InputKind::kCategory) {
    for (size_t i = 0; i < n; ++i) column.rows.push_back(static_cast<uint32_t>(random.Below(rows)));
    return column;
  }
  column.offsets = {0};
  for (size_t i = 0; i < n; ++i) {
    for (uint64_t k = random.Below(4); k > 0; --k) {
      column.rows.push_back(static_cast<uint32_t>(random.Below(rows)));
    }
    column.offsets.push_back(column.rows.size());
  }
  return column;
}

void AddVocabulary(Contents& contents, const Vocabulary& v) {
  std::string prefix = "vocabularies/" + v.name;
  if (v.keys == KeyKind::kInt64) {
    std::vector<int64_t> keys;
    for (uint64_t i = 0; i < v.size; ++i)
      keys.push_back(static_cast<int64_t>((i * 5 + 2) % 97) - 9);
    AddKeys(contents.tensors, prefix, std::span<const int64_t>(keys));
  } else if (v.keys == KeyKind::kString) {
    AddKeys(contents.tensors, prefix, std::span<const std::string>(InventedTexts(v.name, v.size)));
  }
}

}  // namespace

Description CosineDescription() {
  Description d;
  d.name = "cosine";
  d.vocabularies = {Ids("user", 5), Words("gender", 2), Range("movie", 4), Words("genre", 3),
                    Words("word", 6)};
  d.tables = {{"user", 0, 4}, {"gender", 1, 2}, {"movie", 2, 4}, {"genre", 3, 3}, {"word", 4, 5}};
  d.inputs = {In("id", Scope::kUser, InputKind::kCategory, 0),
              In("gender", Scope::kUser, InputKind::kCategory, 1),
              In("movie", Scope::kItem, InputKind::kCategory, 2),
              In("genres", Scope::kItem, InputKind::kCategorySet, 3),
              In("title", Scope::kItem, InputKind::kTokens, 4, 8)};
  d.towers = {{Side::kUser, {Embedding(0, 0, {{4}}), Embedding(1, 1)}, {{6}}},
              {Side::kItem,
               {Embedding(2, 2), MultiHot(3, 3), Convolution(4, 4, {2, 3}, 4)},
               {{8, Activation::kRelu}, {6}}}};
  d.head.scale = 5;
  d.output = {OutputKind::kLinear, 0.5, 2.5, "stars"};
  return d;
}

Description DotDescription() {
  Description d;
  d.name = "dot";
  d.vocabularies = {Range("user", 5), Ids("item", 4), Words("tag", 4)};
  d.tables = {{"user", 0, 3}, {"item", 1, 3}, {"tag", 2, 3}};
  d.inputs = {In("user", Scope::kUser, InputKind::kCategory, 0),
              In("liked_tags", Scope::kUser, InputKind::kCategorySet, 2),
              In("item", Scope::kItem, InputKind::kCategory, 1),
              In("tags", Scope::kItem, InputKind::kCategorySet, 2)};
  d.towers = {{Side::kUser, {Embedding(0, 0), Bag(1, 2, Pooling::kMean)}, {}},
              {Side::kItem, {Embedding(2, 1), Bag(3, 2, Pooling::kSum)}, {}}};
  d.head = {HeadKind::kDot, 1, 0, 2, true};
  return d;
}

Description JointDescription() {
  Description d;
  d.name = "joint";
  d.vocabularies = {Range("user", 5), Range("video", 4)};
  d.tables = {{"user", 0, 2}, {"video", 1, 2}};
  d.inputs = {In("user", Scope::kUser, InputKind::kCategory, 0),
              In("video", Scope::kItem, InputKind::kCategory, 1),
              In("since_watch", Scope::kPair, InputKind::kNumber, -1),
              In("impressions", Scope::kPair, InputKind::kNumber, -1),
              In("length", Scope::kItem, InputKind::kNumber, -1)};
  d.towers = {{Side::kJoint,
               {Embedding(0, 0), Embedding(1, 1), Number(2, Normalization::kQuantile, true, true),
                Number(3, Normalization::kStandard, false, true),
                Number(4, Normalization::kNone, false, false)},
               {{7, Activation::kRelu}}}};
  d.head.kind = HeadKind::kLogistic;
  d.output = {OutputKind::kExponential, 1, 0, "seconds"};
  return d;
}

Description HistoryDescription() {
  Description d;
  d.name = "history";
  d.vocabularies = {Words("sku", 4)};
  d.tables = {{"item", 0, 4}};
  d.inputs = {In("watched", Scope::kUser, InputKind::kHistory, 0, 50),
              In("item", Scope::kItem, InputKind::kCategory, 0)};
  d.towers = {{Side::kUser, {Bag(0, 0, Pooling::kMean)}, {{4, Activation::kRelu}}},
              {Side::kItem, {Embedding(1, 0)}, {}}};
  d.head.kind = HeadKind::kDot;
  d.output = {OutputKind::kSigmoid, 1, 0, "probability"};
  return d;
}

Description AttentionDescription() {
  Description d = HistoryDescription();
  Encoder& e = d.towers[0].encoders[0];
  e.kind = EncoderKind::kAttention;
  e.pooling = Pooling::kMax;
  e.activation = Activation::kRelu;
  e.positions = 6;
  e.blocks = 2;
  e.heads = 2;
  e.feed_forward = 5;
  e.places = Places::kBoth;
  return d;
}

std::vector<Description> AllDescriptions() {
  return {CosineDescription(), DotDescription(), JointDescription(), HistoryDescription()};
}

Description HybridDescription() {
  Description d;
  d.name = "hybrid";
  d.vocabularies = {Range("user", 6041),  Range("gender", 2), Range("age", 7),    Range("job", 21),
                    Range("movie", 3953), Words("genre", 18), Words("word", 5174)};
  d.tables = {{"user", 0, 32},  {"gender", 1, 16}, {"age", 2, 16}, {"job", 3, 16},
              {"movie", 4, 32}, {"genre", 5, 32},  {"word", 6, 32}};
  d.inputs = {In("user", Scope::kUser, InputKind::kCategory, 0),
              In("gender", Scope::kUser, InputKind::kCategory, 1),
              In("age", Scope::kUser, InputKind::kCategory, 2),
              In("job", Scope::kUser, InputKind::kCategory, 3),
              In("movie", Scope::kItem, InputKind::kCategory, 4),
              In("genres", Scope::kItem, InputKind::kCategorySet, 5),
              In("title", Scope::kItem, InputKind::kTokens, 6)};
  d.towers = {{Side::kUser,
               {Embedding(0, 0, {{32}}), Embedding(1, 1, {{16}}), Embedding(2, 2, {{16}}),
                Embedding(3, 3, {{16}})},
               {{200}}},
              {Side::kItem,
               {Embedding(4, 4, {{32}}), MultiHot(5, 5), Convolution(6, 6, {3}, 32)},
               {{200}}}};
  d.head.scale = 5;
  d.output = {OutputKind::kLinear, 0.5, 2.5, "stars"};
  return d;
}

Contents ContentsOf(const Description& d) {
  Contents contents;
  contents.description = d;
  contents.report = {
      "synthetic", "ratio:0.1", "{\"seed\":1}", {{"test_rmse", 0.75}, {"steps", 10}}};
  Random random(11);
  auto floats = [&](std::string name, std::vector<uint64_t> shape) {
    uint64_t n = 1;
    for (uint64_t s : shape) n *= s;
    std::vector<float> values(n);
    for (float& v : values) v = static_cast<float>(random.Normal());
    contents.tensors.push_back(
        file::OwnedTensor::From<float>(std::move(name), std::move(shape), values));
  };
  for (const Parameter& p : ParametersOf(d)) floats("parameters/" + p.name, p.shape);
  for (const Vocabulary& v : d.vocabularies) AddVocabulary(contents, v);

  bool strings = d.name == "history";
  bool reads_history = false;
  for (auto [prefix, scope, n] :
       {std::tuple("users", Scope::kUser, kUsers), std::tuple("items", Scope::kItem, kItems)}) {
    if (strings) {
      AddKeys(contents.tensors, prefix,
              std::span<const std::string>(InventedTexts(std::string(prefix) + "-", n)));
    } else {
      std::vector<int64_t> keys = {100, 7, 30, 31, -2};
      AddKeys(contents.tensors, prefix, std::span<const int64_t>(keys).first(n));
    }
    AddTexts(contents.tensors, StrCat(prefix, "/titles"), InventedTexts("Title ", n));
    for (const Input& in : d.inputs) {
      if (in.kind == InputKind::kHistory) reads_history = true;
      if (in.scope != scope || in.kind == InputKind::kHistory) continue;
      FeatureColumn column = InventedFeature(d, in, n, random);
      AddFeature(contents.tensors, StrCat(prefix, "/features/", in.name), column.view());
    }
    if (!IsJoint(d)) floats(StrCat(prefix, "/vectors"), {n, VectorWidth(d)});
  }
  if (reads_history) {
    FeatureColumn history;
    history.kind = InputKind::kHistory;
    history.offsets = {0, 2, 2, 3, 6, 7};
    history.rows = {0, 1, 3, 2, 1, 0, 2};
    AddFeature(contents.tensors, "users/history", history.view());
  }
  std::set<uint32_t> normalized;
  for (const Tower& tower : d.towers) {
    for (const Encoder& e : tower.encoders) {
      if (e.normalization == Normalization::kNone || !normalized.insert(e.input).second) continue;
      std::string prefix = "inputs/" + d.inputs[e.input].name;
      if (e.normalization == Normalization::kStandard) floats(prefix + "/mean_deviation", {2});
      if (e.normalization == Normalization::kQuantile) floats(prefix + "/quantiles", {9});
    }
  }
  return contents;
}

Contents WithAttributes(Contents contents) {
  for (auto kind : {AttributeKind::kCategory, AttributeKind::kSet, AttributeKind::kInteger,
                    AttributeKind::kNumber, AttributeKind::kTime}) {
    AttributeColumn c;
    c.info = {std::string(NameOf(kind)), kind};
    bool set = kind == AttributeKind::kSet;
    if (set) c.rows = {InputKind::kCategorySet, {0, 2, 2, 3, 5}, {2, 0, 1, 1, 0}, {}};
    if (kind == AttributeKind::kCategory) c.rows.rows = {0, 3, 2, 1};
    if (set || kind == AttributeKind::kCategory) {
      c.texts = {"new",
                 "gr\xC3\xBC"
                 "n",
                 ""};
    } else if (kind == AttributeKind::kNumber) {
      c.numbers = {0.5, kMissingNumber, -1e300, 3};
    } else {
      c.integers = {7, kMissingInteger, INT64_MAX, -1};
    }
    contents.attributes.push_back(c.info);
    AddAttribute(contents.tensors, c);
  }
  return contents;
}

Contents Quantized(Contents contents, file::DType dtype) {
  std::vector<file::OwnedTensor> tensors;
  for (file::OwnedTensor& t : contents.tensors) {
    bool rows = t.name.starts_with("parameters/") || t.name.ends_with("/vectors");
    if (rows && t.shape.size() == 2) {
      std::span<const float> values(reinterpret_cast<const float*>(t.bytes.data()),
                                    t.bytes.size() / sizeof(float));
      AddRows(tensors, t.name, t.shape, values, dtype);
    } else {
      tensors.push_back(std::move(t));
    }
  }
  contents.tensors = std::move(tensors);
  return contents;
}

file::OwnedTensor& TensorOf(Contents& contents, const std::string& name) {
  for (auto& t : contents.tensors) {
    if (t.name == name) return t;
  }
  throw std::runtime_error("no tensor " + name);
}

void RemoveTensor(Contents& contents, const std::string& name) {
  (void)TensorOf(contents, name);
  std::erase_if(contents.tensors, [&](const auto& t) { return t.name == name; });
}

}  // namespace duomo::testing
