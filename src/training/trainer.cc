#include "training/trainer.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <numeric>

#include "core/error.h"
#include "core/thread_count.h"
#include "description/json.h"
#include "training/rating_cost.h"
#include "training/statistics.h"

namespace duomo::training {
namespace {

// Streams of randomness that must not depend on each other.
enum Stream : uint64_t { kInit = 2, kShuffle = 3, kWorker = 4 };
uint64_t SeedOf(uint64_t seed, Stream stream, uint64_t number) {
  return Random(seed ^ Random(uint64_t{stream} * 1000000 + number).Next()).Next();
}

constexpr uint32_t kMaxThreads = 1024;

[[noreturn]] void Diverged(uint64_t step, const char* what) {
  Fail(Status::kInvalidArgument, "training diverged at step ", step, ": ", what,
       " is not finite; lower the learning rate");
}

PassOrder OrderOf(const TrainingOptions& o, const Examples& train) {
  if (o.shuffle_buffer > 0) return {train.size(), o.shuffle_buffer, 0};
  if (train.size() > PassOrder::kLarge) {
    return {train.size(), PassOrder::kLargeBuffer, PassOrder::kChunk};
  }
  return {train.size(), 0, 0};
}

AlignedVector<float> Initialise(const Layout& layout, uint64_t seed) {
  Random random(SeedOf(seed, kInit, 0));
  return InitialValues(layout, random);
}

void Check(const TrainingOptions& o, const Examples& train, const model::Description& d) {
  auto require = [](bool condition, const char* message) {
    if (!condition) Fail(Status::kInvalidArgument, "training options: ", message);
  };
  require(train.size() > 0, "there are no training examples; check the split");
  require(train.size() <= UINT32_MAX, "more than 2^32 training examples");
  require(o.batch_size > 0, "the batch size must be at least 1");
  require(o.learning_rate > 0 && std::isfinite(o.learning_rate),
          "the learning rate must be a positive number");
  require(o.beta1 >= 0 && o.beta1 < 1 && o.beta2 >= 0 && o.beta2 < 1,
          "beta1 and beta2 must be in [0, 1)");
  require(o.epsilon > 0 && std::isfinite(o.epsilon), "epsilon must be a positive number");
  require(o.momentum >= 0 && o.momentum < 1, "the momentum must be in [0, 1)");
  require(o.passes > 0 || o.steps > 0, "neither passes nor steps to do");
  require(o.dropout >= 0 && o.dropout < 1, "dropout must be in [0, 1)");
  require(o.weight_decay >= 0 && o.embedding_l2 >= 0 && std::isfinite(o.weight_decay) &&
              std::isfinite(o.embedding_l2),
          "decay must be 0 or a positive number");
  require(o.weight_decay * o.learning_rate < 1,
          "weight decay times the learning rate must be below 1; at 1 a step leaves nothing");
  require(o.average >= 0 && o.average < 1,
          "average is the share of the steps whose parameters are averaged and must be in [0, 1)");
  require(o.threads <= kMaxThreads, "at most 1024 threads are possible");
  require(o.members > 0, "there is at least one member");
  require(o.members == 1 || (d.head.kind == model::HeadKind::kDot && o.loss != Loss::kLogistic),
          "members need a dot head and the squared or the softmax loss");
  require(o.members == 1 || model::TowerWidth(d, d.towers[0]) % o.members == 0,
          "the towers' width is not a multiple of the number of members");
  require((o.negatives == 0 && !o.in_batch_negatives) || o.loss == Loss::kSoftmax,
          "only the softmax loss has negatives");
  require(o.negatives == 0 || !o.in_batch_negatives,
          "negatives are either drawn or those of the batch");
  require(!o.exclude_taken || o.loss == Loss::kSoftmax,
          "exclude_taken: only the softmax loss has negatives to leave out");
  require(!o.exclude_taken || o.examples.kind == ExampleKind::kNext ||
              o.examples.kind == ExampleKind::kSequences,
          "exclude_taken: only examples of what comes next know what was taken before");
  require(o.loss != Loss::kSoftmax || d.head.kind == model::HeadKind::kDot,
          "the softmax loss needs a dot head");
  require(o.loss != Loss::kSoftmax || d.head.user_bias < 0,
          "the softmax loss cannot learn a user bias: it is the same for every item");
}

}  // namespace

Trainer::Trainer(const data::Encoded& encoded, const Examples& train, const Examples* test,
                 const TrainingOptions& options, const From* from)
    : encoded_(&encoded),
      train_(&train),
      test_(test),
      options_((Check(options, train, encoded.description), options)),
      layout_(encoded.description),
      statistics_(NumberStatistics(encoded.description, train)),
      values_(Initialise(layout_, options.seed)),
      pool_(ThreadCount(options.threads)),
      order_(OrderOf(options_, train)) {
  if (from != nullptr) {
    warm_start_ = StartFrom(from->model, from->file, encoded, layout_, values_);
    KeepStatistics(from->model, encoded.description, statistics_);
    if (encoded.description.head.kind == model::HeadKind::kLogistic) {  // as Export() has added it
      const Layout::Slot& bias = layout_.slots()[layout_.IndexOf("head/bias")];
      values_[bias.offset] -= static_cast<float>(train.logit_correction());
    }
  }
  if (options_.loss == Loss::kSoftmax) {
    std::vector<uint64_t> counts(encoded.items.count);
    bool counted = from != nullptr && !from->item_counts.empty();
    if (counted) counts = from->item_counts;
    ExampleBatch batch;
    for (size_t i = 0; i < train.size() && !counted; i += 4096) {
      std::vector<uint32_t> numbers(std::min<size_t>(4096, train.size() - i));
      for (size_t j = 0; j < numbers.size(); ++j) numbers[j] = static_cast<uint32_t>(i + j);
      train.Gather(numbers, batch);
      for (uint32_t item : batch.items) ++counts[item];
    }
    sampler_.emplace(counts);
  }
  steps_per_pass_ = (train.size() + options_.batch_size - 1) / options_.batch_size;
  total_steps_ = options_.steps > 0 ? options_.steps : UINT64_MAX;
  if (options_.passes > 0 && options_.passes <= total_steps_ / steps_per_pass_) {
    total_steps_ = options_.passes * steps_per_pass_;
  }
  optimizer_.emplace(options_, layout_, values_, total_steps_);
  if (options_.average > 0) average_.emplace(options_.average, total_steps_);
  for (size_t w = 0; w < pool_.size(); ++w) {
    workers_.push_back(std::make_unique<Worker>(
        encoded.description, layout_, statistics_, encoded.items, options_,
        sampler_ ? &*sampler_ : nullptr, SeedOf(options_.seed, kWorker, w), &*optimizer_));
    gradients_.push_back(&workers_.back()->gradients());
  }
}

Trainer::~Trainer() = default;

bool Trainer::Trained(size_t slot, uint32_t row) const {
  auto table = static_cast<size_t>(layout_.slots()[slot].table);
  if (best_kept_) return best_->touched[table][row] != 0;
  bool goes_on = !warm_start_.kept.empty() && warm_start_.kept[table][row] != 0;
  return goes_on || optimizer_->Trained(slot, row);
}

AlignedVector<float> Trainer::CurrentParameters() const {
  AlignedVector<float> out(values_.size());
  pool_.Run([&](size_t w) { optimizer_->CopyCurrent(out.data(), w, pool_.size()); });
  return out;
}

void Trainer::BringUpToDate() {
  pool_.Run([&](size_t w) { optimizer_->BringUpToDate(w, pool_.size()); });
  optimizer_->Finish();  // what is left to do, the export, needs memory itself
  finished_ = true;
}

double Trainer::Step(std::span<const uint32_t> numbers) {
  ++step_;
  std::vector<double> costs(workers_.size());
  const auto predictions = static_cast<double>(train_->Predictions(numbers));
  auto scale = static_cast<float>(1 / predictions);
  pool_.Run([&](size_t w) {
    Range share = Share(numbers.size(), w, workers_.size());
    workers_[w]->gradients().NextStep();
    costs[w] = workers_[w]->Step(values_.data(), *train_,
                                 numbers.subspan(share.begin, share.size()), scale, true);
  });
  pool_.Run([&](size_t w) { optimizer_->Update(gradients_, w, workers_.size()); });
  optimizer_->Done();
  double cost = 0;
  for (double c : costs) cost += c;
  return cost / predictions;
}

void Trainer::Run(std::span<Observer* const> observers, const RunOptions& run) {
  if (run.early_stop > 0 && (test_ == nullptr || test_->size() == 0)) {
    Fail(Status::kInvalidArgument, "early stopping needs test rows; choose another split");
  }
  if (run.early_stop > 0 && options_.test_every == 0) {
    Fail(Status::kInvalidArgument, "early stopping needs tests while training: set test_every");
  }
  if (run.early_stop > 0 && average_) {
    Fail(Status::kInvalidArgument, "early stopping keeps the parameters of the best test, the ",
         "setting average the mean of many steps; set it to 0, or do without early stopping");
  }
  if (finished_) Fail(Status::kInternal, "a trainer runs once");
  bool save = !run.checkpoint.empty();
  if (run.resume && !save) Fail(Status::kInvalidArgument, "to resume needs a checkpoint's folder");
  if (save) settings_ = Settings(run);
  if (run.resume) Resume(run);
  if (save) MakeCheckpointFolder(run.checkpoint);
  auto test = [&] {
    if (test_ == nullptr || test_->size() == 0) return;
    TestEvent event = Evaluate(*test_);
    if (!std::isfinite(event.cost)) Diverged(step_, "the test cost");
    if (run.early_stop > 0) Consider(event);
    for (Observer* o : observers) o->OnTest(event);
  };
  auto stopped = [&] {
    return std::any_of(observers.begin(), observers.end(),
                       [](Observer* o) { return o->ShouldStop(); });
  };
  auto exhausted = [&] {
    return run.early_stop > 0 && tests_without_improvement_ >= run.early_stop;
  };
  using Clock = std::chrono::steady_clock;
  bool stop = exhausted(), tested = true;
  // A run that is resumed had its test; one that was complete tells it again, of the mean below.
  if (!run.resume || stop || (step_ >= total_steps_ && !average_)) test();
  while (step_ < total_steps_ && !stop) {
    if (step_ >= Optimizer::kMostSteps) {
      Fail(Status::kInvalidArgument, "a run has at most ", Optimizer::kMostSteps, " steps");
    }
    uint64_t pass = step_ / steps_per_pass_;
    // Depends on the seed and the pass alone, so that a run can be resumed.
    order_.Begin(SeedOf(options_.seed, kShuffle, pass));
    double seconds = 0;
    uint64_t batch = step_ % steps_per_pass_, first = batch;
    for (; batch < steps_per_pass_ && step_ < total_steps_ && !stop; ++batch) {
      auto start = Clock::now();
      size_t begin = batch * options_.batch_size;
      size_t size = std::min<size_t>(options_.batch_size, train_->size() - begin);
      TrainEvent event{pass, batch, step_, total_steps_, 0};
      event.cost = Step(order_.At(begin, size));
      if (average_ && average_->Due(step_)) average_->Add(CurrentParameters());
      seconds += std::chrono::duration<double>(Clock::now() - start).count();
      if (!std::isfinite(event.cost)) Diverged(event.step, "the cost");
      for (Observer* o : observers) o->OnTrain(event);
      tested = options_.test_every > 0 && step_ % options_.test_every == 0;
      if (tested) test();
      stop = stopped() || exhausted();
      // Before the last test of a run that was asked to stop: an uninterrupted one has no such
      // test, and it must not count when the run goes on.
      bool due = run.checkpoint_every > 0 && step_ % run.checkpoint_every == 0;
      if (stop || step_ >= total_steps_ || (save && (tested || due))) CheckFinite();
      if (save && (tested || due || stop || step_ >= total_steps_)) Save(run);
    }
    for (Observer* o : observers) o->OnPass({pass, batch - first, seconds});
  }
  const bool averaged = average_ && average_->state().count > 0;  // else stopped before that
  if (!tested && !averaged) test();
  BringUpToDate();
  if (averaged) {
    const AlignedVector<float>& mean = average_->state().mean;
    std::copy(mean.begin(), mean.end(), values_.begin());
    CheckFinite();
    test();
  }
  if (run.early_stop > 0) KeepBest();
}

void Trainer::Consider(const TestEvent& event) {
  if (event.step == last_test_) return;  // a run that was complete, resumed
  last_test_ = event.step;
  if (best_ && !(event.cost < best_->cost)) {
    ++tests_without_improvement_;
    return;
  }
  tests_without_improvement_ = 0;
  best_.emplace(BestState{event.step, event.cost, event.rmse, CurrentParameters(), {}});
  for (size_t slot = 0; slot < layout_.slots().size(); ++slot) {
    if (layout_.slots()[slot].table < 0) continue;
    std::vector<uint8_t>& touched = best_->touched.emplace_back();
    for (size_t row = 0; row < layout_.slots()[slot].rows(); ++row) {
      touched.push_back(Trained(slot, static_cast<uint32_t>(row)) ? 1 : 0);
    }
  }
}

void Trainer::KeepBest() {
  if (!best_) return;
  std::copy(best_->values.begin(), best_->values.end(), values_.begin());
  best_kept_ = true;
}

std::optional<TestEvent> Trainer::best() const {
  if (!best_kept_) return std::nullopt;
  return TestEvent{best_->step, best_->cost, best_->rmse};
}

description::Json Trainer::Settings(const RunOptions& run) const {
  description::Json out = run.context;
  out["description"] = description::ToJson(encoded_->description);
  out["training"] = ToJson(options_);
  out["seed"] = options_.seed;
  out["threads"] = pool_.size();
  out["train_examples"] = train_->size();
  out["early_stop"] = run.early_stop;
  if (run.early_stop > 0) {
    out["test_examples"] = test_->size();
    out["test_every"] = options_.test_every;
  }
  out["example_checksum"] = ExamplesChecksum(*train_);
  return out;
}

// A cost tells of the parameters before its step; this of those after it, which would be kept.
void Trainer::CheckFinite() const {
  bool finite =
      std::all_of(values_.begin(), values_.end(), [](float x) { return std::isfinite(x); });
  if (!finite) Diverged(step_ - 1, "a parameter");
}

void Trainer::Save(const RunOptions& run) {
  Checkpoint c;
  c.settings = settings_;
  for (const auto& worker : workers_) c.workers.push_back(worker->random().Save());
  c.last_test = last_test_;
  c.tests_without_improvement = tests_without_improvement_;
  c.best = best_;
  if (average_) c.average = average_->state();
  WriteCheckpoint(CheckpointPath(run.checkpoint), c, values_, optimizer_->state());
}

void Trainer::Resume(const RunOptions& run) {
  std::string path = CheckpointPath(run.checkpoint);
  Learned learned;
  Checkpoint c = ReadCheckpoint(path, learned);
  std::string differences = Differences(c.settings, settings_);
  if (!differences.empty()) {
    Fail(Status::kInvalidArgument, path,
         " is of other settings; go on with the same, or start "
         "without --resume:",
         differences);
  }
  // The settings are the same, so only a file that was made up can have other sizes.
  bool fits = learned.values.size() == values_.size() && c.workers.size() == workers_.size() &&
              learned.optimizer.steps <= total_steps_ &&
              c.average.has_value() == average_.has_value();
  if (c.average) {
    fits = fits && c.average->mean.size() == (c.average->count > 0 ? values_.size() : 0);
  }
  if (c.best) {
    const auto& touched = c.best->touched;
    const auto& mine = optimizer_->state().trained;
    fits = fits && c.best->values.size() == values_.size() &&
           std::equal(touched.begin(), touched.end(), mine.begin(), mine.end(),
                      [](const auto& a, const auto& b) { return a.size() == b.size(); });
  }
  step_ = learned.optimizer.steps;
  if (!fits || !optimizer_->Restore(std::move(learned.optimizer))) {
    Fail(Status::kCorrupt, path, " is damaged: its sizes are not those of the network");
  }
  std::copy(learned.values.begin(), learned.values.end(), values_.begin());
  for (size_t w = 0; w < workers_.size(); ++w) workers_[w]->random().Restore(c.workers[w]);
  last_test_ = c.last_test;
  tests_without_improvement_ = c.tests_without_improvement;
  best_ = std::move(c.best);
  if (average_) average_->Restore(std::move(*c.average));
}

TestEvent Trainer::Evaluate(const Examples& examples) {
  auto* ratings = dynamic_cast<const RatingExamples*>(&examples);
  if (ratings != nullptr && !model::IsJoint(encoded_->description) &&
      options_.loss == Loss::kSquared) {
    double cost = MeanSquaredError(*encoded_, layout_, *ratings, values_.data(), workers_, pool_);
    return {step_, cost, std::sqrt(cost) * encoded_->description.output.scale};
  }
  std::vector<double> costs(workers_.size());
  std::vector<size_t> predictions(workers_.size());
  pool_.Run([&](size_t w) {
    Range share = Share(examples.size(), w, workers_.size());
    std::vector<uint32_t> numbers;
    workers_[w]->FreezeItems(values_.data());
    for (size_t begin = share.begin; begin < share.end; begin += options_.batch_size) {
      numbers.clear();
      size_t end = std::min<size_t>(begin + options_.batch_size, share.end);
      for (size_t i = begin; i < end; ++i) numbers.push_back(static_cast<uint32_t>(i));
      costs[w] += workers_[w]->Step(values_.data(), examples, numbers, 0, false);
      predictions[w] += examples.Predictions(numbers);
    }
  });
  double cost = 0;
  for (double c : costs) cost += c;
  cost /= static_cast<double>(
      std::max<size_t>(std::accumulate(predictions.begin(), predictions.end(), size_t{0}), 1));
  double rmse =
      options_.loss == Loss::kSquared ? std::sqrt(cost) * encoded_->description.output.scale : NAN;
  return {step_, cost, rmse};
}

}  // namespace duomo::training
