// The best items of large catalogues, exactly; and how fast such a file opens. Queries are known
// users, other ones in every call.
#include <map>
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
    Open(c);
    c.queries.resize(kQueries);
    for (size_t i = 0; i < kQueries; ++i) {
      duomo_user_id_at(&c.queries[i], c.model, QueryRow(i, c.users), nullptr);
    }
  }
  return c;
}

void Search(benchmark::State& state, const std::string& path, size_t users, double allowed) {
  const Catalogue& c = Get(path);
  Output out(users);
  duomo_topk_request request = DUOMO_TOPK_REQUEST_INIT;
  request.count = users;
  request.k = kK;
  std::vector<int64_t> allow;
  if (allowed < 1) {
    std::mt19937_64 random(1);
    allow.resize(static_cast<size_t>(allowed * static_cast<double>(c.items)));
    for (int64_t& id : allow) duomo_item_id_at(&id, c.model, random() % c.items, nullptr);
    request.allow_ids = allow.data();
    request.allow_count = allow.size();
  }
  size_t at = 0;
  Measure(state, [&] {
    duomo_error error = DUOMO_ERROR_INIT;
    request.ids = c.queries.data() + at;
    duomo_status status = duomo_topk(&out.result, c.context, &request, &error);
    benchmark::DoNotOptimize(out.scores.data());
    at = (at + users) % kQueries;
    return !Failed(state, status, error);
  });
  state.SetItemsProcessed(state.iterations() * static_cast<int64_t>(users));
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
  auto add = [&](const std::string& what, auto run, benchmark::TimeUnit unit) {
    benchmark::RegisterBenchmark(what.c_str(), run)->Unit(unit);
  };
  for (size_t users : {1, 256}) {
    add(
        "topk/" + name + "/users/" + std::to_string(users),
        [=](benchmark::State& state) { Search(state, path, users, 1); }, benchmark::kMillisecond);
  }
  for (auto [label, part] : {std::pair{"10%", 0.1}, {"1%", 0.01}, {"0.1%", 0.001}}) {
    add(
        "topk/" + name + "/allowed/" + label,
        [=, p = part](benchmark::State& state) { Search(state, path, 1, p); },
        benchmark::kMillisecond);
  }
  add(
      "open/" + name, [=](benchmark::State& state) { OpenAndPredict(state, path); },
      benchmark::kMicrosecond);
}

}  // namespace duomo::bench
