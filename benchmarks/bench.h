// What every benchmark has at hand: the opened model and some of its ids.
#pragma once

#include <benchmark/benchmark.h>

#include <cstdint>
#include <string>
#include <vector>

#include "measure.h"
#include "opened.h"

namespace duomo::bench {

struct Setup : Opened {
  std::string stages[2];  // files for the pipeline: candidates, ranking; empty: none
  // Known ids of each, drawn at random; 4,096 of them.
  std::vector<int64_t> user_ids, item_ids;
};

const Setup& TheSetup();

// Opens a file of two towers with users and items, and says so; dies where it is none.
void OpenTowers(Opened& out);

// Benchmarks of searching the items of one file; NAME is part of theirs. The file is opened when
// the first of them runs.
void RegisterCatalogue(const std::string& name, const std::string& path);

// Approximate searches of one file with lists: their recall and time by k and by what is left out.
void RegisterApproximate(const std::string& name, const std::string& path);

// Conditions on the items of one file with attributes.
void RegisterFilters(const std::string& name, const std::string& path);

// The users that every search of a catalogue is asked for, ours and the peers' alike.
inline uint64_t QueryRow(uint64_t query, uint64_t users) { return query * 37 % users; }
inline constexpr size_t kQueries = 1024, kK = 10;

// Arrays for the results of a top-k.
struct Output {
  explicit Output(size_t users, size_t k = kK) : ids(users * k), scores(users * k), counts(users) {
    result.ids = ids.data();
    result.scores = scores.data();
    result.counts = counts.data();
  }
  std::vector<int64_t> ids;
  std::vector<float> scores;
  std::vector<size_t> counts;
  duomo_topk_result result = DUOMO_TOPK_RESULT_INIT;
};

// Ends the benchmark with the message where a call failed.
inline bool Failed(benchmark::State& state, duomo_status status, const duomo_error& error) {
  if (status == DUOMO_OK) return false;
  state.SkipWithError(error.message);
  return true;
}

}  // namespace duomo::bench
