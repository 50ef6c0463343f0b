// The loop: what happens when, what a run depends on, and what it refuses.
#include "training/trainer.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <limits>

#include "temporary_folder.h"
#include "training/planning.h"
#include "training/runs.h"

namespace duomo::training {
namespace {

using Steps = std::vector<uint64_t>;

// Remembers which examples each batch had.
class Counting : public RatingExamples {
 public:
  using RatingExamples::RatingExamples;
  void Gather(std::span<const uint32_t> numbers, ExampleBatch& out) const override {
    batches.emplace_back(numbers.begin(), numbers.end());
    RatingExamples::Gather(numbers, out);
  }
  mutable std::vector<std::vector<uint32_t>> batches;  // one thread
};

TEST(Trainer, NumbersItsEvents) {
  Ratings r(Factorization());
  TrainingOptions o;
  o.threads = 1;
  o.passes = 2;
  o.batch_size = 1000;
  o.test_every = 3;
  Trainer trainer(r.encoded, r.train, &r.test, o);
  uint64_t per_pass = (r.train.size() + 999) / 1000;
  EXPECT_EQ(trainer.steps_per_pass(), per_pass);
  EXPECT_EQ(trainer.total_steps(), 2 * per_pass);
  Recorder seen;
  RunWatched(trainer, seen);
  EXPECT_EQ(trainer.steps_done(), 2 * per_pass);
  ASSERT_EQ(seen.trained.size(), 2 * per_pass);
  for (uint64_t i = 0; i < seen.trained.size(); ++i) {
    EXPECT_EQ(seen.trained[i].step, i);
    EXPECT_EQ(seen.trained[i].pass, i / per_pass);
    EXPECT_EQ(seen.trained[i].batch, i % per_pass);
    EXPECT_EQ(seen.trained[i].total_steps, 2 * per_pass);
    EXPECT_GT(seen.trained[i].cost, 0);
  }
  ASSERT_EQ(seen.passes.size(), 2u);
  for (uint64_t i = 0; i < 2; ++i) {
    EXPECT_EQ(seen.passes[i].pass, i);
    EXPECT_EQ(seen.passes[i].steps, per_pass);
    EXPECT_GT(seen.passes[i].seconds, 0);
  }
  for (const TestEvent& e : seen.tested) {
    EXPECT_NEAR(e.rmse, std::sqrt(e.cost) * 0.5, 1e-9);  // stars are half the head's unit
  }
}

TEST(Trainer, TestsBeforeTheFirstStepAndOnceAfterTheLast) {
  Ratings r(Factorization());
  auto run = [&](uint64_t steps, uint64_t test_every, uint64_t stop_after = UINT64_MAX) {
    TrainingOptions o;
    o.threads = 1;
    o.steps = steps;
    o.batch_size = 100;
    o.test_every = test_every;
    Trainer trainer(r.encoded, r.train, &r.test, o);
    Recorder seen;
    seen.stop_after = stop_after;
    RunWatched(trainer, seen);
    EXPECT_EQ(std::count(seen.order.begin(), seen.order.end(), 'p'), 1) << seen.order;
    return seen;
  };
  EXPECT_EQ(run(10, 4).tests(), (Steps{0, 4, 8, 10}));
  EXPECT_EQ(run(10, 5).tests(), (Steps{0, 5, 10}));
  EXPECT_EQ(run(10, 0).tests(), (Steps{0, 10}));
  EXPECT_EQ(run(10, 100).tests(), (Steps{0, 10}));
  EXPECT_EQ(run(1, 1).tests(), (Steps{0, 1}));
  EXPECT_EQ(run(2, 1).order, "tststp");
  EXPECT_EQ(run(3, 2).order, "tsstspt");
  // Asked to stop: after that step, with the last test as ever.
  EXPECT_EQ(run(10, 4, 6).tests(), (Steps{0, 4, 6}));
  EXPECT_EQ(run(10, 3, 6).tests(), (Steps{0, 3, 6}));
  EXPECT_EQ(run(10, 4, 1).order, "tspt");
}

TEST(Trainer, RunsWithoutTestExamples) {
  Ratings r(Factorization());
  TrainingOptions o;
  o.steps = 3;
  Trainer trainer(r.encoded, r.train, nullptr, o);
  Recorder seen;
  RunWatched(trainer, seen);
  EXPECT_EQ(seen.order, "sssp");
}

TEST(Trainer, StopsAndStillExports) {
  Ratings r;
  TrainingOptions o;
  Trainer trainer(r.encoded, r.train, &r.test, o);
  Recorder seen;
  seen.stop_after = 2;
  RunWatched(trainer, seen);
  EXPECT_EQ(trainer.steps_done(), 2u);
  auto bytes = model::SaveToMemory(Export(trainer, r.encoded, r.dataset, {}));
  auto opened = model::Model::OpenBuffer(bytes);
  EXPECT_EQ(opened->users().count, 300u);
  EXPECT_EQ(opened->items().vectors.size(), 200u * 200);
}

TEST(Trainer, TakesTheLeastOfStepsAndPasses) {
  Ratings r(Factorization());
  auto total = [&](uint64_t passes, uint64_t steps) {
    TrainingOptions o;
    o.passes = passes;
    o.steps = steps;
    o.batch_size = 1000;
    o.threads = 1;
    return Trainer(r.encoded, r.train, nullptr, o).total_steps();
  };
  uint64_t pass = (r.train.size() + 999) / 1000;
  EXPECT_EQ(total(3, 0), 3 * pass);
  EXPECT_EQ(total(3, 5), 5u);
  EXPECT_EQ(total(1, 1000), pass);
  EXPECT_EQ(total(0, 1000), 1000u);
  EXPECT_EQ(total(UINT64_MAX, 7), 7u);
  EXPECT_EQ(total(UINT64_MAX, 0), UINT64_MAX);  // until somebody stops it
}

// A pass shows every example once, in an order of its own; the last, partial batch is kept.
TEST(Trainer, ShowsEveryExampleOnceAPass) {
  Ratings r(Factorization());
  for (uint32_t buffer : {0u, 512u}) {
    Counting counting(r.encoded, r.dataset.interactions, r.split.train);
    TrainingOptions o;
    o.threads = 1;
    o.passes = 2;
    o.batch_size = 1000;
    o.shuffle_buffer = buffer;
    Trainer trainer(r.encoded, counting, nullptr, o);
    counting.batches.clear();
    Recorder seen;
    RunWatched(trainer, seen);
    uint64_t per_pass = trainer.steps_per_pass();
    ASSERT_EQ(counting.batches.size(), 2 * per_pass);
    std::vector<std::vector<uint32_t>> passes(2);
    for (size_t i = 0; i < counting.batches.size(); ++i) {
      bool last = i % per_pass == per_pass - 1;
      EXPECT_EQ(counting.batches[i].size(), last ? r.train.size() % 1000 : 1000);
      auto& pass = passes[i / per_pass];
      pass.insert(pass.end(), counting.batches[i].begin(), counting.batches[i].end());
    }
    EXPECT_NE(passes[0], passes[1]);
    if (buffer > 0) {  // examples stay within their buffer
      for (size_t i = 0; i < passes[0].size(); ++i) EXPECT_EQ(passes[0][i] / buffer, i / buffer);
    }
    for (auto& pass : passes) {
      EXPECT_FALSE(std::is_sorted(pass.begin(), pass.end()));
      std::sort(pass.begin(), pass.end());
      ASSERT_EQ(pass.size(), r.train.size());
      for (uint32_t i = 0; i < pass.size(); ++i) ASSERT_EQ(pass[i], i);
    }
  }
}

AlignedVector<std::byte> Trained(const Ratings& r, uint64_t seed, uint32_t threads) {
  TrainingOptions o;
  o.seed = seed;
  o.threads = threads;
  o.steps = 12;
  o.dropout = 0.1;
  o.id_dropout = {{"user_id", 0.2}};
  Trainer trainer(r.encoded, r.train, &r.test, o);
  Recorder seen;
  RunWatched(trainer, seen);
  ExportOptions options;
  options.history = r.split.train;
  return model::SaveToMemory(Export(trainer, r.encoded, r.dataset, options));
}

TEST(Trainer, MakesTheSameBytesFromTheSameSeed) {
  Ratings r;
  for (uint32_t threads : {1u, 2u, 3u}) {
    auto first = Trained(r, 7, threads);
    EXPECT_TRUE(first == Trained(r, 7, threads)) << threads << " threads";
    EXPECT_FALSE(first == Trained(r, 8, threads)) << threads << " threads";
  }
}

// How the batch is shared out changes roundings only.
TEST(Trainer, AgreesWithItselfOnMoreThreads) {
  Ratings r;
  std::vector<std::vector<float>> results;
  std::vector<double> costs;
  for (uint32_t threads : {1u, 2u, 3u}) {
    TrainingOptions o;
    o.threads = threads;
    o.steps = 20;
    Trainer trainer(r.encoded, r.train, &r.test, o);
    Recorder seen;
    RunWatched(trainer, seen);
    results.emplace_back(trainer.parameters().begin(), trainer.parameters().end());
    costs.push_back(seen.tested.back().cost);
    EXPECT_NEAR(seen.trained[0].cost, seen.tested[0].cost, 2);  // the same kind of number
  }
  for (size_t t = 1; t < results.size(); ++t) {
    EXPECT_NEAR(costs[t], costs[0], 1e-4 * costs[0]);
    double worst = 0;
    for (size_t i = 0; i < results[0].size(); ++i) {
      worst = std::max(worst, std::abs(double{results[t][i]} - results[0][i]));
    }
    // Adam moves a parameter by up to the rate a step, whatever the gradient's size, so that a
    // rounding of a gradient near zero can show fully: 20 steps of 1e-4, both ways.
    EXPECT_LE(worst, 4e-3);
  }
}

// The shortcut for ratings (each tower once an entity) is the plain cost.
TEST(Trainer, EvaluatesAsItTrains) {
  for (const model::Description& d : {description::Preset("hybrid").model, Factorization()}) {
    Ratings r(d);
    TrainingOptions o;
    o.steps = 5;
    o.learning_rate = 0.01;
    Trainer trainer(r.encoded, r.train, nullptr, o);
    Recorder seen;
    RunWatched(trainer, seen);
    Worker worker(r.encoded.description, trainer.layout(), trainer.statistics(), r.encoded.items, o,
                  nullptr, 1);
    std::vector<uint32_t> all(r.test.size());
    for (uint32_t i = 0; i < all.size(); ++i) all[i] = i;
    double plain = worker.Step(trainer.parameters().data(), r.test, all, 0, false);
    TestEvent event = trainer.Evaluate(r.test);
    EXPECT_NEAR(event.cost, plain / static_cast<double>(all.size()), 1e-5);
    EXPECT_EQ(event.step, 5u);
  }
}

TEST(Trainer, LearnsMoreThanTheMean) {
  struct {
    model::Description description;
    double rate;
  } cases[] = {{description::Preset("hybrid").model, 1e-3}, {Factorization(), 5e-3}};
  for (const auto& c : cases) {
    Ratings r(c.description);
    TrainingOptions o;
    o.learning_rate = c.rate;
    o.passes = 8;
    o.threads = 2;
    Trainer trainer(r.encoded, r.train, &r.test, o);
    Recorder seen;
    RunWatched(trainer, seen);
    EXPECT_LT(seen.tested.back().cost, 0.7 * seen.tested.front().cost);
    EXPECT_LT(seen.tested.back().rmse, 0.98 * r.MeanRmse());
  }
}

TEST(Trainer, SaysWhatIsWrongWithItsOptions) {
  Ratings r(Factorization());
  Ratings cosine;
  const double nan = std::numeric_limits<double>::quiet_NaN();
  using Change = std::function<void(TrainingOptions&)>;
  auto refused = [&](const Ratings& ratings, const char* says, const Change& change) {
    TrainingOptions o;
    o.threads = 1;
    change(o);
    try {
      Trainer trainer(ratings.encoded, ratings.train, nullptr, o);
      ADD_FAILURE() << "not refused: " << says;
    } catch (const Error& error) {
      EXPECT_EQ(error.status(), Status::kInvalidArgument);
      EXPECT_NE(error.message().find(says), std::string::npos) << error.message();
    }
  };
  refused(r, "batch size", [](auto& o) { o.batch_size = 0; });
  for (double rate : {0.0, -1.0, nan, 1 / 0.0}) {
    refused(r, "learning rate", [&](auto& o) { o.learning_rate = rate; });
  }
  for (double momentum : {-0.1, 1.0, nan}) {
    refused(r, "momentum", [&](auto& o) { o.momentum = momentum; });
  }
  refused(r, "weight decay times the learning rate", [](auto& o) {
    o.learning_rate = 0.5;
    o.weight_decay = 2;
  });
  refused(r, "only the softmax loss has negatives", [](auto& o) { o.in_batch_negatives = true; });
  refused(r, "either drawn or those of the batch", [](auto& o) {
    o.loss = Loss::kSoftmax;
    o.negatives = 5;
    o.in_batch_negatives = true;
  });
  refused(r, "neither passes nor steps", [](auto& o) { o.passes = 0; });
  for (double dropout : {-0.1, 1.0, nan}) {
    refused(r, "dropout must be", [&](auto& o) { o.dropout = dropout; });
    refused(r, "id dropout of \"user_id\"", [&](auto& o) {
      o.id_dropout = {{"user_id", dropout}};
    });
  }
  for (double beta : {-0.1, 1.0, nan}) {
    refused(r, "beta", [&](auto& o) { o.beta1 = beta; });
    refused(r, "beta", [&](auto& o) { o.beta2 = beta; });
  }
  for (double bad : {-1.0, nan, 1 / 0.0}) {
    refused(r, "epsilon", [&](auto& o) { o.epsilon = bad; });
    refused(r, "decay", [&](auto& o) { o.weight_decay = bad; });
    refused(r, "decay", [&](auto& o) { o.embedding_l2 = bad; });
  }
  for (double share : {-0.1, 1.0, nan}) {
    refused(r, "average is the share of the steps", [&](auto& o) { o.average = share; });
  }
  refused(r, "1024 threads", [](auto& o) { o.threads = 1025; });
  refused(r, "negatives", [](auto& o) { o.negatives = 5; });
  refused(r, "at least one member", [](auto& o) { o.members = 0; });
  refused(r, "not a multiple of the number of members", [](auto& o) { o.members = 1000; });
  refused(cosine, "members need a dot head", [](auto& o) { o.members = 2; });
  refused(r, "no embedding reads an input called \"nobody\"", [](auto& o) {
    o.id_dropout = {{"nobody", 0.5}};
  });
  refused(r, "user bias", [](auto& o) { o.loss = Loss::kSoftmax; });
  refused(cosine, "needs a dot head", [](auto& o) { o.loss = Loss::kSoftmax; });

  Ratings empty(Factorization());
  RatingExamples none(empty.encoded, empty.dataset.interactions, {});
  try {
    Trainer trainer(empty.encoded, none, nullptr, {});
    ADD_FAILURE() << "training on nothing must be refused";
  } catch (const Error& error) {
    EXPECT_NE(error.message().find("no training examples"), std::string::npos);
  }
}

TEST(Trainer, ReportsDivergence) {
  Ratings r(Factorization());
  TrainingOptions o;
  o.learning_rate = 1e30;
  Trainer trainer(r.encoded, r.train, nullptr, o);
  Recorder seen;
  try {
    RunWatched(trainer, seen);
    ADD_FAILURE() << "training at such a rate must diverge";
  } catch (const Error& error) {
    EXPECT_NE(error.message().find("diverged at step "), std::string::npos) << error.message();
    EXPECT_NE(error.message().find("lower the learning rate"), std::string::npos);
  }
}

// A cost tells of the parameters before its step. What comes after the last one must be looked at,
// too, before it is kept.
TEST(Trainer, KeepsNothingThatIsNotFinite) {
  Ratings r(Factorization());
  testing::TemporaryFolder folder;
  TrainingOptions o;
  o.learning_rate = 1e39;  // infinite as a float: one step spoils all
  o.steps = 1;
  o.test_every = 0;
  Trainer trainer(r.encoded, r.train, nullptr, o);
  RunOptions run;
  run.checkpoint = folder.File("state");
  try {
    trainer.Run({}, run);
    ADD_FAILURE() << "must fail";
  } catch (const Error& error) {
    EXPECT_NE(error.message().find("diverged at step 0: a parameter is not finite"),
              std::string::npos)
        << error.message();
  }
  Learned learned;
  EXPECT_THROW(ReadCheckpoint(CheckpointPath(run.checkpoint), learned), Error);
}

TEST(Planning, PassesFitTheTime) {
  Ratings r(Factorization());
  TrainingOptions o;
  o.batch_size = 100;
  double seconds = SecondsPerStep(r.encoded, r.train, o);
  EXPECT_GT(seconds, 0);
  EXPECT_LT(seconds, 10);
  EXPECT_EQ(PassesWithin(10, 0.01, 1950, o), 50u);  // 20 steps a pass
  EXPECT_EQ(PassesWithin(0.1, 0.01, 1950, o), 1u);
  EXPECT_EQ(PassesWithin(0, 0.01, 1950, o), 1u);
}

TEST(Trainer, RefusesInputsThatRatingsCannotFill) {
  model::Description d = Factorization();
  d.inputs.push_back({"gap", model::Scope::kPair, model::InputKind::kNumber, -1, 0, 0});
  data::Encoded encoded;
  encoded.description = d;
  data::Interactions none;
  try {
    RatingExamples examples(encoded, none, {});
    ADD_FAILURE() << "must be refused";
  } catch (const Error& error) {
    EXPECT_NE(error.message().find("\"gap\""), std::string::npos);
  }
}

}  // namespace
}  // namespace duomo::training
