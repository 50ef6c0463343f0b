// The best items of a user among all, in the model of MovieLens 1M's size.
#include "bench.h"

namespace duomo::bench {
namespace {

using Call = duomo_status (*)(duomo_topk_result*, duomo_context*, const duomo_topk_request*,
                              duomo_error*);

void Search(benchmark::State& state, Call call, duomo_topk_request request,
            const std::vector<int64_t>& ids) {
  const Setup& s = TheSetup();
  Output out(request.count);
  request.k = kK;
  size_t at = 0;
  Measure(state, [&] {
    duomo_error error = DUOMO_ERROR_INIT;
    request.ids = ids.data() + at;
    duomo_status status = call(&out.result, s.context, &request, &error);
    benchmark::DoNotOptimize(out.scores.data());
    at = (at + request.count) % ids.size();
    return !Failed(state, status, error);
  });
  state.SetItemsProcessed(state.iterations() * static_cast<int64_t>(request.count));
}

void TopK(benchmark::State& state) {
  duomo_topk_request request = DUOMO_TOPK_REQUEST_INIT;
  request.count = static_cast<size_t>(state.range(0));
  Search(state, duomo_topk, request, TheSetup().user_ids);
}
BENCHMARK(TopK)->Name("topk/users")->Arg(1)->Arg(256);

void TopKExcluding(benchmark::State& state) {
  duomo_topk_request request = DUOMO_TOPK_REQUEST_INIT;
  size_t offsets[2] = {0, static_cast<size_t>(state.range(0))};
  request.count = 1;
  request.exclude_offsets = offsets;
  request.exclude_ids = TheSetup().item_ids.data();
  Search(state, duomo_topk, request, TheSetup().user_ids);
}
BENCHMARK(TopKExcluding)->Name("topk/excluding")->Arg(200);

// What the file remembers of its users is left out: 200 items each in what benchmarks/data makes.
void TopKUnseen(benchmark::State& state) {
  duomo_topk_request request = DUOMO_TOPK_REQUEST_INIT;
  request.count = 1;
  request.flags = DUOMO_EXCLUDE_SEEN;
  Search(state, duomo_topk, request, TheSetup().user_ids);
}
BENCHMARK(TopKUnseen)->Name("topk/unseen");

void Similar(benchmark::State& state) {
  duomo_topk_request request = DUOMO_TOPK_REQUEST_INIT;
  request.count = 1;
  Search(state, duomo_similar, request, TheSetup().item_ids);
}
BENCHMARK(Similar)->Name("similar/items");

}  // namespace
}  // namespace duomo::bench
