#include "golden/contents.h"

#include <string>
#include <vector>

#include "model/parameters.h"

namespace duomo::testing {
namespace {

using namespace duomo::model;

// Multiples of 1/64 in [-1/2, 1/2): exact in float.
std::vector<float> Numbers(size_t n, size_t seed) {
  std::vector<float> out(n);
  for (size_t i = 0; i < n; ++i) {
    out[i] = static_cast<float>(static_cast<int>((i * 37 + seed * 11) % 64) - 32) / 64;
  }
  return out;
}

void AddFloats(Contents& c, std::string name, std::vector<uint64_t> shape,
               const std::vector<float>& values) {
  c.tensors.push_back(file::OwnedTensor::From<float>(std::move(name), std::move(shape), values));
}

void AddParameters(Contents& c) {
  size_t seed = 0;
  for (const Parameter& p : ParametersOf(c.description)) {
    AddFloats(c, "parameters/" + p.name, p.shape, Numbers(p.size(), ++seed));
  }
}

template <typename T>
void AddList(Contents& c, const std::string& name, const std::vector<T>& values) {
  c.tensors.push_back(file::OwnedTensor::From<T>(name, {values.size()}, values));
}

void AddWords(Contents& c, const std::string& prefix, const std::vector<std::string>& words) {
  AddKeys(c.tensors, prefix, std::span<const std::string>(words));
}

void AddRows(Contents& c, const std::string& prefix, const std::vector<uint64_t>& offsets,
             const std::vector<uint32_t>& rows) {
  if (!offsets.empty()) AddList(c, prefix + "/offsets", offsets);
  AddList(c, prefix + "/rows", rows);
}

// Unit vectors of width 4 without rounding: (±1/2, ±1/2, ±1/2, ±1/2) by the bits of `pattern`.
void AddUnitVectors(Contents& c, const std::string& name, const std::vector<unsigned>& patterns) {
  std::vector<float> values;
  for (unsigned pattern : patterns) {
    for (unsigned k = 0; k < 4; ++k) values.push_back((pattern >> k) & 1 ? -0.5f : 0.5f);
  }
  AddFloats(c, name, {patterns.size(), 4}, values);
}

}  // namespace

Contents GoldenCosine() {
  Contents c;
  Description& d = c.description;
  d.name = "golden-cosine";
  d.vocabularies = {{"person", KeyKind::kRange, 3, {}, {}},
                    {"team", KeyKind::kString, 2, {}, {}},
                    {"thing", KeyKind::kInt64, 4, {}, {}},
                    {"color", KeyKind::kString, 3, {}, {}},
                    {"word", KeyKind::kString, 5, {}, {}}};
  d.tables = {{"person", 0, 4}, {"team", 1, 2}, {"thing", 2, 4}, {"color", 3, 2}, {"word", 4, 3}};
  d.inputs = {{"person", Scope::kUser, InputKind::kCategory, 0, 0, 0},
              {"team", Scope::kUser, InputKind::kCategory, 1, 0, 0},
              {"thing", Scope::kItem, InputKind::kCategory, 2, 0, 0},
              {"colors", Scope::kItem, InputKind::kCategorySet, 3, 0, 0},
              {"title", Scope::kItem, InputKind::kTokens, 4, 6, 0}};
  Encoder person, team, thing, colors, title;
  person.table = 0;
  person.layers = {{4, Activation::kTanh}};
  team.input = 1;
  team.table = 1;
  thing.input = 2;
  thing.table = 2;
  colors.input = 3;
  colors.table = 3;
  colors.kind = EncoderKind::kMultiHot;
  colors.activation = Activation::kTanh;
  title.input = 4;
  title.table = 4;
  title.kind = EncoderKind::kConvolution;
  title.activation = Activation::kTanh;
  title.windows = {3};
  title.filters = 3;
  d.towers = {{Side::kUser, {person, team}, {{4, Activation::kTanh}}},
              {Side::kItem, {thing, colors, title}, {{4, Activation::kTanh}}}};
  d.head = {HeadKind::kCosine, 5, -1, -1, false};
  d.output = {OutputKind::kLinear, 0.5, 2.5, "stars"};
  c.report = {"invented", "none", "{}", {{"test_rmse", 0.875}}};

  AddParameters(c);
  AddWords(c, "vocabularies/team", {"blue", "amber"});
  AddKeys(c.tensors, "vocabularies/thing", std::vector<int64_t>{10, 20, 30, 40});
  AddWords(c, "vocabularies/color", {"red", "green", "gr\xC3\xBCn"});
  AddWords(c, "vocabularies/word", {"a", "kettle", "lamp", "small", "tall"});
  AddKeys(c.tensors, "users", std::vector<int64_t>{3, 1, 2});
  AddKeys(c.tensors, "items", std::vector<int64_t>{10, 20, 30, 40});
  AddTexts(c.tensors, "items/titles",
           std::vector<std::string>{"A small kettle", "A tall lamp", "Lamp",
                                    "K\xC3\xBC"
                                    "chenuhr"});
  AddRows(c, "users/features/person", {}, {2, 0, 1});
  AddRows(c, "users/features/team", {}, {0, 1, 2});  // the last is unknown
  AddRows(c, "items/features/thing", {}, {0, 1, 2, 3});
  AddRows(c, "items/features/colors", {0, 2, 3, 3, 5}, {0, 1, 2, 1, 2});
  AddRows(c, "items/features/title", {0, 3, 6, 7, 8}, {0, 3, 1, 0, 4, 2, 2, 5});
  AddUnitVectors(c, "users/vectors", {0, 5, 7});
  AddUnitVectors(c, "items/vectors", {0, 1, 5, 15});
  return c;
}

Contents GoldenDot() {
  Contents c;
  Description& d = c.description;
  d.name = "golden-dot";
  d.vocabularies = {{"person", KeyKind::kRange, 2, {}, {}}, {"sku", KeyKind::kString, 3, {}, {}}};
  d.tables = {{"sku", 1, 3}};
  d.inputs = {{"person", Scope::kUser, InputKind::kCategory, 0, 0, 0},
              {"seen", Scope::kUser, InputKind::kHistory, 1, 10, 0},
              {"sku", Scope::kItem, InputKind::kCategory, 1, 0, 0}};
  Encoder seen, sku;
  seen.input = 1;
  seen.table = 0;
  seen.kind = EncoderKind::kBag;
  seen.pooling = Pooling::kMean;
  sku.input = 2;
  sku.table = 0;
  d.towers = {{Side::kUser, {seen}, {}}, {Side::kItem, {sku}, {}}};
  d.head = {HeadKind::kDot, 1, 0, 2, true};
  d.output = {OutputKind::kSigmoid, 1, 0, "probability"};

  AddParameters(c);
  AddWords(c, "vocabularies/sku", {"x-2", "x-10", "b-7"});
  AddWords(c, "users", {"zoe", "adam"});
  AddWords(c, "items", {"x-2", "x-10", "b-7"});
  AddTexts(c.tensors, "items/titles",
           std::vector<std::string>(3, std::string(200, 'o') + "h, a long title"));
  AddRows(c, "users/features/person", {}, {0, 1});
  AddRows(c, "items/features/sku", {}, {0, 1, 2});
  AddRows(c, "users/history", {0, 2, 5}, {0, 2, 1, 1, 0});
  AddFloats(c, "items/vectors", {3, 5}, Numbers(15, 99));
  for (auto& t : c.tensors) t.compress = t.name == "items/titles/text";
  return c;
}

Contents GoldenAttention() {
  Contents dot = GoldenDot(), c;
  c.description = dot.description;
  Description& d = c.description;
  d.name = "golden-attention";
  d.tables = {{"sku", 1, 4}};
  Encoder& seen = d.towers[0].encoders[0];
  seen.kind = EncoderKind::kAttention;
  seen.pooling = Pooling::kMax;
  seen.activation = Activation::kRelu;
  seen.positions = 6;
  seen.blocks = 2;
  seen.heads = 2;
  seen.feed_forward = 5;
  seen.places = Places::kBoth;
  AddParameters(c);
  for (auto& t : dot.tensors) {
    if (!t.name.starts_with("parameters/") && t.name != "items/vectors") {
      c.tensors.push_back(std::move(t));
    }
  }
  AddFloats(c, "items/vectors", {3, 6}, Numbers(18, 99));
  return c;
}

Contents GoldenFolds() {
  Contents c = GoldenCosine();
  c.description.inputs[2].bucketed = true;
  c.fold_in = FoldIn{.l2 = 0.25, .alpha0 = 0.5, .nu = 0.75, .candidates = 4, .to_mean = true};
  // The axes are a permutation.
  std::vector<double> vectors(16);
  for (size_t i = 0; i < 4; ++i) vectors[i * 4 + (i + 1) % 4] = 1;
  AddGramian(c.tensors, std::vector<double>{0.125, 0.5, 1, 2}, vectors);
  return c;
}

Contents GoldenWords(const std::vector<std::string>& words) {
  Contents c;
  Description& d = c.description;
  d.name = "golden-words";
  d.vocabularies = {{"person", KeyKind::kRange, 2, {}, {}},
                    {"word", KeyKind::kString, words.size(), {}, {}}};
  d.tables = {{"person", 0, 4}, {"word", 1, 4}};
  d.inputs = {{"person", Scope::kUser, InputKind::kCategory, 0, 0, 0},
              {"title", Scope::kItem, InputKind::kTokens, 1, 0, 0, Tokenizer::kUnicode}};
  Encoder person, title;
  person.table = 0;
  title.input = 1;
  title.table = 1;
  title.kind = EncoderKind::kBag;
  title.pooling = Pooling::kSum;
  d.towers = {{Side::kUser, {person}, {}}, {Side::kItem, {title}, {}}};
  d.head = {HeadKind::kDot, 1, -1, -1, false};
  d.output = {OutputKind::kLinear, 1, 0, "score"};

  AddParameters(c);
  std::vector<float> rows;  // all different, so that sums tell which words they are of
  for (size_t r = 0; r <= words.size(); ++r) {
    for (size_t prime : {37, 101, 211, 307}) {
      rows.push_back(static_cast<float>((r + 1) * prime % 1009) / 64);
    }
  }
  for (auto& t : c.tensors) {
    if (t.name == "parameters/tables/word") {
      t = file::OwnedTensor::From<float>(t.name, {words.size() + 1, 4}, rows);
    }
  }
  AddWords(c, "vocabularies/word", words);
  AddKeys(c.tensors, "users", std::vector<int64_t>{0, 1});
  AddKeys(c.tensors, "items", std::vector<int64_t>{1, 2});
  AddRows(c, "users/features/person", {}, {0, 1});
  AddRows(c, "items/features/title", {0, 2, 3}, {0, 1, 2});
  return c;
}

}  // namespace duomo::testing
