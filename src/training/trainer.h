// The training loop: batches, steps, tests, events. Deterministic for a seed and a thread count.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/thread_pool.h"
#include "training/average.h"
#include "training/checkpoint.h"
#include "training/examples.h"
#include "training/optimizer.h"
#include "training/options.h"
#include "training/pass_order.h"
#include "training/warm_start.h"
#include "training/worker.h"

namespace duomo::training {

struct TrainEvent {
  uint64_t pass, batch, step;  // from 0; cost is that of this batch before its update
  uint64_t total_steps;
  double cost;  // mean over the batch
};

struct TestEvent {
  uint64_t step;  // updates done
  double cost;    // mean over the test examples
  double rmse;    // in the output's unit; squared loss only, else NaN
};

struct PassEvent {
  uint64_t pass, steps;  // steps: taken by this run, fewer where it was resumed within the pass
  double seconds;        // of training alone, without tests
};

// Watches a run; printing, logging and plotting are ordinary observers. Called on the thread that
// runs the trainer, between steps.
class Observer {
 public:
  virtual ~Observer() = default;
  virtual void OnTrain(const TrainEvent&) {}
  virtual void OnTest(const TestEvent&) {}
  virtual void OnPass(const PassEvent&) {}
  // Asked after every step: true ends the run as if it were complete.
  virtual bool ShouldStop() { return false; }
};

struct RunOptions {
  // Write the state to this folder after tests, every so many steps (0: after tests only) and
  // when the run ends or is stopped; empty: never.
  std::string checkpoint;
  uint64_t checkpoint_every = 1000;
  // Go on from the checkpoint. Ends in the same bytes as a run that was never interrupted, on the
  // same machine with the same settings and thread count.
  bool resume = false;
  // What else must be equal on resume: an object of the names of data, split and so on.
  description::Json context = description::Json::object();
  // Stop after so many tests in a row without a lower test cost, and keep the parameters of the
  // lowest; 0: never. The test rows then choose the model, so its error on them flatters.
  uint64_t early_stop = 0;
};

// One thread at a time; starts options.threads workers of its own.
class Trainer {
 public:
  // Everything must outlive the trainer but `from`, which is what StartFrom() takes; without it
  // parameters are drawn. `test` may be nullptr. Throws Error(kInvalidArgument) for options that
  // contradict each other or the description, and as StartFrom().
  struct From {
    const model::Model& model;
    const std::string& file;
    // How often each item was taken in all, where `train` has some of the rows only: what a softmax
    // draws negatives by. Empty: as in `train`.
    std::vector<uint64_t> item_counts = {};
  };
  Trainer(const data::Encoded& encoded, const Examples& train, const Examples* test,
          const TrainingOptions& options, const From* from = nullptr);
  ~Trainer();

  // Once. Throws Error(kInvalidArgument) where a cost or a parameter stops being finite, naming the
  // step; the checkpoint is then of the last good state. Throws Error(kNotFound) for a checkpoint
  // that is not there, Error(kInvalidArgument) for one of other settings, naming what differs,
  // Error(kCorrupt) for a damaged one.
  void Run(std::span<Observer* const> observers, const RunOptions& run = {});

  // Mean cost and RMSE over `examples` with the parameters as they are.
  TestEvent Evaluate(const Examples& examples);

  uint64_t steps_per_pass() const { return steps_per_pass_; }
  uint64_t total_steps() const { return total_steps_; }
  uint64_t steps_done() const { return step_; }

  const Layout& layout() const { return layout_; }
  const WarmStart& warm_start() const { return warm_start_; }  // zeros without `from`
  // After Run(): with options.average the mean. While it runs, rows of tables may be behind: see
  // CurrentParameters().
  std::span<const float> parameters() const { return values_; }
  // A copy of all parameters as of the last step. Not while a step is taken.
  AlignedVector<float> CurrentParameters() const;
  const Examples& examples() const { return *train_; }
  const std::vector<std::vector<float>>& statistics() const { return statistics_; }
  // Whether any example touched this row of the table in slot `slot`, here or where `from` comes
  // from.
  bool Trained(size_t slot, uint32_t row) const;
  // The test that the parameters are of, after a run with early_stop; else nullopt.
  std::optional<TestEvent> best() const;

 private:
  description::Json Settings(const RunOptions& run) const;
  void CheckFinite() const;
  void Save(const RunOptions& run);
  void Resume(const RunOptions& run);
  void Consider(const TestEvent& event);
  void KeepBest();
  double Step(std::span<const uint32_t> numbers);
  void BringUpToDate();

  const data::Encoded* encoded_;
  const Examples *train_, *test_;
  TrainingOptions options_;
  Layout layout_;
  std::vector<std::vector<float>> statistics_;
  AlignedVector<float> values_;
  WarmStart warm_start_;
  std::optional<ItemSampler> sampler_;
  mutable ThreadPool pool_;
  std::vector<std::unique_ptr<Worker>> workers_;
  std::vector<Gradients*> gradients_;
  PassOrder order_;
  uint64_t steps_per_pass_ = 0, total_steps_ = 0, step_ = 0;
  std::optional<Optimizer> optimizer_;  // of values_, and the workers read through it
  std::optional<Average> average_;      // of options_.average
  description::Json settings_;          // of checkpoints
  // Early stopping.
  uint64_t last_test_ = UINT64_MAX, tests_without_improvement_ = 0;
  std::optional<BestState> best_;
  bool best_kept_ = false;  // values_ are best_'s
  bool finished_ = false;   // the optimiser has given its memory back
};

}  // namespace duomo::training
