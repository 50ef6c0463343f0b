// Exact searches of float vectors: OpenBLAS's matrix-vector product with a partial sort, and
// Debian's FAISS. Query vectors are ready; the time of making them is not counted.
#include <cblas.h>
#include <faiss/IndexFlat.h>
#include <faiss/impl/IDSelector.h>
#include <faiss/utils/distances.h>

#include <functional>
#include <memory>
#include <numeric>

#include "peers.h"

namespace duomo::bench {
namespace {

using Rows = std::vector<int64_t>;
// Finds the best of `users` queries from number `first` on.
using Search = std::function<void(size_t first, size_t users, int64_t* rows)>;

// The last file that was read; benchmarks of one file come one after the other.
const Searched& Get(const std::string& path) {
  static std::unique_ptr<Searched> held;
  if (held == nullptr || held->path != path) {
    held.reset();
    held = std::make_unique<Searched>(path);
  }
  return *held;
}

void Run(benchmark::State& state, const Searched& s, size_t users, const Search& search,
         bool unseen) {
  Rows rows(std::max(users, kChecked) * kK);
  for (size_t q = 0; q < kChecked; q += std::min(users, kChecked)) {
    search(q, std::min(users, kChecked), &rows[q * kK]);
  }
  Check(state, s, rows, true, unseen);
  if (state.error_occurred()) return;
  size_t at = 0;
  Measure(state, [&] {
    search(at, users, rows.data());
    benchmark::DoNotOptimize(rows.data());
    at = (at + users) % kQueries;
    return true;
  });
}

// sgemv for one query, sgemm for as many as keep their scores in a few MB.
Search OpenBlas(const Searched& s) {
  static constexpr size_t kAtOnce = 8;
  auto scores = std::make_shared<std::vector<float>>(kAtOnce * s.items);
  auto order = std::make_shared<std::vector<int32_t>>(s.items);
  return [&s, scores, order](size_t first, size_t users, int64_t* rows) {
    auto n = static_cast<int>(s.items), width = static_cast<int>(s.width);
    for (size_t done = 0; done < users; done += kAtOnce) {
      size_t count = std::min(kAtOnce, users - done);
      const float* query = &s.query_vectors[(first + done) * s.width];
      if (count == 1) {
        cblas_sgemv(CblasRowMajor, CblasNoTrans, n, width, 1, s.item_vectors.data(), width, query,
                    1, 0, scores->data(), 1);
      } else {
        cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasTrans, static_cast<int>(count), n, width, 1,
                    query, width, s.item_vectors.data(), width, 0, scores->data(), n);
      }
      for (size_t q = 0; q < count; ++q) {
        const float* of = scores->data() + q * s.items;
        std::iota(order->begin(), order->end(), 0);
        std::partial_sort(order->begin(), order->begin() + kK, order->end(),
                          [of](int32_t a, int32_t b) { return of[a] > of[b]; });
        std::copy_n(order->begin(), kK, rows + (done + q) * kK);
      }
    }
  };
}

// FAISS takes the BLAS from `threshold` queries on; below that its own loop.
struct Flat {
  explicit Flat(const Searched& s)
      : path(s.path), searched(s), index(static_cast<faiss::Index::idx_t>(s.width)) {
    index.add(static_cast<faiss::Index::idx_t>(s.items), s.item_vectors.data());
  }
  void operator()(size_t first, size_t users, int64_t* rows, int threshold,
                  const faiss::SearchParameters* parameters = nullptr, size_t k = kK) {
    faiss::distance_compute_blas_threshold = threshold;
    distances.resize(users * k);
    index.search(static_cast<faiss::Index::idx_t>(users),
                 &searched.query_vectors[first * searched.width],
                 static_cast<faiss::Index::idx_t>(k), distances.data(), rows, parameters);
  }
  std::string path;
  const Searched& searched;
  faiss::IndexFlatIP index;
  std::vector<float> distances;
};

// As Get, of the index.
Flat& GetFlat(const std::string& path) {
  static std::unique_ptr<Flat> held;
  if (held == nullptr || held->path != path) {
    held.reset();
    held = std::make_unique<Flat>(Get(path));
  }
  return *held;
}

// The items in the histories of the queries, by row: FAISS is told what Duomo finds in its file.
std::vector<Rows> Seen(const Searched& s) {
  std::vector<Rows> seen(kQueries);
  Output none(1);
  std::vector<int64_t> ids(s.items);
  std::vector<float> scores(s.items);
  size_t count = 0;
  duomo_topk_result result = DUOMO_TOPK_RESULT_INIT;
  result.ids = ids.data();
  result.scores = scores.data();
  result.counts = &count;
  duomo_topk_request request = DUOMO_TOPK_REQUEST_INIT;
  request.count = 1;
  request.k = s.items;
  request.flags = DUOMO_EXCLUDE_SEEN;
  for (size_t q = 0; q < kQueries; ++q) {
    request.ids = &s.queries[q];
    duomo_error error = DUOMO_ERROR_INIT;
    Must(duomo_topk(&result, s.context, &request, &error), error);
    std::vector<int64_t> left(ids.begin(), ids.begin() + static_cast<ptrdiff_t>(count));
    std::sort(left.begin(), left.end());
    for (size_t row = 0; row < s.items; ++row) {
      int64_t id = 0;
      duomo_item_id_at(&id, s.model, row, nullptr);
      if (!std::binary_search(left.begin(), left.end(), id)) {
        seen[q].push_back(static_cast<int64_t>(row));
      }
    }
  }
  return seen;
}

// A bitmap of the seen rows, made for every query, under a selector that turns it round.
void UnseenBySelector(benchmark::State& state, const std::string& path) {
  const Searched& s = Get(path);
  Flat& flat = GetFlat(path);
  std::vector<Rows> seen = Seen(s);
  std::vector<uint8_t> bits((s.items + 7) / 8);
  faiss::IDSelectorBitmap bitmap(bits.size(), bits.data());
  faiss::IDSelectorNot selector(&bitmap);
  faiss::SearchParameters parameters;
  parameters.sel = &selector;
  Run(
      state, s, 1,
      [&](size_t first, size_t, int64_t* rows) {
        std::fill(bits.begin(), bits.end(), 0);
        for (int64_t row : seen[first]) bits[row / 8] |= static_cast<uint8_t>(1 << (row % 8));
        flat(first, 1, rows, 1 << 30, &parameters);
      },
      true);
}

// The 210 best, and the seen ones left out of them.
void UnseenByMore(benchmark::State& state, const std::string& path, int threshold) {
  const Searched& s = Get(path);
  Flat& flat = GetFlat(path);
  std::vector<Rows> seen = Seen(s);
  size_t most = kK;
  for (const Rows& rows : seen) most = std::max(most, kK + rows.size());
  Rows found(most);
  Run(
      state, s, 1,
      [&](size_t first, size_t, int64_t* rows) {
        flat(first, 1, found.data(), threshold, nullptr, kK + seen[first].size());
        for (size_t i = 0, n = 0; n < kK; ++i) {
          if (!std::binary_search(seen[first].begin(), seen[first].end(), found[i]))
            rows[n++] = found[i];
        }
      },
      true);
}

}  // namespace

