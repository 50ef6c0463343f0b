// The sampled softmax with its correction learns what the full one learns.
#include <gtest/gtest.h>

#include "training/runs.h"

namespace duomo::training {
namespace {

// The training cost over all items after a run with this many negatives (0: all items).
double FullCost(const Ratings& r, uint32_t negatives, double* before) {
  TrainingOptions o;
  o.loss = Loss::kSoftmax;
  o.negatives = negatives;
  o.passes = 12;
  o.learning_rate = 0.01;
  o.schedule = Schedule::kLinear;
  o.threads = 2;
  o.test_every = 0;
  Trainer trainer(r.encoded, r.train, &r.train, o);
  Recorder seen;
  RunWatched(trainer, seen);
  EXPECT_TRUE(std::isnan(seen.tested.back().rmse));
  *before = seen.tested.front().cost;
  return seen.tested.back().cost;
}

TEST(Softmax, SampledApproachesFull) {
  model::Description d = Factorization();
  d.head.user_bias = -1;
  d.head.global_bias = false;
  Ratings r(data::MakeSynthetic(300, 80, 8000, 1), d, "ratio:0.1");
  double start = 0;
  double full = FullCost(r, 0, &start);
  EXPECT_NEAR(start, std::log(80.0), 0.05);  // nothing known: every item alike
  EXPECT_LT(full, start - 0.3);
  double many = FullCost(r, 60, &start), few = FullCost(r, 10, &start);
  EXPECT_NEAR(many, full, 0.01 * full);  // 0.03 off without the correction
  EXPECT_NEAR(few, full, 0.03 * full);
}

// Tests share the item vectors of one run of the item tower; the cost is the plain one.
TEST(Softmax, TestsShareTheItems) {
  model::Description d = description::Preset("hybrid").model;
  d.head = {model::HeadKind::kDot, 1, -1, 4, false};
  Ratings r(d);
  TrainingOptions o;
  o.loss = Loss::kSoftmax;
  o.negatives = 30;
  o.steps = 6;
  o.test_every = 2;
  o.threads = 2;
  o.learning_rate = 1e-3;
  Trainer trainer(r.encoded, r.train, &r.test, o);
  struct Check : Observer {
    const Ratings& r;
    const Trainer& trainer;
    const TrainingOptions& options;
    int tests = 0;
    Check(const Ratings& ratings, const Trainer& t, const TrainingOptions& o)
        : r(ratings), trainer(t), options(o) {}
    void OnTest(const TestEvent& event) override {
      Worker worker(r.encoded.description, trainer.layout(), trainer.statistics(), r.encoded.items,
                    options, nullptr, 1);
      std::vector<uint32_t> all(r.test.size());
      for (uint32_t i = 0; i < all.size(); ++i) all[i] = i;
      double plain = worker.Step(trainer.parameters().data(), r.test, all, 0, false);
      EXPECT_NEAR(event.cost, plain / static_cast<double>(all.size()), 1e-5) << event.step;
      ++tests;
    }
  } check(r, trainer, o);
  Observer* observers[] = {&check};
  trainer.Run(observers);
  EXPECT_EQ(check.tests, 4);
}

}  // namespace
}  // namespace duomo::training
