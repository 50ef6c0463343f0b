// The best k of the rows that are offered, in any order of offers: by the head's output, ties by
// lower row.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <vector>

#include "core/array.h"
#include "retrieval/topk.h"
#include "runtime/engine.h"

namespace duomo::retrieval {

// A row with its dot product or cosine, and the float that it is ranked by.
struct Candidate {
  double value;
  float rank;
  uint32_t row;
};

// Higher first, then lower row.
inline bool Better(const Candidate& a, const Candidate& b) {
  return a.rank > b.rank || (a.rank == b.rank && a.row < b.row);
}

// Orders rows by the head's output. The returned float is a monotone function of it, but not a
// strict one: a saturated sigmoid is 1 for many outputs, which still have an order.
inline float RankOf(const runtime::Engine& engine, Measure measure, double value) {
  return measure == Measure::kCosine ? static_cast<float>(value) : engine.Score(value);
}

// The returned float.
inline float ScoreOf(const runtime::Engine& engine, Measure measure, double value) {
  return measure == Measure::kCosine ? static_cast<float>(value) : engine.Predict(value);
}

// One thread. `heap` is its memory; sorted by Better, it is the result.
class Best {
 public:
  void Start(const runtime::Engine& engine, const Query& query) {
    engine_ = &engine;
    query_ = &query;
    heap.clear();
    hopeless_ = std::numeric_limits<double>::quiet_NaN();
  }

  // Values at or below this cannot enter, whatever their row. While every value can enter, it is
  // NaN, which compares false.
  double hopeless() const { return hopeless_; }
  bool full() const { return heap.size() >= query_->k; }
  float score(const Candidate& c) const { return ScoreOf(*engine_, query_->measure, c.value); }

  void Offer(uint32_t row, double value) {
    if (value <= hopeless_) return;
    Candidate c{value, RankOf(*engine_, query_->measure, value), row};
    if (query_->has_minimum && ScoreOf(*engine_, query_->measure, value) < query_->minimum) {
      Raise(value);
    } else if (!full()) {
      heap.push_back(c);
      std::push_heap(heap.begin(), heap.end(), Better);
      if (full()) Raise(Below(heap.front()));
    } else if (Better(c, heap.front())) {
      std::pop_heap(heap.begin(), heap.end(), Better);
      heap.back() = c;
      std::push_heap(heap.begin(), heap.end(), Better);
      Raise(Below(heap.front()));
    } else if (c.rank < heap.front().rank) {
      Raise(value);
    }
  }

  void Sort() { std::sort_heap(heap.begin(), heap.end(), Better); }

  AlignedVector<Candidate> heap;

 private:
  void Raise(double value) {
    if (std::isnan(hopeless_) || value > hopeless_) hopeless_ = value;
  }

  // A value below which no value can have the rank of c. Many doubles round to the same float, and
  // among them the lower row wins, so the value is stepped down until the float changes.
  double Below(const Candidate& c) const {
    for (double step = std::max(std::abs(c.value) * 0x1p-24, 0x1p-149);; step *= 4) {
      double value = c.value - step;
      if (!std::isfinite(value)) return std::numeric_limits<double>::quiet_NaN();
      if (RankOf(*engine_, query_->measure, value) < c.rank) return value;
    }
  }

  const runtime::Engine* engine_ = nullptr;
  const Query* query_ = nullptr;
  double hopeless_ = 0;
};

}  // namespace duomo::retrieval
