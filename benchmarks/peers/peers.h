// The peers in C and C++, measured by the same clock as Duomo. A benchmark is called
// "WHAT @ PEER, SETTING", with WHAT as duomo_bench names it.
#pragma once

#include <string>
#include <vector>

#include "../bench.h"

namespace duomo::bench {

// A file's vectors, the queries and Duomo's own answers to some of them.
struct Searched : Opened {
  explicit Searched(const std::string& file);
  std::vector<float> item_vectors, query_vectors;  // in the order of rows and queries
  std::vector<int64_t> queries;                    // user ids
};

inline constexpr size_t kChecked = 64;

// Of the first kChecked queries: the part of Duomo's items that were found, in the counter
// "recall". `rows` are [kChecked, kK]. Where `exact`, scores that differ by more than rounding end
// the benchmark.
void Check(benchmark::State& state, const Searched& searched, const std::vector<int64_t>& rows,
           bool exact, bool unseen = false);

void RegisterOnnxRuntime(const std::string& library, const std::string& folder,
                         const std::string& model);
void RegisterVectors(const std::string& name, const std::string& path);  // OpenBLAS, FAISS
void RegisterUnseen(const std::string& path);                            // FAISS with a selector

}  // namespace duomo::bench
