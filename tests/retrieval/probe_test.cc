// Approximate searches find what exact ones find: for many results, under filters and exclusions
// that take away the best, and where lists tell little.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <memory>

#include "abi/fixtures.h"
#include "core/error.h"
#include "core/random.h"
#include "retrieval/lists.h"
#include "retrieval/topk.h"

namespace duomo::retrieval {
namespace {

constexpr size_t kItems = 24'000, kWidth = 32, kQueries = 80, kSome = 16;
constexpr double kRecall = 0.95;

enum class World { kClusters, kNoise, kDot };

// Items of a few kinds bent into a curved surface, as trained towers put them; or of no kind.
class Source {
 public:
  Source(World world, Random& random) : world_(world), random_(random) {
    for (float& x : first_) x = static_cast<float>(random.Normal() / 2);
    for (float& x : second_) x = static_cast<float>(random.Normal() / 5);
    for (float& x : kinds_) x = static_cast<float>(random.Normal());
  }

  void Draw(float* out) {
    double squares = 0;
    float from[kLatent], middle[kMiddle];
    size_t kind = random_.Below(kKinds);
    for (size_t i = 0; i < kLatent; ++i) {
      from[i] = kinds_[kind * kLatent + i] + static_cast<float>(random_.Normal() / 2);
    }
    for (size_t j = 0; j < kMiddle; ++j) {
      middle[j] = 0;
      for (size_t i = 0; i < kLatent; ++i) middle[j] += from[i] * first_[i * kMiddle + j];
      middle[j] = std::tanh(middle[j]);
    }
    for (size_t d = 0; d < kWidth; ++d) {
      out[d] = 0;
      for (size_t j = 0; j < kMiddle; ++j) out[d] += middle[j] * second_[j * kWidth + d];
      if (world_ == World::kNoise) out[d] = static_cast<float>(random_.Normal());
      squares += double{out[d]} * double{out[d]};
    }
    if (world_ == World::kDot) return;
    for (size_t d = 0; d < kWidth; ++d) out[d] /= static_cast<float>(std::sqrt(squares));
  }

 private:
  static constexpr size_t kLatent = 10, kMiddle = 40, kKinds = 100;
  World world_;
  Random& random_;
  float first_[kLatent * kMiddle], second_[kMiddle * kWidth], kinds_[kKinds * kLatent];
};

class Probe : public ::testing::TestWithParam<World> {
 protected:
  Probe() {
    Source source(GetParam(), random_);
    std::vector<float> drawn(kItems * kWidth), items(kItems * kWidth);
    for (size_t r = 0; r < kItems; ++r) source.Draw(drawn.data() + r * kWidth);
    vectors_.resize(kQueries * kWidth);
    for (size_t q = 0; q < kQueries; ++q) source.Draw(vectors_.data() + q * kWidth);
    model::Rows rows;
    rows.width = kWidth;
    rows.count = kItems;
    rows.data = reinterpret_cast<const std::byte*>(drawn.data());
    const ListTensors lists = MakeLists(rows);
    for (size_t r = 0; r < kItems; ++r) {
      std::copy_n(drawn.data() + lists.order[r] * kWidth, kWidth, items.data() + r * kWidth);
    }
    rows.data = reinterpret_cast<const std::byte*>(items.data());
    auto head = GetParam() == World::kDot ? model::HeadKind::kDot : model::HeadKind::kCosine;
    model::Contents contents =
        fixtures::VectorModel(head, kWidth, std::vector<float>(kWidth), items);
    AddPlanes(contents.tensors, rows);
    auto add = [&]<typename T>(const char* name, std::vector<uint64_t> shape,
                               std::span<const T> x) {
      contents.tensors.push_back(
          file::OwnedTensor::From<T>(StrCat("items/lists/", name), std::move(shape), x));
    };
    const size_t count = lists.radii.size();
    add("begins", {count + 1}, std::span<const uint32_t>(lists.begins));
    add("centres", {count, kWidth}, std::span<const float>(lists.centres));
    add("radii", {count}, std::span<const float>(lists.radii));
    // As `duomo-convert index` does: what finds nearly all of the best ten of the whole catalogue.
    for (uint32_t probes = 1;; probes += (probes + 3) / 4) {
      add("probes", {1}, std::span<const uint32_t>(&probes, 1));
      bytes_ = model::SaveToMemory(contents);
      engine_ = runtime::Engine::Create(model::Model::OpenBuffer(bytes_));
      catalogue_ = std::make_unique<Catalogue>(*engine_);
      if (Recall(10, {}, nullptr, probes, kQueries) >= 0.975) break;
      contents.tensors.pop_back();
    }
  }

