// Exact top-k over the items of a model. Stands on runtime; knows no C types.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "retrieval/row_mask.h"
#include "runtime/engine.h"

namespace duomo::retrieval {

struct Hit {
  uint32_t row;
  float score;
};

// How a vector and an item's vector become the returned float.
//  kPrediction: what Engine::Predict makes of their dot product.
//  kCosine: their cosine, −1 … 1; a zero vector has 0 with all. For dot heads the bias columns are
//           left out: they say how popular an item is, not what it is like.
enum class Measure { kPrediction, kCosine };

struct Query {
  std::span<const float> vector;     // vector_width floats, used as given
  size_t k = 10;                     // more than there are items is fine
  const RowMask* allowed = nullptr;  // a bit an item; nullptr: every item
  bool has_minimum = false;
  float minimum = 0;  // scores below are left out
  Measure measure = Measure::kPrediction;
};

// Scratch of one search; one thread at a time, grows and is kept.
struct Workspace {
  // A hit with the double that its score came from.
  struct Candidate {
    double value;
    float score;
    uint32_t row;
  };
  std::vector<double> dots;
  AlignedVector<float> rows;  // item vectors that the file does not hold as floats
  std::vector<Candidate> heap;
  std::vector<Hit> hits;
};

// The best k allowed items, best first, ties by lower row: equal to scoring every allowed item and
// sorting by the returned float. Fewer where there are no more. The span is in `work`. Throws
// Error(kUnsupported) where the file holds no item vectors.
std::span<const Hit> TopK(const runtime::Engine& engine, const Query& query, Workspace& work);

}  // namespace duomo::retrieval
