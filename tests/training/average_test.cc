// The mean of the last parameters: of which steps, and that nothing else changes.
#include "training/average.h"

#include <gtest/gtest.h>

#include <tuple>

#include "training/runs.h"

namespace duomo::training {
namespace {

// What is exported and tested at the end is the mean of what the steps left, which an observer can
// see; the steps themselves are those of a run without it.
TEST(Average, IsOfTheLastPartOfTheSteps) {
  for (bool sparse : {false, true}) {
    Ratings r(sparse ? Factorization() : description::Preset("hybrid").model);
    for (auto [steps, share, samples] :
         {std::tuple(20, 0.5, 10), {20, 0.95, 19}, {20, 0.01, 1}, {200, 0.8, 64}}) {
      if (!sparse && steps > 20) continue;
      TrainingOptions o;
      o.passes = 0;
      o.steps = static_cast<uint64_t>(steps);
      o.batch_size = sparse ? 7 : 100;  // of 300 users
      o.learning_rate = 0.01;
      o.threads = 2;
      Trainer plain(r.encoded, r.train, &r.test, o);
      o.average = share;
      Trainer trainer(r.encoded, r.train, &r.test, o);
      struct Watch : Recorder {
        const Trainer* trainer = nullptr;
        const Average* average = nullptr;
        std::vector<double> sum;
        int count = 0;
        void OnTrain(const TrainEvent& e) override {
          Recorder::OnTrain(e);
          if (!average->Due(e.step + 1)) return;
          auto values = trainer->CurrentParameters();
          sum.resize(values.size());
          for (size_t i = 0; i < values.size(); ++i) sum[i] += values[i];
          ++count;
        }
      } seen;
      Average average(share, o.steps);
      seen.trainer = &trainer;
      seen.average = &average;
      RunWatched(trainer, seen);
      ASSERT_EQ(seen.count, samples);
      EXPECT_TRUE(average.Due(o.steps));
      EXPECT_FALSE(average.Due(o.steps + 1));
      for (size_t i = 0; i < seen.sum.size(); ++i) {
        ASSERT_NEAR(trainer.parameters()[i], seen.sum[i] / samples, 1e-6) << i;
      }
      EXPECT_EQ(seen.tested.back().cost, trainer.Evaluate(r.test).cost);
      Recorder without;
      RunWatched(plain, without);
      ASSERT_EQ(without.trained.size(), seen.trained.size());
      EXPECT_EQ(without.trained.back().cost, seen.trained.back().cost);
      EXPECT_EQ(without.order, seen.order);
    }
  }
}

TEST(Average, RunsThatStopBeforeItKeepTheLastParameters) {
  Ratings r(Factorization());
  AlignedVector<float> values[2];
  for (double share : {0.0, 0.5}) {
    TrainingOptions o;
    o.passes = 0;
    o.steps = 20;
    o.average = share;
    o.threads = 1;
    Trainer trainer(r.encoded, r.train, &r.test, o);
    Recorder seen;
    seen.stop_after = 5;
    RunWatched(trainer, seen);
    values[share > 0].assign(trainer.parameters().begin(), trainer.parameters().end());
  }
  EXPECT_TRUE(values[0] == values[1]);
}

}  // namespace
}  // namespace duomo::training