  // Rows of the best k of a query, exactly or not.
  std::vector<uint32_t> Rows(size_t query, size_t k, const RowMask* allowed,
                             std::span<const uint32_t> excluded, bool approximate,
                             size_t probes = 0) {
    Query q;
    q.vector = std::span(vectors_).subspan(query * kWidth, kWidth);
    q.k = k;
    q.allowed = allowed;
    q.excluded = excluded;
    q.approximate = approximate;
    q.probes = probes;
    std::vector<uint32_t> rows;
    for (const Hit& hit : TopK(*catalogue_, q, work_)) rows.push_back(hit.row);
    return rows;
  }

  // The part of the exact results that is found; `without`: so many of each query's best are left
  // out, by an allow list or by exclusions.
  struct LeftOut {
    size_t without = 0;
    bool by_exclusion = false;
  };
  double Recall(size_t k, LeftOut out, const RowMask* allowed, size_t probes = 0,
                size_t queries = kSome) {
    size_t found = 0, all = 0;
    for (size_t query = 0; query < queries; ++query) {
      std::vector<uint32_t> best = Rows(query, out.without, allowed, {}, false), excluded;
      RowMask mask;
      const RowMask* mine = allowed;
      if (out.by_exclusion) {
        excluded = best;
      } else if (out.without > 0) {
        allowed != nullptr ? (void)(mask = *allowed) : mask.Reset(kItems, true);
        for (uint32_t row : best) mask.Clear(row);
        mine = &mask;
      }
      auto exact = Rows(query, k, mine, excluded, false);
      auto some = Rows(query, k, mine, excluded, true, probes);
      std::sort(exact.begin(), exact.end());
      std::sort(some.begin(), some.end());
      std::vector<uint32_t> both;
      std::set_intersection(exact.begin(), exact.end(), some.begin(), some.end(),
                            std::back_inserter(both));
      found += both.size();
      all += exact.size();
    }
    return static_cast<double>(found) / static_cast<double>(all);
  }

  Random random_{41};
  std::vector<float> vectors_;
  AlignedVector<std::byte> bytes_;
  std::shared_ptr<const runtime::Engine> engine_;
  std::unique_ptr<Catalogue> catalogue_;
  SearchWorkspace work_;
};

TEST_P(Probe, FindsWhatIsThereForEveryK) {
  for (size_t k : {2, 10, 30, 100, 300, 1000}) {
    EXPECT_GE(Recall(k, {}, nullptr, 0, kQueries), kRecall) << k;
  }
}

TEST_P(Probe, UnderAllowListsAtRandom) {
  for (double share : {0.9, 0.7, 0.55, 0.4, 0.1}) {
    RowMask mask;
    mask.Reset(kItems, false);
    for (size_t r = 0; r < kItems; ++r) {
      if (random_.Uniform() < share) mask.Set(r);
    }
    for (size_t k : {10, 100, 1000}) {
      EXPECT_GE(Recall(k, {}, &mask), kRecall) << share << ", " << k;
      EXPECT_GE(Recall(k, {200, false}, &mask), kRecall) << share << ", " << k;
    }
  }
}

TEST_P(Probe, WithoutTheBest) {
  for (size_t without : {20, 200, 1000, 5000, 10'800}) {  // 10,800 are 45 %
    for (size_t k : {10, 100, 1000}) {
      for (bool by_exclusion : {false, true}) {
        EXPECT_GE(Recall(k, {without, by_exclusion}, nullptr), kRecall)
            << without << ", " << k << ", " << by_exclusion;
      }
    }
  }
}

// A set, with its number known, is searched as the same mask is, also where both come together.
TEST_P(Probe, SetsAreSearchedLikeMasks) {
  for (double share : {1.0, 0.9, 0.6, 0.3}) {
    RowMask mask, all;
    mask.Reset(kItems, false);
    all.Reset(kItems, true);
    for (size_t r = 0; r < kItems; ++r) {
      if (random_.Uniform() < share) mask.Set(r);
    }
    const ItemSet set(mask);
    const uint32_t excluded[] = {3, 1, 4};
    for (size_t query = 0; query < 20; ++query) {
      Query q;
      q.vector = std::span(vectors_).subspan(query * kWidth, kWidth);
      q.k = query % 2 == 0 ? 10 : 200;
      q.approximate = true;
      if (query % 3 == 0) q.excluded = excluded;
      auto rows_of = [&] {
        std::vector<uint32_t> rows;
        for (const Hit& hit : TopK(*catalogue_, q, work_)) rows.push_back(hit.row);
        return rows;
      };
      q.set = &set;
      const auto by_set = rows_of();
      // A set of everything is no restriction, and searched as none.
      q.set = nullptr;
      q.allowed = set.full() ? nullptr : &mask;
      EXPECT_EQ(by_set, rows_of());
      if (set.full()) continue;
      q.allowed_count = set.count();
      EXPECT_EQ(by_set, rows_of());
      q.set = &set;
      q.allowed = &all;
      q.allowed_count = kItems;
      EXPECT_EQ(by_set, rows_of());
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Worlds, Probe,
                         ::testing::Values(World::kClusters, World::kNoise, World::kDot));

}  // namespace
}  // namespace duomo::retrieval
