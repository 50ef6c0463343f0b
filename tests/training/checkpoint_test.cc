// Runs that are interrupted and go on: the same bytes in the end, and clear words where they
// cannot.
#include "training/checkpoint.h"

#include <gtest/gtest.h>

#include <functional>

#include "temporary_folder.h"
#include "training/refused.h"
#include "training/runs.h"

namespace duomo::training {
namespace {

using testing::TemporaryFolder;

AlignedVector<std::byte> Bytes(const Trainer& trainer, const Ratings& r) {
  return model::SaveToMemory(Export(trainer, r.encoded, r.dataset, {}));
}

void RunFor(Trainer& trainer, uint64_t steps, const RunOptions& run) {
  Recorder seen;
  seen.stop_after = steps;
  Observer* observers[] = {&seen};
  trainer.Run(observers, run);
}

TrainingOptions Dropping() {
  TrainingOptions o;
  o.passes = 0;
  o.steps = 40;
  o.batch_size = 500;  // 15 steps a pass
  o.learning_rate = 1e-3;
  o.schedule = Schedule::kCosine;
  o.warmup_steps = 5;
  o.dropout = 0.2;
  o.id_dropout = {{"user_id", 0.3}};
  o.weight_decay = 1e-4;
  o.test_every = 8;
  o.threads = 2;
  return o;
}

// Stops at each of `stops`, each time in a new Trainer, and holds the end against one whole run.
void ExpectSameEnd(const Ratings& r, const TrainingOptions& o, std::vector<uint64_t> stops,
                   uint64_t early_stop = 0) {
  Trainer whole(r.encoded, r.train, &r.test, o);
  RunOptions run;
  run.early_stop = early_stop;
  RunFor(whole, UINT64_MAX, run);
  auto expected = Bytes(whole, r);

  TemporaryFolder folder;
  run.checkpoint = folder.File("state");
  uint64_t done = 0;
  for (uint64_t stop : stops) {
    Trainer part(r.encoded, r.train, &r.test, o);
    RunFor(part, stop - done, run);
    EXPECT_EQ(part.steps_done(), stop);
    // With early stopping the best may have been found already.
    if (early_stop == 0) {
      EXPECT_FALSE(Bytes(part, r) == expected) << "stopped at " << stop;
    }
    done = stop;
    run.resume = true;
  }
  for (int again = 0; again < 2; ++again) {  // a run that is complete can be asked again
    Trainer last(r.encoded, r.train, &r.test, o);
    RunFor(last, UINT64_MAX, run);
    EXPECT_EQ(last.steps_done(), whole.steps_done());
    EXPECT_TRUE(Bytes(last, r) == expected) << "resumed at " << done << ", round " << again;
  }
}

TEST(Checkpoint, ResumedRunsEndInTheSameBytes) {
  Ratings r;
  // In the middle of a pass, at a test, at the end of a pass, just before the end.
  for (const auto& stops : std::vector<std::vector<uint64_t>>{{1}, {7}, {8}, {15, 30}, {37}}) {
    ExpectSameEnd(r, Dropping(), stops);
  }
  TrainingOptions one = Dropping();
  one.threads = 1;
  one.shuffle_buffer = 700;
  ExpectSameEnd(r, one, {20});
}

// Rows that are behind when the run stops stay so, whatever the optimiser keeps of them.
TEST(Checkpoint, ResumedRunsOfEveryOptimizerEndInTheSameBytes) {
  Ratings r(Factorization());
  TrainingOptions o;
  o.passes = 0;
  o.steps = 60;
  o.batch_size = 7;  // of 300 users
  o.threads = 2;
  o.learning_rate = 0.01;
  o.weight_decay = 0.01;
  o.schedule = Schedule::kLinear;
  o.test_every = 20;
  for (auto kind : {OptimizerKind::kAdam, OptimizerKind::kAdagrad, OptimizerKind::kAdagradRows,
                    OptimizerKind::kSgd}) {
    o.optimizer = kind;
    ExpectSameEnd(r, o, {13, 40});
  }
}

// A test reads rows as they would be, and leaves them as they are.
TEST(Trainer, TestsLeaveNoTrace) {
  Ratings r(Factorization());
  AlignedVector<std::byte> bytes[2];
  for (uint64_t every : {0, 3}) {
    TrainingOptions o;
    o.passes = 0;
    o.steps = 50;
    o.batch_size = 7;
    o.learning_rate = 0.01;
    o.weight_decay = 0.01;
    o.threads = 2;
    o.test_every = every;
    Trainer trainer(r.encoded, r.train, &r.test, o);
    RunFor(trainer, UINT64_MAX, {});
    bytes[every != 0] = Bytes(trainer, r);
  }
  EXPECT_TRUE(bytes[0] == bytes[1]);
}

TEST(Checkpoint, ResumedRunsOfASampledSoftmaxDrawTheSameNegatives) {
  model::Description d = Factorization();
  d.head.user_bias = -1;
  d.head.global_bias = false;
  Ratings r(d);
  TrainingOptions o;
  o.loss = Loss::kSoftmax;
  o.negatives = 20;
  o.steps = 30;
  o.learning_rate = 0.01;
  o.dropout = 0.1;
  o.threads = 2;
  ExpectSameEnd(r, o, {11});
}

// Before the mean begins, within it, and just before the end.
TEST(Checkpoint, ResumedRunsEndInTheSameMean) {
  for (bool sparse : {false, true}) {
    Ratings r(sparse ? Factorization() : description::Preset("hybrid").model);
    TrainingOptions o = Dropping();
    o.average = 0.5;
    if (sparse) {
      o.id_dropout.clear();
      o.batch_size = 7;
      o.steps = 300;  // not every step counts
    }
    const uint64_t end = o.steps;
    for (const auto& stops :
         std::vector<std::vector<uint64_t>>{{end / 4}, {end / 2 + 3, end * 3 / 4}, {end - 1}}) {
      ExpectSameEnd(r, o, stops);
    }
  }
}

TEST(Checkpoint, TheMeanIsNotTheBest) {
  Ratings r(Factorization());
  TrainingOptions o;
  o.steps = 9;
  o.average = 0.5;
  o.test_every = 3;
  RunOptions run;
  run.early_stop = 1;
  Trainer trainer(r.encoded, r.train, &r.test, o);
  Refused(Status::kInvalidArgument, {"early stopping", "average", "set it to 0"},
          [&] { trainer.Run({}, run); });
}

TEST(Checkpoint, ResumedRunsStopEarlyWhereWholeOnesDo) {
  Ratings r(Factorization());
  TrainingOptions o;
  o.learning_rate = 0.05;  // overfits soon
  o.passes = 100;
  o.test_every = 5;
  o.threads = 2;
  Trainer trainer(r.encoded, r.train, &r.test, o);
  RunOptions run;
  run.early_stop = 3;
  Recorder seen;
  Observer* observers[] = {&seen};
  trainer.Run(observers, run);
  ASSERT_LT(trainer.steps_done(), trainer.total_steps());
  size_t best = 0;
  for (size_t i = 0; i < seen.tested.size(); ++i) {
    if (seen.tested[i].cost < seen.tested[best].cost) best = i;
  }
  EXPECT_EQ(seen.tested.size(), best + 4) << "three tests without improvement, and no more";
  ASSERT_TRUE(trainer.best());
  EXPECT_EQ(trainer.best()->step, seen.tested[best].step);
  // What is exported is the best, not the last.
  EXPECT_EQ(trainer.Evaluate(r.test).cost, seen.tested[best].cost);

  TrainingOptions to_best = o;
  to_best.steps = seen.tested[best].step;
  Trainer direct(r.encoded, r.train, &r.test, to_best);
  RunFor(direct, UINT64_MAX, {});
  EXPECT_TRUE(Bytes(direct, r) == Bytes(trainer, r)) << "rows touched after the best do not count";

  uint64_t best_step = seen.tested[best].step;
  ExpectSameEnd(r, o, {best_step - 2, best_step + 7}, 3);
  // A test that an interruption caused is not one of the three.
  ExpectSameEnd(r, o, {best_step + 1, best_step + 2, best_step + 3, best_step + 4}, 3);
}

TEST(Checkpoint, EarlyStoppingNeedsTests) {
  Ratings r(Factorization());
  TrainingOptions o;
  o.steps = 3;
  RunOptions run;
  run.early_stop = 1;
  Trainer none(r.encoded, r.train, nullptr, o);
  Refused(Status::kInvalidArgument, {"needs test rows"}, [&] { none.Run({}, run); });
  o.test_every = 0;
  Trainer never(r.encoded, r.train, &r.test, o);
  Refused(Status::kInvalidArgument, {"test_every"}, [&] { never.Run({}, run); });
}

// After tests, every so many steps, and at the end.
TEST(Checkpoint, IsWrittenWhenDue) {
  Ratings r(Factorization());
  TrainingOptions o;
  o.steps = 11;
  o.test_every = 4;
  TemporaryFolder folder;
  RunOptions run;
  run.checkpoint = folder.path();
  run.checkpoint_every = 6;
  struct Watch : Observer {
    std::string path;
    std::vector<uint64_t> steps;
    void Look() {
      std::error_code none;
      if (!std::filesystem::exists(path, none)) return;
      Learned learned;
      ReadCheckpoint(path, learned);
      uint64_t step = learned.optimizer.steps;
      if (steps.empty() || steps.back() != step) steps.push_back(step);
    }
    void OnTrain(const TrainEvent&) override { Look(); }
  } watch;
  watch.path = CheckpointPath(run.checkpoint);
  Observer* observers[] = {&watch};
  Trainer trainer(r.encoded, r.train, &r.test, o);
  trainer.Run(observers, run);
  watch.Look();
  EXPECT_EQ(watch.steps, (std::vector<uint64_t>{4, 6, 8, 11}));
  EXPECT_EQ(folder.Names(), std::vector<std::string>{"checkpoint.duomo-train"});
}

TEST(Checkpoint, OfOtherSettingsIsRefusedByName) {
  Ratings r;
  TemporaryFolder folder;
  TrainingOptions o = Dropping();
  RunOptions run;
  run.checkpoint = folder.path();
  run.context = {{"split", "ratio:0.1"}};
  Trainer first(r.encoded, r.train, &r.test, o);
  RunFor(first, 3, run);
  run.resume = true;
  auto refused = [&](const Ratings& ratings, const char* says,
                     const std::function<void(TrainingOptions&, RunOptions&)>& change) {
    TrainingOptions other = o;
    RunOptions now = run;
    change(other, now);
    Trainer trainer(ratings.encoded, ratings.train, &ratings.test, other);
    Refused(Status::kInvalidArgument, {CheckpointPath(run.checkpoint), says, "without --resume"},
            [&] { trainer.Run({}, now); });
    EXPECT_EQ(trainer.steps_done(), 0u);
  };
  refused(r, "training.learning_rate was 0.001 and is 0.002",
          [](auto& t, auto&) { t.learning_rate = 0.002; });
  refused(r, "training.optimizer was \"adam\" and is \"sgd\"",
          [](auto& t, auto&) { t.optimizer = OptimizerKind::kSgd; });
  refused(r, "training.steps was 40 and is 50", [](auto& t, auto&) { t.steps = 50; });
  refused(r, "training.id_dropout[0].rate was 0.3 and is 0.25",
          [](auto& t, auto&) { t.id_dropout[0].second = 0.25; });
  refused(r, "seed was 0 and is 1", [](auto& t, auto&) { t.seed = 1; });
  refused(r, "threads was 2 and is 3", [](auto& t, auto&) { t.threads = 3; });
  refused(r, "early_stop was 0 and is 2", [](auto&, auto& now) { now.early_stop = 2; });
  refused(r, "split was \"ratio:0.1\" and is \"none\"",
          [](auto&, auto& now) { now.context["split"] = "none"; });
  refused(r, "training.average was nothing and is 0.5", [](auto& t, auto&) { t.average = 0.5; });
  refused(r, "extra was nothing and is 1", [](auto&, auto& now) { now.context["extra"] = 1; });
  Ratings other(data::MakeSynthetic(300, 200, 8000, 2), description::Preset("hybrid").model,
                "ratio:0.1");
  refused(other, "example_checksum was ", [](auto&, auto&) {});
  refused(Ratings(Factorization()), "description.", [](auto& t, auto&) { t.id_dropout.clear(); });
  // How often it is tested and saved does not matter.
  o.test_every = 3;
  run.checkpoint_every = 1;
  Trainer same(r.encoded, r.train, &r.test, o);
  RunFor(same, 1, run);
  EXPECT_EQ(same.steps_done(), 4u);
}

}  // namespace
}  // namespace duomo::training
