// Two stages: what pairs are like, what impressions are made of, and the whole path on a small set.
#include "training/pipeline.h"

#include <gtest/gtest.h>

#include "data/synthetic.h"
#include "description/json.h"
#include "training/export.h"
#include "training/task.h"

namespace duomo::training {
namespace {

TEST(PairFeatures, CountBackFromTheLatestWatch) {
  std::vector<uint64_t> offsets = {0, 1, 3, 4, 4};  // items 0..3; item 3 has no value
  std::vector<uint32_t> values = {0, 0, 1, 2};
  PairFeatures pairs({model::InputKind::kCategorySet, offsets, values, {}}, 4);
  std::vector<uint32_t> history = {0, 1, 2};
  EXPECT_EQ(pairs.SinceAlike(history, 2), 0.0f);
  EXPECT_EQ(pairs.SinceAlike(history, 1), 1.0f);
  EXPECT_EQ(pairs.SinceAlike(history, 0), 1.0f);
  EXPECT_EQ(pairs.SinceAlike(history, 3), 3.0f);
  EXPECT_EQ(pairs.CountAlike(history, 0), 2.0f);
  EXPECT_EQ(pairs.CountAlike(history, 3), 0.0f);
  EXPECT_EQ(pairs.SinceAlike({}, 0), 0.0f);
}

// Trains one preset for a few steps on a split and opens what was learned.
struct Trained {
  AlignedVector<std::byte> bytes;
  std::shared_ptr<const runtime::Engine> engine;

