// Groups of neighbouring item vectors (inverted lists), for searches that read only some of them.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "core/array.h"
#include "model/planes.h"
#include "model/rows.h"

namespace duomo::retrieval {

// Lists over rows in a new order: list i has the rows begins[i] … begins[i+1]-1 of that order, of
// which row r is order[r] of the vectors given.
struct ListTensors {
  std::vector<uint32_t> order, begins;
  AlignedVector<float> centres;  // [lists, width]
  AlignedVector<float> radii;    // of vectors around their centre, rounded up
};

struct ListOptions {
  size_t lists = 0;  // 0: about the root of the number of vectors
  size_t rounds = 8;
  uint64_t seed = 1;
  std::function<void(double part)> progress = nullptr;  // 0 … 1
};

// By Lloyd's k-means on at most 50 vectors a list, then every vector to the nearest centre (the
// inverted file of Jégou, Douze and Schmid 2011, without their codes). A vector that is not finite
// goes to the first list, whose radius is then infinite. The same input and instruction set give
// the same lists.
ListTensors MakeLists(const model::Rows& vectors, const ListOptions& options = {});

// Centres as byte codes, with which a search finds the most promising lists: blocks of
// kernels/screen.h without residuals, [lists / 16, rounded up][groups · 64 + kScreenTerms].
struct CentreCodes {
  size_t groups = 0;
  AlignedVector<uint8_t> blocks;
};
CentreCodes EncodeCentres(const model::Lists& lists, uint64_t width);

}  // namespace duomo::retrieval
