// Top-k against brute force: score every item, sort by the returned float, ties by lower row.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <limits>
#include <memory>

#include "abi/fixtures.h"
#include "core/error.h"
#include "core/random.h"
#include "kernels/vector.h"
#include "model/quantize.h"
#include "retrieval/brute_force.h"
#include "retrieval/topk.h"

namespace duomo::retrieval {
namespace {

using model::HeadKind;

struct Opened {
  AlignedVector<std::byte> bytes;
  std::shared_ptr<const runtime::Engine> engine;
};

Opened Open(const model::Contents& contents) {
  Opened out;
  out.bytes = model::SaveToMemory(contents);
  out.engine = runtime::Engine::Create(model::Model::OpenBuffer(out.bytes));
  return out;
}

Opened Open(HeadKind head, size_t dim, std::span<const float> items) {
  std::vector<float> user(dim);
  return Open(fixtures::VectorModel(head, dim, user, items));
}

enum class Kind { kRandom, kFewValues, kAllEqual, kZeros };

std::vector<float> Draw(Random& random, Kind kind, size_t n, size_t dim) {
  std::vector<float> out(n * dim);
  for (size_t r = 0; r < n; ++r) {
    bool repeat = kind == Kind::kRandom && r > 0 && random.Below(8) == 0;
    uint64_t from = repeat ? random.Below(r) : 0;
    for (size_t i = 0; i < dim; ++i) {
      float& x = out[r * dim + i];
      if (repeat)
        x = out[from * dim + i];
      else if (kind == Kind::kRandom)
        x = static_cast<float>(random.Normal() / 4);
      else if (kind == Kind::kFewValues)
        x = static_cast<float>(random.Below(3)) - 1;
      else if (kind == Kind::kAllEqual)
        x = 0.25f;
    }
  }
  return out;
}

TEST(TopK, EqualsBruteForce) {
  Random random(7);
  SearchWorkspace work;
  for (size_t trial = 0; trial < 400; ++trial) {
    size_t dim = 1 + trial % 70;
    size_t n = trial % 9 == 0 ? random.Below(3) : random.Below(501);
    auto kind = static_cast<Kind>(random.Below(4));
    auto head = random.Below(2) == 0 ? HeadKind::kCosine : HeadKind::kDot;
    SCOPED_TRACE(StrCat("trial ", trial, " dim ", dim, " items ", n));
    Opened opened = Open(head, dim, Draw(random, kind, n, dim));
    RowMask mask;
    mask.Reset(n, false);
    uint64_t density = 1 + random.Below(20);
    for (size_t r = 0; r < n; ++r) {
      if (random.Below(density) == 0) mask.Set(r);
    }
    std::vector<float> vector =
        Draw(random, random.Below(9) == 0 ? Kind::kZeros : Kind::kRandom, 1, dim);
    for (Measure measure : {Measure::kPrediction, Measure::kCosine}) {
      for (size_t k : {size_t{1}, size_t{10}, n, n + 7, std::numeric_limits<size_t>::max()}) {
        Query q;
        q.vector = vector;
        q.k = k;
        q.measure = measure;
        for (int variant = 0; variant < 4; ++variant) {
          q.allowed = (variant & 1) != 0 ? &mask : nullptr;
          q.has_minimum = (variant & 2) != 0;
          q.minimum = measure == Measure::kCosine ? 0.125f : 2.5f;
          ExpectSame(TopK(Catalogue(*opened.engine), q, work), BruteForce(*opened.engine, q));
          if (HasFatalFailure()) return;
        }
      }
    }
  }
}

// Item vectors of two bytes or one a number: the scores are those of their floats.
TEST(TopK, EqualsBruteForceOnQuantizedVectors) {
  Random random(8);
  SearchWorkspace work;
  for (size_t trial = 0; trial < 90; ++trial) {
    size_t dim = 1 + trial % 70, n = 1 + random.Below(300);
    auto kind = static_cast<Kind>(random.Below(4));
    auto head = random.Below(2) == 0 ? HeadKind::kCosine : HeadKind::kDot;
    auto dtype = std::array{file::DType::kF16, file::DType::kBF16, file::DType::kI8}[trial % 3];
    SCOPED_TRACE(StrCat("trial ", trial, " dim ", dim, " items ", n));
    std::vector<float> user(dim), items = Draw(random, kind, n, dim);
    model::Contents contents = fixtures::VectorModel(head, dim, user, items);
    std::erase_if(contents.tensors, [](const auto& t) { return t.name == "items/vectors"; });
    model::AddRows(contents.tensors, "items/vectors", {n, dim}, items, dtype);
    Opened opened = Open(contents);
    ASSERT_EQ(opened.engine->model().items().vectors.dtype, dtype);
    RowMask mask;
    mask.Reset(n, false);
    uint64_t density = 1 + random.Below(20);
    for (size_t r = 0; r < n; ++r) {
      if (random.Below(density) == 0) mask.Set(r);
    }
    std::vector<float> vector = Draw(random, Kind::kRandom, 1, dim);
    for (Measure measure : {Measure::kPrediction, Measure::kCosine}) {
      for (const RowMask* allowed : {static_cast<const RowMask*>(nullptr), &std::as_const(mask)}) {
        Query q;
        q.vector = vector;
        q.measure = measure;
        q.allowed = allowed;
        ExpectSame(TopK(Catalogue(*opened.engine), q, work), BruteForce(*opened.engine, q));
        if (HasFatalFailure()) return;
      }
    }
  }
}

TEST(TopK, OneFloatOfManyDoublesIsATie) {
  // Dot products that differ in double but map to one float: the lower row must win, however
  // close the doubles are.
  std::vector<float> items;
  for (int i = 0; i < 200; ++i) {
    items.push_back(1);
    items.push_back(static_cast<float>(i) * 1e-12f);
  }
  Opened opened = Open(HeadKind::kDot, 2, items);
  Query q;
  std::vector<float> vector = {1, 1};
  q.vector = vector;
  q.k = 5;
  SearchWorkspace work;
  auto found = TopK(Catalogue(*opened.engine), q, work);
  ASSERT_EQ(found.size(), 5u);
  for (uint32_t i = 0; i < 5; ++i) EXPECT_EQ(found[i].row, i);
}

// A sigmoid or a number with a large offset is the same float for many heads: the better head is
// first all the same, not the lower row.
TEST(TopK, SaturatedOutputsAreOrderedByTheHead) {
  constexpr size_t kCount = 400;
  Random random(12);
  std::vector<uint32_t> place(kCount);
  for (uint32_t i = 0; i < kCount; ++i) place[i] = i;
  random.Shuffle(std::span<uint32_t>(place));
  struct Case {
    model::OutputKind kind;
    double offset;
    float from, to;
  };
  for (const Case& c : {Case{model::OutputKind::kSigmoid, 0, 20, 60},
                        Case{model::OutputKind::kSigmoid, 1, -60, -20},
                        Case{model::OutputKind::kExponential, 0, 720, 900},
                        Case{model::OutputKind::kExponential, 5, -900, -100},
                        Case{model::OutputKind::kLinear, 1e9, 0, 1}}) {
    std::vector<float> items(kCount), user(1);
    for (size_t i = 0; i < kCount; ++i) {
      items[i] = c.from + (c.to - c.from) * static_cast<float>(place[i]) / kCount;
    }
    model::Contents contents = fixtures::VectorModel(HeadKind::kDot, 1, user, items);
    contents.description.output = {c.kind, 0.5, c.offset, "points"};
    Opened opened = Open(contents);
    std::vector<float> one = {1};
    for (bool planes : {false, true}) {
      for (size_t k : {size_t{1}, size_t{10}, kCount}) {
        Query q;
        q.vector = one;
        q.k = k;
        SearchWorkspace work;
        Catalogue catalogue(*opened.engine, planes);
        auto found = TopK(catalogue, q, work);
        ExpectSame(found, BruteForce(*opened.engine, q));
        ASSERT_EQ(found.size(), k);
        for (uint32_t i = 0; i < k; ++i) EXPECT_EQ(place[found[i].row], kCount - 1 - i);
      }
    }
  }
}

TEST(TopK, VectorsThatAreNotNumbersStillGiveNumbers) {
  Random random(3);
  Opened opened = Open(HeadKind::kDot, 3, Draw(random, Kind::kRandom, 100, 3));
  SearchWorkspace work;
  for (float bad : {std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity(),
                    -std::numeric_limits<float>::infinity()}) {
    std::vector<float> vector = {bad, 1, 0};
    Query q;
    q.vector = vector;
    q.k = 100;
    for (Measure measure : {Measure::kPrediction, Measure::kCosine}) {
      q.measure = measure;
      auto found = TopK(Catalogue(*opened.engine), q, work);
      ASSERT_EQ(found.size(), 100u);
      for (const Hit& hit : found) EXPECT_TRUE(std::isfinite(hit.score));
    }
  }
}

TEST(TopK, CosineLeavesTheBiasColumnsOut) {
  model::Contents contents = fixtures::PlayerModel();
  Opened opened = Open(contents);
  ASSERT_EQ(opened.engine->vector_width(), 9u);
  SearchWorkspace work;
  AlignedVector<float> buffer;
  for (uint32_t row = 0; row < fixtures::kItems; ++row) {
    Query q;
    q.vector = opened.engine->Vector(model::Side::kItem, row, buffer);
    q.k = fixtures::kItems;
    q.measure = Measure::kCosine;
    auto found = TopK(Catalogue(*opened.engine), q, work);
    ExpectSame(found, BruteForce(*opened.engine, q));
    EXPECT_NEAR(found[0].score, 1, 1e-6);
  }
}

TEST(TopK, NeedsItemVectors) {
  model::Contents contents = fixtures::ShopModel(false);
  std::erase_if(contents.tensors, [](const auto& t) { return t.name == "items/vectors"; });
  Opened opened = Open(contents);
  std::vector<float> vector(opened.engine->vector_width());
  Query q;
  q.vector = vector;
  SearchWorkspace work;
  try {
    (void)TopK(Catalogue(*opened.engine), q, work);
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.status(), Status::kUnsupported);
  }
}

TEST(TopK, EveryInstructionSetHasTheSameDots) {
  Random random(11);
  for (size_t dim = 1; dim <= 70; ++dim) {
    std::vector<float> a = Draw(random, Kind::kRandom, 1, dim),
                       b = Draw(random, Kind::kRandom, 9, dim);
    for (const kernels::VectorKernels* set : kernels::AllVector()) {
      double dots[9];
      set->dots(a.data(), b.data(), dim, 9, dots);
      for (size_t r = 0; r < 9; ++r) {
        EXPECT_EQ(std::bit_cast<uint64_t>(dots[r]),
                  std::bit_cast<uint64_t>(Dot(a.data(), b.data() + r * dim, dim)))
            << set->name << " dim " << dim;
      }
    }
  }
}

}  // namespace
}  // namespace duomo::retrieval
