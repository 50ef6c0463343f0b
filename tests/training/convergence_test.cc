// The preset on the real MovieLens 1M: exact sizes, and the beginning of the reference curve. Where
// the data are absent, the same on synthetic ratings with bounds of their own.
#include <gtest/gtest.h>

#include "data/real_data.h"
#include "model/parameters.h"
#include "training/runs.h"

namespace duomo::training {
namespace {

TEST(Convergence, OfTheHybridPreset) {
  const auto& [dataset, real] = test::MovieLensOrSynthetic();
  Ratings r(dataset, description::Preset("hybrid").model, real ? "paddle" : "ratio:0.1");
  if (real) {
    const uint64_t sizes[] = {6041, 2, 7, 21, 3953, 18, 5174};
    ASSERT_EQ(r.encoded.description.vocabularies.size(), std::size(sizes));
    for (size_t i = 0; i < std::size(sizes); ++i) {
      EXPECT_EQ(r.encoded.description.vocabularies[i].size, sizes[i]);
    }
    uint64_t known = 0;
    for (const model::Parameter& p : model::ParametersOf(r.encoded.description)) {
      known += p.known_size();
    }
    EXPECT_EQ(known, 528096u);
    EXPECT_EQ(r.train.size(), 900118u);
    EXPECT_EQ(r.test.size(), 100091u);
  }
  TrainingOptions o = OptionsFromJson(description::Preset("hybrid").training);
  o.threads = 2;
  o.steps = 300;
  o.test_every = 0;
  Trainer trainer(r.encoded, r.train, &r.test, o);
  if (real) {
    EXPECT_EQ(trainer.steps_per_pass(), 3517u);
  }
  Recorder seen;
  RunWatched(trainer, seen);
  ASSERT_EQ(seen.tested.size(), 2u);
  RecordProperty("cost", std::to_string(seen.tested.back().cost));
  std::printf("test cost %.3f -> %.3f\n", seen.tested[0].cost, seen.tested[1].cost);
  if (real) {
    EXPECT_GT(seen.tested.front().cost, 9);
    EXPECT_LT(seen.tested.front().cost, 10.5);
    EXPECT_LT(seen.tested.back().cost, 5);
  } else {
    EXPECT_LT(seen.tested.back().cost, 0.7 * seen.tested.front().cost);
  }
}

}  // namespace
}  // namespace duomo::training
