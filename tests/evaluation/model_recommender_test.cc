#include "evaluation/model_recommender.h"

#include <gtest/gtest.h>

#include <cmath>

#include "core/random.h"
#include "evaluation/baselines/export.h"
#include "evaluation/ranking.h"
#include "runtime/models.h"

namespace duomo::evaluation {
namespace {

// The same scores one user at a time, exact: what ScoreUsers() is measured against.
class OneByOne final : public Recommender {
 public:
  explicit OneByOne(const ModelRecommender& model) : model_(model) {}
  std::string_view name() const override { return model_.name(); }
  void Score(uint32_t user, std::span<float> scores) const override { model_.Score(user, scores); }

 private:
  const ModelRecommender& model_;
};

constexpr uint32_t kUsers = 90, kItems = 700;

struct Made {
  data::Dataset dataset;
  std::shared_ptr<const runtime::Engine> engine;
};

// The data set knows five users and items more than the model, whose ids are 1 …
data::Dataset Rows(uint32_t more) {
  data::Dataset d;
  for (uint32_t i = 0; i < kUsers + more; ++i) d.users.ids.push_back(i + 1);
  for (uint32_t i = 0; i < kItems + more; ++i) d.items.ids.push_back(i + 1);
  return d;
}

Made Open(const model::Contents& contents) {
  runtime::Opened opened(contents);
  // The model reads the bytes as long as it lives.
  auto keep = std::make_shared<runtime::Opened>(opened);
  auto engine = runtime::Engine::Create(keep->model);
  return {Rows(5), {engine.get(), [engine, keep](const runtime::Engine*) {}}};
}

Made Make(model::HeadKind head) {
  runtime::Variant variant;
  variant.head = head;
  return Open(runtime::RandomContents(runtime::EveryEncoder(variant), kUsers, kItems, 3));
}

// Many items have the vector of another; a fifth of the users have none.
Made MakeWithTies() {
  FixedVectors v;
  v.name = "ties";
  v.width = 21;
  Random random(8);
  for (uint32_t i = 0; i < kUsers * v.width; ++i) {
    v.users.push_back(i / v.width % 5 == 0 ? 0 : static_cast<float>(random.Normal()));
  }
  for (uint32_t i = 0; i < kItems * v.width; ++i) {
    bool copy = i / v.width % 3 > 0;
    v.items.push_back(copy ? v.items[i - v.width] : static_cast<float>(random.Normal()));
  }
  return Open(ExportVectors(v, Rows(0)));
}

RankingTask TaskOf(const data::Dataset& d) {
  RankingTask task;
  task.items = static_cast<uint32_t>(d.items.size());
  task.item_users.assign(task.items, 2);
  task.training_users = 9;
  Random random(4);
  for (uint32_t u = 0; u < d.users.size(); ++u) {
    RankingCase c;
    c.user = u;
    for (uint32_t i = 0; i < task.items; ++i) {
      uint64_t kind = random.Below(200);
      if (kind == 0 || i == u)
        c.relevant.push_back(i);
      else if (kind < 10)
        c.excluded.push_back(i);
    }
    task.cases.push_back(c);
  }
  return task;
}

TEST(ModelRecommender, ScoresOfManyAreWithinTheirTolerance) {
  for (model::HeadKind head : {model::HeadKind::kCosine, model::HeadKind::kDot}) {
    Made made = Make(head);
    ModelRecommender model(made.engine, made.dataset);
    size_t items = made.dataset.items.size();
    std::vector<uint32_t> users = {3, 0, 92, 89, 40};  // 92 is unknown
    std::vector<float> scores(users.size() * items), exact(items), off(users.size());
    model.ScoreUsers(users, scores, off);
    for (size_t u = 0; u < users.size(); ++u) {
      model.Score(users[u], exact);
      float widest = 0;
      for (uint32_t i = 0; i < items; ++i) {
        ASSERT_EQ(scores[u * items + i] == kCannot, exact[i] == kCannot) << u << ' ' << i;
        ASSERT_EQ(model.ScoreOf(users[u], i), exact[i]);
        if (exact[i] == kCannot) continue;
        ASSERT_LE(std::abs(scores[u * items + i] - exact[i]), off[u]);
        widest = std::max(widest, std::abs(exact[i]));
      }
      EXPECT_EQ(off[u] == 0, users[u] == 92);
      EXPECT_LT(off[u], 0.01f * (1 + widest));
    }
  }
}

// To the bit, ties included.
TEST(ModelRecommender, MeasuresDoNotDependOnHowItIsScored) {
  for (const Made& made :
       {Make(model::HeadKind::kCosine), Make(model::HeadKind::kDot), MakeWithTies()}) {
    ModelRecommender model(made.engine, made.dataset);
    RankingTask task = TaskOf(made.dataset);
    for (uint32_t negatives : {0u, 50u}) {
      RankingOptions options;
      options.ks = {1, 10, 60, 1000};
      options.sampled_negatives = negatives;
      ThreadPool pool(2);
      RankingResult a = EvaluateRanking(model, task, options, pool);
      RankingResult b = EvaluateRanking(OneByOne(model), task, options, pool);
      EXPECT_EQ(a.reciprocal_ranks, b.reciprocal_ranks);
      for (size_t j = 0; j < options.ks.size(); ++j) {
        for (size_t u = 0; u < task.cases.size(); ++u) {
          ASSERT_EQ(a.at[j].users[u].ndcg, b.at[j].users[u].ndcg) << u;
          ASSERT_EQ(a.at[j].users[u].hit, b.at[j].users[u].hit) << u;
          ASSERT_EQ(a.at[j].users[u].average_precision, b.at[j].users[u].average_precision) << u;
        }
        ASSERT_EQ(a.at[j].lists.has_value(), negatives == 0);
        if (a.at[j].lists) {
          EXPECT_EQ(a.at[j].lists->coverage, b.at[j].lists->coverage);
        }
      }
    }
  }
}

TEST(ModelRecommender, SaysWhatItDoesNotKnow) {
  Made made = MakeWithTies();
  ModelRecommender model(made.engine, made.dataset);
  RankingTask task = TaskOf(made.dataset);
  task.cases = {{3, {1, kItems}, {}}, {kUsers + 1, {2}, {}}};
  std::vector<std::string> texts = model.UnknownSentences(task);
  ASSERT_EQ(texts.size(), 2u);
  EXPECT_TRUE(texts[0].starts_with("1 of 2 users are unknown to \"ties\"")) << texts[0];
  EXPECT_TRUE(texts[1].starts_with("1 of 3 test items are unknown to \"ties\"")) << texts[1];
  task.cases.resize(1);
  task.cases[0].relevant = {1};
  EXPECT_TRUE(model.UnknownSentences(task).empty());
}

}  // namespace
}  // namespace duomo::evaluation
