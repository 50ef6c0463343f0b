// Choosing among learners: what is learned wins where there is taste, a floor where there is none,
// and the test rows choose nothing.
#include "selection/search.h"

#include <gtest/gtest.h>

#include "core/random.h"
#include "core/error.h"

namespace duomo::selection {
namespace {

// Users of four kinds who take items of their kind; or anything, by popularity alone.
data::Dataset Make(bool taste, uint32_t users = 400, uint32_t items = 80) {
  data::Dataset d;
  d.name = "invented";
  data::Column user = data::MakeColumn("user", data::ColumnKind::kInteger);
  data::Column item = data::MakeColumn("item", data::ColumnKind::kInteger);
  for (uint32_t u = 0; u < users; ++u) user.integers.push_back(u + 1);
  for (uint32_t i = 0; i < items; ++i) item.integers.push_back(i + 1);
  d.users.ids = user.integers;
  d.items.ids = item.integers;
  d.users.columns = {user};
  d.items.columns = {item};
  Random random(7);
  for (uint32_t u = 0; u < users; ++u) {
    std::vector<uint8_t> taken(items);
    for (int n = 0; n < 15; ++n) {
      double x = random.Uniform();
      auto place = static_cast<uint32_t>(x * x * (taste ? items / 4 : items));
      uint32_t i = taste && random.Uniform() < 0.9 ? place * 4 + u % 4 : place % items;
      if (taken[i]++) continue;
      d.interactions.users.push_back(u);
      d.interactions.items.push_back(i);
      d.interactions.ratings.push_back(1);
      d.interactions.timestamps.push_back(0);
    }
  }
  return d;
}

Found RunSearch(const data::Dataset& d, data::Goal goal = data::Goal::kRank, bool floors = true) {
  data::SplitSpec spec = data::ParseSplit("ratio:0.2");
  data::Split split = data::MakeSplit(spec, d.interactions, 0);
  SearchOptions options;
  options.goal = goal;
  options.budget = 6;
  options.threads = 1;
  options.floors = floors;
  Watcher watcher;
  return Search(d, split, spec, options, watcher);
}

const Row& RowOf(const Found& found, const std::string& name) {
  for (const Row& row : found.table) {
    if (row.name == name) return row;
  }
  ADD_FAILURE() << "no row " << name;
  return found.table[0];
}

TEST(Search, LearnsTaste) {
  Found found = RunSearch(Make(true));
  EXPECT_FALSE(found.floor);
  ASSERT_GE(found.table.size(), 3u);
  EXPECT_GT(found.table[0].test.ndcg, 1.2 * RowOf(found, "popularity").test.ndcg);
}

TEST(Search, AFloorWinsWhereThereIsNoTaste) {
  Found found = RunSearch(Make(false));
  if (!found.floor) {
    // Then validation saw something better, and it is not much worse on test rows.
    EXPECT_GT(found.table[0].test.ndcg, 0.8 * RowOf(found, "popularity").test.ndcg);
  } else {
    EXPECT_EQ(found.best->name(), "popularity");
  }
  EXPECT_FALSE(RunSearch(Make(false), data::Goal::kRank, false).floor);
}

TEST(Search, OneUserIsAnErrorThatSaysWhatToDo) {
  data::Dataset d = Make(true, 1);
  try {
    RunSearch(d);
    // With a single user there may be just enough rows; then nothing may crash.
  } catch (const Error& error) {
    EXPECT_NE(std::string(error.message()).find("--"), std::string::npos) << error.message();
  }
}

}  // namespace
}  // namespace duomo::selection
