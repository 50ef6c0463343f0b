// What duomo_bench_data's makers share.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "model/model.h"

namespace duomo::bench {

// 1, 2, 3, …
std::vector<int64_t> Ids(uint64_t n);

// Everything of `from` but what begins with `without`.
model::Contents CopyOf(const model::Model& from, std::string_view without);

// One side's vectors; the items' with the codes for searches.
void AddVectors(model::Contents& c, const char* name, std::span<const float> vectors,
                uint64_t width);

// The two files of the request (request/README.md): ITEMS items for a candidates and a ranking
// network.
void MakeRequest(const std::string& candidates, const std::string& ranking, uint64_t items,
                 const std::string& candidates_out, const std::string& ranking_out);

}  // namespace duomo::bench
