// The sampled softmax with its correction learns what the full one learns.
#include <gtest/gtest.h>

#include <algorithm>

#include "core/error.h"
#include "training/runs.h"
#include "training/task.h"

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
      AlignedVector<float> now = trainer.CurrentParameters();
      double plain = worker.Step(now.data(), r.test, all, 0, false);
      EXPECT_NEAR(event.cost, plain / static_cast<double>(all.size()), 1e-5) << event.step;
      ++tests;
    }
  } check(r, trainer, o);
  Observer* observers[] = {&check};
  trainer.Run(observers);
  EXPECT_EQ(check.tests, 4);
}

// Items that nobody has taken are no evidence against anything: they neither push nor are pushed.
TEST(Softmax, ItemsWithoutExamplesDoNotCompete) {
  model::Description d = Factorization();
  d.head.user_bias = -1;
  d.head.global_bias = false;
  data::Dataset dataset = data::MakeSynthetic(40, 30, 500, 1);
  data::Encoded encoded = data::Encode(d, dataset);
  const data::Interactions& all = dataset.interactions;
  const uint32_t never[] = {0, 13, 29};
  auto is_new = [&](uint32_t item) { return std::find(never, never + 3, item) != never + 3; };
  std::vector<uint32_t> rows, others;
  for (uint32_t i = 0; i < all.size(); ++i) (is_new(all.items[i]) ? others : rows).push_back(i);
  ASSERT_FALSE(others.empty());
  RatingExamples train(encoded, all, rows), test(encoded, all, others);
  for (uint32_t negatives : {0u, 12u}) {
    TrainingOptions o;
    o.loss = Loss::kSoftmax;
    o.negatives = negatives;
    o.passes = 4;
    o.learning_rate = 0.05;
    o.threads = 2;
    Trainer trainer(encoded, train, &test, o);
    std::vector<float> before(trainer.parameters().begin(), trainer.parameters().end());
    Recorder seen;
    RunWatched(trainer, seen);
    // The right item competes with the 27 that are known, whatever it is itself.
    EXPECT_NEAR(seen.tested.front().cost, std::log(28.0), 0.05);
    EXPECT_TRUE(std::isfinite(seen.tested.back().cost));
    for (const char* name : {"tables/movie_id", "head/item_bias"}) {
      size_t s = trainer.layout().IndexOf(name);
      const Layout::Slot& slot = trainer.layout().slots()[s];
      const model::FeatureView& ids = encoded.items.inputs[static_cast<size_t>(d.head.item_bias)];
      for (uint32_t item = 0; item < 30; ++item) {
        uint32_t row = ids.RowsOf(item)[0];
        EXPECT_EQ(trainer.Trained(s, row), !is_new(item)) << name << ' ' << item;
        auto at = static_cast<ptrdiff_t>(slot.offset + row * slot.width());
        bool moved = !std::equal(before.begin() + at,
                                 before.begin() + at + static_cast<ptrdiff_t>(slot.width()),
                                 trainer.parameters().begin() + at);
        EXPECT_EQ(moved, !is_new(item)) << name << ' ' << item;
      }
    }
  }
}

// What one step's users took before says nothing about the next step's.
TEST(Softmax, ItemsTakenBeforeAreThoseOfTheStep) {
  model::Description d = Factorization();
  d.head.user_bias = -1;
  d.head.global_bias = false;
  Ratings r(data::MakeSynthetic(40, 30, 500, 1), d, "ratio:0.1");
  struct Taking : Examples {
    const RatingExamples& examples;
    std::vector<uint32_t> items;  // of everybody
    explicit Taking(const RatingExamples& e) : examples(e) {}
    size_t size() const override { return examples.size(); }
    bool static_features() const override { return true; }
    void Gather(std::span<const uint32_t> numbers, ExampleBatch& out) const override {
      examples.Gather(numbers, out);
      out.taken.assign(numbers.size(), items);
    }
  } some(r.train), none(r.train);
  for (uint32_t item = 0; item < 15; ++item) some.items.push_back(item);
  TrainingOptions o;
  o.loss = Loss::kSoftmax;
  o.in_batch_negatives = true;
  o.exclude_taken = true;
  Layout layout(r.encoded.description);
  Random random(1);
  AlignedVector<float> values = InitialValues(layout, random);
  std::vector<uint64_t> counts(r.dataset.items.size(), 0);
  for (size_t i = 0; i < r.train.size(); ++i) ++counts[r.train.ItemOf(i)];
  ItemSampler sampler(counts);
  const std::vector<std::vector<float>> statistics(d.inputs.size());
  auto worker = [&] {
    return std::make_unique<Worker>(r.encoded.description, layout, statistics, r.encoded.items, o,
                                    &sampler, 1);
  };
  const uint32_t numbers[] = {0, 5, 17, 40, 99, 160, 230, 301};
  auto cost = [&](Worker& w, const Examples& examples) {
    return w.Step(values.data(), examples, numbers, 1, true);
  };
  auto fresh = worker(), used = worker(), other = worker();
  double without = cost(*fresh, none), with = cost(*used, some);
  EXPECT_LT(with, without);  // fewer negatives
  EXPECT_EQ(cost(*used, none), without);
  EXPECT_EQ(cost(*used, some), with);
  EXPECT_EQ(cost(*other, some), with);
}

// The vectors of a run on examples of these weights.
std::vector<float> Learned(Loss loss, WeightUse use, const std::vector<float>& weights) {
  model::Description d = Factorization();
  d.head.user_bias = -1;
  d.head.global_bias = false;
  data::Dataset dataset = data::MakeSynthetic(40, 40, 600, 1);
  dataset.interactions.weights = weights;
  data::Encoded encoded = data::Encode(d, dataset);
  data::Split split = data::MakeSplit("ratio:0.1", dataset.interactions);
  TrainingOptions o;
  o.loss = loss;
  o.examples.weights = use;
  o.passes = 2;
  o.threads = 1;
  o.learning_rate = 0.01;
  Task task(encoded, dataset, split, o);
  Trainer trainer(encoded, task.train(), task.test(), o);
  Recorder seen;
  RunWatched(trainer, seen);
  return {trainer.parameters().begin(), trainer.parameters().end()};
}

TEST(Weights, CountByTheLoss) {
  std::vector<float> none, alike(600, 7), mixed(600, 3), scaled(600, 12);
  for (size_t i = 0; i < 600; i += 2) {
    mixed[i] = 1;
    scaled[i] = 4;
  }
  for (Loss loss : {Loss::kSoftmax, Loss::kLogistic, Loss::kSquared}) {
    std::vector<float> plain = Learned(loss, WeightUse::kByLoss, none);
    EXPECT_EQ(plain, Learned(loss, WeightUse::kByLoss, alike));
    EXPECT_EQ(plain == Learned(loss, WeightUse::kByLoss, mixed), loss == Loss::kSquared);
    EXPECT_NE(plain, Learned(loss, WeightUse::kAlways, mixed));
    EXPECT_EQ(plain, Learned(loss, WeightUse::kNever, mixed));
    // Their unit says nothing.
    EXPECT_EQ(Learned(loss, WeightUse::kAlways, mixed), Learned(loss, WeightUse::kAlways, scaled));
  }
  mixed[11] = -2;
  try {
    Learned(Loss::kSoftmax, WeightUse::kByLoss, mixed);
    ADD_FAILURE() << "a negative weight must be refused";
  } catch (const Error& error) {
    EXPECT_NE(error.message().find("interaction 12 "), std::string::npos) << error.message();
  }
}

}  // namespace
}  // namespace duomo::training
