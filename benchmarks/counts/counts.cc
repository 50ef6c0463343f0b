// duomo_counts FOLDER: the calls whose instructions benchmarks/counts/check counts, under
// callgrind. Where FOLDER has no models yet they are made instead. Prints what library ran.
#include <valgrind/callgrind.h>

#include <cstdio>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <random>
#include <string>
#include <vector>

#include "../model.h"
#include "../opened.h"

namespace duomo::bench {
namespace {

constexpr size_t kK = 10, kHistory = 50, kRanked = 200;
constexpr int kPredictions = 1000, kSearches = 100, kOpenings = 20, kRankings = 5;

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

struct Counted : Opened {
  using Opened::Opened;

  std::vector<int64_t> DrawItems(size_t n) {
    std::vector<int64_t> drawn(n);
    for (int64_t& id : drawn) {
      Must(duomo_item_id_at(&id, model, random() % items, &error), error);
    }
    return drawn;
  }

  duomo_error error = DUOMO_ERROR_INIT;
  std::mt19937_64 random{1};
};

// The best 10 of each user, one by one; `request` has what else is asked for.
void Search(Counted& m, const std::vector<int64_t>& users, duomo_topk_request request) {
  int64_t ids[kK];
  float scores[kK];
  size_t count = 0;
  duomo_topk_result result = DUOMO_TOPK_RESULT_INIT;
  result.ids = ids, result.scores = scores, result.counts = &count;
  request.count = 1;
  for (int i = 0; i < kSearches; ++i) {
    request.ids = &users[i];
    Must(duomo_topk(&result, m.context, &request, &m.error), m.error);
  }
}

void CountTwoTowers(const std::string& path) {
  Counted m(path);
  std::vector<int64_t> users(kPredictions), items = m.DrawItems(kPredictions);
  for (int64_t& id : users) {
    Must(duomo_user_id_at(&id, m.model, m.random() % m.users, &m.error), m.error);
  }
  Count("predict", [&] {
    float prediction = 0;
    for (int i = 0; i < kPredictions; ++i) {
      Must(duomo_predict(&prediction, m.context, &users[i], &items[i], 1, &m.error), m.error);
    }
  });
  const duomo_topk_request all = DUOMO_TOPK_REQUEST_INIT;
  Count("topk", [&] { Search(m, users, all); });

  const char* genres[2] = {"genre3", "genre7"};
  duomo_filter filter = DUOMO_FILTER_INIT;
  filter.input = "genres", filter.strings = genres, filter.value_count = 2;
  duomo_topk_request filtered = all;
  filtered.filters = &filter, filtered.filter_count = 1;
  Count("filtered", [&] { Search(m, users, filtered); });

  duomo_limit limit = DUOMO_LIMIT_INIT;
  limit.input = "movie_id", limit.at_most = 2;
  duomo_topk_request limited = all;
  limited.limits = &limit, limited.limit_count = 1;
  Count("limited", [&] { Search(m, users, limited); });

  Count("open", [&] {
    for (int i = 0; i < kOpenings; ++i) {
      duomo_model* opened = nullptr;
      Must(duomo_model_open(&opened, path.c_str(), nullptr, &m.error), m.error);
      duomo_model_release(opened);
    }
  });
}

// One history with one item: what attention costs; and with 200 items.
void CountRanking(const std::string& path) {
  Counted m(path);
  const std::vector<int64_t> items = m.DrawItems(kRanked), history = m.DrawItems(kHistory);
  duomo_features* user = nullptr;
  Must(duomo_features_create(&user, m.model, DUOMO_USER, 1, &m.error), m.error);
  std::vector<float> predictions(kRanked);
  auto rank = [&](size_t n) {
    duomo_rank_request request = DUOMO_RANK_REQUEST_INIT;
    request.user_features = user;
    request.item_ids = items.data(), request.n = n;
    request.history_ids = history.data(), request.history_count = history.size();
    for (int i = 0; i < kRankings; ++i) {
      Must(duomo_rank(predictions.data(), m.context, &request, &m.error), m.error);
    }
  };
  Count("attention", [&] { rank(1); });
  Count("rank", [&] { rank(kRanked); });
  duomo_features_release(user);
}

}  // namespace
}  // namespace duomo::bench

int main(int argc, char** argv) {
  if (argc != 2) return std::fprintf(stderr, "usage: duomo_counts FOLDER\n"), 2;
  try {
    const std::filesystem::path folder = argv[1];
    const std::string towers = folder / "towers.duomo", ranking = folder / "ranking.duomo";
    if (std::filesystem::exists(ranking)) {
      duomo::bench::CountTwoTowers(towers);
      duomo::bench::CountRanking(ranking);
    } else {
      duomo::bench::WriteModel(towers);
      duomo::bench::WriteRankingModel(ranking);
    }
  } catch (const std::exception& error) {
    duomo::bench::Die(error.what());
  }
  std::puts(duomo_build_info());
}
