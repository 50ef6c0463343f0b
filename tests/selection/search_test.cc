// Choosing among learners: what is learned wins where there is taste, a floor where there is none,
// and the test rows choose nothing.
#include "selection/search.h"

#include <gtest/gtest.h>

#include "core/error.h"
#include "core/random.h"
#include "core/thread_pool.h"
#include "evaluation/baselines/popularity.h"
#include "evaluation/model_recommender.h"
#include "runtime/engine.h"
#include "selection/networks.h"
#include "selection/plan.h"

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

std::vector<std::string> NamesOf(const std::vector<std::unique_ptr<Learner>>& learners) {
  std::vector<std::string> out;
  for (const auto& learner : learners)
    out.push_back(learner->name().substr(0, learner->name().find(',')));
  return out;
}

TEST(Plan, HasWhatTheDataAndTheSplitSuit) {
  using Names = std::vector<std::string>;
  data::Dataset d = Make(true);
  auto first = [&](const char* split) {
    return NamesOf(FirstOfPlan(d, data::Goal::kRank, IsInOrder(data::ParseSplit(split)), 0, 1));
  };
  EXPECT_EQ(first("ratio:0.1"), (Names{"als-64", "network of ids"}));
  EXPECT_EQ(first("time:0.9"), (Names{"als-64", "network of ids"})) << "no times";
  for (size_t i = 0; i < d.interactions.size(); ++i) {
    d.interactions.timestamps[i] = static_cast<int64_t>(1000 + i);
  }
  EXPECT_EQ(first("time:0.9"), (Names{"als-64", "network of histories", "network of ids"}));
  EXPECT_EQ(first("ratio:0.1"), (Names{"als-64", "network of ids"}))
      << "an order that does not test";
  data::Column kind = data::MakeColumn("kind", data::ColumnKind::kString);
  for (uint32_t i = 0; i < d.items.size(); ++i) kind.texts.push_back(i % 4 ? "odd" : "even");
  d.items.columns.push_back(kind);
  EXPECT_EQ(first("ratio:0.1"), (Names{"als-64", "network of ids", "network of all columns"}));
}

// Its schedule ends within the time: fewer passes, and all of them are made.
TEST(Plan, NetworksFitTheTime) {
  data::Dataset d = Make(true);
  data::Split split = data::MakeSplit(data::ParseSplit("ratio:0.2"), d.interactions, 0);
  auto network = MakeLearner(*IdNetwork(d), 0, 1);
  uint64_t whole = network->Settings()["training"]["passes"];
  EXPECT_EQ(network->Within(1e6, d, split), nullptr);
  auto fitting = network->Within(1e-3, d, split);
  ASSERT_NE(fitting, nullptr);
  uint64_t passes = fitting->Settings()["training"]["passes"];
  EXPECT_LT(passes, whole);
  EXPECT_GE(passes, 1u);
  EXPECT_FALSE(fitting->Learn(d, split, false, [](double) { return false; }).stopped);
}

TEST(Plan, ANetworkOfIdsLearnsTaste) {
  data::Dataset d = Make(true);
  data::SplitSpec spec = data::ParseSplit("ratio:0.2");
  data::Split split = data::MakeSplit(spec, d.interactions, 0);
  evaluation::RankingCases cases = evaluation::BuildRankingCases(d, split);
  auto learner = MakeLearner(*IdNetwork(d), 0, 1);
  Learned learned = learner->Learn(d, split, false, [](double) { return false; });
  auto bytes = model::SaveToMemory(learned.contents);
  evaluation::ModelRecommender model(runtime::Engine::Create(model::Model::OpenBuffer(bytes)), d);
  evaluation::Popularity popularity(evaluation::RatingMatrix::Make(d, split.train));
  ThreadPool pool(1);
  evaluation::RankingOptions options;
  options.ks = {10};
  auto ndcg = [&](const evaluation::Recommender& system) {
    return evaluation::EvaluateRanking(system, cases.task, options, pool).at[0].mean.ndcg;
  };
  EXPECT_GT(ndcg(model), 1.2 * ndcg(popularity));
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
