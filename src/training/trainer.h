// The training loop: batches, steps, tests, events. Deterministic for a seed and a thread count.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "core/thread_pool.h"
#include "training/adam.h"
#include "training/examples.h"
#include "training/options.h"
#include "training/worker.h"

namespace duomo::training {

struct TrainEvent {
  uint64_t pass, batch, step;  // from 0; cost is that of this batch before its update
  uint64_t total_steps;
  double cost;      // mean over the batch
};

struct TestEvent {
  uint64_t step;    // updates done
  double cost;      // mean over the test examples
  double rmse;      // in the output's unit; squared loss only, else NaN
};

struct PassEvent {
  uint64_t pass, steps;
  double seconds;   // of training alone, without tests
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

// One thread at a time; starts options.threads workers of its own.
class Trainer {
 public:
  // Everything must outlive the trainer. `test` may be nullptr. Throws Error(kInvalidArgument) for
  // options that contradict each other or the description.
  Trainer(const data::Encoded& encoded, const Examples& train, const Examples* test,
          const TrainingOptions& options);
  ~Trainer();

  void Run(std::span<Observer* const> observers);

  // Mean cost and RMSE over `examples` with the parameters as they are.
  TestEvent Evaluate(const Examples& examples);

  uint64_t steps_per_pass() const { return steps_per_pass_; }
  uint64_t total_steps() const { return total_steps_; }
  uint64_t steps_done() const { return step_; }

  const Layout& layout() const { return layout_; }
  std::span<const float> parameters() const { return values_; }
  const std::vector<std::vector<float>>& statistics() const { return statistics_; }
  // Whether any example touched this row of the table in slot `slot`.
  bool Trained(size_t slot, uint32_t row) const;

 private:
  void Shuffle(uint64_t pass);
  double Step(std::span<const uint32_t> numbers);
  TestEvent EvaluateRatings(const RatingExamples& examples);

  const data::Encoded* encoded_;
  const Examples *train_, *test_;
  TrainingOptions options_;
  Layout layout_;
  std::vector<std::vector<float>> statistics_;
  AlignedVector<float> values_;
  Adam adam_;
  std::optional<ItemSampler> sampler_;
  ThreadPool pool_;
  std::vector<std::unique_ptr<Worker>> workers_;
  std::vector<Gradients*> gradients_;
  std::vector<uint32_t> order_;
  uint64_t steps_per_pass_ = 0, total_steps_ = 0, step_ = 0;
};

}  // namespace duomo::training
