// Lists: every vector within its list's radius, all lists exact, and a few of them nearly so.
#include "retrieval/lists.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <cmath>

#include "abi/fixtures.h"
#include "core/error.h"
#include "retrieval/brute_force.h"
#include "retrieval/drawn_vectors.h"
#include "retrieval/planes.h"
#include "retrieval/topk.h"

namespace duomo::retrieval {
namespace {

using model::HeadKind;

TEST(Lists, HoldEveryVectorWithinItsRadius) {
  Random random(31);
  for (Kind kind : {Kind::kNoise, Kind::kClusters, Kind::kZeros, Kind::kAllEqual}) {
    for (size_t n : {size_t{1}, size_t{2}, size_t{500}}) {
      size_t dim = 1 + random.Below(30);
      std::vector<float> items = Draw(random, kind, n, dim);
      ListOptions options;
      options.lists = 17;
      ListTensors lists = MakeLists(RowsOf(items, dim), options);
      size_t count = lists.radii.size();
      ASSERT_EQ(count, std::min<size_t>(n, 17));
      ASSERT_EQ(lists.begins.front(), 0u);
      ASSERT_EQ(lists.begins.back(), n);
      ASSERT_TRUE(std::is_sorted(lists.begins.begin(), lists.begins.end()));
      std::vector<uint32_t> order = lists.order;
      std::sort(order.begin(), order.end());
      for (uint32_t i = 0; i < n; ++i) ASSERT_EQ(order[i], i);
      for (size_t l = 0; l < count; ++l) {
        for (uint32_t r = lists.begins[l]; r < lists.begins[l + 1]; ++r) {
          double squares = 0;
          for (size_t d = 0; d < dim; ++d) {
            double left = double{items[lists.order[r] * dim + d]} - lists.centres[l * dim + d];
            squares += left * left;
          }
          ASSERT_LE(std::sqrt(squares), double{lists.radii[l]});
        }
      }
    }
  }
}

TEST(Lists, AllOfThemAreExactAndSomeFindMost) {
  Random random(32);
  size_t dim = 32, n = 20'000;
  std::vector<float> drawn = Draw(random, Kind::kLowRank, n, dim);
  Normalize(drawn, dim);
  ListOptions options;
  options.lists = 100;
  ListTensors lists = MakeLists(RowsOf(drawn, dim), options);
  std::vector<float> items(n * dim);
  for (size_t r = 0; r < n; ++r) {
    std::copy_n(drawn.data() + lists.order[r] * dim, dim, items.data() + r * dim);
  }
  model::Contents contents =
      fixtures::VectorModel(HeadKind::kCosine, dim, std::vector<float>(dim), items);
  AddPlanes(contents.tensors, RowsOf(items, dim));
  auto add = [&]<typename T>(const char* name, std::vector<uint64_t> shape, std::span<const T> x) {
    contents.tensors.push_back(
        file::OwnedTensor::From<T>(StrCat("items/lists/", name), std::move(shape), x));
  };
  add("begins", {101}, std::span<const uint32_t>(lists.begins));
  add("centres", {100, dim}, std::span<const float>(lists.centres));
  add("radii", {100}, std::span<const float>(lists.radii));
  uint32_t probes = 8;
  add("probes", {1}, std::span<const uint32_t>(&probes, 1));
  AlignedVector<std::byte> bytes = model::SaveToMemory(contents);
  auto engine = runtime::Engine::Create(model::Model::OpenBuffer(bytes));
  Catalogue catalogue(*engine);
  ASSERT_EQ(catalogue.planes().lists.size(), 100u);

  // Queries are somewhere between two items.
  std::vector<float> vectors(60 * dim);
  for (size_t i = 0; i < 60; ++i) {
    const float* a = items.data() + random.Below(n) * dim;
    const float* b = items.data() + random.Below(n) * dim;
    for (size_t d = 0; d < dim; ++d) vectors[i * dim + d] = a[d] + 0.3f * b[d];
  }
  std::vector<uint32_t> excluded;
  for (uint32_t r = 0; r < n; r += 3) excluded.push_back(r);
  RowMask few, most;
  few.Reset(n, false);
  most.Reset(n, true);
  for (uint32_t r = 0; r < n; ++r) {
    if (random.Below(10) == 0) few.Set(r);
    if (random.Below(10) == 0) most.Clear(r);
  }
  SearchWorkspace work;
  size_t found = 0, fewer = 0;
  for (size_t i = 0; i < 60; ++i) {
    Query q;
    q.vector = std::span(vectors).subspan(i * dim, dim);
    q.approximate = true;
    q.measure = i % 2 == 0 ? Measure::kPrediction : Measure::kCosine;
    if (i % 3 == 0) q.excluded = excluded;
    if (i % 5 == 0) q.allowed = &most;
    std::vector<Hit> exact = BruteForce(*engine, q);
    q.probes = 100;
    ExpectSame(TopK(catalogue, q, work), exact);
    q.probes = 1000;
    ExpectSame(TopK(catalogue, q, work), exact);
    q.probes = 0;
    for (const Hit& hit : TopK(catalogue, q, work)) {
      found += std::any_of(exact.begin(), exact.end(), [&](const Hit& e) {
        return e.row == hit.row &&
               std::bit_cast<uint32_t>(e.score) == std::bit_cast<uint32_t>(hit.score);
      });
    }
    q.probes = 1;
    fewer += TopK(catalogue, q, work).front().row != exact.front().row;
    // Few are allowed, or one list has too few: exact.
    q.allowed = &few;
    ExpectSame(TopK(catalogue, q, work), BruteForce(*engine, q));
    q.allowed = nullptr;
    const ItemSet some(few);
    q.set = &some;
    ExpectSame(TopK(catalogue, q, work), BruteForce(*engine, q));
    q.set = nullptr;
    q.k = n;
    ExpectSame(TopK(catalogue, q, work), BruteForce(*engine, q));
  }
  EXPECT_GE(found, 60u * 10 * 9 / 10);
  EXPECT_GT(fewer, 0u);  // one list is not all of them
}

}  // namespace
}  // namespace duomo::retrieval
