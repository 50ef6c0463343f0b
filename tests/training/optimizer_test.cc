// Every optimiser against its definition in double, dense: each step moves each parameter. The code
// visits what a step touches, for several workers and parts, with rows touched rarely or never.
#include "training/optimizer.h"

#include <gtest/gtest.h>

#include <cmath>
#include <string>
#include <thread>
#include <vector>

#include "training/networks.h"
#include "training/schedule.h"

namespace duomo::training {
namespace {

struct Setting {
  std::string name;
  size_t workers = 1, parts = 1;
  OptimizerKind kind = OptimizerKind::kAdam;
  double weight_decay = 0, embedding_l2 = 0;
  double beta1 = 0.9, beta2 = 0.999, momentum = 0.9;
  Schedule schedule = Schedule::kConstant;
};
void PrintTo(const Setting& s, std::ostream* out) { *out << s.name; }

TrainingOptions OptionsOf(const Setting& s) {
  TrainingOptions o;
  o.optimizer = s.kind;
  o.learning_rate = 0.003;
  o.epsilon = 1e-6;
  o.weight_decay = s.weight_decay;
  o.embedding_l2 = s.embedding_l2;
  o.beta1 = s.beta1;
  o.beta2 = s.beta2;
  o.momentum = s.momentum;
  o.schedule = s.schedule;
  o.warmup_steps = 20;
  return o;
}

constexpr uint64_t kSteps = 1500;

// The parameters in double, by the book.
class Dense {
 public:
  Dense(const TrainingOptions& options, const Layout& layout, std::span<const float> values)
      : o_(options), layout_(layout), w(values.begin(), values.end()), a_(w.size()), b_(w.size()) {}

  void Update(uint64_t step, const std::vector<double>& g, const std::vector<bool>& touched) {
    const double t = static_cast<double>(step), rate = LearningRate(o_, step, kSteps);
    const double corrected =
        rate * std::sqrt(1 - std::pow(o_.beta2, t)) / (1 - std::pow(o_.beta1, t));
    for (const Layout::Slot& slot : layout_.slots()) {
      for (size_t row = 0; row < slot.rows(); ++row) {
        size_t begin = slot.offset + row * slot.width();
        double squares = 0;
        for (size_t i = begin; i < begin + slot.width(); ++i) squares += g[i] * g[i];
        for (size_t i = begin; i < begin + slot.width(); ++i) {
          double slope = g[i] + (touched[i] ? o_.embedding_l2 * w[i] : 0);
          bool by_row = slot.table >= 0 && o_.optimizer == OptimizerKind::kAdagradRows;
          w[i] *= 1 - o_.weight_decay * rate;
          switch (o_.optimizer) {
            case OptimizerKind::kAdam:
              a_[i] = o_.beta1 * a_[i] + (1 - o_.beta1) * slope;
              b_[i] = o_.beta2 * b_[i] + (1 - o_.beta2) * slope * slope;
              w[i] -= corrected * a_[i] / (std::sqrt(b_[i]) + o_.epsilon);
              break;
            case OptimizerKind::kAdagrad:
            case OptimizerKind::kAdagradRows:
              a_[i] += by_row ? squares / static_cast<double>(slot.width()) : slope * slope;
              if (slope != 0) w[i] -= rate * slope / (std::sqrt(a_[i]) + o_.epsilon);
              break;
            case OptimizerKind::kSgd:
              a_[i] = o_.momentum * a_[i] + slope;
              w[i] -= rate * a_[i];
              break;
          }
        }
      }
    }
  }

 private:
  TrainingOptions o_;
  const Layout& layout_;

 public:
  std::vector<double> w;

 private:
  std::vector<double> a_, b_;
};

// Tables of 61 rows, of which a step touches a few.
struct Bench {
  explicit Bench(const Setting& s)
      : options(OptionsOf(s)),
        layout(Described()),
        values(layout.total()),
        gradients(s.workers, Gradients(layout)) {
    for (const Layout::Slot& slot : layout.slots()) {
      for (size_t i = 0; i < slot.size; ++i) {
        values[slot.offset + i] = static_cast<float>(random.Normal());
      }
    }
    optimizer.emplace(options, layout, values, kSteps);
    for (Gradients& g : gradients) pointers.push_back(&g);
  }
  static model::Description Described() {
    model::Description d =
        Towers({Embedding(kUserId)}, {Convolution(kTitle, {3}, model::Pooling::kMax)});
    for (auto& vocabulary : d.vocabularies) vocabulary.size = 60;
    return d;
  }

