// duomo_bench_history MODEL [COUNT …]: the time from a history of COUNT items to the user's vector,
// through the C ABI, on one thread: median and 99th percentile of single calls in CPU time, as
// JSON. For models whose users are a history and nothing else, such as preset `sasrec`;
// peers/attention.py asks ONNX Runtime the same.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <random>
#include <string>
#include <vector>

#include "measure.h"
#include "opened.h"

namespace duomo::bench {
namespace {

duomo_error problem = DUOMO_ERROR_INIT;

constexpr size_t kHistories = 64, kCalls = 5000;

void MeasureHistories(const Opened& opened, size_t count) {
  std::mt19937_64 random(1);
  std::vector<duomo_features*> histories(kHistories);
  for (duomo_features*& features : histories) {
    std::vector<int64_t> items(count);
    for (int64_t& id : items) {
      Must(duomo_item_id_at(&id, opened.model, random() % opened.items, &problem), problem);
    }
    Must(duomo_features_create(&features, opened.model, DUOMO_USER, 1, &problem), problem);
    const size_t offsets[2] = {0, count};
    for (uint64_t i = 0; i < opened.info.input_count; ++i) {
      duomo_input_info input = DUOMO_INPUT_INFO_INIT;
      Must(duomo_model_get_input(&input, opened.model, i, &problem), problem);
      if (input.scope != DUOMO_USER || input.kind != DUOMO_INPUT_HISTORY) continue;
      std::string name(input.name.data, input.name.size);
      Must(
          duomo_features_set_integer_lists(features, name.c_str(), offsets, items.data(), &problem),
          problem);
    }
  }
  std::vector<float> vector(opened.width);
  std::vector<double> times;
  const CallClock clock(20e-6);  // the thread's own time
  for (size_t call = 0; call < kCalls; ++call) {
    const duomo_features* features = histories[call % kHistories];
    times.push_back(clock.Time([&] {
      Must(duomo_encode_features(vector.data(), opened.context, features, &problem), problem);
    }));
  }
  std::sort(times.begin(), times.end());
  std::printf("{\"history\": %zu, \"p50_us\": %.2f, \"p99_us\": %.2f}\n", count,
              times[kCalls / 2] * 1e6, times[kCalls * 99 / 100] * 1e6);
  for (duomo_features* features : histories) duomo_features_release(features);
}

}  // namespace
}  // namespace duomo::bench

int main(int argc, char** argv) {
  if (argc < 2) return std::fprintf(stderr, "duomo_bench_history MODEL [COUNT …]\n"), 2;
  const duomo::bench::Opened opened(argv[1]);
  std::vector<size_t> counts = {20, 50};
  if (argc > 2) counts.clear();
  for (int i = 2; i < argc; ++i) counts.push_back(std::strtoul(argv[i], nullptr, 10));
  for (size_t count : counts) duomo::bench::MeasureHistories(opened, count);
}
