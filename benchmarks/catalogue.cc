// The best items of large catalogues, exactly; and how fast such a file opens. Queries are known
// users, other ones in every call. Files called …-lists are searched approximately.
#include <algorithm>
#include <map>
#include <memory>
#include <random>

#include "bench.h"

namespace duomo::bench {
namespace {

struct Catalogue : Opened {
  std::vector<int64_t> queries;
};

// Opened once, when the first benchmark of it runs.
const Catalogue& Get(const std::string& path) {
  static std::map<std::string, Catalogue> opened;
  Catalogue& c = opened[path];
  if (c.model == nullptr) {
    c.path = path;
    OpenTowers(c);
    c.queries.resize(kQueries);
    for (size_t i = 0; i < kQueries; ++i) {
      duomo_user_id_at(&c.queries[i], c.model, QueryRow(i, c.users), nullptr);
    }
  }
  return c;
}

// What one benchmark asks for: so many users a call, a part of the items allowed, and how.
struct Asked {
  size_t users = 1;
  double allowed = 1;
  bool approximate = false;
  bool by_set = false;  // a duomo_item_set made before; else an allow list in every call
};

// The part of the exact results that a request finds, over the first queries.
double Recall(const Catalogue& c, duomo_topk_request request) {
  constexpr size_t kChecked = 1024;
  Output exact(kChecked), found(kChecked);
  request.count = kChecked;
  request.ids = c.queries.data();
  duomo_error error = DUOMO_ERROR_INIT;
  duomo_status status = duomo_topk(&found.result, c.context, &request, &error);
  request.flags &= ~static_cast<uint32_t>(DUOMO_APPROXIMATE);
  if (status == DUOMO_OK) status = duomo_topk(&exact.result, c.context, &request, &error);
  Must(status, error);
  size_t hits = 0, all = 0;
  for (size_t q = 0; q < kChecked; ++q) {
    auto begin = found.ids.begin() + static_cast<ptrdiff_t>(q * kK);
    auto end = begin + static_cast<ptrdiff_t>(found.counts[q]);
    all += exact.counts[q];
    for (size_t i = 0; i < exact.counts[q]; ++i) {
      hits += std::find(begin, end, exact.ids[q * kK + i]) != end;
    }
  }
  return static_cast<double>(hits) / static_cast<double>(all);
}

void Search(benchmark::State& state, const std::string& path, const Asked& asked) {
  const Catalogue& c = Get(path);
  Output out(asked.users);
  duomo_topk_request request = DUOMO_TOPK_REQUEST_INIT;
  request.count = asked.users;
  request.k = kK;
  if (asked.approximate) request.flags = DUOMO_APPROXIMATE;
  std::vector<int64_t> allow;
  std::unique_ptr<duomo_item_set, void (*)(duomo_item_set*)> held(nullptr, duomo_item_set_release);
  if (asked.allowed < 1) {
    std::mt19937_64 random(1);
    allow.resize(static_cast<size_t>(asked.allowed * static_cast<double>(c.items)));
    for (int64_t& id : allow) duomo_item_id_at(&id, c.model, random() % c.items, nullptr);
    if (asked.by_set) {
      duomo_item_set* set = nullptr;
      duomo_item_set_from_ids(&set, c.model, allow.data(), nullptr, allow.size(), nullptr);
      held.reset(set);
      request.allow_set = set;
    } else {
      request.flags |= DUOMO_ALLOW_LISTED;
      request.allow_ids = allow.data();
      request.allow_count = allow.size();
    }
  }
  size_t at = 0;
  Measure(state, [&] {
    duomo_error error = DUOMO_ERROR_INIT;
    request.ids = c.queries.data() + at;
    duomo_status status = duomo_topk(&out.result, c.context, &request, &error);
    benchmark::DoNotOptimize(out.scores.data());
    at = (at + asked.users) % kQueries;
    return !Failed(state, status, error);
  });
  state.SetItemsProcessed(state.iterations() * static_cast<int64_t>(asked.users));
  if (asked.approximate) state.counters["recall"] = Recall(c, request);
}

// The file is in the page cache.
void OpenAndPredict(benchmark::State& state, const std::string& path) {
  int64_t user = Get(path).queries[0], item = 0;
  duomo_item_id_at(&item, Get(path).model, Get(path).items / 2, nullptr);
  Measure(state, [&] {
    duomo_model* model = nullptr;
    duomo_context* context = nullptr;
    duomo_error error = DUOMO_ERROR_INIT;
    float prediction = 0;
    duomo_status status = duomo_model_open(&model, path.c_str(), nullptr, &error);
    if (status == DUOMO_OK) status = duomo_context_create(&context, model, nullptr, &error);
    if (status == DUOMO_OK) status = duomo_predict(&prediction, context, &user, &item, 1, &error);
    duomo_context_release(context);
    duomo_model_release(model);
    return !Failed(state, status, error);
  });
}

// What one thread reads of memory at best: 256 MB in a row.
void ReadMemory(benchmark::State& state) {
  std::vector<uint64_t> memory((256 << 20) / sizeof(uint64_t), 1);
  Measure(state, [&] {
    uint64_t sums[16] = {};
    for (size_t i = 0; i < memory.size(); i += 16) {
      for (size_t j = 0; j < 16; ++j) sums[j] += memory[i + j];
    }
    benchmark::DoNotOptimize(sums);
    return true;
  });
}
BENCHMARK(ReadMemory)->Name("machine/read")->Unit(benchmark::kMillisecond);

}  // namespace

void RegisterCatalogue(const std::string& name, const std::string& path) {
  bool lists = name.ends_with("-lists");
  std::string base = lists ? "approximate/" + name.substr(0, name.size() - 6) : "topk/" + name;
  auto add = [&](const std::string& what, Asked asked) {
    asked.approximate = lists;
    benchmark::RegisterBenchmark((base + what).c_str(), [=](benchmark::State& state) {
      Search(state, path, asked);
    })->Unit(benchmark::kMillisecond);
  };
  add("/users/1", {});
  add("/users/256", {.users = 256});
  add("/allowed/10%", {.allowed = 0.1});
  add("/set/10%", {.allowed = 0.1, .by_set = true});
  add("/set/users/256", {.users = 256, .allowed = 0.1, .by_set = true});
  add("/allowed/1%", {.allowed = 0.01});
  add("/allowed/0.1%", {.allowed = 0.001});
  if (lists) return RegisterApproximate(base, path);
  benchmark::RegisterBenchmark(("open/" + name).c_str(), [=](benchmark::State& state) {
    OpenAndPredict(state, path);
  })->Unit(benchmark::kMicrosecond);
}

}  // namespace duomo::bench