  // Draws gradients of one step: the last row of every table is never touched, those before it the
  // more rarely the further back they stand.
  void Draw(std::vector<double>& g, std::vector<bool>& touched) {
    g.assign(layout.total(), 0);
    touched.assign(layout.total(), false);
    for (Gradients& worker : gradients) {
      worker.NextStep();
      for (size_t s = 0; s < layout.slots().size(); ++s) {
        const Layout::Slot& slot = layout.slots()[s];
        bool table = slot.table >= 0;
        for (size_t row = 0; row < slot.rows(); ++row) {
          bool mine = !table || (row + 1 < slot.rows() && random.Below(2 + row * row / 4) == 0);
          if (!mine) continue;
          float* out =
              table ? worker.Row(s, static_cast<uint32_t>(row)) : worker.of(s) + row * slot.width();
          for (size_t i = 0; i < slot.width(); ++i) {
            size_t at = slot.offset + row * slot.width() + i;
            auto x = static_cast<float>(random.Normal() * 0.1);
            out[i] += x;
            g[at] += x;
            touched[at] = table;
          }
        }
      }
    }
  }
  void Update(size_t parts) {
    for (size_t part = 0; part < parts; ++part) optimizer->Update(pointers, part, parts);
    optimizer->Done();
  }
  AlignedVector<float> Current(size_t parts) const {
    AlignedVector<float> out(layout.total());
    for (size_t part = 0; part < parts; ++part) optimizer->CopyCurrent(out.data(), part, parts);
    return out;
  }

