// Fingerprints and sketches of rows: what they tell and what they do not.
#include "data/fingerprint.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>

#include "data/split.h"
#include "data/synthetic.h"

namespace duomo::data {
namespace {

std::vector<uint32_t> All(const Dataset& d) {
  std::vector<uint32_t> rows(d.interactions.size());
  std::iota(rows.begin(), rows.end(), 0u);
  return rows;
}

Fingerprint Of(const Dataset& d) { return FingerprintOf(d, RowHashes(d)); }

TEST(Fingerprint, IsOfRowsInAnyOrderAndNumbering) {
  Dataset a;
  a.users.ids = {7, 8};
  a.items.ids = {100, 200};
  a.interactions.users = {0, 0, 1};
  a.interactions.items = {0, 1, 1};
  a.interactions.ratings = {1, 2, 3};
  a.interactions.timestamps = {10, 20, 30};
  Dataset b = a;  // the same keys as text, other order of everything, other ratings
  b.users.ids.clear();
  b.users.keys = {"8", "7"};
  b.interactions.users = {0, 1, 1};
  b.interactions.items = {1, 1, 0};
  b.interactions.ratings = {9, 9, 9};
  b.interactions.timestamps = {30, 20, 10};
  EXPECT_EQ(Of(a), Of(b));
  EXPECT_EQ(Of(a), FingerprintOf(a, RowHashes(a), All(a)));
  b.interactions.timestamps[0] = 31;
  EXPECT_NE(Of(a), Of(b)) << "another time is another row";
  b = a;
  b.interactions.items[0] = 1;
  EXPECT_NE(Of(a), Of(b));
  // User and item play different roles.
  Dataset c = a, d = a;
  c.users.ids = {1, 2}, c.items.ids = {3, 4};
  d.users.ids = {3, 4}, d.items.ids = {1, 2};
  std::swap(d.interactions.users, d.interactions.items);
  EXPECT_NE(Of(c), Of(d));
}

TEST(Fingerprint, ValuesArePartOfTheFormat) {
  Dataset d;
  d.users.ids = {1};
  d.items.keys = {"x"};
  d.interactions.users = {0};
  d.interactions.items = {0};
  d.interactions.timestamps = {5};
  // By an independent program (Python) from the hashes' definitions.
  EXPECT_EQ(Of(d).sum, 0xF9D6202440AC0920u);
}

TEST(Sketch, KeepsSmallDataWhole) {
  Dataset d = MakeSynthetic(60, 40, 900, 1);
  RowHashes hashes(d);
  Split split = MakeSplit("ratio:0.3", d.interactions, 1);
  Sketch sketch = MakeSketch(hashes, split.train);
  EXPECT_EQ(sketch.bits, 0u);
  EXPECT_LE(sketch.entries.size(), split.train.size());
  Overlap train = OverlapOf(sketch, hashes, split.train),
          test = OverlapOf(sketch, hashes, split.test);
  EXPECT_EQ(train.found, split.train.size());
  EXPECT_EQ(train.looked_up, split.train.size());
  EXPECT_TRUE(train.Clear());
  EXPECT_EQ(test.found, 0u);
  EXPECT_FALSE(test.Clear());
  // Rows in another order, the same sketch.
  std::vector<uint32_t> backwards(split.train.rbegin(), split.train.rend());
  EXPECT_EQ(MakeSketch(hashes, backwards), sketch);
}

TEST(Sketch, EstimatesSharesOfLargeData) {
  Dataset d = MakeSynthetic(3000, 2000, 200000, 1);
  RowHashes hashes(d);
  Split split = MakeSplit("ratio:0.2", d.interactions, 1);
  Sketch sketch = MakeSketch(hashes, split.train);
  EXPECT_GT(sketch.bits, 3u);
  EXPECT_LE(sketch.entries.size(), Sketch::kMostEntries);
  EXPECT_GT(sketch.entries.size(), Sketch::kMostEntries / 3);
  EXPECT_TRUE(std::is_sorted(sketch.entries.begin(), sketch.entries.end()));
  Overlap test = OverlapOf(sketch, hashes, split.test);
  EXPECT_FALSE(test.Clear()) << test.found << " of " << test.looked_up;
  EXPECT_GT(test.looked_up, 200u);
  Split other = MakeSplit("ratio:0.2", d.interactions, 2);
  Overlap mixed = OverlapOf(sketch, hashes, other.test);
  EXPECT_TRUE(mixed.Clear());
  EXPECT_NEAR(mixed.share(), 0.8, 0.08);
  // A tenth of rows that were trained on is found among nine tenths that were not.
  std::vector<uint32_t> few = split.test;
  few.resize(18000);
  few.insert(few.end(), split.train.begin(), split.train.begin() + 2000);
  EXPECT_TRUE(OverlapOf(sketch, hashes, few).Clear());
  EXPECT_NEAR(OverlapOf(sketch, hashes, few).share(), 0.1, 0.06);
}

// Two data sets number their users from 1 and are dense: the same pairs at other times are other
// rows, and without times they are the same.
TEST(Sketch, TimesTellRowsOfOnePairApart) {
  Dataset a = MakeSynthetic(60, 40, 900, 1), b = MakeSynthetic(60, 40, 900, 2);
  RowHashes hashes_a(a), hashes_b(b);
  Overlap overlap = OverlapOf(MakeSketch(hashes_a, All(a)), hashes_b, All(b));
  EXPECT_LT(overlap.share(), 0.01) << overlap.found;
  a.interactions.timestamps.clear();
  RowHashes untimed(a);
  overlap = OverlapOf(MakeSketch(untimed, All(a)), hashes_b, All(b));
  EXPECT_GT(overlap.share(), 0.2);
  EXPECT_TRUE(overlap.Clear());
}

TEST(Sketch, FewRowsAreNotClear) {
  EXPECT_FALSE((Overlap{1, 1, 0}).Clear());
  EXPECT_TRUE((Overlap{2, 2, 0}).Clear());
  EXPECT_FALSE((Overlap{1000, 5, 0.1}).Clear()) << "half a percent";
  EXPECT_FALSE((Overlap{100, 3, 1}).Clear()) << "chance";
}

}  // namespace
}  // namespace duomo::data
