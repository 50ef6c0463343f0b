// What it costs to start: the file is in the page cache.
#include "bench.h"

namespace duomo::bench {
namespace {

void Start(benchmark::State& state, bool predict, uint32_t flags) {
  const Setup& s = TheSetup();
  duomo_error error = DUOMO_ERROR_INIT;
  duomo_open_options options = DUOMO_OPEN_OPTIONS_INIT;
  options.flags = flags;
  Measure(state, [&] {
    duomo_model* model = nullptr;
    duomo_context* context = nullptr;
    float prediction = 0;
    duomo_status status = duomo_model_open(&model, s.path.c_str(), &options, &error);
    if (status == DUOMO_OK && predict) {
      status = duomo_context_create(&context, model, nullptr, &error);
      if (status == DUOMO_OK) {
        status =
            duomo_predict(&prediction, context, s.user_ids.data(), s.item_ids.data(), 1, &error);
      }
    }
    duomo_context_release(context);
    duomo_model_release(model);
    benchmark::DoNotOptimize(prediction);
    return !Failed(state, status, error);
  });
}
BENCHMARK_CAPTURE(Start, open, false, 0)->Name("open/map")->Unit(benchmark::kMicrosecond);
BENCHMARK_CAPTURE(Start, predict, true, 0)
    ->Name("open/map_and_predict")
    ->Unit(benchmark::kMicrosecond);
BENCHMARK_CAPTURE(Start, copy, true, DUOMO_OPEN_COPY)
    ->Name("open/copy_and_predict")
    ->Unit(benchmark::kMicrosecond);
BENCHMARK_CAPTURE(Start, verify, true, DUOMO_OPEN_VERIFY)
    ->Name("open/verify_and_predict")
    ->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace duomo::bench
