#include "training/trainer.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <thread>

#include "core/error.h"
#include "kernels/vector.h"
#include "training/statistics.h"

namespace duomo::training {
namespace {

// Streams of randomness that must not depend on each other.
enum Stream : uint64_t { kInit = 2, kShuffle = 3, kWorker = 4 };
uint64_t SeedOf(uint64_t seed, Stream stream, uint64_t number) {
  return Random(seed ^ Random(uint64_t{stream} * 1000000 + number).Next()).Next();
}

constexpr uint32_t kMaxThreads = 1024;

size_t ThreadCount(uint32_t asked) {
  if (asked > 0) return asked;
  return std::max(1u, std::thread::hardware_concurrency());
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
  require(o.passes > 0 || o.steps > 0, "neither passes nor steps to do");
  require(o.dropout >= 0 && o.dropout < 1, "dropout must be in [0, 1)");
  require(o.weight_decay >= 0 && o.embedding_l2 >= 0 && std::isfinite(o.weight_decay) &&
              std::isfinite(o.embedding_l2),
          "decay must be 0 or a positive number");
  require(o.threads <= kMaxThreads, "at most 1024 threads are possible");
  require(o.members > 0, "there is at least one member");
  require(o.members == 1 || (d.head.kind == model::HeadKind::kDot && o.loss == Loss::kSquared),
          "members need a dot head and the squared loss");
  require(o.members == 1 || model::TowerWidth(d, d.towers[0]) % o.members == 0,
          "the towers' width is not a multiple of the number of members");
  require(o.negatives == 0 || o.loss == Loss::kSoftmax, "only the softmax loss has negatives");
  require(o.loss != Loss::kSoftmax || d.head.kind == model::HeadKind::kDot,
          "the softmax loss needs a dot head");
  require(o.loss != Loss::kSoftmax || d.head.user_bias < 0,
          "the softmax loss cannot learn a user bias: it is the same for every item");
}

}  // namespace

Trainer::Trainer(const data::Encoded& encoded, const Examples& train, const Examples* test,
                 const TrainingOptions& options)
    : encoded_(&encoded),
      train_(&train),
      test_(test),
      options_((Check(options, train, encoded.description), options)),
      layout_(encoded.description),
      statistics_(NumberStatistics(encoded.description, train)),
      values_(Initialise(layout_, options.seed)),
      adam_(layout_),
      pool_(ThreadCount(options.threads)) {
  if (options_.loss == Loss::kSoftmax && options_.negatives > 0) {
    std::vector<uint64_t> counts(encoded.items.count);
    ExampleBatch batch;
    for (size_t i = 0; i < train.size(); i += 4096) {
      std::vector<uint32_t> numbers(std::min<size_t>(4096, train.size() - i));
      for (size_t j = 0; j < numbers.size(); ++j) numbers[j] = static_cast<uint32_t>(i + j);
      train.Gather(numbers, batch);
      for (uint32_t item : batch.items) ++counts[item];
    }
    sampler_.emplace(counts);
  }
  for (size_t w = 0; w < pool_.size(); ++w) {
    workers_.push_back(std::make_unique<Worker>(
        encoded.description, layout_, statistics_, encoded.items, options_,
        sampler_ ? &*sampler_ : nullptr, SeedOf(options_.seed, kWorker, w)));
    gradients_.push_back(&workers_.back()->gradients());
  }
  steps_per_pass_ = (train.size() + options_.batch_size - 1) / options_.batch_size;
  total_steps_ = options_.steps > 0 ? options_.steps : UINT64_MAX;
  if (options_.passes > 0 && options_.passes <= total_steps_ / steps_per_pass_) {
    total_steps_ = options_.passes * steps_per_pass_;
  }
}

Trainer::~Trainer() = default;

bool Trainer::Trained(size_t slot, uint32_t row) const {
  return std::any_of(gradients_.begin(), gradients_.end(),
                     [&](const Gradients* g) { return g->EverTouched(slot, row); });
}

// The order of a pass depends on the seed and the pass alone, so that a run can be resumed.
void Trainer::Shuffle(uint64_t pass) {
  Random random(SeedOf(options_.seed, kShuffle, pass));
  order_.resize(train_->size());
  for (size_t i = 0; i < order_.size(); ++i) order_[i] = static_cast<uint32_t>(i);
  size_t block = options_.shuffle_buffer > 0 ? options_.shuffle_buffer : order_.size();
  for (size_t begin = 0; begin < order_.size(); begin += block) {
    random.Shuffle(std::span(order_).subspan(begin, std::min(block, order_.size() - begin)));
  }
}

double Trainer::Step(std::span<const uint32_t> numbers) {
  ++step_;
  std::vector<double> costs(workers_.size());
  float scale = 1 / static_cast<float>(numbers.size());
  pool_.Run([&](size_t w) {
    Range share = Share(numbers.size(), w, workers_.size());
    workers_[w]->gradients().NextStep();
    costs[w] = workers_[w]->Step(values_.data(), *train_,
                                 numbers.subspan(share.begin, share.size()), scale, true);
  });
  double rate = Adam::LearningRate(options_, step_, total_steps_);
  pool_.Run([&](size_t w) {
    adam_.Update(options_, rate, step_, gradients_, values_, w, workers_.size());
  });
  double cost = 0;
  for (double c : costs) cost += c;
  return cost / static_cast<double>(numbers.size());
}

void Trainer::Run(std::span<Observer* const> observers) {
  auto test = [&] {
    if (test_ == nullptr || test_->size() == 0) return;
    TestEvent event = Evaluate(*test_);
    for (Observer* o : observers) o->OnTest(event);
  };
  auto stopped = [&] {
    return std::any_of(observers.begin(), observers.end(),
                       [](Observer* o) { return o->ShouldStop(); });
  };
  using Clock = std::chrono::steady_clock;
  test();
  bool stop = false, tested = true;
  while (step_ < total_steps_ && !stop) {
    uint64_t pass = step_ / steps_per_pass_;
    Shuffle(pass);
    double seconds = 0;
    uint64_t batch = step_ % steps_per_pass_;
    for (; batch < steps_per_pass_ && step_ < total_steps_ && !stop; ++batch) {
      auto start = Clock::now();
      size_t begin = batch * options_.batch_size;
      size_t size = std::min<size_t>(options_.batch_size, order_.size() - begin);
      TrainEvent event{pass, batch, step_, total_steps_, 0};
      event.cost = Step(std::span(order_).subspan(begin, size));
      seconds += std::chrono::duration<double>(Clock::now() - start).count();
      if (!std::isfinite(event.cost)) {
        Fail(Status::kInvalidArgument, "training diverged at step ", event.step,
             ": the cost is not finite; lower the learning rate");
      }
      for (Observer* o : observers) o->OnTrain(event);
      tested = options_.test_every > 0 && step_ % options_.test_every == 0;
      if (tested) test();
      stop = stopped();
    }
    for (Observer* o : observers) o->OnPass({pass, batch, seconds});
  }
  if (!tested) test();
}

TestEvent Trainer::Evaluate(const Examples& examples) {
  auto* ratings = dynamic_cast<const RatingExamples*>(&examples);
  if (ratings != nullptr && !model::IsJoint(encoded_->description) &&
      options_.loss == Loss::kSquared) {
    return EvaluateRatings(*ratings);
  }
  std::vector<double> costs(workers_.size());
  pool_.Run([&](size_t w) {
    Range share = Share(examples.size(), w, workers_.size());
    std::vector<uint32_t> numbers;
    workers_[w]->FreezeItems(values_.data());
    for (size_t begin = share.begin; begin < share.end; begin += options_.batch_size) {
      numbers.clear();
      size_t end = std::min<size_t>(begin + options_.batch_size, share.end);
      for (size_t i = begin; i < end; ++i) numbers.push_back(static_cast<uint32_t>(i));
      costs[w] += workers_[w]->Step(values_.data(), examples, numbers, 0, false);
    }
  });
  double cost = 0;
  for (double c : costs) cost += c;
  cost /= static_cast<double>(std::max<size_t>(examples.size(), 1));
  double rmse =
      options_.loss == Loss::kSquared ? std::sqrt(cost) * encoded_->description.output.scale : NAN;
  return {step_, cost, rmse};
}

// Users and items look the same in every example: every tower runs once for each entity, and a
// test of 100,000 ratings costs 10,000 tower runs and as many dot products as ratings.
TestEvent Trainer::EvaluateRatings(const RatingExamples& examples) {
  const model::Description& d = encoded_->description;
  size_t width = model::TowerWidth(d, d.towers[0]);
  AlignedVector<float> vectors[2];
  std::vector<float> biases[2];
  const model::FeatureSet* sets[2] = {&encoded_->users, &encoded_->items};
  int32_t bias_inputs[2] = {d.head.user_bias, d.head.item_bias};
  const char* bias_names[2] = {"head/user_bias", "head/item_bias"};
  for (size_t side = 0; side < 2; ++side) {
    vectors[side].resize(sets[side]->count * width);
    biases[side].assign(sets[side]->count, 0.0f);
    pool_.Run([&](size_t w) {
      Range share = Share(sets[side]->count, w, workers_.size());
      for (size_t begin = share.begin; begin < share.end; begin += 256) {
        std::vector<uint32_t> rows;
        for (size_t i = begin; i < std::min(begin + 256, share.end); ++i) {
          rows.push_back(static_cast<uint32_t>(i));
        }
        std::vector<runtime::InputSource> inputs(d.inputs.size());
        for (size_t i = 0; i < inputs.size(); ++i) inputs[i] = {sets[side]->inputs[i], rows};
        const float* out = workers_[w]->Encode(values_.data(), static_cast<model::Side>(side),
                                               {rows.size(), inputs});
        std::copy_n(out, rows.size() * width, &vectors[side][begin * width]);
      }
    });
    if (bias_inputs[side] < 0) continue;
    const Layout::Slot& slot = layout_.slots()[layout_.IndexOf(bias_names[side])];
    const model::FeatureView& view = sets[side]->inputs[static_cast<size_t>(bias_inputs[side])];
    for (size_t i = 0; i < sets[side]->count; ++i) {
      auto rows = view.RowsOf(i);
      size_t row = rows.empty() ? slot.rows() - 1 : std::min<size_t>(rows[0], slot.rows() - 1);
      biases[side][i] = values_[slot.offset + row];
    }
  }
  float global = 0;
  if (d.head.global_bias)
    global = values_[layout_.slots()[layout_.IndexOf("head/global_bias")].offset];
  const kernels::VectorKernels& k = kernels::Vector();
  std::vector<double> norms[2];
  for (size_t side = 0; side < 2; ++side) {
    norms[side].assign(sets[side]->count, 1);
    for (size_t i = 0; d.head.kind == model::HeadKind::kCosine && i < sets[side]->count; ++i) {
      const float* v = &vectors[side][i * width];
      norms[side][i] = std::sqrt(k.dot(v, v, width));
    }
  }
  double cost = 0;
  for (size_t i = 0; i < examples.size(); ++i) {
    size_t user = examples.UserOf(i), item = examples.ItemOf(i);
    double dot = k.dot(&vectors[0][user * width], &vectors[1][item * width], width);
    double length = norms[0][user] * norms[1][item];
    dot = length > 0 ? dot / length : 0;
    double head = d.head.scale * (dot + biases[0][user] + biases[1][item] + global);
    double error = head - examples.TargetOf(i);
    cost += error * error;
  }
  cost /= static_cast<double>(std::max<size_t>(examples.size(), 1));
  return {step_, cost, std::sqrt(cost) * d.output.scale};
}

}  // namespace duomo::training
