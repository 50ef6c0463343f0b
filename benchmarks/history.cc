// duomo_bench_history MODEL [COUNT …]: the time from a history of COUNT items to the user's vector,
// through the C ABI, on one thread: median and 99th percentile of single calls in CPU time, as
// JSON. For models whose users are a history and nothing else, such as preset `sasrec`;
// peers/attention.py asks ONNX Runtime the same.
#include <duomo/duomo.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <random>
#include <string>
#include <vector>

#include "measure.h"

namespace {

duomo_error problem = DUOMO_ERROR_INIT;

void Must(duomo_status status) {
  if (status == DUOMO_OK) return;
  std::fprintf(stderr, "duomo_bench_history: %s\n", problem.message);
  std::exit(1);
}

constexpr size_t kHistories = 64, kCalls = 5000;

void Measure(duomo_model* model, duomo_context* context, const duomo_model_info& info,
             size_t count) {
  std::mt19937_64 random(1);
  std::vector<duomo_features*> histories(kHistories);
  for (duomo_features*& features : histories) {
    std::vector<int64_t> items(count);
    for (int64_t& id : items) {
      Must(duomo_item_id_at(&id, model, random() % info.item_count, &problem));
    }
    Must(duomo_features_create(&features, model, DUOMO_USER, 1, &problem));
    const size_t offsets[2] = {0, count};
    for (uint64_t i = 0; i < info.input_count; ++i) {
      duomo_input_info input = DUOMO_INPUT_INFO_INIT;
      Must(duomo_model_get_input(&input, model, i, &problem));
      if (input.scope != DUOMO_USER || input.kind != DUOMO_INPUT_HISTORY) continue;
      std::string name(input.name.data, input.name.size);
      Must(duomo_features_set_integer_lists(features, name.c_str(), offsets, items.data(),
                                            &problem));
    }
  }
  std::vector<float> vector(info.vector_width);
  std::vector<double> times;
  const duomo::bench::CallClock clock(20e-6);  // the thread's own time
  for (size_t call = 0; call < kCalls; ++call) {
    const duomo_features* features = histories[call % kHistories];
    times.push_back(clock.Time(
        [&] { Must(duomo_encode_features(vector.data(), context, features, &problem)); }));
  }
  std::sort(times.begin(), times.end());
  std::printf("{\"history\": %zu, \"p50_us\": %.2f, \"p99_us\": %.2f}\n", count,
              times[kCalls / 2] * 1e6, times[kCalls * 99 / 100] * 1e6);
  for (duomo_features* features : histories) duomo_features_release(features);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) return std::fprintf(stderr, "duomo_bench_history MODEL [COUNT …]\n"), 2;
  duomo_model* model = nullptr;
  duomo_context* context = nullptr;
  Must(duomo_model_open(&model, argv[1], nullptr, &problem));
  Must(duomo_context_create(&context, model, nullptr, &problem));
  duomo_model_info info = DUOMO_MODEL_INFO_INIT;
  Must(duomo_model_get_info(&info, model, &problem));
  std::vector<size_t> counts = {20, 50};
  if (argc > 2) counts.clear();
  for (int i = 2; i < argc; ++i) counts.push_back(std::strtoul(argv[i], nullptr, 10));
  for (size_t count : counts) Measure(model, context, info, count);
  duomo_context_release(context);
  duomo_model_release(model);
}
