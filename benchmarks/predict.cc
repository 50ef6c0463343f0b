// Known pairs: two look-ups, two frozen rows, a dot product.
#include "bench.h"

namespace duomo::bench {
namespace {

// One call after another for other pairs, n at a time.
auto PredictCall(benchmark::State& state, size_t n) {
  return [&state, n, out = std::vector<float>(n), at = size_t{0}]() mutable {
    const Setup& s = TheSetup();
    duomo_error error = DUOMO_ERROR_INIT;
    duomo_status status = duomo_predict(out.data(), s.context, s.user_ids.data() + at,
                                        s.item_ids.data() + at, n, &error);
    benchmark::DoNotOptimize(out.data());
    at = (at + n) % s.user_ids.size();
    return !Failed(state, status, error);
  };
}

void Predict(benchmark::State& state) {
  auto call = PredictCall(state, static_cast<size_t>(state.range(0)));
  Measure(state, call);
  state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(Predict)->Name("predict/pairs")->Arg(1)->Arg(256);

void PredictCold(benchmark::State& state) {
  auto call = PredictCall(state, static_cast<size_t>(state.range(0)));
  MeasureCold(state, call);
}
BENCHMARK(PredictCold)->Name("predict/cold_caches")->Arg(1)->UseManualTime()->Iterations(200);

}  // namespace
}  // namespace duomo::bench
