#include "model.h"

#include <algorithm>

#include "core/error.h"
#include "core/random.h"
#include "model/model.h"
#include "model/parameters.h"
#include "retrieval/planes.h"
#include "runtime/engine.h"

namespace duomo::bench {
namespace {

using file::OwnedTensor;
using model::Activation;
using model::Encoder;
using model::EncoderKind;
using model::InputKind;
using model::KeyKind;
using model::Scope;

constexpr size_t kUsers = 6040, kItems = 3883, kWords = 5174, kGenres = 18, kMovieIds = 3953;

uint32_t Add(model::Description& d, const char* name, Scope scope, InputKind kind, KeyKind keys,
             uint64_t size, uint32_t dim) {
  auto index = static_cast<uint32_t>(d.vocabularies.size());
  d.vocabularies.push_back({name, keys, size, {}, {}});
  d.tables.push_back({name, index, dim});
  d.inputs.push_back({name, scope, kind, static_cast<int32_t>(index), 0, 0});
  return index;
}

Encoder Embedding(uint32_t input, uint32_t dim) {
  Encoder e;
  e.input = input;
  e.table = static_cast<int32_t>(input);
  e.layers = {{dim, Activation::kTanh}};
  return e;
}

model::Description Hybrid() {
  model::Description d;
  d.name = "hybrid";
  uint32_t user =
      Add(d, "user_id", Scope::kUser, InputKind::kCategory, KeyKind::kRange, kUsers + 1, 32);
  uint32_t gender = Add(d, "gender", Scope::kUser, InputKind::kCategory, KeyKind::kString, 2, 16);
  uint32_t age = Add(d, "age", Scope::kUser, InputKind::kCategory, KeyKind::kInt64, 7, 16);
  uint32_t job = Add(d, "job", Scope::kUser, InputKind::kCategory, KeyKind::kRange, 21, 16);
  uint32_t movie =
      Add(d, "movie_id", Scope::kItem, InputKind::kCategory, KeyKind::kRange, kMovieIds, 32);
  uint32_t genres =
      Add(d, "genres", Scope::kItem, InputKind::kCategorySet, KeyKind::kString, kGenres, 32);
  uint32_t title = Add(d, "title", Scope::kItem, InputKind::kTokens, KeyKind::kString, kWords, 32);
  Encoder multi_hot, words;
  multi_hot.input = genres;
  multi_hot.table = static_cast<int32_t>(genres);
  multi_hot.kind = EncoderKind::kMultiHot;
  multi_hot.activation = Activation::kTanh;
  words.input = title;
  words.table = static_cast<int32_t>(title);
  words.kind = EncoderKind::kConvolution;
  words.windows = {3};
  words.filters = 32;
  words.activation = Activation::kTanh;
  d.towers = {
      {model::Side::kUser,
       {Embedding(user, 32), Embedding(gender, 16), Embedding(age, 16), Embedding(job, 16)},
       {{200, Activation::kTanh}}},
      {model::Side::kItem, {Embedding(movie, 32), multi_hot, words}, {{200, Activation::kTanh}}}};
  d.head = {model::HeadKind::kCosine, 5, -1, -1, false};
  d.output = {model::OutputKind::kLinear, 0.5, 2.5, "stars"};
  return d;
}

model::Description Ranking() {
  model::Description d;
  d.name = "ranking";
  d.vocabularies = {{"movie_id", KeyKind::kRange, kItems, {}, {}}};
  d.tables = {{"item", 0, 64}};
  d.inputs = {{"watched", Scope::kUser, InputKind::kHistory, 0, 50, 0},
              {"movie_id", Scope::kItem, InputKind::kCategory, 0, 0, 0}};
  Encoder watched, item;
  watched.kind = EncoderKind::kAttention;
  watched.input = 0;
  item.input = 1;
  watched.table = item.table = 0;
  watched.activation = Activation::kRelu;
  watched.positions = 50;
  watched.blocks = 2;
  watched.heads = 1;
  watched.feed_forward = 64;
  d.towers = {
      {model::Side::kJoint, {watched, item}, {{128, Activation::kRelu}, {64, Activation::kRelu}}}};
  d.head.kind = model::HeadKind::kLogistic;
  d.output = {model::OutputKind::kSigmoid, 1, 0, "probability"};
  return d;
}

std::vector<std::string> Names(const char* prefix, size_t n) {
  std::vector<std::string> names;
  for (size_t i = 0; i < n; ++i) names.push_back(StrCat(prefix, i));
  return names;
}

void AddStrings(model::Contents& c, const char* prefix, const std::vector<std::string>& values) {
  model::AddKeys(c.tensors, prefix, std::span<const std::string>(values));
}

void AddIntegers(model::Contents& c, const char* prefix, const std::vector<int64_t>& values) {
  model::AddKeys(c.tensors, prefix, std::span<const int64_t>(values));
}

void AddRows(model::Contents& c, const char* name, size_t n, size_t vocabulary, Random& random) {
  model::FeatureColumn column;
  for (size_t i = 0; i < n; ++i)
    column.rows.push_back(static_cast<uint32_t>(random.Below(vocabulary)));
  model::AddFeature(c.tensors, name, column.view());
}

void AddLists(model::Contents& c, const char* name, InputKind kind, size_t vocabulary,
              size_t longest, Random& random) {
  model::FeatureColumn column{kind, {0}, {}, {}};
  for (size_t i = 0; i < kItems; ++i) {
    for (uint64_t n = 1 + random.Below(longest); n > 0; --n) {
      column.rows.push_back(static_cast<uint32_t>(random.Below(vocabulary)));
    }
    column.offsets.push_back(column.rows.size());
  }
  model::AddFeature(c.tensors, name, column.view());
}

void AddParameters(model::Contents& c, Random& random) {
  for (const model::Parameter& p : model::ParametersOf(c.description)) {
    std::vector<float> values(p.size());
    uint64_t width = p.size() / p.shape[0];
    for (const auto& block : p.init) {
      for (uint64_t i = block.begin_row * width; i < block.end_row * width; ++i) {
        values[i] = static_cast<float>(random.Normal() * block.deviation);
      }
    }
    c.tensors.push_back(OwnedTensor::From<float>("parameters/" + p.name, p.shape, values));
  }
}

}  // namespace

void WriteModel(const std::string& path) {
  Random random(1);
  model::Contents c;
  c.description = Hybrid();
  AddStrings(c, "vocabularies/gender", {"M", "F"});
  AddIntegers(c, "vocabularies/age", {1, 18, 25, 35, 45, 50, 56});
  AddStrings(c, "vocabularies/genres", Names("genre", kGenres));
  AddStrings(c, "vocabularies/title", Names("word", kWords));
  std::vector<int64_t> users, items;
  for (size_t i = 0; i < kUsers; ++i) users.push_back(static_cast<int64_t>(i + 1));
  for (size_t i = 0; i < kItems; ++i) {  // with gaps, as real ids have
    items.push_back(static_cast<int64_t>(1 + i * (kMovieIds - 2) / (kItems - 1)));
  }
  AddIntegers(c, "users", users);
  AddIntegers(c, "items", items);
  AddRows(c, "users/features/user_id", kUsers, kUsers + 1, random);
  AddRows(c, "users/features/gender", kUsers, 2, random);
  AddRows(c, "users/features/age", kUsers, 7, random);
  AddRows(c, "users/features/job", kUsers, 21, random);
  AddRows(c, "items/features/movie_id", kItems, kMovieIds, random);
  AddLists(c, "items/features/genres", InputKind::kCategorySet, kGenres, 3, random);
  AddLists(c, "items/features/title", InputKind::kTokens, kWords, 7, random);
  model::AddTexts(c.tensors, "items/titles", Names("Film ", kItems));
  AddParameters(c, random);
  AlignedVector<std::byte> bytes = model::SaveToMemory(c);
  auto engine = runtime::Engine::Create(model::Model::OpenBuffer(bytes));
  for (model::Side side : {model::Side::kUser, model::Side::kItem}) {
    AlignedVector<float> v = engine->Freeze(side);
    c.tensors.push_back(
        OwnedTensor::From<float>(side == model::Side::kUser ? "users/vectors" : "items/vectors",
                                 {v.size() / engine->vector_width(), engine->vector_width()}, v));
    if (side != model::Side::kItem) continue;
    model::Rows rows;
    rows.data = c.tensors.back().bytes.data();
    rows.count = v.size() / engine->vector_width();
    rows.width = engine->vector_width();
    retrieval::AddPlanes(c.tensors, rows);
  }
  model::Save(path, c);
}

void WriteRankingModel(const std::string& path) {
  Random random(1);
  model::Contents c;
  c.description = Ranking();
  std::vector<int64_t> users = {1}, items;
  model::FeatureColumn ids;
  for (size_t i = 0; i < kItems; ++i) {
    items.push_back(static_cast<int64_t>(i + 1));
    ids.rows.push_back(static_cast<uint32_t>(i));
  }
  AddIntegers(c, "users", users);
  AddIntegers(c, "items", items);
  model::AddFeature(c.tensors, "items/features/movie_id", ids.view());
  AddParameters(c, random);
  model::Save(path, c);
}

}  // namespace duomo::bench
