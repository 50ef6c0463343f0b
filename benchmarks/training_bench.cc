// One training step of the hybrid preset (batch 256) by number of threads, on invented ratings: of
// MovieLens 1M's size (times 3,517 it is a pass), and of a million users, 100,000 items and ten
// million ratings (times 35,157). A step should cost what its batch touches, so the two should be
// alike.
#include <benchmark/benchmark.h>

#include "data/encode.h"
#include "data/split.h"
#include "data/synthetic.h"
#include "description/json.h"
#include "training/trainer.h"

namespace {

using namespace duomo;  // NOLINT: nobody includes this

struct Data {
  Data(uint32_t users, uint32_t items, uint64_t ratings)
      : dataset(data::MakeSynthetic(users, items, ratings, 0)) {}
  data::Dataset dataset;
  data::Encoded encoded = data::Encode(description::Preset("hybrid").model, dataset);
  data::Split split = data::MakeSplit("ratio:0.1", dataset.interactions);
  training::RatingExamples train{encoded, dataset.interactions, split.train};
};

// Lets the benchmark decide when the run ends: one iteration a step. What a pass does once (drawing
// its order) and what is in no cache yet belong to the steps before.
class UntilMeasured : public training::Observer {
 public:
  explicit UntilMeasured(benchmark::State& state) : state_(state) {}
  bool ShouldStop() override { return ++steps_ >= kBefore && !state_.KeepRunning(); }

 private:
  static constexpr int kBefore = 100;
  benchmark::State& state_;
  int steps_ = 0;
};

void Steps(benchmark::State& state, const Data& data) {
  training::TrainingOptions options;
  options.threads = static_cast<uint32_t>(state.range(0));
  options.passes = 1u << 20;
  training::Trainer trainer(data.encoded, data.train, nullptr, options);
  UntilMeasured observer(state);
  training::Observer* observers[] = {&observer};
  trainer.Run(observers);
  state.SetItemsProcessed(state.iterations() * options.batch_size);
}

void BM_HybridStep(benchmark::State& state) {
  static const Data data(6040, 3883, 1'000'209);
  Steps(state, data);
}

// Its data take some seconds to make and half a gigabyte: --benchmark_filter='Step/' leaves it out.
void BM_HybridStepOfAMillionUsers(benchmark::State& state) {
  static const Data data(1'000'000, 100'000, 10'000'000);
  Steps(state, data);
}

void Settings(benchmark::internal::Benchmark* b) {
  b->Arg(1)->Arg(2)->ArgName("threads");
  b->UseRealTime()->MeasureProcessCPUTime()->Unit(benchmark::kMillisecond)->MinTime(2);
}
BENCHMARK(BM_HybridStep)->Apply(Settings);
BENCHMARK(BM_HybridStepOfAMillionUsers)->Apply(Settings);

}  // namespace

BENCHMARK_MAIN();
