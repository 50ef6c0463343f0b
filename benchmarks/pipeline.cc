// Two stages through the C ABI, as in capi/examples/two_stages.c: the best 200 candidates for a
// history, compared with its latest items and put in order by the ranking model. Runs where
// --stages names the two files.
#include <algorithm>
#include <random>
#include <unordered_map>

#include "bench.h"

namespace duomo::bench {
namespace {

constexpr size_t kWatched = 50, kCandidates = 200, kHistories = 64, kRecent = 5;

struct Stage {
  duomo_model* model = nullptr;
  duomo_context* context = nullptr;

  duomo_status Open(const std::string& path, duomo_error* error) {
    duomo_status status = duomo_model_open(&model, path.c_str(), nullptr, error);
    return status ? status : duomo_context_create(&context, model, nullptr, error);
  }
  ~Stage() {
    duomo_context_release(context);
    duomo_model_release(model);
  }
};

class Pipeline {
 public:
  duomo_status Open(duomo_error* error) {
    duomo_status status = candidates_.Open(TheSetup().stages[0], error);
    if (!status) status = ranking_.Open(TheSetup().stages[1], error);
    duomo_model_info info = DUOMO_MODEL_INFO_INIT;
    if (!status) status = duomo_model_get_info(&info, candidates_.model, error);
    std::mt19937_64 random(1);
    for (size_t i = 0; i < kHistories * kWatched && !status; ++i) {
      status =
          duomo_item_id_at(&histories_[i], candidates_.model, random() % info.item_count, error);
    }
    return status;
  }

  void Next() { at_ = (at_ + kWatched) % (kHistories * kWatched); }

  duomo_status Find(duomo_error* error) {
    size_t offsets[2] = {0, kWatched};
    duomo_topk_request request = DUOMO_TOPK_REQUEST_INIT;
    request.count = 1;
    request.k = kCandidates;
    request.history_offsets = request.exclude_offsets = offsets;
    request.history_ids = request.exclude_ids = &histories_[at_];
    duomo_topk_result result = DUOMO_TOPK_RESULT_INIT;
    result.ids = ids_;
    result.scores = scores_;
    result.counts = &count_;
    return duomo_topk(&result, candidates_.context, &request, error);
  }

  // How like the candidates are to the last watch and the latest five.
  duomo_status Compare(duomo_error* error) {
    duomo_topk_request request = DUOMO_TOPK_REQUEST_INIT;
    request.count = kRecent;
    request.ids = &histories_[at_ + kWatched - kRecent];
    request.k = request.allow_count = count_;
    request.allow_ids = ids_;
    request.flags = DUOMO_ALLOW_LISTED;
    duomo_topk_result result = DUOMO_TOPK_RESULT_INIT;
    result.ids = alike_;
    result.scores = cosines_;
    result.counts = counts_;
    duomo_status status = duomo_similar(&result, candidates_.context, &request, error);
    if (status) return status;
    std::fill_n(last_, count_, 0.0f);
    std::fill_n(recent_, count_, 0.0f);
    places_.clear();
    for (size_t i = 0; i < count_; ++i) places_[ids_[i]] = i;
    for (size_t q = 0; q < kRecent; ++q) {
      for (size_t at = q * count_; at < q * count_ + counts_[q]; ++at) {
        size_t place = places_[alike_[at]];
        recent_[place] += cosines_[at] / kRecent;
        if (q + 1 == kRecent) last_[place] = cosines_[at];
      }
    }
    return status;
  }

  // The features are made anew for every request, as a server would.
  duomo_status Rank(duomo_error* error) {
    duomo_features *user = nullptr, *pairs = nullptr;
    float relative[kCandidates];
    for (size_t i = 0; i < count_; ++i) relative[i] = scores_[i] - scores_[0];
    duomo_status status = duomo_features_create(&user, ranking_.model, DUOMO_USER, 1, error);
    if (!status) status = duomo_features_create(&pairs, ranking_.model, DUOMO_PAIR, count_, error);
    if (!status) status = duomo_features_set_numbers(pairs, "candidate_score", relative, error);
    if (!status) status = duomo_features_set_numbers(pairs, "like_last", last_, error);
    if (!status) status = duomo_features_set_numbers(pairs, "like_recent", recent_, error);
    duomo_rank_request request = DUOMO_RANK_REQUEST_INIT;
    request.user_features = user;
    request.pair_features = pairs;
    request.item_ids = ids_;
    request.n = count_;
    request.history_ids = &histories_[at_];
    request.history_count = kWatched;
    if (!status) status = duomo_rank(outputs_, ranking_.context, &request, error);
    duomo_features_release(pairs);
    duomo_features_release(user);
    return status;
  }

 private:
  Stage candidates_, ranking_;
  int64_t histories_[kHistories * kWatched], ids_[kCandidates];
  float scores_[kCandidates], outputs_[kCandidates], last_[kCandidates] = {},
                                                     recent_[kCandidates] = {};
  int64_t alike_[kRecent * kCandidates];
  float cosines_[kRecent * kCandidates];
  size_t counts_[kRecent];
  std::unordered_map<int64_t, size_t> places_;
  size_t at_ = 0, count_ = 0;
};

void Stages(benchmark::State& state, bool find, bool compare, bool rank) {
  if (TheSetup().stages[1].empty()) return state.SkipWithError("give --stages CANDIDATES RANKING");
  Pipeline pipeline;
  duomo_error error = DUOMO_ERROR_INIT;
  if (Failed(state, pipeline.Open(&error), error)) return;
  if (Failed(state, pipeline.Find(&error), error)) return;
  Measure(state, [&] {
    pipeline.Next();
    duomo_status status = find ? pipeline.Find(&error) : DUOMO_OK;
    if (status == DUOMO_OK && compare) status = pipeline.Compare(&error);
    if (status == DUOMO_OK && rank) status = pipeline.Rank(&error);
    return !Failed(state, status, error);
  });
}

BENCHMARK_CAPTURE(Stages, find, true, false, false)->Name("pipeline/find_200");
BENCHMARK_CAPTURE(Stages, compare, false, true, false)->Name("pipeline/compare_200");
BENCHMARK_CAPTURE(Stages, rank, false, false, true)->Name("pipeline/rank_200");
BENCHMARK_CAPTURE(Stages, all, true, true, true)->Name("pipeline/all");

}  // namespace
}  // namespace duomo::bench
