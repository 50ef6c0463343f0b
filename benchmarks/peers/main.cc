// duomo_peers --onnxruntime LIBRARY FOLDER MODEL | --unseen FILE | --catalogue NAME=FILE, with what
// Google Benchmark takes. See peers/run, which calls it.
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <set>

#include "peers.h"

namespace duomo::bench {

Searched::Searched(const std::string& file) : Opened(file) {
  std::vector<int64_t> ids(items);
  for (size_t i = 0; i < items; ++i) duomo_item_id_at(&ids[i], model, i, nullptr);
  item_vectors.resize(items * width);
  query_vectors.resize(kQueries * width);
  queries.resize(kQueries);
  for (size_t i = 0; i < kQueries; ++i) {
    duomo_user_id_at(&queries[i], model, QueryRow(i, users), nullptr);
  }
  duomo_error error = DUOMO_ERROR_INIT;
  Must(duomo_encode_items(item_vectors.data(), context, ids.data(), items, &error), error);
  Must(duomo_encode_users(query_vectors.data(), context, queries.data(), kQueries, &error), error);
}

void Check(benchmark::State& state, const Searched& s, const std::vector<int64_t>& rows, bool exact,
           bool unseen) {
  Output out(kChecked);
  duomo_topk_request request = DUOMO_TOPK_REQUEST_INIT;
  request.count = kChecked;
  request.ids = s.queries.data();
  request.k = kK;
  if (unseen) request.flags = DUOMO_EXCLUDE_SEEN;
  duomo_error error = DUOMO_ERROR_INIT;
  if (Failed(state, duomo_topk(&out.result, s.context, &request, &error), error)) return;
  auto dot = [&](size_t query, int64_t row) {
    double sum = 0;
    for (size_t i = 0; i < s.width; ++i) {
      sum += static_cast<double>(s.query_vectors[query * s.width + i]) *
             static_cast<double>(s.item_vectors[static_cast<size_t>(row) * s.width + i]);
    }
    return sum;
  };
  size_t found = 0;
  for (size_t q = 0; q < kChecked; ++q) {
    std::set<int64_t> ours;
    double worst = 0;
    for (size_t i = 0; i < kK; ++i) {
      // Ids of these files grow with the row, so a row's place is found by halving.
      size_t low = 0, high = s.items;
      while (high - low > 1) {
        int64_t id = 0;
        duomo_item_id_at(&id, s.model, (low + high) / 2, nullptr);
        (id <= out.ids[q * kK + i] ? low : high) = (low + high) / 2;
      }
      ours.insert(static_cast<int64_t>(low));
      worst = dot(q, static_cast<int64_t>(low));
    }
    std::set<int64_t> theirs(&rows[q * kK], &rows[q * kK] + kK);
    for (int64_t row : theirs) {
      bool tie = row >= 0 && std::abs(dot(q, row) - worst) < 1e-6;  // either may stand last
      found += ours.contains(row) || tie;
      if (exact && !tie && !ours.contains(row)) {
        std::string text = "query " + std::to_string(q) + ": row " + std::to_string(row) + " has " +
                           std::to_string(row < 0 ? 0 : dot(q, row)) + ", the last of Duomo " +
                           std::to_string(worst);
        return state.SkipWithError(text.c_str());
      }
    }
  }
  state.counters["recall"] = static_cast<double>(found) / static_cast<double>(kChecked * kK);
}

int Run(int argc, char** argv) {
  benchmark::Initialize(&argc, argv);
  for (int i = 1; i < argc; ++i) {
    if (std::strcmp(argv[i], "--onnxruntime") == 0 && i + 3 < argc) {
      RegisterOnnxRuntime(argv[i + 1], argv[i + 2], argv[i + 3]);
      i += 3;
    } else if (std::strcmp(argv[i], "--unseen") == 0 && i + 1 < argc) {
      RegisterUnseen(argv[++i]);
    } else if (std::strcmp(argv[i], "--catalogue") == 0 && i + 1 < argc &&
               std::strchr(argv[i + 1], '=') != nullptr) {
      std::string pair = argv[++i];
      RegisterVectors(pair.substr(0, pair.find('=')), pair.substr(pair.find('=') + 1));
    } else {
      Die(std::string("unknown argument ") + argv[i]);
    }
  }
  benchmark::RunSpecifiedBenchmarks();
  return 0;
}

}  // namespace duomo::bench

int main(int argc, char** argv) { return duomo::bench::Run(argc, argv); }
