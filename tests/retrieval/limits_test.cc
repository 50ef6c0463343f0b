// Lists with at most so many of a value, against walking through the whole order; and searches of
// users.
#include "retrieval/limits.h"

#include <gtest/gtest.h>

#include <map>
#include <set>
#include <thread>

#include "abi/fixtures.h"
#include "core/random.h"
#include "retrieval/brute_force.h"

namespace duomo::retrieval {
namespace {

using model::HeadKind;
using model::Side;

struct Opened {
  AlignedVector<std::byte> bytes;
  std::shared_ptr<const runtime::Engine> engine;
};

std::vector<float> Draw(Random& random, size_t n, size_t dim, bool few_values) {
  std::vector<float> out(n * dim);
  for (float& x : out) {
    x = few_values ? static_cast<float>(random.Below(3)) - 1
                   : static_cast<float>(random.Normal() / 4);
  }
  return out;
}

Opened Open(HeadKind head, size_t dim, std::span<const float> users, std::span<const float> items) {
  Opened out;
  out.bytes = model::SaveToMemory(fixtures::VectorModel(head, dim, users, items));
  out.engine = runtime::Engine::Create(model::Model::OpenBuffer(out.bytes));
  return out;
}

// A column of drawn values: a category, or sets of up to three, some twice and some beyond `known`.
struct Values {
  Values(Random& random, size_t rows, uint64_t n, bool sets) : known(n) {
    column.kind = sets ? model::InputKind::kCategorySet : model::InputKind::kCategory;
    if (sets) column.offsets.push_back(0);
    for (size_t row = 0; row < rows; ++row) {
      size_t count = sets ? random.Below(4) : 1;
      for (size_t i = 0; i < count; ++i) {
        column.rows.push_back(static_cast<uint32_t>(random.Below(known + 1)));
      }
      if (sets) column.offsets.push_back(column.rows.size());
    }
  }
  Column view() const { return {column.view(), known}; }

