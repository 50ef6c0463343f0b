// Steps without gradient, all at once, against the same steps one by one in double.
#include "training/missed_steps.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

#include "training/schedule.h"

namespace duomo::training {
namespace {

struct Setting {
  const char* name;
  double beta1, beta2, decay;
  Schedule schedule;
  uint64_t warmup;
  OptimizerKind optimizer = OptimizerKind::kAdam;
};
void PrintTo(const Setting& s, std::ostream* out) { *out << s.name; }

class Missed : public testing::TestWithParam<Setting> {};

TEST_P(Missed, AddUpToTheStepsOneByOne) {
  const Setting& s = GetParam();
  TrainingOptions o;
  o.optimizer = s.optimizer;
  o.learning_rate = 0.01;
  o.beta1 = s.beta1;
  o.beta2 = s.beta2;
  o.momentum = s.beta1;
  o.weight_decay = s.decay;
  o.schedule = s.schedule;
  o.warmup_steps = s.warmup;
  const uint64_t total = 30000;
  MissedSteps missed(o, total);
  ASSERT_TRUE(missed.has_sum());
  missed.Reach(9000);  // in two goes
  missed.Reach(total);
  const bool adam = s.optimizer == OptimizerKind::kAdam;
  for (uint64_t from : {0u, 1u, 7u, 99u, 4095u, 8000u}) {
    for (uint64_t count : {1u, 2u, 3u, 10u, 60u, 500u, 4096u, 21000u}) {
      kernels::AdamMissed sums = missed.Between(from, from + count);
      EXPECT_LE(sums.terms, kernels::AdamMissed::kMostTerms);
      // Roots of v far above epsilon, like it, and far below.
      for (double root : {1.0, 1e-4, 1e-8, 1e-11, 0.0}) {
        const double epsilon = adam ? 1e-8 : 0, m0 = 0.3;
        double m = m0, v = root, w = 0.5, moved = 0;
        for (uint64_t t = from + 1; t <= from + count; ++t) {
          double rate = LearningRate(o, t, total), step = static_cast<double>(t);
          w *= 1 - o.weight_decay * rate;
          moved *= 1 - o.weight_decay * rate;
          m *= s.beta1;
          if (adam) {
            rate *= std::sqrt(1 - std::pow(s.beta2, step)) / (1 - std::pow(s.beta1, step));
            v *= std::sqrt(s.beta2);
            moved += rate * m / (v + epsilon);
          } else {
            moved += rate * m;
          }
        }
        double by_sums = 0, q = adam ? root / (root + epsilon) : 1;
        for (size_t j = sums.terms; j-- > 0;) by_sums = by_sums * q + double{sums.moments[j]};
        by_sums *= adam ? m0 / (root + epsilon) : m0;
        ASSERT_NEAR(by_sums, moved, 2e-7 * std::abs(moved) + 1e-37)
            << "steps " << from << " + " << count << ", root " << root;
        ASSERT_NEAR(0.5 - 0.5 * double{sums.decay}, w, 1e-7);
        ASSERT_NEAR(double{sums.beta1} * m0, m, 1e-6 * m + 1e-37);
        double second = adam ? double{sums.beta2} * root * root : v * v;
        ASSERT_NEAR(second, v * v, 1e-6 * v * v + 1e-37);
      }
    }
  }
}

INSTANTIATE_TEST_SUITE_P(
    All, Missed,
    testing::Values(Setting{"Usual", 0.9, 0.999, 0, Schedule::kConstant, 0},
                    Setting{"Decay", 0.9, 0.999, 0.5, Schedule::kConstant, 0},
                    Setting{"Cosine", 0.9, 0.999, 0.1, Schedule::kCosine, 500},
                    Setting{"Linear", 0.9, 0.999, 0, Schedule::kLinear, 6000},
                    Setting{"QuickV", 0.9, 0.99, 0.1, Schedule::kLinear, 0},
                    Setting{"SlowM", 0.95, 0.999, 0, Schedule::kCosine, 10},
                    Setting{"NoM", 0, 0.999, 0.1, Schedule::kConstant, 0},
                    Setting{"Momentum", 0.9, 0, 0.1, Schedule::kCosine, 100, OptimizerKind::kSgd},
                    Setting{"LongMomentum", 0.99, 0, 0, Schedule::kLinear, 0, OptimizerKind::kSgd},
                    Setting{"NoMomentum", 0, 0, 0.1, Schedule::kLinear, 0, OptimizerKind::kSgd}),
    [](const auto& test) { return test.param.name; });

TEST(MissedSteps, HasNoSumWhereMOutlastsV) {
  TrainingOptions o;
  EXPECT_TRUE(MissedSteps(o, 10).has_sum());
  o.beta1 = 0.9995;
  EXPECT_FALSE(MissedSteps(o, 10).has_sum());
  o.beta1 = 0.9;
  o.beta2 = 0.8;
  EXPECT_FALSE(MissedSteps(o, 10).has_sum());
  o.beta2 = 0;
  EXPECT_FALSE(MissedSteps(o, 10).has_sum());
}

TEST(Schedule, IsFollowed) {
  TrainingOptions o;
  o.learning_rate = 0.5;
  for (uint64_t step : {1u, 7u, 1000u}) EXPECT_EQ(LearningRate(o, step, 10), 0.5);
  o.schedule = Schedule::kLinear;
  EXPECT_DOUBLE_EQ(LearningRate(o, 1, 10), 0.45);
  EXPECT_DOUBLE_EQ(LearningRate(o, 5, 10), 0.25);
  EXPECT_DOUBLE_EQ(LearningRate(o, 10, 10), 0);
  o.schedule = Schedule::kCosine;
  EXPECT_DOUBLE_EQ(LearningRate(o, 5, 10), 0.25);
  EXPECT_DOUBLE_EQ(LearningRate(o, 2, 10), 0.25 * (1 + std::cos(std::numbers::pi / 5)));
  EXPECT_NEAR(LearningRate(o, 10, 10), 0, 1e-16);
  o.warmup_steps = 4;
  for (uint64_t step = 1; step <= 4; ++step) {
    EXPECT_DOUBLE_EQ(LearningRate(o, step, 10), 0.125 * static_cast<double>(step));
  }
  EXPECT_DOUBLE_EQ(LearningRate(o, 7, 10), 0.25);  // half of what is left
  EXPECT_DOUBLE_EQ(LearningRate(o, 2, 3), 0.25);   // a warm-up longer than the run
  o.schedule = Schedule::kConstant;
  EXPECT_DOUBLE_EQ(LearningRate(o, 5, 10), 0.5);
}

}  // namespace
}  // namespace duomo::training
