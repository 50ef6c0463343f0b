// Bounds that are certain, and a search by them that equals brute force.
#include "retrieval/planes.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cfloat>
#include <cmath>
#include <limits>
#include <memory>
#include <thread>

#include "abi/fixtures.h"
#include "core/error.h"
#include "core/random.h"
#include "kernels/vector.h"
#include "model/quantize.h"
#include "retrieval/brute_force.h"
#include "retrieval/drawn_vectors.h"
#include "retrieval/topk.h"

namespace duomo::retrieval {
namespace {

using model::HeadKind;

// The axes to try: none, by the spectrum, a few; and as they are made when a file is opened.
constexpr std::array<PlaneOptions, 4> kOptions = {
    PlaneOptions{0}, {PlaneOptions::kChoose}, {4}, {PlaneOptions::kChoose, true}};

TEST(Planes, BoundsAreCertain) {
  Random random(21);
  size_t informative = 0, bounds_seen = 0;
  for (int trial = 0; trial < 400; ++trial) {
    size_t dim = trial % 7 == 0 ? 1 + random.Below(513) : 1 + random.Below(40);
    size_t n = 1 + random.Below(100);
    auto kind = static_cast<Kind>(random.Below(static_cast<uint64_t>(Kind::kKinds)));
    std::vector<float> items = Draw(random, kind, n, dim),
                       query = Draw(random, Kind::kNoise, 1, dim);
    if (random.Below(3) == 0) std::copy_n(items.begin(), dim, query.begin());
    for (const PlaneOptions& options : kOptions) {
      PlaneTensors made = MakePlanes(RowsOf(items, dim), options);
      model::Planes planes = made.view();
      PlaneQuery q;
      if (!q.Prepare(planes, query)) continue;
      for (const kernels::ScreenKernels* set : kernels::AllScreen()) {
        auto hits = std::make_unique<kernels::ScreenHits>();
        auto left = std::make_unique<Survivors>();
        kernels::ScreenQuery ask = q.screen();
        ask.threshold = std::numeric_limits<float>::quiet_NaN();
        ask.hits = hits.get();
        (planes.axes.empty() ? set->nibbles : set->bytes)(&ask, planes.first, planes.groups,
                                                          planes.blocks());
        ASSERT_EQ(hits->count, planes.blocks());
        left->count = n;
        for (size_t row = 0; row < n; ++row) {
          left->rows[row] = static_cast<uint32_t>(row);
          left->bounds[row] = hits->bounds[row / 16][row % 16];
        }
        q.Tighten(planes, std::numeric_limits<double>::quiet_NaN(), *left);
        ASSERT_EQ(left->count, n);
        for (size_t row = 0; row < n; ++row) {
          double dot = kernels::Vector().dot(query.data(), items.data() + row * dim, dim);
          double bound = double{left->bounds[row]} * q.unit();
          // What is compared in a search: not to be skipped where the dot product is just enough.
          ASSERT_FALSE(left->bounds[row] <= q.UnitsBelow(dot) && dot > bound + 1e-44)
              << set->name << " trial " << trial << " row " << row << " axes " << options.axes
              << options.quick;
          ASSERT_GE(left->upper[row], dot - std::abs(dot) * 1e-12 - 1e-44)
              << "trial " << trial << " row " << row << " axes " << options.axes << options.quick;
          ++bounds_seen;
          informative += left->upper[row] < bound;
        }
      }
    }
  }
  EXPECT_GT(informative * 2, bounds_seen);  // the second plane knows more than the first
}

struct Opened {
  AlignedVector<std::byte> bytes;
  std::shared_ptr<const runtime::Engine> engine;
};

Opened Open(HeadKind head, size_t dim, std::span<const float> items, file::DType dtype) {
  std::vector<float> user(dim);
  model::Contents contents = fixtures::VectorModel(head, dim, user, items);
  std::erase_if(contents.tensors, [](const auto& t) { return t.name == "items/vectors"; });
  model::AddRows(contents.tensors, "items/vectors", {items.size() / dim, dim}, items, dtype);
  Opened out;
  out.bytes = model::SaveToMemory(contents);
  out.engine = runtime::Engine::Create(model::Model::OpenBuffer(out.bytes));
  return out;
}

Team Threads(size_t size) {
  Team team;
  team.size = size;
  team.run = [size](const std::function<void(size_t)>& work) {
    std::vector<std::thread> threads;
    for (size_t i = 1; i < size; ++i) threads.emplace_back(work, i);
    work(0);
    for (std::thread& t : threads) t.join();
  };
  return team;
}

// Several queries at once, with masks, exclusions and minimums of their own, on several threads.
void Compare(const Catalogue& catalogue, Random& random, Kind kind, size_t dim, size_t count,
             size_t threads) {
  size_t n = catalogue.engine().model().items().count;
  std::vector<float> vectors = Draw(random, kind == Kind::kWild ? Kind::kNoise : kind, count, dim);
  if (random.Below(2) == 0) Normalize(vectors, dim);
  RowMask mask;
  mask.Reset(n, false);
  uint64_t density = 1 + random.Below(20);
  for (size_t r = 0; r < n; ++r) {
    if (random.Below(density) == 0) mask.Set(r);
  }
  RowMask half, whole;
  half.Reset(n, false);
  whole.Reset(n, true);
  for (size_t r = 0; r < n; ++r) {
    if (random.Below(2) == 0) half.Set(r);
  }
  const ItemSet sets[] = {ItemSet(half), ItemSet(whole)};
  std::vector<std::vector<uint32_t>> excluded(count);
  std::vector<Query> queries(count);
  auto measure = random.Below(3) == 0 ? Measure::kCosine : Measure::kPrediction;
  for (size_t i = 0; i < count; ++i) {
    Query& q = queries[i];
    q.vector = std::span(vectors).subspan(i * dim, dim);
    size_t ks[] = {1, 10, 37, n, n + 7, std::numeric_limits<size_t>::max(), 0};
    q.k = ks[random.Below(std::size(ks))];
    q.measure = measure;
    if (random.Below(2) == 0) q.allowed = &mask;
    if (random.Below(2) == 0) q.set = &sets[random.Below(2)];
    if (random.Below(2) == 0 && n > 0) {
      for (size_t j = random.Below(n); j > 0; --j) {
        excluded[i].push_back(static_cast<uint32_t>(random.Below(n)));
      }
    }
    q.excluded = excluded[i];
    q.has_minimum = random.Below(4) == 0;
    q.minimum = static_cast<float>(random.Normal());
  }
  SearchWorkspace work;
  TopK(catalogue, queries, Threads(threads), work);
  ASSERT_EQ(work.ends.size(), count);
  size_t begin = 0;
  for (size_t i = 0; i < count; ++i) {
    SCOPED_TRACE(StrCat("query ", i, " of ", count, " k ", queries[i].k, " threads ", threads));
    ExpectSame(std::span(work.hits).subspan(begin, work.ends[i] - begin),
               BruteForce(catalogue.engine(), queries[i]));
    begin = work.ends[i];
  }
}

TEST(Planes, SearchesEqualBruteForce) {
  Random random(22);
  for (int trial = 0; trial < 300; ++trial) {
    size_t dim = trial % 9 == 0 ? 1 + random.Below(513) : 1 + random.Below(48);
    size_t n = trial % 9 == 0 ? random.Below(300) : random.Below(trial % 5 == 0 ? 5001 : 700);
    auto kind = static_cast<Kind>(random.Below(static_cast<uint64_t>(Kind::kKinds)));
    auto head = random.Below(2) == 0 ? HeadKind::kCosine : HeadKind::kDot;
    SCOPED_TRACE(StrCat("trial ", trial, " dim ", dim, " items ", n, " kind ", int(kind)));
    std::vector<float> items = Draw(random, kind, n, dim);
    if (random.Below(2) == 0) Normalize(items, dim);
    auto dtype =
        kind != Kind::kWild && random.Below(4) == 0 ? file::DType::kBF16 : file::DType::kF32;
    Opened opened = Open(head, dim, items, dtype);
    for (const PlaneOptions& options : kOptions) {
      Catalogue catalogue(*opened.engine,
                          MakePlanes(opened.engine->model().items().vectors, options));
      ASSERT_EQ(catalogue.planes().empty(), n == 0);
      Compare(catalogue, random, kind, dim, 1 + random.Below(20), 1 + random.Below(3));
      if (HasFatalFailure()) return;
    }
  }
}

// More rows wait than a search keeps, and more queries than go through the catalogue together.
TEST(Planes, ItemsThatCodesCannotTellApart) {
  Random random(27);
  const size_t dim = 24, n = 5000, count = 300;
  std::vector<float> base = Draw(random, Kind::kNoise, 1, dim), items(n * dim), users(count * dim);
  auto near = [&](std::vector<float>& out, double by) {
    for (size_t i = 0; i < out.size(); ++i) {
      out[i] = base[i % dim] + static_cast<float>(by * random.Normal());
    }
    Normalize(out, dim);
  };
  near(items, 1e-3);
  near(users, 0.5);
  Opened opened = Open(HeadKind::kCosine, dim, items, file::DType::kF32);
  std::vector<Query> queries(count);
  for (size_t i = 0; i < count; ++i) {
    queries[i].vector = std::span(users).subspan(i * dim, dim);
    queries[i].k = 1 + i % 20;
  }
  for (const PlaneOptions& options : kOptions) {
    Catalogue catalogue(*opened.engine,
                        MakePlanes(opened.engine->model().items().vectors, options));
    SearchWorkspace work;
    TopK(catalogue, queries, {}, work);
    for (size_t i = 0, begin = 0; i < count; begin = work.ends[i++]) {
      ExpectSame(std::span(work.hits).subspan(begin, work.ends[i] - begin),
                 BruteForce(*opened.engine, queries[i]));
    }
  }
}

// Enough items for several members of a team to share one query, and several chunks.
TEST(Planes, ManyItemsOnManyThreads) {
  Random random(23);
  size_t dim = 24, n = 140'000;
  for (Kind kind : {Kind::kNoise, Kind::kLowRank}) {
    std::vector<float> items = Draw(random, kind, n, dim);
    Normalize(items, dim);
    Opened opened = Open(HeadKind::kCosine, dim, items, file::DType::kF32);
    Catalogue catalogue(*opened.engine, true);
    EXPECT_EQ(catalogue.planes().axes.empty(), kind == Kind::kNoise);
    for (size_t threads = 1; threads <= 8; ++threads) {
      Compare(catalogue, random, kind, dim, threads % 2 == 1 ? 1 : 5, threads);
      if (HasFatalFailure()) return;
    }
  }
}

// A mask leaves a block or two of a chunk: fewer than the four groups that a search begins with.
TEST(Planes, FewBlocksWithHits) {
  Random random(28);
  size_t dim = 16, n = 4096;
  std::vector<float> items = Draw(random, Kind::kNoise, n, dim),
                     vector = Draw(random, Kind::kNoise, 1, dim);
  Opened opened = Open(HeadKind::kDot, dim, items, file::DType::kF32);
  Catalogue catalogue(*opened.engine, true);
  SearchWorkspace work;
  for (size_t blocks : {1, 2, 3, 5}) {
    RowMask mask;
    mask.Reset(n, false);
    for (size_t b = 0; b < blocks; ++b) {
      for (size_t i = 0; i < 16; ++i) mask.Set(b * 160 + i);
    }
    for (size_t k : {1, 3, 8, 17}) {
      Query q;
      q.vector = vector;
      q.k = k;
      q.allowed = &mask;
      ExpectSame(TopK(catalogue, q, work), BruteForce(*opened.engine, q));
    }
  }
}

// Items of one length each, from the least float to the greatest, and queries likewise: the best is
// found in every company, also with planes that files of before have, whose limits know of all
// items.
TEST(Planes, LengthsOfEveryFloat) {
  Random random(29);
  const size_t dim = 24, n = 600;
  const float lengths[] = {1e-45f, 1e-40f, 1e-30f, 1e-10f, 1,      1e10f,
                           1e29f,  1e31f,  1e34f,  1e37f,  FLT_MAX};
  SearchWorkspace work;
  for (float long_one : lengths) {
    for (float other : {1e-45f, 1.0f, 1e34f, FLT_MAX}) {
      std::vector<float> items(n * dim);
      for (size_t r = 0; r < n; ++r) {
        float length = random.Below(20) == 0 ? long_one : other;
        for (size_t d = 0; d < dim; ++d) {
          items[r * dim + d] = length * static_cast<float>(2 * random.Uniform() - 1);
        }
      }
      for (HeadKind head : {HeadKind::kDot, HeadKind::kCosine}) {
        Opened opened = Open(head, dim, items, file::DType::kF32);
        for (const PlaneOptions& options : kOptions) {
          PlaneTensors made = MakePlanes(opened.engine->model().items().vectors, options);
          for (bool before : {false, true}) {
            if (before) made.limits[model::kMostNorm] = std::numeric_limits<float>::infinity();
            Catalogue catalogue(*opened.engine, made);
            for (float length : lengths) {
              std::vector<float> vector(dim);
              for (float& x : vector) x = length * static_cast<float>(2 * random.Uniform() - 1);
              Query q;
              q.vector = vector;
              q.k = 1 + random.Below(12);
              q.measure = random.Below(2) == 0 ? Measure::kCosine : Measure::kPrediction;
              SCOPED_TRACE(StrCat("items of ", other, " and ", long_one, ", query of ", length));
              ExpectSame(TopK(catalogue, q, work), BruteForce(*opened.engine, q));
              if (HasFatalFailure()) return;
            }
          }
        }
      }
    }
  }
}

TEST(Planes, AreChosenByTheSpectrum) {
  Random random(24);
  size_t dim = 64;
  std::vector<float> noise = Draw(random, Kind::kNoise, 2000, dim);
  std::vector<float> low = Draw(random, Kind::kLowRank, 2000, dim);
  EXPECT_TRUE(MakePlanes(RowsOf(noise, dim)).axes.empty());
  EXPECT_EQ(MakePlanes(RowsOf(low, dim)).view().dimensions(), 8u);
  PlaneTensors made = MakePlanes(RowsOf(low, dim));
  EXPECT_LT(LeftOutEnergy(made.view(), RowsOf(low, dim)), 0.01);
  EXPECT_GT(LeftOutEnergy(made.view(), RowsOf(noise, dim)), 0.5);
  // Given the axes, the codes are the same again.
  PlaneTensors again = MakePlanesAlong(RowsOf(low, dim), made.axes);
  EXPECT_EQ(again.first, made.first);
  EXPECT_EQ(again.second, made.second);
  EXPECT_EQ(again.limits, made.limits);
}

// At open: no more than some microseconds a vector, and no memory beyond that of the vectors.
TEST(Planes, AreMadeQuicklyAtOpen) {
  Random random(30);
  auto quick = [&](Kind kind, size_t n, size_t dim) {
    std::vector<float> items = Draw(random, kind, n, dim);
    return MakePlanes(RowsOf(items, dim), {.quick = true});
  };
  // The axes of few wide vectors take longer to find than they can save.
  EXPECT_TRUE(quick(Kind::kLowRank, 300, 700).axes.empty());
  EXPECT_EQ(quick(Kind::kLowRank, 300, 700).count, 300u);
  EXPECT_TRUE(quick(Kind::kLowRank, 300, 64).axes.empty());
  EXPECT_FALSE(quick(Kind::kLowRank, 5000, 64).axes.empty());
  EXPECT_FALSE(quick(Kind::kLowRank, 20000, 200).axes.empty());
  EXPECT_EQ(quick(Kind::kNoise, 300, kWidestQuick + 1).count, 0u);
  // Without them a catalogue is searched all the same.
  for (size_t dim : {kWidestQuick, kWidestQuick + 1}) {
    std::vector<float> items = Draw(random, Kind::kNoise, 300, dim);
    Opened opened = Open(HeadKind::kDot, dim, items, file::DType::kF32);
    Catalogue catalogue(*opened.engine, true);
    EXPECT_EQ(catalogue.planes().empty(), dim > kWidestQuick);
    Compare(catalogue, random, Kind::kNoise, dim, 5, 1);
  }
}

// What is stored in a file is what is made, and a file with planes gives the same answers.
TEST(Planes, ThroughAFile) {
  Random random(25);
  size_t dim = 40, n = 3000;
  for (Kind kind : {Kind::kNoise, Kind::kLowRank}) {
    std::vector<float> items = Draw(random, kind, n, dim);
    model::Contents contents =
        fixtures::VectorModel(HeadKind::kDot, dim, std::vector<float>(dim), items);
    AddPlanes(contents.tensors, RowsOf(items, dim));
    AlignedVector<std::byte> bytes = model::SaveToMemory(contents);
    auto engine = runtime::Engine::Create(model::Model::OpenBuffer(bytes));
    Catalogue catalogue(*engine);
    ASSERT_EQ(catalogue.planes().count, n);
    Compare(catalogue, random, kind, dim, 9, 1);
    // Planes of other shapes are refused by name.
    for (auto& t : contents.tensors) {
      if (t.name != "items/planes/second") continue;
      t.shape[0] -= 1;
      t.bytes.resize(t.shape[0]);
    }
    try {
      (void)model::SaveToMemory(contents);
      FAIL();
    } catch (const Error& error) {
      EXPECT_NE(std::string_view(error.what()).find("items/planes/second"), std::string_view::npos);
    }
  }
}

// Files with planes as they were first written: searched, and made again to the byte.
TEST(Planes, OfGoldenFiles) {
  Random random(26);
  for (const char* name : {"axes", "halves", "lists"}) {
    SCOPED_TRACE(name);
    auto m = model::Model::Open(StrCat(DUOMO_GOLDEN, "/v2/good/", name, ".duomo"));
    const model::Planes& planes = m->items().planes;
    ASSERT_EQ(planes.count, 300u);
    EXPECT_EQ(planes.axes.empty(), std::string_view(name) == "halves");
    EXPECT_EQ(planes.lists.size(), std::string_view(name) == "lists" ? 12u : 0u);
    EXPECT_EQ(m->file().minimum_reader_version(), 1u);
    PlaneTensors made =
        MakePlanesAlong(m->items().vectors, {planes.axes.begin(), planes.axes.end()});
    EXPECT_TRUE(std::equal(made.first.begin(), made.first.end(), planes.first));
    EXPECT_TRUE(std::equal(made.second.begin(), made.second.end(), planes.second));
    EXPECT_TRUE(std::equal(made.limits.begin(), made.limits.end(), planes.limits.begin()));
    auto engine = runtime::Engine::Create(m);
    Catalogue catalogue(*engine);
    for (int i = 0; i < 5; ++i) Compare(catalogue, random, Kind::kNoise, 20, 7, 2);
  }
}

}  // namespace
}  // namespace duomo::retrieval
