// What every benchmark has at hand: the opened model and some of its ids.
#pragma once

#include <benchmark/benchmark.h>
#include <duomo/duomo.h>

#include <cstdint>
#include <string>
#include <vector>

namespace duomo::bench {

struct Setup {
  std::string path;
  std::string stages[2];  // files for the pipeline: candidates, ranking; empty: none
  duomo_model* model = nullptr;
  duomo_context* context = nullptr;
  size_t width = 0, items = 0;
  // As many known ids of each as there are, drawn at random; a power of two of them.
  std::vector<int64_t> user_ids, item_ids;
};

const Setup& TheSetup();

// Ends the benchmark with the message where a call failed.
inline bool Failed(benchmark::State& state, duomo_status status, const duomo_error& error) {
  if (status == DUOMO_OK) return false;
  state.SkipWithError(error.message);
  return true;
}

}  // namespace duomo::bench
