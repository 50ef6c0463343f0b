// Exact top-k over the items of a model, with filters. Stands on runtime; knows no C types.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "runtime/engine.h"

namespace duomo::retrieval {

// Which items may be returned: a bit an item, bit r of the whole is word[r/64] >> r%64.
class RowMask {
 public:
  RowMask() = default;
  void Reset(size_t rows, bool allowed);
  bool Test(uint64_t row) const { return (words_[row / 64] >> (row % 64)) & 1; }
  void Set(uint64_t row) { words_[row / 64] |= uint64_t{1} << (row % 64); }
  void Clear(uint64_t row) { words_[row / 64] &= ~(uint64_t{1} << (row % 64)); }
  void And(const RowMask& other);
  std::span<const uint64_t> words() const { return words_; }
  size_t rows() const { return rows_; }

 private:
  std::vector<uint64_t> words_;
  size_t rows_ = 0;
};

struct Hit {
  uint32_t row;
  float score;
};

// How a dot product becomes the returned float.
enum class Measure { kPrediction, kCosine };

struct Query {
  std::span<const float> vector;        // vector_width floats, used as given
  size_t k = 10;
  const RowMask* allowed = nullptr;     // nullptr: every item
  bool has_minimum = false;
  float minimum = 0;                    // scores below are left out
  Measure measure = Measure::kPrediction;
};

// Scratch of one search; one thread at a time.
struct Workspace {
  std::vector<double> dots;
  std::vector<Hit> heap;
};

// The best k allowed items, best first, ties by lower row: equal to predicting every allowed item
// and sorting by the returned float. Fewer where there are no more. The span is in `work`.
// Measure::kCosine: cos(vector, item vector), clamped to [−1, 1]; zero vectors give 0.
std::span<const Hit> TopK(const runtime::Engine& engine, const Query& query, Workspace& work);

}  // namespace duomo::retrieval
