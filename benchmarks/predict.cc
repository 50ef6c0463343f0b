// Known pairs: two look-ups, two frozen rows, a dot product.
#include "bench.h"

namespace duomo::bench {
namespace {

void Predict(benchmark::State& state) {
  const Setup& s = TheSetup();
  auto n = static_cast<size_t>(state.range(0));
  std::vector<float> out(n);
  duomo_error error = DUOMO_ERROR_INIT;
  size_t at = 0;
  for (auto _ : state) {
    duomo_status status = duomo_predict(out.data(), s.context, s.user_ids.data() + at,
                                        s.item_ids.data() + at, n, &error);
    if (Failed(state, status, error)) return;
    benchmark::DoNotOptimize(out.data());
    at = (at + n) % s.user_ids.size();
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(Predict)->Name("predict/pairs")->Arg(1)->Arg(256);

}  // namespace
}  // namespace duomo::bench
