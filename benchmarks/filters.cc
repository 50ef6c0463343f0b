// What conditions on items cost: sets made of them, and searches with them. For catalogues with the
// attributes that `benchmarks/data …-attributes` gives them: `price` up to 100, and `brand`, one of
// 20,000.
#include <memory>
#include <string>

#include "bench.h"

namespace duomo::bench {
namespace {

constexpr size_t kBrands = 20000;

duomo_filter Cheaper(double price) {
  duomo_filter filter = DUOMO_FILTER_INIT;
  filter.mode = DUOMO_RANGE;
  filter.input = "price";
  filter.minimum = 0;
  filter.maximum = price;
  return filter;
}

// Brands, spread over all of them.
class Brands {
 public:
  explicit Brands(size_t n) {
    texts_.reserve(n);
    for (size_t i = 0; i < n; ++i) {
      std::string number = std::to_string(i * 7919 % kBrands);
      texts_.push_back("brand-" + std::string(5 - number.size(), '0') + number);
    }
    for (const std::string& text : texts_) pointers_.push_back(text.c_str());
    filter_.input = "brand";
    filter_.strings = pointers_.data();
    filter_.value_count = n;
  }
  const duomo_filter& filter() const { return filter_; }

 private:
  std::vector<std::string> texts_;
  std::vector<const char*> pointers_;
  duomo_filter filter_ = DUOMO_FILTER_INIT;
};

void MakeSet(benchmark::State& state, const Opened& c, const duomo_filter& filter) {
  Measure(state, [&] {
    duomo_error error = DUOMO_ERROR_INIT;
    duomo_item_set* set = nullptr;
    duomo_status status = duomo_item_set_from_filters(&set, c.model, &filter, 1, &error);
    duomo_item_set_release(set);
    return !Failed(state, status, error);
  });
}

// `share` of the items are allowed: by a set that was made before, or by a range in every call.
void Search(benchmark::State& state, const Opened& c, double share, bool by_set) {
  const duomo_filter filter = Cheaper(100 * share);
  Output out(1);
  duomo_topk_request request = DUOMO_TOPK_REQUEST_INIT;
  request.count = 1;
  request.k = kK;
  std::unique_ptr<duomo_item_set, void (*)(duomo_item_set*)> set(nullptr, duomo_item_set_release);
  if (by_set) {
    duomo_error error = DUOMO_ERROR_INIT;
    duomo_item_set* made = nullptr;
    Must(duomo_item_set_from_filters(&made, c.model, &filter, 1, &error), error);
    set.reset(made);
    request.allow_set = made;
  } else {
    request.filters = &filter;
    request.filter_count = 1;
  }
  uint64_t query = 0;
  Measure(state, [&] {
    duomo_error error = DUOMO_ERROR_INIT;
    int64_t user = 0;
    duomo_user_id_at(&user, c.model, QueryRow(query++ % kQueries, c.users), nullptr);
    request.ids = &user;
    return !Failed(state, duomo_topk(&out.result, c.context, &request, &error), error);
  });
}

}  // namespace

void RegisterFilters(const std::string& name, const std::string& path) {
  auto opened = std::make_shared<Opened>();
  opened->path = path;
  auto add = [&](const std::string& what, auto run) {
    benchmark::RegisterBenchmark(("filter/" + name + what).c_str(), [=](benchmark::State& state) {
      if (opened->model == nullptr) OpenTowers(*opened);
      run(state, *opened);
    })->Unit(benchmark::kMicrosecond);
  };
  for (size_t n : {1, 100, 1000, 10000}) {
    add("/set_of_strings/" + std::to_string(n),
        [=](benchmark::State& state, const Opened& c) { MakeSet(state, c, Brands(n).filter()); });
  }
  add("/set_of_range",
      [](benchmark::State& state, const Opened& c) { MakeSet(state, c, Cheaper(10)); });
  for (double share : {1.0, 0.1}) {
    const std::string percent = std::to_string(static_cast<int>(share * 100)) + "%";
    add("/topk/set/" + percent,
        [=](benchmark::State& state, const Opened& c) { Search(state, c, share, true); });
    add("/topk/range/" + percent,
        [=](benchmark::State& state, const Opened& c) { Search(state, c, share, false); });
  }
}

}  // namespace duomo::bench
