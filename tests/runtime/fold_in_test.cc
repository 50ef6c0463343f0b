// Against the normal equations solved by Gauss's elimination in long double.
#include "runtime/fold_in.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <numeric>

#include "core/error.h"
#include "core/random.h"
#include "kernels/vector.h"
#include "model/samples.h"

namespace duomo::runtime {
namespace {

using model::HeadKind;

struct Shape {
  size_t items = 12, width = 6;
  HeadKind head = HeadKind::kDot;
  bool biases = false;
};

std::vector<float> Numbers(size_t n, uint64_t seed) {
  Random random(seed);
  std::vector<float> out(n);
  for (float& x : out) x = static_cast<float>(static_cast<int>(random.Below(2000)) - 1000) / 1024;
  return out;
}

// Users and items by their ids alone; no users are stored.
model::Contents Plain(const Shape& shape) {
  model::Contents c;
  model::Description& d = c.description;
  d.name = "plain";
  auto width = static_cast<uint32_t>(shape.width);
  for (uint32_t i = 0; i < 2; ++i) {
    const char* name = i == 0 ? "user" : "item";
    d.vocabularies.push_back(
        {name, model::KeyKind::kRange, i == 0 ? 1 : static_cast<uint64_t>(shape.items), {}, {}});
    d.tables.push_back({name, i, width});
    d.inputs.push_back({name, i == 0 ? model::Scope::kUser : model::Scope::kItem,
                        model::InputKind::kCategory, static_cast<int32_t>(i), 0, 0});
    model::Encoder encoder;
    encoder.input = i;
    encoder.table = static_cast<int32_t>(i);
    d.towers.push_back({i == 0 ? model::Side::kUser : model::Side::kItem, {encoder}, {}});
  }
  d.head.kind = shape.head;
  auto floats = [&](const std::string& name, std::vector<uint64_t> size, uint64_t seed) {
    size_t n = 1;
    for (uint64_t s : size) n *= s;
    c.tensors.push_back(file::OwnedTensor::From<float>(name, size, Numbers(n, seed)));
  };
  floats("parameters/tables/user", {2, shape.width}, 1);
  floats("parameters/tables/item", {shape.items + 1, shape.width}, 2);
  if (shape.biases) {
    d.head.user_bias = 0;
    d.head.item_bias = 1;
    d.head.global_bias = true;
    floats("parameters/head/user_bias", {2, 1}, 3);
    floats("parameters/head/item_bias", {shape.items + 1, 1}, 4);
    floats("parameters/head/global_bias", {1}, 5);
  }
  std::vector<int64_t> keys(shape.items);
  std::iota(keys.begin(), keys.end(), 100);
  model::AddKeys(c.tensors, "items", keys);
  model::FeatureColumn rows;
  for (uint32_t i = 0; i < shape.items; ++i) rows.rows.push_back(i);
  model::AddFeature(c.tensors, "items/features/item", rows.view());
  return c;
}

// With the item vectors that the towers make.
model::Contents Frozen(const Shape& shape) {
  model::Contents c = Plain(shape);
  auto bytes = model::SaveToMemory(c);
  auto engine = Engine::Create(model::Model::OpenBuffer(bytes));
  auto vectors = engine->Freeze(model::Side::kItem);
  c.tensors.push_back(file::OwnedTensor::From<float>(
      "items/vectors", {shape.items, engine->vector_width()}, vectors));
  return c;
}

struct Opened {
  explicit Opened(const model::Contents& c)
      : bytes(model::SaveToMemory(c)), engine(Engine::Create(model::Model::OpenBuffer(bytes))) {}
  std::vector<float> Fold(const std::vector<uint32_t>& items,
                          const std::vector<float>& weights = {}) {
    std::vector<float> out(engine->vector_width());
    FoldIn(*engine, items, weights, out.data(), work);
    return out;
  }
  std::vector<float> Stranger() {
    std::vector<float> out(engine->vector_width());
    engine->Encode(model::Side::kUser, {1, {}}, out.data(), work);
    return out;
  }
  std::vector<float> Item(uint32_t row) {
    AlignedVector<float> buffer;
    auto found = engine->Vector(model::Side::kItem, row, buffer);
    return {found.begin(), found.end()};
  }
  AlignedVector<std::byte> bytes;
  std::shared_ptr<const Engine> engine;
  Workspace work;
};

using Matrix = std::vector<std::vector<long double>>;

std::vector<long double> Eliminate(Matrix a, std::vector<long double> b) {
  size_t n = b.size();
  for (size_t k = 0; k < n; ++k) {
    size_t best = k;
    for (size_t i = k; i < n; ++i) best = std::abs(a[i][k]) > std::abs(a[best][k]) ? i : best;
    std::swap(a[k], a[best]);
    std::swap(b[k], b[best]);
    for (size_t i = k + 1; i < n; ++i) {
      long double f = a[i][k] / a[k][k];
      for (size_t j = k; j < n; ++j) a[i][j] -= f * a[k][j];
      b[i] -= f * b[k];
    }
  }
  for (size_t k = n; k-- > 0;) {
    for (size_t j = k + 1; j < n; ++j) b[k] -= a[k][j] * b[j];
    b[k] /= a[k][k];
  }
  return b;
}

// The free part, by the sums as fold_in.h of model writes them; `gramian` may be empty.
std::vector<long double> Reference(Opened& m, const std::vector<uint32_t>& items,
                                   const std::vector<float>& weights, const model::FoldIn* f,
                                   const Matrix& gramian) {
  std::vector<float> user = m.Stranger();
  size_t whole = user.size(), width = TowerWidth(m.engine->model().description(),
                                                 m.engine->model().description().towers[0]);
  long double total = 0, squares = 0;
  for (size_t i = 0; i < items.size(); ++i) {
    long double w = weights.empty() ? 1 : weights[i];
    total += w;
    auto y = m.Item(items[i]);
    for (size_t j = 0; j < width; ++j) squares += w * y[j] * y[j];
  }
  long double l2 =
      f == nullptr ? squares / total
                   : f->l2 * std::pow(total + f->alpha0 * static_cast<long double>(f->candidates),
                                      static_cast<long double>(f->nu));
  Matrix a(width, std::vector<long double>(width));
  std::vector<long double> b(width);
  for (size_t j = 0; j < width; ++j) {
    a[j][j] += l2;
    if (f != nullptr && f->to_mean) b[j] += l2 * user[j];
    for (size_t k = 0; k < width && !gramian.empty(); ++k) a[j][k] += f->alpha0 * gramian[j][k];
  }
  for (size_t i = 0; i < items.size(); ++i) {
    long double w = weights.empty() ? 1 : weights[i], t = 1;
    auto y = m.Item(items[i]);
    if (f != nullptr && f->target != 0) {
      t = f->target;
      for (size_t j = width; j < whole; ++j) t -= static_cast<long double>(user[j]) * y[j];
    }
    for (size_t j = 0; j < width; ++j) {
      b[j] += w * t * y[j];
      for (size_t k = 0; k < width; ++k) a[j][k] += w * y[j] * y[k];
    }
  }
  return Eliminate(a, b);
}

void ExpectClose(const std::vector<float>& found, const std::vector<long double>& expected) {
  for (size_t j = 0; j < expected.size(); ++j) {
    EXPECT_NEAR(found[j], static_cast<double>(expected[j]), 2e-6) << j;
  }
}

// A Gramian with known eigenvectors: a reflection's.
struct Gram {
  std::vector<double> values, vectors;
  Matrix matrix;
  explicit Gram(size_t n) : matrix(n, std::vector<long double>(n)) {
    std::vector<float> v = Numbers(n, 77);
    double squares = 0;
    for (float x : v) squares += double{x} * x;
    for (size_t j = 0; j < n; ++j) {
      values.push_back(0.25 + static_cast<double>(j));
      for (size_t k = 0; k < n; ++k)
        vectors.push_back((j == k) - 2 * double{v[j]} * v[k] / squares);
    }
    for (size_t e = 0; e < n; ++e) {
      for (size_t j = 0; j < n; ++j) {
        for (size_t k = 0; k < n; ++k) {
          matrix[j][k] +=
              static_cast<long double>(values[e]) * vectors[e * n + j] * vectors[e * n + k];
        }
      }
    }
  }
};

const std::vector<uint32_t> kFew = {3, 7, 1}, kMany = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 3, 3};

TEST(FoldInTest, DefaultIsLeastSquares) {
  Opened m(Frozen({}));
  for (const auto& items : {kFew, kMany}) {
    ExpectClose(m.Fold(items), Reference(m, items, {}, nullptr, {}));
  }
}

TEST(FoldInTest, WeightsCountLikeRepetition) {
  Opened m(Frozen({}));
  std::vector<float> weighted = m.Fold({3, 7}, {3, 1}), repeated = m.Fold({3, 3, 7, 3});
  for (size_t j = 0; j < weighted.size(); ++j) EXPECT_NEAR(weighted[j], repeated[j], 1e-6);
  std::vector<float> weights = {0.5f, 2, 10};
  ExpectClose(m.Fold(kFew, weights), Reference(m, kFew, weights, nullptr, {}));
}

TEST(FoldInTest, ImplicitSystemWithGramianAndMean) {
  Shape shape;
  for (double nu : {0.0, 1.0, 0.5, -0.75}) {
    for (bool to_mean : {false, true}) {
      model::Contents c = Frozen(shape);
      Gram gram(shape.width);
      c.fold_in =
          model::FoldIn{.l2 = 0.05, .alpha0 = 0.3, .nu = nu, .candidates = 12, .to_mean = to_mean};
      model::AddGramian(c.tensors, gram.values, gram.vectors);
      Opened m(c);
      for (const auto& items : {kFew, kMany}) {
        std::vector<float> weights(items.size(), 1.0f);
        weights[1] = 4;
        ExpectClose(m.Fold(items, weights), Reference(m, items, weights, &*c.fold_in, gram.matrix));
      }
      // Without axes the Gramian is diagonal.
      std::erase_if(c.tensors, [](const auto& t) { return t.name == "fold_in/axes"; });
      Matrix diagonal(shape.width, std::vector<long double>(shape.width));
      for (size_t j = 0; j < shape.width; ++j) diagonal[j][j] = gram.values[j];
      Opened plain(c);
      ExpectClose(plain.Fold(kFew), Reference(plain, kFew, {}, &*c.fold_in, diagonal));
    }
  }
}

TEST(FoldInTest, BiasesAreThoseOfAnUnknownUser) {
  model::Contents c = Frozen({.biases = true});
  Opened m(c);
  std::vector<float> found = m.Fold(kFew), stranger = m.Stranger();
  ASSERT_EQ(found.size(), 8u);
  EXPECT_EQ(found[6], stranger[6]);
  EXPECT_EQ(found[7], 1);
  ExpectClose(found, Reference(m, kFew, {}, nullptr, {}));
  // With a target what the biases say already is taken off.
  c.fold_in = model::FoldIn{.l2 = 1e-3, .target = 2};
  Opened aimed(c);
  found = aimed.Fold(kFew);
  ExpectClose(found, Reference(aimed, kFew, {}, &*c.fold_in, {}));
  for (uint32_t item : kFew) {
    auto y = aimed.Item(item);
    EXPECT_NEAR(kernels::Vector().dot(found.data(), y.data(), found.size()), 2, 0.01);
  }
}

TEST(FoldInTest, FixedColumnsAreBiases) {
  // Of 6 columns the second stands for biases: as if it were not there, and then as it is.
  for (double target : {0.0, 3.0}) {
    model::Contents c = Frozen({});
    c.fold_in = model::FoldIn{.l2 = 0.3, .target = target, .fixed = {1}};
    Opened m(c);
    for (const auto& items : {kFew, kMany}) {
      std::vector<float> found = m.Fold(items), stranger = m.Stranger();
      EXPECT_EQ(found[1], stranger[1]);
      Matrix a(5, std::vector<long double>(5));
      std::vector<long double> b(5);
      for (size_t j = 0; j < 5; ++j) a[j][j] = 0.3;
      for (uint32_t item : items) {
        auto y = m.Item(item);
        long double t = target == 0 ? 1 : target - static_cast<long double>(stranger[1]) * y[1];
        y.erase(y.begin() + 1);
        for (size_t j = 0; j < 5; ++j) {
          b[j] += t * y[j];
          for (size_t k = 0; k < 5; ++k) a[j][k] += static_cast<long double>(y[j]) * y[k];
        }
      }
      found.erase(found.begin() + 1);
      ExpectClose(found, Eliminate(a, b));
    }
  }
}

TEST(FoldInTest, CosineHeadsGetUnitVectors) {
  Opened m(Frozen({.head = HeadKind::kCosine}));
  std::vector<float> found = m.Fold(kFew);
  EXPECT_NEAR(kernels::Vector().dot(found.data(), found.data(), found.size()), 1, 1e-6);
  auto expected = Reference(m, kFew, {}, nullptr, {});
  long double length = 0;
  for (long double x : expected) length += x * x;
  for (long double& x : expected) x /= std::sqrt(length);
  ExpectClose(found, expected);
  auto one = m.Fold({5}), item = m.Item(5);
  for (size_t j = 0; j < item.size(); ++j) EXPECT_NEAR(one[j], item[j], 1e-6);
}

TEST(FoldInTest, NothingKnownIsAnUnknownUser) {
  Opened m(Frozen({.biases = true}));
  EXPECT_EQ(m.Fold({}), m.Stranger());
  EXPECT_EQ(m.Fold({12, 999, UINT32_MAX}), m.Stranger());
  EXPECT_EQ(m.Fold({3, 999, 7, 1}, {2, 50, 3, 4}), m.Fold(kFew, {2, 3, 4}));
}

TEST(FoldInTest, QuantisedItemsAreTheirFloats) {
  model::Contents c = Frozen({});
  Opened i8(testing::Quantized(c, file::DType::kI8));
  ExpectClose(i8.Fold(kMany), Reference(i8, kMany, {}, nullptr, {}));
}

// The same numbers on every machine: computed here once, by GCC 12 on an x86-64.
TEST(FoldInTest, BitsAreFixed) {
  Shape shape{.items = 40, .width = 24};
  model::Contents c = Frozen(shape);
  Gram gram(shape.width);
  c.fold_in =
      model::FoldIn{.l2 = 0.02, .alpha0 = 0.1, .nu = 0.7, .candidates = 40, .to_mean = true};
  model::AddGramian(c.tensors, gram.values, gram.vectors);
  Opened m(c);
  std::vector<uint32_t> most(33);
  std::iota(most.begin(), most.end(), 2);
  auto hash = [](const std::vector<float>& vector) {
    uint64_t h = 14695981039346656037u;
    for (float x : vector) h = (h ^ std::bit_cast<uint32_t>(x)) * 1099511628211u;
    return h;
  };
  EXPECT_EQ(hash(m.Fold({3, 7, 1}, {1, 2, 0.5f})), 4724487904399292272u);
  EXPECT_EQ(hash(m.Fold(most)), 7357692939414961015u);
}

TEST(FoldInTest, HistoriesOfAnyLengthAreBounded) {
  // Wider than a system of equations may be: the latest items count.
  Opened m(Frozen({.items = 3, .width = size_t{1} << 20}));
  std::vector<uint32_t> items(900, 1);
  std::fill_n(items.rbegin(), 4, 2);
  EXPECT_EQ(m.Fold(items), m.Fold({2, 2, 2, 2})) << "4 rows of 2^20 numbers are 32 MB";
  Opened narrow(Frozen({}));
  std::vector<uint32_t> many(100'000, 1);
  many[0] = 2;
  ExpectClose(narrow.Fold(many), Reference(narrow, many, {}, nullptr, {}));
}

TEST(FoldInTest, WhatCannotBeSolvedIsAnError) {
  auto fails = [](const model::Contents& c, const std::vector<uint32_t>& items,
                  const std::vector<float>& weights, Status status) {
    try {
      Opened m(c);
      std::vector<float> found = m.Fold(items, weights);
      for (float x : found) EXPECT_TRUE(std::isfinite(x));
      ADD_FAILURE() << "no error";
    } catch (const Error& error) {
      EXPECT_EQ(error.status(), status) << error.message();
    }
  };
  model::Contents c = Frozen({});
  auto& vectors = testing::TensorOf(c, "items/vectors");
  auto put = [&](size_t at, float x) { reinterpret_cast<float*>(vectors.bytes.data())[at] = x; };
  put(6 * 3 + 2, NAN);
  fails(c, kFew, {}, Status::kCorrupt);
  fails(c, kMany, {}, Status::kCorrupt);
  put(6 * 3 + 2, INFINITY);
  fails(c, kFew, {}, Status::kCorrupt);
  // Large numbers are no trouble by themselves.
  put(6 * 3 + 2, 3e38f);
  Opened large(c);
  for (float x : large.Fold(kFew, {3e38f, 1e-38f, 1})) EXPECT_TRUE(std::isfinite(x));

  model::Contents gram = Frozen({});
  gram.fold_in = model::FoldIn{.l2 = 0.1, .alpha0 = 1};
  Gram g(6);
  g.values[2] = NAN;
  model::AddGramian(gram.tensors, g.values, g.vectors);
  fails(gram, kFew, {}, Status::kCorrupt);
  Opened m(Plain({}));
  std::vector<float> out(6);
  EXPECT_THROW(FoldIn(*m.engine, kFew, {}, out.data(), m.work), Error) << "no item vectors";
  for (const auto& d : {testing::HistoryDescription(), testing::JointDescription()}) {
    Opened other(testing::ContentsOf(d));
    EXPECT_FALSE(FoldsIn(*other.engine));
    EXPECT_THROW(RequireFoldIn(*other.engine), Error);
  }
}

}  // namespace
}  // namespace duomo::runtime
