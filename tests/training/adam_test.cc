// Adam against its definition in double, for several workers and parts, with rows that no example
// touched; learning-rate schedules; initial values.
#include "training/adam.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>
#include <vector>

#include "training/networks.h"

namespace duomo::training {
namespace {

struct Setting {
  size_t workers, parts;
  double weight_decay, embedding_l2;
};

class AdamUpdate : public testing::TestWithParam<Setting> {};

// The same steps twice, in float by the code and in double by the book. Each worker touches some
// rows of the tables, so that rows have gradients from none, one or all.
TEST_P(AdamUpdate, IsThatOfThePaper) {
  auto [workers, parts, weight_decay, embedding_l2] = GetParam();
  Layout layout(Towers({Embedding(kUserId)}, {Convolution(kTitle, {3}, model::Pooling::kMax)}));
  TrainingOptions options;
  options.weight_decay = weight_decay;
  options.embedding_l2 = embedding_l2;
  options.epsilon = 1e-6;
  Random random(3);
  AlignedVector<float> values(layout.total());
  for (const Layout::Slot& slot : layout.slots()) {
    for (size_t i = 0; i < slot.size; ++i) {
      values[slot.offset + i] = static_cast<float>(random.Normal());
    }
  }
  std::vector<double> w(values.begin(), values.end()), m(layout.total()), v(layout.total());
  const std::vector<double> start = w;
  Adam adam(layout);
  std::vector<Gradients> gradients(workers, Gradients(layout));
  std::vector<Gradients*> pointers;
  for (Gradients& g : gradients) pointers.push_back(&g);

  for (uint64_t step = 1; step <= 20; ++step) {
    const double rate = 0.01 / static_cast<double>(step);
    std::vector<double> g(layout.total());
    std::vector<bool> touched(layout.total());
    for (Gradients& worker : gradients) {
      worker.NextStep();
      for (size_t s = 0; s < layout.slots().size(); ++s) {
        const Layout::Slot& slot = layout.slots()[s];
        for (size_t row = 0; row < slot.rows(); ++row) {
          // The last row of every table is never touched, the others now and then.
          bool mine = slot.table < 0 || (row + 1 < slot.rows() && random.Below(3) == 0);
          if (!mine) continue;
          float* out = slot.table < 0 ? worker.of(s) + row * slot.width()
                                      : worker.Row(s, static_cast<uint32_t>(row));
          for (size_t i = 0; i < slot.width(); ++i) {
            size_t at = slot.offset + row * slot.width() + i;
            auto x = static_cast<float>(random.Normal() * 0.1);
            out[i] += x;
            g[at] += x;
            touched[at] = slot.table >= 0;
          }
        }
      }
    }
    for (size_t part = 0; part < parts; ++part) {
      adam.Update(options, rate, step, pointers, values, part, parts);
    }
    const double t = static_cast<double>(step), b1 = options.beta1, b2 = options.beta2;
    const double corrected = rate * std::sqrt(1 - std::pow(b2, t)) / (1 - std::pow(b1, t));
    for (const Layout::Slot& slot : layout.slots()) {
      for (size_t i = slot.offset; i < slot.offset + slot.size; ++i) {
        double slope = g[i] + (touched[i] ? embedding_l2 * w[i] : 0);
        m[i] = b1 * m[i] + (1 - b1) * slope;
        v[i] = b2 * v[i] + (1 - b2) * slope * slope;
        w[i] -= weight_decay * rate * w[i] + corrected * m[i] / (std::sqrt(v[i]) + options.epsilon);
      }
    }
  }
  for (const Layout::Slot& slot : layout.slots()) {
    for (size_t i = 0; i < slot.size; ++i) {
      size_t at = slot.offset + i;
      ASSERT_NEAR(values[at], w[at], 2e-6) << slot.parameter.name << '[' << i << ']';
    }
    if (slot.table < 0) continue;
    for (size_t i = slot.size - slot.width(); i < slot.size; ++i) {
      if (weight_decay == 0) {
        ASSERT_EQ(values[slot.offset + i], static_cast<float>(start[slot.offset + i]));
      } else {
        ASSERT_NE(values[slot.offset + i], static_cast<float>(start[slot.offset + i]));
      }
    }
  }
}

INSTANTIATE_TEST_SUITE_P(All, AdamUpdate,
                         testing::Values(Setting{1, 1, 0, 0}, Setting{1, 3, 0, 0},
                                         Setting{2, 2, 0, 0}, Setting{3, 2, 0, 0},
                                         Setting{3, 64, 0, 0}, Setting{2, 2, 0.3, 0},
                                         Setting{2, 2, 0, 0.5}, Setting{1, 2, 0.2, 0.1}));

// "Dense": a row that had a gradient once goes on moving in steps that do not touch it.
TEST(Adam, MovesRowsWithoutGradient) {
  Layout layout(Towers({Embedding(kUserId)}, {Embedding(kItemId)}));
  size_t slot = layout.IndexOf("tables/user");
  size_t at = layout.slots()[slot].offset + layout.slots()[slot].width();  // row 1
  AlignedVector<float> values(layout.total(), 0.0f);
  Gradients gradients(layout);
  Gradients* pointers[] = {&gradients};
  Adam adam(layout);
  gradients.Row(slot, 1)[0] = 1;
  adam.Update({}, 0.1, 1, pointers, values, 0, 1);
  float after_one = values[at];
  EXPECT_NEAR(after_one, -0.1, 1e-6);  // Adam's first step is the learning rate
  gradients.NextStep();
  EXPECT_FALSE(gradients.Touched(slot, 1));
  EXPECT_TRUE(gradients.EverTouched(slot, 1));
  EXPECT_FALSE(gradients.EverTouched(slot, 0));
  adam.Update({}, 0.1, 2, pointers, values, 0, 1);
  EXPECT_LT(values[at], after_one - 0.05f);
}

TEST(Adam, FollowsTheSchedule) {
  TrainingOptions o;
  o.learning_rate = 0.5;
  for (uint64_t step : {1u, 7u, 1000u}) EXPECT_EQ(Adam::LearningRate(o, step, 10), 0.5);
  o.schedule = Schedule::kLinear;
  EXPECT_DOUBLE_EQ(Adam::LearningRate(o, 1, 10), 0.45);
  EXPECT_DOUBLE_EQ(Adam::LearningRate(o, 5, 10), 0.25);
  EXPECT_DOUBLE_EQ(Adam::LearningRate(o, 10, 10), 0);
  o.schedule = Schedule::kCosine;
  EXPECT_DOUBLE_EQ(Adam::LearningRate(o, 5, 10), 0.25);
  EXPECT_DOUBLE_EQ(Adam::LearningRate(o, 2, 10), 0.25 * (1 + std::cos(std::numbers::pi / 5)));
  EXPECT_NEAR(Adam::LearningRate(o, 10, 10), 0, 1e-16);
  o.warmup_steps = 4;
  for (uint64_t step = 1; step <= 4; ++step) {
    EXPECT_DOUBLE_EQ(Adam::LearningRate(o, step, 10), 0.125 * static_cast<double>(step));
  }
  EXPECT_DOUBLE_EQ(Adam::LearningRate(o, 7, 10), 0.25);  // half of what is left
  EXPECT_DOUBLE_EQ(Adam::LearningRate(o, 2, 3), 0.25);   // a warm-up longer than the run
  o.schedule = Schedule::kConstant;
  EXPECT_DOUBLE_EQ(Adam::LearningRate(o, 5, 10), 0.5);
}

TEST(Layout, AlignsEveryParameterAndKnowsItsTables) {
  Layout layout(Towers({Embedding(kUserId)}, {MultiHot(kGenres, model::Activation::kTanh)}));
  size_t end = 0, tables = 0;
  for (const Layout::Slot& slot : layout.slots()) {
    EXPECT_GE(slot.offset, end);
    EXPECT_EQ(slot.offset % 16, 0u);
    EXPECT_EQ(slot.rows() * slot.width(), slot.size);
    EXPECT_EQ(slot.table >= 0, slot.parameter.is_table);
    tables += slot.table >= 0;
    end = slot.offset + slot.size;
  }
  EXPECT_LE(end, layout.total());
  EXPECT_EQ(tables, layout.table_count());
  EXPECT_THROW(layout.IndexOf("tables/nothing"), Error);
}

// Mean 0 and 1/√rows, block by block; biases and unknown rows 0.
TEST(Layout, DrawsInitialValuesAsDescribed) {
  model::Description d =
      Towers({Embedding(kUserId, {{400, {}}}), Embedding(kUserId)}, {Embedding(kItemId)});
  d.towers[0].encoders[1].name = "again";
  d.vocabularies[0].size = 10000;
  d.towers[0].layers = d.towers[1].layers = {{300, {}}};
  Layout layout(d);
  Random random(1);
  AlignedVector<float> values = InitialValues(layout, random);
  auto deviation = [&](const char* name, size_t begin_row, size_t end_row) {
    const Layout::Slot& slot = layout.slots()[layout.IndexOf(name)];
    double sum = 0, squares = 0, n = 0;
    for (size_t i = begin_row * slot.width(); i < end_row * slot.width(); ++i, ++n) {
      sum += values[slot.offset + i];
      squares += double{values[slot.offset + i]} * values[slot.offset + i];
    }
    EXPECT_LE(std::abs(sum / n), 5 * std::sqrt(squares) / n) << name;  // five standard errors
    return std::sqrt(squares / n);
  };
  EXPECT_NEAR(deviation("tables/user", 0, 10000), 0.01, 0.0003);
  EXPECT_EQ(deviation("tables/user", 10000, 10001), 0);
  EXPECT_NEAR(deviation("user/user_id/dense0/weight", 0, 3), 1 / std::sqrt(3), 0.06);
  EXPECT_NEAR(deviation("user/dense0/weight", 0, 400), 0.05, 0.001);
  EXPECT_NEAR(deviation("user/dense0/weight", 400, 403), 1 / std::sqrt(3), 0.06);
  EXPECT_EQ(deviation("user/dense0/bias", 0, 300), 0);
}

}  // namespace
}  // namespace duomo::training
