// One training step of the hybrid preset (batch 256) on invented ratings of MovieLens 1M's size,
// by number of threads. Times 3,517 it is a pass.
#include <benchmark/benchmark.h>

#include "data/encode.h"
#include "data/split.h"
#include "data/synthetic.h"
#include "description/json.h"
#include "training/trainer.h"

namespace {

using namespace duomo;  // NOLINT: nobody includes this

struct Data {
  data::Dataset dataset = data::MakeSynthetic(6040, 3883, 1000209, 0);
  data::Encoded encoded = data::Encode(description::Preset("hybrid").model, dataset);
  data::Split split = data::MakeSplit("ratio:0.1", dataset.interactions);
  training::RatingExamples train{encoded, dataset.interactions, split.train};
};

// Lets the benchmark decide when the run ends: one iteration a step.
class UntilMeasured : public training::Observer {
 public:
  explicit UntilMeasured(benchmark::State& state) : state_(state) {}
  bool ShouldStop() override { return !state_.KeepRunning(); }

 private:
  benchmark::State& state_;
};

void BM_HybridStep(benchmark::State& state) {
  static const Data data;
  training::TrainingOptions options;
  options.threads = static_cast<uint32_t>(state.range(0));
  options.passes = 1u << 20;
  training::Trainer trainer(data.encoded, data.train, nullptr, options);
  UntilMeasured observer(state);
  training::Observer* observers[] = {&observer};
  if (state.KeepRunning()) trainer.Run(observers);
  state.SetItemsProcessed(state.iterations() * options.batch_size);
}
BENCHMARK(BM_HybridStep)
    ->Arg(1)
    ->Arg(2)
    ->ArgName("threads")
    ->UseRealTime()
    ->MeasureProcessCPUTime()
    ->Unit(benchmark::kMillisecond)
    ->MinTime(2);

}  // namespace

BENCHMARK_MAIN();