void RegisterUnseen(const std::string& path) {
  auto add = [](const std::string& setting, auto run) {
    benchmark::RegisterBenchmark(("topk/unseen @ FAISS 1.7.3, " + setting).c_str(), run)
        ->Unit(benchmark::kMicrosecond);
  };
  add("flat, bitmap selector", [=](benchmark::State& state) { UnseenBySelector(state, path); });
  add("flat, 210 of which 200 are left out",
      [=](benchmark::State& state) { UnseenByMore(state, path, 1 << 30); });
  add("flat with BLAS, 210 of which 200 are left out",
      [=](benchmark::State& state) { UnseenByMore(state, path, 1); });
}

void RegisterVectors(const std::string& name, const std::string& path) {
  for (size_t users : {1, 256}) {
    std::string what = "topk/" + name + "/users/" + std::to_string(users) + " @ ";
    auto add = [&](const std::string& setting, auto run) {
      benchmark::RegisterBenchmark((what + setting).c_str(), run)->Unit(benchmark::kMillisecond);
    };
    add("OpenBLAS, sgemv and partial sort",
        [=](benchmark::State& state) { Run(state, Get(path), users, OpenBlas(Get(path)), false); });
    for (auto [setting, threshold] : {std::pair{"flat", 1 << 30}, {"flat with BLAS", 1}}) {
      // Its own loop reads everything for every query: several times slower for many of them.
      if (users > 1 && threshold > 1 && name.ends_with("1m")) continue;
      add(std::string("FAISS 1.7.3, ") + setting, [=, t = threshold](benchmark::State& state) {
        Flat& flat = GetFlat(path);
        Run(
            state, flat.searched, users,
            [&](size_t first, size_t n, int64_t* rows) { flat(first, n, rows, t); }, false);
      });
    }
  }
}

}  // namespace duomo::bench
