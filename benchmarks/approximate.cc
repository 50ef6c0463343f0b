// Approximate searches where they are hard: many results, a part of the items allowed (at random,
// or all but the best of each user), the best excluded. Time is of the approximate search, the
// counter `exact` that of an exact one for the same request, `recall` the part of its results that
// is found.
#include <algorithm>
#include <chrono>
#include <map>
#include <memory>
#include <random>

#include "bench.h"

namespace duomo::bench {
namespace {

constexpr size_t kUsers = 32;

struct Asked {
  size_t k = 10;
  double allowed = 1;        // of the items: at random, …
  bool adversarial = false;  // … or all but the best of each user
  size_t excluded = 0;       // of the best of each user
};

const Opened& Get(const std::string& path) {
  static std::map<std::string, Opened> opened;
  Opened& o = opened[path];
  if (o.model == nullptr) {
    o.path = path;
    OpenTowers(o);
  }
  return o;
}

// One user's request, with the arrays that it points to.
struct Case {
  int64_t user = 0;
  std::vector<int64_t> allow, exclude;
  size_t offsets[2] = {0, 0};
  duomo_topk_request request = DUOMO_TOPK_REQUEST_INIT;
};

std::vector<int64_t> Search(const Opened& o, const duomo_topk_request& request) {
  Output out(1, request.k);
  duomo_error error = DUOMO_ERROR_INIT;
  Must(duomo_topk(&out.result, o.context, &request, &error), error);
  out.ids.resize(out.counts[0]);
  return std::move(out.ids);
}

std::unique_ptr<Case> Make(const Opened& o, size_t query, const Asked& asked) {
  auto out = std::make_unique<Case>();
  duomo_user_id_at(&out->user, o.model, QueryRow(query, o.users), nullptr);
  out->request.count = 1;
  out->request.ids = &out->user;
  if (asked.allowed < 1 && asked.adversarial) {
    out->request.k = o.items;
    out->allow = Search(o, out->request);
    auto best = static_cast<ptrdiff_t>((1 - asked.allowed) * static_cast<double>(o.items));
    out->allow.erase(out->allow.begin(), out->allow.begin() + best);
  } else if (asked.allowed < 1) {
    std::mt19937_64 random(query);
    for (uint64_t row = 0; row < o.items; ++row) {
      int64_t id = 0;
      duomo_item_id_at(&id, o.model, row, nullptr);
      if (std::uniform_real_distribution<>()(random) < asked.allowed) out->allow.push_back(id);
    }
  }
  if (!out->allow.empty()) {
    out->request.allow_ids = out->allow.data();
    out->request.flags |= DUOMO_ALLOW_LISTED;
    out->request.allow_count = out->allow.size();
  }
  if (asked.excluded > 0) {
    out->request.k = asked.excluded;
    out->exclude = Search(o, out->request);
    out->offsets[1] = out->exclude.size();
    out->request.exclude_ids = out->exclude.data();
    out->request.exclude_offsets = out->offsets;
  }
  out->request.k = asked.k;
  return out;
}

void Run(benchmark::State& state, const std::string& path, const Asked& asked) {
  const Opened& o = Get(path);
  std::vector<std::unique_ptr<Case>> cases;
  size_t found = 0, all = 0;
  double exact_time = 0;
  for (size_t i = 0; i < kUsers; ++i) {
    cases.push_back(Make(o, i, asked));
    duomo_topk_request& request = cases.back()->request;
    auto begin = std::chrono::steady_clock::now();
    std::vector<int64_t> exact = Search(o, request);
    exact_time += std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
    request.flags |= DUOMO_APPROXIMATE;
    std::vector<int64_t> some = Search(o, request), both;
    std::sort(exact.begin(), exact.end());
    std::sort(some.begin(), some.end());
    std::set_intersection(exact.begin(), exact.end(), some.begin(), some.end(),
                          std::back_inserter(both));
    found += both.size();
    all += exact.size();
  }
  Output out(1, asked.k);
  size_t at = 0;
  Measure(state, [&] {
    duomo_error error = DUOMO_ERROR_INIT;
    duomo_status status =
        duomo_topk(&out.result, o.context, &cases[at++ % kUsers]->request, &error);
    benchmark::DoNotOptimize(out.scores.data());
    return !Failed(state, status, error);
  });
  state.counters["recall"] = static_cast<double>(found) / static_cast<double>(all);
  state.counters["exact"] = exact_time / kUsers;
}

}  // namespace

void RegisterApproximate(const std::string& name, const std::string& path) {
  auto add = [&](const std::string& what, Asked asked) {
    for (size_t k : {10, 100, 1000}) {
      asked.k = k;
      benchmark::RegisterBenchmark((name + what + "/k/" + std::to_string(k)).c_str(),
                                   [=](benchmark::State& state) { Run(state, path, asked); })
          ->Unit(benchmark::kMillisecond);
    }
  };
  add("", {});
  for (int percent : {90, 60, 30}) {
    add("/random/" + std::to_string(percent) + "%", {.allowed = percent / 100.0});
  }
  for (int percent : {99, 80, 55}) {
    add("/without_the_best/" + std::to_string(percent) + "%",
        {.allowed = percent / 100.0, .adversarial = true});
  }
  for (size_t excluded : {200, 5000}) {
    add("/excluded/" + std::to_string(excluded), {.excluded = excluded});
  }
}

}  // namespace duomo::bench
