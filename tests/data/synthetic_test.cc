// Synthetic data: the same everywhere, of the right shape, and worth learning from.
#include "data/synthetic.h"

#include <zlib.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <set>

#include "core/text.h"
#include "data/movielens.h"
#include "data/source.h"
#include "data/synthetic_world.h"
#include "data/test_files.h"

namespace duomo::data {
namespace {

uint32_t ChecksumOf(const Dataset& dataset) {
  test::TemporaryFolder folder;
  WriteMovieLens1M(dataset, folder / "d");
  Source source = Source::Open(folder / "d", "ratings.dat");
  uLong crc = 0;
  for (const char* file : {"users.dat", "movies.dat", "ratings.dat"}) {
    std::string bytes = source.Read(file);
    crc = crc32_z(crc, reinterpret_cast<const Bytef*>(bytes.data()), bytes.size());
  }
  return static_cast<uint32_t>(crc);
}

// Transcripts in the documentation come from these data; whoever changes them changes those.
TEST(Synthetic, BytesArePinned) {
  EXPECT_EQ(ChecksumOf(MakeSynthetic(300, 200, 10000, 0)), 1128331458u);
  EXPECT_EQ(ChecksumOf(MakeSynthetic(300, 200, 10000, 1)), 449121644u);
  EXPECT_EQ(ChecksumOf(MakeSynthetic(2000, 1000, 200000, 0)), 3181108796u);
}

TEST(Synthetic, ReadsBackTheSame) {
  test::TemporaryFolder folder;
  Dataset made = MakeSynthetic(300, 200, 10000, 5);
  WriteMovieLens1M(made, folder / "a.zip");
  EXPECT_TRUE(ReadMovieLens1M(folder / "a.zip") == made);
  WriteMovieLens1M(made, folder / "synthetic");
  EXPECT_TRUE(ReadMovieLens1M(folder / "synthetic") == made);
}

TEST(Synthetic, Shape) {
  Dataset d = MakeSynthetic(600, 400, 40000, 0);
  EXPECT_EQ(d.users.size(), 600u);
  EXPECT_EQ(d.items.size(), 400u);
  ASSERT_EQ(d.interactions.size(), 40000u);
  std::set<std::pair<uint32_t, uint32_t>> pairs;
  std::array<double, 6> histogram{};
  std::vector<int> by_user(600), by_item(400);
  for (size_t i = 0; i < d.interactions.size(); ++i) {
    uint32_t user = d.interactions.users[i], item = d.interactions.items[i];
    EXPECT_TRUE(pairs.emplace(user, item).second);
    histogram[static_cast<size_t>(d.interactions.ratings[i])] += 1.0 / 40000;
    ++by_user[user];
    ++by_item[item];
    EXPECT_GT(d.interactions.timestamps[i], 0);
  }
  const std::array<double, 6> wanted = {0, 0.056, 0.108, 0.261, 0.349, 0.226};
  for (size_t i = 0; i < 6; ++i) EXPECT_NEAR(histogram[i], wanted[i], 0.005) << i;
  std::sort(by_user.begin(), by_user.end());
  std::sort(by_item.begin(), by_item.end());
  EXPECT_GE(by_user[0], 20);
  EXPECT_GT(by_user[599], 2 * by_user[300]);
  EXPECT_GT(by_item[399], 3 * by_item[200]);
  const auto& genres = d.items.Find("genres")->texts;
  EXPECT_EQ(std::set<std::string>(genres.begin(), genres.end()).size(), 18u);
  for (const std::string& title : d.items.titles) {
    EXPECT_TRUE(IsUtf8(title));
    EXPECT_FALSE(Words(TitleName(title)).empty()) << title;
  }
}

// Ratings follow the hidden taste: better than any constant can tell, and not without noise.
TEST(Synthetic, TasteShows) {
  Dataset d = MakeSynthetic(600, 400, 40000, 9);
  Random random(9);
  SyntheticWorld world(600, 400, random);
  double n = 40000, sx = 0, sy = 0, sxx = 0, syy = 0, sxy = 0;
  for (size_t i = 0; i < d.interactions.size(); ++i) {
    double x = world.Affinity(d.interactions.users[i], d.interactions.items[i]);
    double y = static_cast<double>(d.interactions.ratings[i]);
    sx += x, sy += y, sxx += x * x, syy += y * y, sxy += x * y;
  }
  double correlation = (n * sxy - sx * sy) / std::sqrt((n * sxx - sx * sx) * (n * syy - sy * sy));
  EXPECT_GT(correlation, 0.75);
  EXPECT_LT(correlation, 0.92);
}

TEST(Synthetic, SmallestAndDensest) {
  EXPECT_EQ(MakeSynthetic(1, 1, 1, 0).interactions.size(), 1u);
  EXPECT_EQ(MakeSynthetic(3, 1, 3, 0).interactions.size(), 3u);
  EXPECT_EQ(MakeSynthetic(7, 10, 35, 0).interactions.size(), 35u);
  EXPECT_EQ(MakeSynthetic(50, 10, 3, 0).interactions.size(), 3u);
}

TEST(Synthetic, ImpossibleArguments) {
  EXPECT_FAILS(MakeSynthetic(0, 1, 1, 0), Status::kInvalidArgument, "need users");
  EXPECT_FAILS(MakeSynthetic(1, 0, 1, 0), Status::kInvalidArgument, "need users");
  EXPECT_FAILS(MakeSynthetic(1, 1, 0, 0), Status::kInvalidArgument, "need users");
  EXPECT_FAILS(MakeSynthetic(7, 10, 36, 0), Status::kInvalidArgument, "at most 35");
  EXPECT_FAILS(MakeSynthetic(4000000000, 10, 36, 0), Status::kInvalidArgument, "at most 16777216");
}

}  // namespace
}  // namespace duomo::data
