// The best items of a user among all.
#include "bench.h"

namespace duomo::bench {
namespace {

constexpr size_t kK = 10;

struct Output {
  explicit Output(size_t users) : ids(users * kK), scores(users * kK), counts(users) {
    result.ids = ids.data();
    result.scores = scores.data();
    result.counts = counts.data();
  }
  std::vector<int64_t> ids;
  std::vector<float> scores;
  std::vector<size_t> counts;
  duomo_topk_result result = DUOMO_TOPK_RESULT_INIT;
};

using Call = duomo_status (*)(duomo_topk_result*, duomo_context*, const duomo_topk_request*,
                              duomo_error*);

void Measure(benchmark::State& state, Call call, duomo_topk_request request,
             const std::vector<int64_t>& ids) {
  const Setup& s = TheSetup();
  Output out(request.count);
  duomo_error error = DUOMO_ERROR_INIT;
  request.k = kK;
  size_t at = 0;
  for (auto _ : state) {
    request.ids = ids.data() + at;
    if (Failed(state, call(&out.result, s.context, &request, &error), error)) return;
    benchmark::DoNotOptimize(out.scores.data());
    at = (at + request.count) % ids.size();
  }
  state.SetItemsProcessed(state.iterations() * static_cast<int64_t>(request.count));
}

void TopK(benchmark::State& state) {
  duomo_topk_request request = DUOMO_TOPK_REQUEST_INIT;
  request.count = static_cast<size_t>(state.range(0));
  Measure(state, duomo_topk, request, TheSetup().user_ids);
}
BENCHMARK(TopK)->Name("topk/users")->Arg(1)->Arg(64);

void TopKExcluding(benchmark::State& state) {
  duomo_topk_request request = DUOMO_TOPK_REQUEST_INIT;
  size_t offsets[2] = {0, static_cast<size_t>(state.range(0))};
  request.count = 1;
  request.exclude_offsets = offsets;
  request.exclude_ids = TheSetup().item_ids.data();
  Measure(state, duomo_topk, request, TheSetup().user_ids);
}
BENCHMARK(TopKExcluding)->Name("topk/excluding")->Arg(200);

void Similar(benchmark::State& state) {
  duomo_topk_request request = DUOMO_TOPK_REQUEST_INIT;
  request.count = 1;
  Measure(state, duomo_similar, request, TheSetup().item_ids);
}
BENCHMARK(Similar)->Name("similar/items");

}  // namespace
}  // namespace duomo::bench