  model::FeatureColumn column;
  uint64_t known;
};

// The definition, word for word.
std::vector<Hit> Greedy(std::span<const Hit> order, size_t k, const Walk& walk, size_t query) {
  std::vector<Hit> out;
  std::vector<std::map<uint32_t, size_t>> counts(walk.limits.size());
  for (const Hit& hit : order) {
    if (out.size() == k) break;
    if (walk.refuses != nullptr && walk.refuses(query, hit.row)) continue;
    bool fits = true;
    std::vector<std::set<uint32_t>> values(walk.limits.size());
    for (size_t i = 0; i < walk.limits.size(); ++i) {
      const Limit& limit = walk.limits[i];
      for (uint32_t value : limit.column.rows.RowsOf(hit.row)) {
        if (value < limit.column.known) values[i].insert(value);
      }
      for (uint32_t value : values[i]) fits &= counts[i][value] < limit.at_most;
    }
    if (!fits) continue;
    for (size_t i = 0; i < values.size(); ++i) {
      for (uint32_t value : values[i]) ++counts[i][value];
    }
    out.push_back(hit);
  }
  return out;
}

Team TeamOf(size_t size) {
  return {size, [size](const std::function<void(size_t)>& work) {
            std::vector<std::thread> threads;
            for (size_t i = 0; i < size; ++i) threads.emplace_back([&, i] { work(i); });
            for (auto& thread : threads) thread.join();
          }};
}

TEST(Limits, EqualTheGreedyWalk) {
  Random random(21);
  SearchWorkspace work;
  size_t short_lists = 0;
  for (size_t trial = 0; trial < 250; ++trial) {
    // Some so large, with few values, that the search in one pass gives up.
    const size_t dim = 1 + random.Below(24), n = random.Below(trial % 25 == 0 ? 16000 : 1200);
    auto items = Draw(random, n, dim, trial % 3 == 0);  // of few values: many ties
    auto head = random.Below(2) == 0 ? HeadKind::kCosine : HeadKind::kDot;
    Opened opened = Open(head, dim, {}, items);
    Catalogue catalogue(*opened.engine, trial % 2 == 0);
    // Few values, so that limits bite; up to three columns at once.
    std::vector<Values> columns;
    std::vector<Limit> limits;
    for (size_t i = 0; i < 1 + random.Below(3); ++i) {
      columns.emplace_back(random, n, 1 + random.Below(trial % 4 == 0 ? 400 : 12),
                           random.Below(2) == 0);
    }
    for (const Values& v : columns) limits.push_back({v.view(), 1 + random.Below(5)});
    Walk walk{limits};
    if (trial % 5 == 0) {
      walk.refuses = [](size_t query, uint32_t row) { return (row + query) % 3 != 0; };
    }
    RowMask mask, in_set;
    mask.Reset(n, false);
    in_set.Reset(n, true);
    for (size_t row = 0; row < n; ++row) {
      if (random.Below(2) == 0) mask.Set(row);
      if (random.Below(4) == 0) in_set.Clear(row);
    }
    const ItemSet set(in_set);
    std::vector<uint32_t> excluded;
    for (size_t i = 0; i < std::min<size_t>(n, 20); ++i) {
      excluded.push_back(static_cast<uint32_t>(random.Below(n)));
    }
    std::vector<Query> queries;
    std::vector<std::vector<float>> vectors;
    for (size_t i = 0; i < 1 + random.Below(6); ++i) vectors.push_back(Draw(random, 1, dim, false));
    for (size_t i = 0; i < vectors.size(); ++i) {
      Query q;
      q.vector = vectors[i];
      q.k = std::array<size_t, 6>{0, 1, 10, 50, n, SIZE_MAX}[random.Below(6)];
      q.measure = random.Below(2) == 0 ? Measure::kPrediction : Measure::kCosine;
      if (random.Below(3) == 0) q.allowed = &mask;
      if (random.Below(3) == 0) q.set = &set;
      if (random.Below(3) == 0) q.excluded = excluded;
      q.has_minimum = random.Below(4) == 0;
      q.minimum = q.measure == Measure::kCosine ? 0.1f : 2.5f;
      queries.push_back(q);
    }
    TopKOnWalk(catalogue, queries, walk, TeamOf(1 + trial % 3), work);
    ASSERT_EQ(work.ends.size(), queries.size());
    for (size_t i = 0, begin = 0; i < queries.size(); begin = work.ends[i++]) {
      SCOPED_TRACE(StrCat("trial ", trial, " query ", i));
      Query all = queries[i];
      all.k = n;
      RowMask both = set.rows();
      if (all.set != nullptr && all.allowed != nullptr) both.And(*all.allowed);
      if (all.set != nullptr) all.allowed = &both;
      auto expected = Greedy(BruteForce(*opened.engine, all), queries[i].k, walk, i);
      short_lists += expected.size() < queries[i].k;
      ExpectSame(std::span(work.hits).subspan(begin, work.ends[i] - begin), expected);
      if (HasFatalFailure()) return;
    }
  }
  EXPECT_GT(short_lists, 50u);
}

// All the best are of one value: the search goes on until the others come.
TEST(Limits, NeverShortWhereThereAreEnough) {
  constexpr size_t kItems = 20000, kDim = 4;
  Random random(22);
  auto items = Draw(random, kItems, kDim, false);
  for (size_t row = 0; row < kItems; ++row) {
    items[row * kDim] = row < kItems - 30 ? 50 : 0;
  }
  Opened opened = Open(HeadKind::kDot, kDim, {}, items);
  Catalogue catalogue(*opened.engine, true);
  model::FeatureColumn artists;
  for (size_t row = 0; row < kItems; ++row) {
    artists.rows.push_back(row < kItems - 30 ? 0u : static_cast<uint32_t>(row - kItems + 31));
  }
  std::vector<Limit> limits = {{{artists.view(), 31}, 2}};
  std::vector<float> vector = {1, 0, 0, 0};
  Query q;
  q.vector = vector;
  q.k = 20;
  SearchWorkspace work;
  TopKOnWalk(catalogue, {&q, 1}, {limits}, {}, work);
  Query all = q;
  all.k = kItems;
  ExpectSame(work.hits, Greedy(BruteForce(*opened.engine, all), q.k, {limits}, 0));
  EXPECT_EQ(work.hits.size(), 20u);

  // A search that keeps the limit itself gives up here, and only here.
  q.limit = limits.data();
  TopK(catalogue, {&q, 1}, {}, work);
  EXPECT_EQ(work.given_up.size(), 1u);
  EXPECT_TRUE(work.hits.empty());
  for (size_t row = 0; row < kItems; ++row) artists.rows[row] = static_cast<uint32_t>(row % 31);
  limits[0].column = {artists.view(), 31};
  TopK(catalogue, {&q, 1}, {}, work);
  EXPECT_TRUE(work.given_up.empty());
  ExpectSame(work.hits, Greedy(BruteForce(*opened.engine, all), q.k, {limits}, 0));
}

// Lists of a hostile file that all are the whole: bounded work, and whatever comes is a list.
TEST(Limits, HostileListsEnd) {
  constexpr size_t kItems = 3000;
  Random random(23);
  Opened opened = Open(HeadKind::kDot, 2, {}, Draw(random, kItems, 2, false));
  std::vector<uint32_t> rows(200000);
  for (size_t i = 0; i < rows.size(); ++i) rows[i] = static_cast<uint32_t>(i * 2654435761u);
  std::vector<uint64_t> offsets;
  for (size_t i = 0; i <= kItems; ++i) offsets.push_back(i % 2 == 0 ? 0 : rows.size());
  Column column{{model::InputKind::kCategorySet, offsets, rows, {}}, UINT64_MAX};
  std::vector<Limit> limits = {{column, 1}};
  std::vector<float> vector = {1, 1};
  Query q;
  q.vector = vector;
  q.k = kItems;
  SearchWorkspace work;
  TopKOnWalk(Catalogue(*opened.engine), {&q, 1}, {limits}, {}, work);
  EXPECT_LE(work.hits.size(), kItems);
}

// Users are searched as items are, with or without codes of their vectors.
TEST(Users, EqualBruteForce) {
  Random random(24);
  SearchWorkspace work;
  for (size_t trial = 0; trial < 120; ++trial) {
    const size_t dim = 1 + random.Below(40), n = random.Below(900);
    auto users = Draw(random, n, dim, trial % 4 == 0), items = Draw(random, 30, dim, false);
    auto head = random.Below(2) == 0 ? HeadKind::kCosine : HeadKind::kDot;
    Opened opened = Open(head, dim, users, items);
    Catalogue catalogue(*opened.engine, trial % 2 == 0, Side::kUser);
    EXPECT_EQ(catalogue.planes().empty(), trial % 2 != 0 || n < kFewestForPlanes);
    RowMask mask;
    mask.Reset(n, false);
    for (size_t row = 0; row < n; ++row) {
      if (random.Below(3) == 0) mask.Set(row);
    }
    for (size_t i = 0; i < 6; ++i) {
      Query q;
      q.vector = std::span(items).subspan(i * dim, dim);
      q.k = i % 2 == 0 ? 10 : n + 1;
      q.allowed = i % 3 == 0 ? &mask : nullptr;
      q.measure = i < 3 ? Measure::kPrediction : Measure::kCosine;
      SCOPED_TRACE(StrCat("trial ", trial, " query ", i));
      ExpectSame(TopK(catalogue, q, work), BruteForce(*opened.engine, q, Side::kUser));
      if (HasFatalFailure()) return;
    }
  }
}

// A user's score for an item has the bits of the item's for the user.
TEST(Users, ScoresAreThoseOfTheItems) {
  Random random(25);
  constexpr size_t kDim = 33, kUsers = 400, kItems = 300;
  Opened opened = Open(HeadKind::kCosine, kDim, Draw(random, kUsers, kDim, false),
                       Draw(random, kItems, kDim, false));
  Catalogue items(*opened.engine, true), users(*opened.engine, true, Side::kUser);
  SearchWorkspace work;
  AlignedVector<float> buffer;
  std::map<std::pair<uint32_t, uint32_t>, uint32_t> bits;
  for (uint32_t user = 0; user < kUsers; ++user) {
    Query q;
    q.vector = opened.engine->Vector(Side::kUser, user, buffer);
    q.k = kItems;
    for (const Hit& hit : TopK(items, q, work)) {
      bits[{user, hit.row}] = std::bit_cast<uint32_t>(hit.score);
    }
  }
  for (uint32_t item = 0; item < kItems; ++item) {
    Query q;
    q.vector = opened.engine->Vector(Side::kItem, item, buffer);
    q.k = kUsers;
    for (const Hit& hit : TopK(users, q, work)) {
      ASSERT_EQ((bits[{hit.row, item}]), std::bit_cast<uint32_t>(hit.score));
    }
  }
}

// The planes and lists of users through a file.
TEST(Users, PlanesThroughAFile) {
  Random random(26);
  constexpr size_t kDim = 16, kUsers = 700;
  auto users = Draw(random, kUsers, kDim, false);
  auto contents =
      fixtures::VectorModel(HeadKind::kCosine, kDim, users, Draw(random, 5, kDim, false));
  model::Rows rows;
  rows.data = reinterpret_cast<const std::byte*>(users.data());
  rows.count = kUsers;
  rows.width = kDim;
  AddPlanes(contents.tensors, rows, "users");
  auto bytes = model::SaveToMemory(contents);
  auto engine = runtime::Engine::Create(model::Model::OpenBuffer(bytes));
  EXPECT_EQ(engine->model().users().planes.count, kUsers);
  EXPECT_TRUE(engine->model().items().planes.empty());
  Query q;
  q.vector = std::span(users).first(kDim);
  q.k = 20;
  SearchWorkspace work;
  ExpectSame(TopK(Catalogue(*engine, false, Side::kUser), q, work),
             BruteForce(*engine, q, Side::kUser));
}

}  // namespace
}  // namespace duomo::retrieval
