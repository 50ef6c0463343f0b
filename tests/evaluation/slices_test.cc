#include "evaluation/slices.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "core/error.h"
#include "evaluation/report.h"

namespace duomo::evaluation {
namespace {

// Everyone's scores: the lower row, the better.
class Rows final : public Recommender {
 public:
  std::string_view name() const override { return "rows"; }
  void Score(uint32_t, std::span<float> scores) const override {
    for (size_t i = 0; i < scores.size(); ++i) scores[i] = -static_cast<float>(i);
  }
};

// Items 4 to 7 have no training row.
RankingCases Cases() {
  RankingCases cases;
  cases.task.items = 8;
  cases.task.item_users = {3, 2, 1, 1, 0, 0, 0, 0};
  cases.task.training_users = 3;
  cases.task.cases = {{0, {1, 5}, {0}}, {1, {0}, {}}, {2, {4, 7}, {1, 2}}};
  cases.same_time = {1, 0, 0};
  return cases;
}

RankingOptions FirstTwo() {
  RankingOptions options;
  options.ks = {2};
  return options;
}

TEST(Slices, OfCasesIsTheMeanOfThose) {
  RankingCases cases = Cases();
  ThreadPool pool(1);
  RankingResult whole = EvaluateRanking(Rows(), cases.task, FirstTwo(), pool);
  RankingResult part = OfCases(whole, {0, 1, 1});
  EXPECT_EQ(part.reciprocal_ranks.size(), 2u);
  EXPECT_DOUBLE_EQ(part.mrr, (whole.reciprocal_ranks[1] + whole.reciprocal_ranks[2]) / 2);
  EXPECT_DOUBLE_EQ(part.at[0].mean.ndcg,
                   (whole.at[0].users[1].ndcg + whole.at[0].users[2].ndcg) / 2);
  EXPECT_FALSE(part.at[0].lists.has_value());
  EXPECT_THROW(OfCases(whole, {0, 0, 0}), Error);
  EXPECT_THROW(OfCases(whole, {1}), Error);
}

TEST(Slices, ColdItemsAreAskedForAlone) {
  auto cold = MakeColdTasks(Cases().task);
  ASSERT_TRUE(cold.has_value());
  ASSERT_EQ(cold->among_all.cases.size(), 2u);
  EXPECT_EQ(cold->among_all.cases[0].relevant, std::vector<uint32_t>{5});
  EXPECT_EQ(cold->among_all.cases[0].excluded, (std::vector<uint32_t>{0, 1}));  // 1 is right, too
  EXPECT_EQ(cold->among_cold.candidates, (std::vector<uint32_t>{4, 5, 6, 7}));
  EXPECT_EQ(cold->items, 4u);
  ThreadPool pool(1);
  RankingResult all = EvaluateRanking(Rows(), cold->among_all, FirstTwo(), pool);
  RankingResult few = EvaluateRanking(Rows(), cold->among_cold, FirstTwo(), pool);
  EXPECT_EQ(all.reciprocal_ranks, (std::vector<double>{1.0 / 4, 1.0 / 3}));  // after 2, 3, 4; 0, 3
  EXPECT_EQ(few.reciprocal_ranks, (std::vector<double>{1.0 / 2, 1.0}));
  EXPECT_FALSE(few.at[0].lists.has_value());
  RankingCases warm = Cases();
  warm.task.cases = {{1, {0}, {}}};
  EXPECT_FALSE(MakeColdTasks(warm.task).has_value());
}

TEST(Slices, CandidatesAreChecked) {
  RankingTask task = Cases().task;
  ThreadPool pool(1);
  task.candidates = {0, 1, 4};  // 5 is relevant and not among them
  EXPECT_THROW(EvaluateRanking(Rows(), task, FirstTwo(), pool), Error);
  task.candidates = {5, 1};
  EXPECT_THROW(EvaluateRanking(Rows(), task, FirstTwo(), pool), Error);
}

TEST(Slices, AreThoseThatThereAre) {
  RankingCases cases = Cases();
  ThreadPool pool(1);
  RankingResult whole = EvaluateRanking(Rows(), cases.task, FirstTwo(), pool);
  std::vector<Slice> slices = MeasureSlices(Rows(), cases, whole, FirstTwo(), pool);
  ASSERT_EQ(slices.size(), 3u);
  EXPECT_EQ(slices[0].title, "without users whose test row has the time of the row before: 2 of 3");
  EXPECT_EQ(slices[1].title, "items without a training row, among all: 2 users, 8 items");
  EXPECT_EQ(slices[2].title,
            "items without a training row, among such items alone: 2 users, 4 items");
  EXPECT_EQ(slices[2].result.mrr, 0.75);
  cases.same_time.clear();
  cases.task.item_users.assign(8, 1);
  EXPECT_TRUE(MeasureSlices(Rows(), cases, whole, FirstTwo(), pool).empty());
}

TEST(Report, ShowsNotesAndParts) {
  RankingCases cases = Cases();
  ThreadPool pool(1);
  RankingResult whole = EvaluateRanking(Rows(), cases.task, FirstTwo(), pool);
  Report report;
  report.notes = {"1 < 2 users"};
  for (const Slice& slice : MeasureSlices(Rows(), cases, whole, FirstTwo(), pool)) {
    report.parts.push_back({slice.title, {{"rows", RankingMeasures(slice.result), {}, {}}}});
  }
  std::string html = report.Html();
  EXPECT_NE(html.find("<p class=\"pale\">1 &lt; 2 users</p>"), html.npos);
  EXPECT_NE(html.find("<h2>Items without a training row, among all: 2 users, 8 items</h2>"),
            html.npos);
  EXPECT_NE(html.find("<th scope=\"col\">hr@2</th>"), html.npos);
}

}  // namespace
}  // namespace duomo::evaluation
