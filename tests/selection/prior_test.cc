// What everybody takes, counted with newer rows first, and what it does for lists of later rows.
#include "selection/prior.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

#include "core/random.h"
#include "selection/search.h"

namespace duomo::selection {
namespace {

constexpr int64_t kDay = 86400;

void AddRow(data::Dataset& d, uint32_t user, uint32_t item, int64_t time) {
  d.interactions.users.push_back(user);
  d.interactions.items.push_back(item);
  d.interactions.ratings.push_back(1);
  d.interactions.timestamps.push_back(time);
}

data::Dataset Empty(uint32_t users, uint32_t items) {
  data::Dataset d;
  d.name = "invented";
  for (uint32_t u = 0; u < users; ++u) d.users.ids.push_back(u + 1);
  for (uint32_t i = 0; i < items; ++i) d.items.ids.push_back(i + 1);
  data::Column user = data::MakeColumn("user", data::ColumnKind::kInteger);
  data::Column item = data::MakeColumn("item", data::ColumnKind::kInteger);
  user.integers = d.users.ids;
  item.integers = d.items.ids;
  d.users.columns = {user};
  d.items.columns = {item};
  return d;
}

std::vector<uint32_t> AllRows(const data::Dataset& d) {
  std::vector<uint32_t> rows(d.interactions.size());
  std::iota(rows.begin(), rows.end(), 0u);
  return rows;
}

TEST(Prior, HalvesWithAge) {
  data::Dataset d = Empty(3, 4);
  AddRow(d, 0, 0, 100 * kDay);
  AddRow(d, 1, 0, 100 * kDay);
  AddRow(d, 0, 1, 90 * kDay);  // half
  AddRow(d, 2, 1, 80 * kDay);  // a quarter
  AddRow(d, 1, 2, 100 * kDay);
  std::vector<float> late = ItemPrior(d, AllRows(d), 10 * kDay);
  ASSERT_EQ(late.size(), 4u);
  EXPECT_FLOAT_EQ(late[0], 1);
  EXPECT_NEAR(late[1], std::log1p(0.75) / std::log1p(2), 1e-6);
  EXPECT_NEAR(late[2], std::log1p(1) / std::log1p(2), 1e-6);
  EXPECT_EQ(late[3], 0);
  std::vector<float> all = ItemPrior(d, AllRows(d), 0);
  EXPECT_FLOAT_EQ(all[1], all[0]);
  EXPECT_EQ(TimeSpan(d.interactions), 20 * kDay);
}

// Test rows are nothing it may know: neither their items nor how late they are.
TEST(Prior, CountsTrainingRowsAlone) {
  data::Dataset d = Empty(2, 3);
  AddRow(d, 0, 0, 1 * kDay);
  AddRow(d, 1, 1, 500 * kDay);
  std::vector<uint32_t> train = {0};
  std::vector<float> prior = ItemPrior(d, train, 5 * kDay);
  EXPECT_FLOAT_EQ(prior[0], 1);
  EXPECT_EQ(prior[1], 0);
}

// Items come into fashion and go out of it: what was taken most in all the years is not what will
// be taken next.
TEST(Prior, FashionIsFound) {
  constexpr uint32_t kUsers = 1500, kItems = 300;
  data::Dataset d = Empty(kUsers, kItems);
  Random random(3);
  std::vector<std::vector<uint8_t>> taken(kUsers, std::vector<uint8_t>(kItems));
  constexpr int kRows = 30000;
  for (int row = 0; row < kRows; ++row) {
    auto user = static_cast<uint32_t>(random.Uniform() * kUsers);
    double now = static_cast<double>(row) / kRows, old = random.Uniform();
    // Item i is new at i / kItems; most rows go to items that are young.
    double at = random.Uniform() < 0.7 ? now - 0.1 * old * old : now * old;
    auto item = static_cast<uint32_t>(std::max(0.0, at) * kItems);
    if (taken[user][item]++ == 0) AddRow(d, user, item, 1'000'000'000 + row * 3600);
  }
  data::SplitSpec spec = data::ParseSplit("time:0.9");
  data::Split split = data::MakeSplit(spec, d.interactions, 0);
  SearchOptions options;
  options.budget = 12;
  options.threads = 1;
  Watcher watcher;
  Found found = Search(d, split, spec, options, watcher);
  double popularity = 0;
  for (const Row& row : found.table) {
    if (row.name == "popularity") popularity = row.test.ndcg;
  }
  EXPECT_GT(popularity, 0);
  EXPECT_NE(found.best->name().find("prior"), std::string::npos) << found.best->name();
  EXPECT_GT(found.table[0].test.ndcg, 1.5 * popularity);
}

}  // namespace
}  // namespace duomo::selection