  Trained(const char* preset, const data::Dataset& dataset, uint64_t steps,
          std::shared_ptr<const runtime::Engine> candidates = nullptr) {
    description::Recipe recipe = description::Preset(preset);
    TrainingOptions options = OptionsFromJson(recipe.training);
    options.steps = steps;
    options.threads = 1;
    options.test_every = 0;
    std::vector<std::string> computed = ComputedInputs(options);
    data::Encoded encoded = data::Encode(recipe.model, dataset, computed);
    data::Split split = data::MakeSplit(recipe.split, dataset.interactions);
    Task task(encoded, dataset, split, options, candidates);
    Trainer trainer(encoded, task.train(), task.test(), options);
    trainer.Run({});
    ExportOptions output;
    output.history = HistoryRows(encoded.description, dataset, split);
    model::Contents contents = Export(trainer, encoded, dataset, output);
    contents.report.settings = ToJson(options).dump();
    bytes = model::SaveToMemory(contents);
    engine = runtime::Engine::Create(model::Model::OpenBuffer(bytes));
  }
};

struct TwoStages : testing::Test {
  static void SetUpTestSuite() {
    dataset = new data::Dataset(data::MakeSynthetic(200, 150, 6000, 5));
    candidates = new Trained("youtube-candidates", *dataset, 200);
    ranking = new Trained("youtube-ranking", *dataset, 100, candidates->engine);
  }
  static void TearDownTestSuite() {
    delete ranking;
    delete candidates;
    delete dataset;
  }
  static data::Dataset* dataset;
  static Trained *candidates, *ranking;
};
data::Dataset* TwoStages::dataset;
Trained* TwoStages::candidates;
Trained* TwoStages::ranking;

TEST_F(TwoStages, CandidatesAreOrderedUnseenAndRelativeToTheBest) {
  CandidateSource source(candidates->engine);
  auto history = candidates->engine->model().HistoryOf(3);
  auto found = source.Find(3, history, 20);
  ASSERT_EQ(found.size(), 20u);
  EXPECT_EQ(found[0].score, 0.0f);
  for (size_t i = 0; i < found.size(); ++i) {
    if (i > 0) {
      EXPECT_LE(found[i].score, found[i - 1].score);
    }
    EXPECT_EQ(std::count(history.begin(), history.end(), found[i].item), 0);
  }
  // The history matters: somebody with another one gets other items.
  auto other = source.Find(3, candidates->engine->model().HistoryOf(4), 20);
  EXPECT_TRUE(std::any_of(other.begin(), other.end(), [&](const auto& o) {
    return std::none_of(found.begin(), found.end(),
                        [&](const auto& x) { return x.item == o.item; });
  }));
}

// Against the model's own vectors; the columns of biases come last.
TEST_F(TwoStages, CandidatesAreComparedWithTheLatestWatches) {
  const runtime::Engine& engine = *candidates->engine;
  auto cosine = [&](uint32_t a, uint32_t b) {
    AlignedVector<float> buffers[2];
    auto x = engine.Vector(model::Side::kItem, a, buffers[0]);
    auto y = engine.Vector(model::Side::kItem, b, buffers[1]);
    double xy = 0, xx = 0, yy = 0;
    for (size_t i = 0; i < 128; ++i) {
      xy += double{x[i]} * double{y[i]};
      xx += double{x[i]} * double{x[i]};
      yy += double{y[i]} * double{y[i]};
    }
    return xy / std::sqrt(xx * yy);
  };
  CandidateSource source(candidates->engine);
  auto history = engine.model().HistoryOf(3);
  ASSERT_GT(history.size(), CandidateSource::kRecentWatches);
  auto found = source.Find(3, history, 20);
  for (const auto& c : found) {
    double sum = 0;
    for (uint32_t item : history.last(CandidateSource::kRecentWatches)) sum += cosine(c.item, item);
    EXPECT_NEAR(c.like_last, cosine(c.item, history.back()), 1e-5);
    EXPECT_NEAR(c.like_recent, sum / CandidateSource::kRecentWatches, 1e-5);
  }
  auto one = source.Find(3, history.first(1), 20);
  for (const auto& c : one) EXPECT_NEAR(c.like_last, c.like_recent, 1e-6);
  for (const auto& c : source.Find(3, {}, 20)) EXPECT_EQ(c.like_last, 0);
}

// They are the weights of what was watched: below 0 nothing means anything.
TEST_F(TwoStages, RatingsBelowZeroAreNoWeights) {
  data::Dataset bad = *dataset;
  for (float& rating : bad.interactions.ratings) rating = -rating;
  try {
    Trained("youtube-ranking", bad, 1, candidates->engine);
    ADD_FAILURE() << "must be refused";
  } catch (const Error& error) {
    EXPECT_NE(error.message().find("the rating of interaction "), std::string::npos)
        << error.message();
    EXPECT_NE(error.message().find("0 or a positive number"), std::string::npos);
  }
}

TEST_F(TwoStages, ResultsAreTheCandidatesInTheRankingsOrder) {
  Pipeline pipeline(candidates->engine, ranking->engine);
  auto history = candidates->engine->model().HistoryOf(7);
  auto all = pipeline.Recommend(7, history, 40, 40);
  ASSERT_EQ(all.size(), 40u);
  CandidateSource source(candidates->engine);
  auto shown = source.Find(7, history, 40);
  for (size_t i = 0; i < all.size(); ++i) {
    EXPECT_GT(all[i].output, 0);  // exp of the head
    if (i > 0) {
      EXPECT_LE(all[i].output, all[i - 1].output);
    }
    EXPECT_EQ(std::count_if(shown.begin(), shown.end(),
                            [&](const auto& c) { return c.item == all[i].item; }),
              1);
  }
  auto few = pipeline.Recommend(7, history, 40, 5);
  ASSERT_EQ(few.size(), 5u);
  for (size_t i = 0; i < few.size(); ++i) EXPECT_EQ(few[i].item, all[i].item);
  // Somebody of whom only a history is known.
  EXPECT_EQ(pipeline.Recommend(std::nullopt, history, 40, 5).size(), 5u);
  EXPECT_EQ(pipeline.Recommend(std::nullopt, {}, 40, 5).size(), 5u);
}

TEST_F(TwoStages, RefusesModelsOfTheWrongKind) {
  auto message = [](auto make) -> std::string {
    try {
      make();
    } catch (const Error& error) {
      return error.message();
    }
    return "";
  };
  EXPECT_NE(message([&] { Pipeline(ranking->engine, ranking->engine); }).find("joint model"),
            std::string::npos);
  EXPECT_NE(message([&] {
              Pipeline(candidates->engine, candidates->engine);
            }).find("not a ranking model"),
            std::string::npos);
  EXPECT_NE(message([&] { Trained("youtube-ranking", *dataset, 1); }).find("--candidates"),
            std::string::npos);
}

}  // namespace
}  // namespace duomo::training
