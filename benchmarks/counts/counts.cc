// duomo_counts MODEL: the calls whose instructions benchmarks/counts/check counts, under callgrind.
// Where MODEL is not there yet it is made instead. Prints what library ran.
#include <duomo/duomo.h>
#include <valgrind/callgrind.h>

#include <cstdio>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <random>
#include <vector>

#include "../model.h"

namespace {

constexpr size_t kK = 10;
constexpr int kPredictions = 1000, kSearches = 100, kOpenings = 20;

void Must(duomo_status status, const duomo_error& error) {
  if (status == DUOMO_OK) return;
  std::fprintf(stderr, "duomo_counts: %s\n", error.message);
  std::exit(1);
}

// What runs between the two is counted, and written under a name.
template <typename F>
void Count(const char* name, const F& run) {
  run();  // once before: what is made once, and what the linker finds, is not counted
  CALLGRIND_ZERO_STATS;
  CALLGRIND_TOGGLE_COLLECT;
  run();
  CALLGRIND_TOGGLE_COLLECT;
  CALLGRIND_DUMP_STATS_AT(name);
}

void Run(const char* path) {
  duomo_error error = DUOMO_ERROR_INIT;
  duomo_model* model = nullptr;
  duomo_context* context = nullptr;
  Must(duomo_model_open(&model, path, nullptr, &error), error);
  Must(duomo_context_create(&context, model, nullptr, &error), error);
  duomo_model_info info = DUOMO_MODEL_INFO_INIT;
  Must(duomo_model_get_info(&info, model, &error), error);
  std::mt19937_64 random(1);
  std::vector<int64_t> users(kPredictions), items(kPredictions);
  for (int i = 0; i < kPredictions; ++i) {
    Must(duomo_user_id_at(&users[i], model, random() % info.user_count, &error), error);
    Must(duomo_item_id_at(&items[i], model, random() % info.item_count, &error), error);
  }
  Count("predict", [&] {
    float prediction = 0;
    for (int i = 0; i < kPredictions; ++i) {
      Must(duomo_predict(&prediction, context, &users[i], &items[i], 1, &error), error);
    }
  });
  Count("topk", [&] {
    int64_t ids[kK];
    float scores[kK];
    size_t count = 0;
    duomo_topk_request request = DUOMO_TOPK_REQUEST_INIT;
    duomo_topk_result result = DUOMO_TOPK_RESULT_INIT;
    result.ids = ids, result.scores = scores, result.counts = &count;
    request.count = 1;
    for (int i = 0; i < kSearches; ++i) {
      request.ids = &users[i];
      Must(duomo_topk(&result, context, &request, &error), error);
    }
  });
  Count("open", [&] {
    for (int i = 0; i < kOpenings; ++i) {
      duomo_model* opened = nullptr;
      Must(duomo_model_open(&opened, path, nullptr, &error), error);
      duomo_model_release(opened);
    }
  });
  duomo_context_release(context);
  duomo_model_release(model);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) return std::fprintf(stderr, "usage: duomo_counts MODEL\n"), 2;
  try {
    std::filesystem::path path = argv[1];
    if (std::filesystem::exists(path)) {
      Run(argv[1]);
    } else {
      duomo::bench::WriteModel(path.string());
    }
  } catch (const std::exception& error) {
    return std::fprintf(stderr, "duomo_counts: %s\n", error.what()), 1;
  }
  std::puts(duomo_build_info());
}