  TrainingOptions options;
  Random random{3};
  Layout layout;
  AlignedVector<float> values;
  std::vector<Gradients> gradients;
  std::vector<Gradients*> pointers;
  std::optional<Optimizer> optimizer;
};

class DenseInMeaning : public testing::TestWithParam<Setting> {};

TEST_P(DenseInMeaning, EachStepMovesEachRow) {
  const Setting& s = GetParam();
  Bench b(s);
  Dense dense(b.options, b.layout, b.values);
  const std::vector<float> start(b.values.begin(), b.values.end());
  std::vector<double> g;
  std::vector<bool> touched;
  auto compare = [&](std::span<const float> is, uint64_t step) {
    for (const Layout::Slot& slot : b.layout.slots()) {
      for (size_t i = 0; i < slot.size; ++i) {
        double was = dense.w[slot.offset + i];
        ASSERT_NEAR(is[slot.offset + i], was, 1e-5 * (1 + std::abs(was)))
            << slot.parameter.name << '[' << i << "] after step " << step;
      }
    }
  };
  for (uint64_t step = 1; step <= kSteps; ++step) {
    b.Draw(g, touched);
    dense.Update(step, g, touched);
    b.Update(s.parts);
    if (step == 1 || step % 300 == 7) {
      ASSERT_NO_FATAL_FAILURE(compare(b.Current(2), step));
    }
  }
  const AlignedVector<float> looked = b.Current(3);
  for (size_t part = 0; part < s.parts; ++part) b.optimizer->BringUpToDate(part, s.parts);
  EXPECT_TRUE(looked == b.values) << "looking and bringing up to date have the same bits";
  ASSERT_NO_FATAL_FAILURE(compare(b.values, kSteps));
  for (size_t slot = 0; slot < b.layout.slots().size(); ++slot) {
    const Layout::Slot& at = b.layout.slots()[slot];
    if (at.table < 0) continue;
    auto last = static_cast<uint32_t>(at.rows() - 1);
    EXPECT_FALSE(b.optimizer->Trained(slot, last));
    EXPECT_TRUE(b.optimizer->Trained(slot, 0));
    for (size_t i = at.offset + last * at.width(); i < at.offset + at.size; ++i) {
      EXPECT_EQ(b.values[i] == start[i], s.weight_decay == 0) << "only decay moves it";
    }
  }
}

std::vector<Setting> Settings() {
  using enum OptimizerKind;
  std::vector<Setting> all;
  all.push_back({"Adam"});
  all.push_back({"AdamParts", 1, 3});
  all.push_back({"AdamWorkers", 2, 2});
  all.push_back({"AdamManyParts", 3, 64});
  all.push_back({"AdamDecay", 2, 2, kAdam, 0.3});
  all.push_back({"AdamL2", 2, 2, kAdam, 0, 0.05});
  all.push_back({"AdamCosine", 2, 2, kAdam, 0.2, 0.01, 0.9, 0.999, 0, Schedule::kCosine});
  all.push_back({"AdamQuickV", 2, 2, kAdam, 0.2, 0, 0.9, 0.99, 0, Schedule::kLinear});
  all.push_back({"AdamOneByOne", 2, 2, kAdam, 0.2, 0, 0.9, 0.7, 0, Schedule::kLinear});
  all.push_back({"AdamWithoutMomentum", 1, 1, kAdam, 0, 0, 0});
  all.push_back({"Adagrad", 2, 2, kAdagrad, 0, 0, 0, 0, 0, Schedule::kCosine});
  all.push_back({"AdagradDecay", 2, 3, kAdagrad, 0.3});
  all.push_back({"AdagradRows", 2, 2, kAdagradRows});
  all.push_back({"AdagradRowsDecay", 3, 2, kAdagradRows, 0.3, 0, 0, 0, 0, Schedule::kLinear});
  all.push_back({"Sgd", 2, 2, kSgd});
  all.push_back({"SgdDecay", 2, 3, kSgd, 0.3, 0.05, 0, 0, 0.9, Schedule::kLinear});
  all.push_back({"SgdLong", 1, 2, kSgd, 0.1, 0, 0, 0, 0.99, Schedule::kCosine});
  all.push_back({"SgdPlain", 2, 2, kSgd, 0.1, 0, 0, 0, 0});
  return all;
}

INSTANTIATE_TEST_SUITE_P(All, DenseInMeaning, testing::ValuesIn(Settings()),
                         [](const auto& test) { return test.param.name; });

// The same rows at once from several threads, in other orders: the bits of one thread.
TEST(Optimizer, RowsThatManyReadAreBroughtUpToDateOnce) {
  Bench one({"one"}), many({"many"});
  std::vector<double> g;
  std::vector<bool> touched;
  size_t slot = one.layout.IndexOf("tables/word");
  for (uint64_t step = 1; step <= 60; ++step) {
    for (Bench* b : {&one, &many}) {
      b->Draw(g, touched);
      std::vector<std::thread> threads;
      for (uint32_t t = 0; t < (b == &one ? 1u : 4u); ++t) {
        threads.emplace_back([b, t, slot] {
          std::vector<uint32_t> rows;
          for (uint32_t i = 0; i < 61; ++i) rows.push_back((i * (t + 7) + t) % 61);
          std::vector<const float*> found;
          b->optimizer->Find(slot, rows, found);
          for (size_t i = 0; i < rows.size(); ++i) {
            const Layout::Slot& s = b->layout.slots()[slot];
            EXPECT_EQ(found[i], &b->values[s.offset + rows[i] * s.width()]);
          }
        });
      }
      for (std::thread& thread : threads) thread.join();
      b->Update(2);
    }
    ASSERT_TRUE(one.values == many.values) << step;
  }
}

// A row that had a gradient once goes on moving in steps that do not touch it.
TEST(Optimizer, AdamMovesRowsWithoutGradient) {
  Layout layout(Towers({Embedding(kUserId)}, {Embedding(kItemId)}));
  size_t slot = layout.IndexOf("tables/user");
  size_t at = layout.slots()[slot].offset + layout.slots()[slot].width();  // row 1
  AlignedVector<float> values(layout.total(), 0.0f);
  TrainingOptions options;
  options.learning_rate = 0.1;
  Optimizer adam(options, layout, values, 10);
  Gradients gradients(layout);
  Gradients* pointers[] = {&gradients};
  gradients.Row(slot, 1)[0] = 1;
  adam.Update(pointers, 0, 1);
  adam.Done();
  float after_one = values[at];
  EXPECT_NEAR(after_one, -0.1, 1e-6);  // Adam's first step is the learning rate
  EXPECT_TRUE(adam.Trained(slot, 1));
  EXPECT_FALSE(adam.Trained(slot, 0));
  gradients.NextStep();
  adam.Update(pointers, 0, 1);
  adam.Done();
  EXPECT_EQ(values[at], after_one) << "nobody looked";
  std::vector<const float*> found;
  const uint32_t rows[] = {1};
  AlignedVector<float> scratch;
  adam.Peek(slot, rows, scratch, found);
  float looked = *found[0];
  EXPECT_LT(looked, after_one - 0.05f);
  EXPECT_EQ(values[at], after_one);
  adam.Find(slot, rows, found);
  EXPECT_EQ(*found[0], looked);
  EXPECT_EQ(values[at], looked);
}

}  // namespace
}  // namespace duomo::training
