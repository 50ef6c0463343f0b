#include "abi/fixtures.h"

#include <algorithm>

#include "core/error.h"
#include "core/narrow.h"
#include "core/random.h"
#include "model/parameters.h"
#include "runtime/engine.h"

namespace duomo::fixtures {
namespace {

using file::OwnedTensor;
using model::Contents;
using model::Encoder;
using model::EncoderKind;
using model::FeatureColumn;
using model::Input;
using model::InputKind;
using model::KeyKind;
using model::Scope;

// Adds a vocabulary, a table of it and an input; returns the encoder that reads it.
Encoder AddInput(model::Description& d, const std::string& name, Scope scope, InputKind kind,
                 KeyKind keys, uint64_t size, uint32_t dim, EncoderKind encoder) {
  auto index = static_cast<int32_t>(d.vocabularies.size());
  d.vocabularies.push_back({name, keys, size, {}, {}});
  d.tables.push_back({name, static_cast<uint32_t>(index), dim});
  d.inputs.push_back({name, scope, kind, index, 0, 0});
  Encoder e;
  e.input = static_cast<uint32_t>(d.inputs.size() - 1);
  e.kind = encoder;
  e.table = index;
  e.pooling = encoder == EncoderKind::kBag ? model::Pooling::kMean : model::Pooling::kMax;
  return e;
}

Encoder AddNumber(model::Description& d, const std::string& name, float fallback) {
  d.inputs.push_back({name, Scope::kPair, InputKind::kNumber, -1, 0, fallback});
  Encoder e;
  e.input = static_cast<uint32_t>(d.inputs.size() - 1);
  e.kind = EncoderKind::kNumber;
  return e;
}

std::vector<int64_t> Ids(int64_t first, int64_t step, size_t n) {
  std::vector<int64_t> ids;
  for (size_t i = 0; i < n; ++i) ids.push_back(first + step * static_cast<int64_t>(i));
  return ids;
}

std::vector<std::string> Names(const char* prefix, size_t n) {
  std::vector<std::string> names;
  for (size_t i = 0; i < n; ++i) names.push_back(StrCat(prefix, i));
  return names;
}

template <typename Row>
FeatureColumn Categories(size_t n, const Row& row) {
  FeatureColumn column;
  for (size_t i = 0; i < n; ++i) column.rows.push_back(static_cast<uint32_t>(row(i)));
  return column;
}

template <typename Rows>
FeatureColumn Lists(InputKind kind, size_t n, const Rows& rows) {
  FeatureColumn column{kind, {0}, {}, {}};
  for (size_t i = 0; i < n; ++i) {
    for (size_t row : rows(i)) column.rows.push_back(static_cast<uint32_t>(row));
    column.offsets.push_back(column.rows.size());
  }
  return column;
}

void AddStrings(Contents& c, const std::string& prefix, std::vector<std::string> values) {
  model::AddKeys(c.tensors, prefix, std::span<const std::string>(values));
}

void AddIntegers(Contents& c, const std::string& prefix, std::vector<int64_t> values) {
  model::AddKeys(c.tensors, prefix, std::span<const int64_t>(values));
}

void AddHistory(Contents& c) {
  FeatureColumn history = Lists(InputKind::kHistory, kUsers, [](size_t u) {
    return std::vector<size_t>{u, u + 1};
  });
  model::AddFeature(c.tensors, "users/history", history.view());
}

std::vector<size_t> Tags(size_t row, size_t tags) {
  std::vector<size_t> out = {row % tags};
  if (row % 3 == 0 && row % tags != 0) out.push_back(0);
  return out;
}

}  // namespace

void AddParameters(Contents& contents, uint64_t seed) {
  Random random(seed);
  for (const model::Parameter& p : model::ParametersOf(contents.description)) {
    std::vector<float> values(ToSize(p.size()));
    for (float& v : values) v = static_cast<float>(random.Normal() * 0.1);
    uint64_t width = p.size() / p.shape[0];
    for (const auto& block : p.init) {
      for (uint64_t i = block.begin_row * width; i < block.end_row * width; ++i) {
        values[ToSize(i)] = static_cast<float>(random.Normal() * block.deviation);
      }
    }
    contents.tensors.push_back(OwnedTensor::From<float>("parameters/" + p.name, p.shape, values));
  }
}

void AddVectors(Contents& contents, bool users) {
  AlignedVector<std::byte> bytes = model::SaveToMemory(contents);
  auto engine = runtime::Engine::Create(model::Model::OpenBuffer(bytes));
  uint64_t width = engine->vector_width();
  auto add = [&](const char* name, model::Side side) {
    AlignedVector<float> v = engine->Freeze(side);
    contents.tensors.push_back(OwnedTensor::From<float>(name, {v.size() / width, width}, v));
  };
  add("items/vectors", model::Side::kItem);
  if (users) add("users/vectors", model::Side::kUser);
}

Contents VectorModel(model::HeadKind head, size_t dim, std::span<const float> users,
                     std::span<const float> items) {
  Contents c;
  model::Description& d = c.description;
  d.name = "vectors";
  auto width = static_cast<uint32_t>(dim);
  Encoder user = AddInput(d, "user", Scope::kUser, InputKind::kCategory, KeyKind::kRange, 1, width,
                          EncoderKind::kEmbedding);
  Encoder tags = AddInput(d, "tags", Scope::kItem, InputKind::kCategorySet, KeyKind::kString, 5,
                          width, EncoderKind::kBag);
  AddInput(d, "shelf", Scope::kItem, InputKind::kCategory, KeyKind::kRange, 4, width,
           EncoderKind::kEmbedding);
  d.towers = {{model::Side::kUser, {user}, {}}, {model::Side::kItem, {tags}, {}}};
  d.head = {head, 2, -1, -1, false};
  d.output = {model::OutputKind::kLinear, 0.5, 2.5, "points"};
  AddStrings(c, "vocabularies/tags", Names("t", 5));
  size_t n_users = users.size() / dim, n_items = items.size() / dim;
  if (n_users > 0) {
    AddIntegers(c, "users", Ids(100, 1, n_users));
    model::AddFeature(c.tensors, "users/features/user",
                      Categories(n_users, [](size_t) { return 0; }).view());
  }
  if (n_items > 0) {
    AddIntegers(c, "items", Ids(0, 1, n_items));
    model::AddFeature(
        c.tensors, "items/features/tags",
        Lists(InputKind::kCategorySet, n_items, [](size_t r) { return Tags(r, 5); }).view());
    model::AddFeature(c.tensors, "items/features/shelf",
                      Categories(n_items, [](size_t r) { return r % 4; }).view());
  }
  c.tensors.push_back(OwnedTensor::From<float>("users/vectors", {n_users, dim}, users));
  c.tensors.push_back(OwnedTensor::From<float>("items/vectors", {n_items, dim}, items));
  AddParameters(c, 1);
  return c;
}

void AddAttributes(Contents& c, size_t items) {
  using model::AttributeKind;
  model::AttributeColumn price{{"price", AttributeKind::kNumber}, {}, {}, {}, {}},
      year{{"year", AttributeKind::kInteger}, {}, {}, {}, {}},
      added{{"added", AttributeKind::kTime}, {}, {}, {}, {}},
      brand{{"brand", AttributeKind::kCategory}, {"acme", "blau", "größe"}, {}, {}, {}},
      labels{{"labels", AttributeKind::kSet}, {"sale", "new", "vegan"}, {}, {}, {}};
  for (size_t r = 0; r < items; ++r) {
    price.numbers.push_back(r % 10 == 9 ? model::kMissingNumber : 1 + 0.5 * static_cast<double>(r));
    year.integers.push_back(r % 7 == 6 ? model::kMissingInteger
                                       : 1980 + static_cast<int64_t>(r % 40));
    added.integers.push_back(1'600'000'000 + 86'400 * static_cast<int64_t>(r));
  }
  brand.rows = Categories(items, [](size_t r) { return r % 4 == 3 ? 3 : r % 3; });
  labels.rows = Lists(InputKind::kCategorySet, items, [](size_t r) {
    static const std::vector<size_t> kSets[] = {{}, {1}, {1, 0}, {0}, {1, 0, 2}};
    return kSets[r % 5];
  });
  for (const auto& column : {price, year, added, brand, labels}) {
    c.attributes.push_back(column.info);
    model::AddAttribute(c.tensors, column);
  }
}

Contents ShopModel(bool user_vectors) {
  Contents c;
  model::Description& d = c.description;
  d.name = "shop";
  Encoder plan = AddInput(d, "plan", Scope::kUser, InputKind::kCategory, KeyKind::kString, 2, 6,
                          EncoderKind::kEmbedding);
  Encoder age = AddInput(d, "age", Scope::kUser, InputKind::kCategory, KeyKind::kInt64, 3, 6,
                         EncoderKind::kEmbedding);
  age.layers = {{5, model::Activation::kTanh}};
  Encoder id = AddInput(d, "id", Scope::kItem, InputKind::kCategory, KeyKind::kInt64, kItems, 8,
                        EncoderKind::kEmbedding);
  Encoder tags = AddInput(d, "tags", Scope::kItem, InputKind::kCategorySet, KeyKind::kString, 3, 4,
                          EncoderKind::kMultiHot);
  Encoder codes = AddInput(d, "codes", Scope::kItem, InputKind::kCategorySet, KeyKind::kInt64, 3, 4,
                           EncoderKind::kBag);
  Encoder title = AddInput(d, "title", Scope::kItem, InputKind::kTokens, KeyKind::kString, 5, 6,
                           EncoderKind::kConvolution);
  title.windows = {3};
  title.filters = 6;
  title.activation = model::Activation::kTanh;
  std::vector<model::Dense> layers = {{20, model::Activation::kTanh}};
  d.towers = {{model::Side::kUser, {plan, age}, layers},
              {model::Side::kItem, {id, tags, codes, title}, layers}};
  d.head = {model::HeadKind::kCosine, 5, -1, -1, false};
  d.output = {model::OutputKind::kLinear, 0.5, 2.5, "stars"};
  AddStrings(c, "vocabularies/plan", {"free", "paid"});
  AddIntegers(c, "vocabularies/age", {10, 20, 30});
  AddIntegers(c, "vocabularies/id", Ids(1000, 3, kItems));
  AddStrings(c, "vocabularies/tags", {"red", "green", "blue"});
  AddIntegers(c, "vocabularies/codes", {9, 7, 8});
  AddStrings(c, "vocabularies/title", {"blau", "lamp", "chair", "große", "the"});
  AddIntegers(c, "users", Ids(1, 1, kUsers));
  AddIntegers(c, "items", Ids(1000, 3, kItems));
  auto feature = [&](const char* name, const FeatureColumn& column) {
    model::AddFeature(c.tensors, name, column.view());
  };
  feature("users/features/plan", Categories(kUsers, [](size_t i) { return i % 2; }));
  feature("users/features/age", Categories(kUsers, [](size_t i) { return i % 3; }));
  feature("items/features/id", Categories(kItems, [](size_t i) { return i; }));
  feature("items/features/tags",
          Lists(InputKind::kCategorySet, kItems, [](size_t i) { return Tags(i, 3); }));
  feature("items/features/codes", Lists(InputKind::kCategorySet, kItems,
                                        [](size_t i) { return std::vector<size_t>{i % 3}; }));
  feature("items/features/title", Lists(InputKind::kTokens, kItems, [](size_t i) {
            return std::vector<size_t>{4, i % 4, i % 2 + 1};
          }));
  std::vector<std::string> titles = Names("Große Lampe ", kItems);
  model::AddTexts(c.tensors, "items/titles", titles);
  AddHistory(c);
  AddAttributes(c, kItems);
  AddParameters(c, 2);
  AddVectors(c, user_vectors);
  return c;
}

Contents PlayerModel(bool string_keys) {
  Contents c;
  model::Description& d = c.description;
  d.name = "player";
  Encoder user = AddInput(d, "user", Scope::kUser, InputKind::kCategory, KeyKind::kString, kUsers,
                          6, EncoderKind::kEmbedding);
  Encoder seen = AddInput(d, "seen", Scope::kUser, InputKind::kHistory, KeyKind::kRange, kItems, 7,
                          EncoderKind::kBag);
  Encoder item = AddInput(d, "item", Scope::kItem, InputKind::kCategory, KeyKind::kString, kItems,
                          9, EncoderKind::kEmbedding);
  d.inputs[seen.input].max_length = 4;
  std::vector<model::Dense> layers = {{11, model::Activation::kRelu},
                                      {7, model::Activation::kIdentity}};
  d.towers = {{model::Side::kUser, {user, seen}, layers}, {model::Side::kItem, {item}, layers}};
  d.head = {model::HeadKind::kDot, 3, static_cast<int32_t>(user.input),
            static_cast<int32_t>(item.input), true};
  d.output = {model::OutputKind::kSigmoid, 1, 0, "probability"};
  AddStrings(c, "vocabularies/user", Names("u", kUsers));
  AddStrings(c, "vocabularies/item", Names("i", kItems));
  if (string_keys) {
    AddStrings(c, "users", Names("u", kUsers));
    AddStrings(c, "items", Names("i", kItems));
  } else {
    AddIntegers(c, "users", Ids(0, 1, kUsers));
    AddIntegers(c, "items", Ids(0, 1, kItems));
  }
  auto same = [](size_t i) { return i; };
  model::AddFeature(c.tensors, "users/features/user", Categories(kUsers, same).view());
  model::AddFeature(c.tensors, "items/features/item", Categories(kItems, same).view());
  AddHistory(c);
  AddParameters(c, 3);
  AddVectors(c, false);
  return c;
}

Contents ClubModel(std::span<const size_t> users, std::span<const size_t> items) {
  constexpr uint32_t kDim = 8;
  Contents c;
  model::Description& d = c.description;
  d.name = "club";
  Encoder town = AddInput(d, "town", Scope::kUser, InputKind::kCategory, KeyKind::kString, 4, kDim,
                          EncoderKind::kEmbedding);
  Encoder author = AddInput(d, "author", Scope::kItem, InputKind::kCategory, KeyKind::kString, 5,
                            kDim, EncoderKind::kEmbedding);
  AddInput(d, "genres", Scope::kItem, InputKind::kCategorySet, KeyKind::kString, 3, kDim,
           EncoderKind::kBag);
  d.towers = {{model::Side::kUser, {town}, {}}, {model::Side::kItem, {author}, {}}};
  d.head = {model::HeadKind::kDot, 1, -1, -1, false};
  d.output = {model::OutputKind::kLinear, 1, 2, "stars"};
  AddStrings(c, "vocabularies/town", Names("t", 4));
  AddStrings(c, "vocabularies/author", Names("a", 5));
  AddStrings(c, "vocabularies/genres", Names("g", 3));
  auto side = [&](const char* prefix, const char* key, const char* title,
                  std::span<const size_t> numbers) {
    std::vector<std::string> keys, titles;
    std::vector<float> vectors;
    for (size_t n : numbers) {
      keys.push_back(StrCat(key, n));
      titles.push_back(StrCat(title, n));
      Random random(n * 2 + (prefix[0] == 'u' ? 1 : 0));
      for (uint32_t i = 0; i < kDim; ++i) {
        vectors.push_back(static_cast<float>(random.Normal() / 2));
      }
    }
    AddStrings(c, prefix, keys);
    model::AddTexts(c.tensors, StrCat(prefix, "/titles"), titles);
    c.tensors.push_back(
        OwnedTensor::From<float>(StrCat(prefix, "/vectors"), {numbers.size(), kDim}, vectors));
  };
  side("users", "member-", "Member ", users);
  side("items", "book-", "Book ", items);
  auto feature = [&](const char* name, const FeatureColumn& column) {
    model::AddFeature(c.tensors, name, column.view());
  };
  feature("users/features/town", Categories(users.size(), [&](size_t r) { return users[r] % 4; }));
  feature("items/features/author",
          Categories(items.size(), [&](size_t r) { return items[r] % 5; }));
  feature("items/features/genres", Lists(InputKind::kCategorySet, items.size(),
                                         [&](size_t r) { return Tags(items[r], 3); }));
  feature("users/history", Lists(InputKind::kHistory, users.size(), [&](size_t r) {
            std::vector<size_t> out;
            for (size_t i = 0; i < 3; ++i) {
              auto book = std::find(items.begin(), items.end(), users[r] % kItems + i);
              if (book != items.end()) out.push_back(static_cast<size_t>(book - items.begin()));
            }
            return out;
          }));
  AddParameters(c, 6);
  return c;
}

Contents JointModel() {
  Contents c;
  model::Description& d = c.description;
  d.name = "joint";
  Encoder user = AddInput(d, "user", Scope::kUser, InputKind::kCategory, KeyKind::kRange, kUsers, 6,
                          EncoderKind::kEmbedding);
  Encoder item = AddInput(d, "item", Scope::kItem, InputKind::kCategory, KeyKind::kRange, kItems, 6,
                          EncoderKind::kEmbedding);
  Encoder delay = AddNumber(d, "delay", 3);
  delay.normalization = model::Normalization::kStandard;
  delay.square = delay.root = true;
  Encoder shown = AddNumber(d, "shown", 0);
  d.towers = {{model::Side::kJoint, {user, item, delay, shown}, {{10, model::Activation::kRelu}}}};
  d.head = {model::HeadKind::kLogistic, 1, -1, -1, false};
  d.output = {model::OutputKind::kExponential, 60, 0, "seconds"};
  AddIntegers(c, "users", Ids(0, 1, kUsers));
  AddIntegers(c, "items", Ids(0, 1, kItems));
  auto same = [](size_t i) { return i; };
  model::AddFeature(c.tensors, "users/features/user", Categories(kUsers, same).view());
  model::AddFeature(c.tensors, "items/features/item", Categories(kItems, same).view());
  std::vector<float> statistics = {3, 2};
  c.tensors.push_back(OwnedTensor::From<float>("inputs/delay/mean_deviation", {2}, statistics));
  AddParameters(c, 4);
  return c;
}

Contents RankingModel() {
  Contents c = JointModel();
  model::Description& d = c.description;
  d.name = "ranking";
  for (Input& input : d.inputs) {
    if (input.name == "shown") input.name = "candidate_score";
  }
  Encoder seen = AddInput(d, "seen", Scope::kUser, InputKind::kHistory, KeyKind::kRange, kItems, 5,
                          EncoderKind::kBag);
  d.inputs[seen.input].max_length = 4;
  d.towers[0].encoders.push_back(seen);
  for (const char* name : {"like_last", "like_recent"}) {
    d.towers[0].encoders.push_back(AddNumber(d, name, 0));
  }
  AddHistory(c);
  std::erase_if(c.tensors, [](const OwnedTensor& t) { return t.name.starts_with("parameters/"); });
  AddParameters(c, 5);
  return c;
}

}  // namespace duomo::fixtures
