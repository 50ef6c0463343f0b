// The best k of what is offered, in any order: by the returned float, ties by lower row.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <vector>

#include "retrieval/topk.h"
#include "runtime/engine.h"

namespace duomo::retrieval {

// A hit with the double that its score came from.
struct Candidate {
  double value;
  float score;
  uint32_t row;
};

// Higher score first, then lower row.
inline bool Better(const Candidate& a, const Candidate& b) {
  return a.score > b.score || (a.score == b.score && a.row < b.row);
}

inline float ScoreOf(const runtime::Engine& engine, Measure measure, double value) {
  return measure == Measure::kCosine ? static_cast<float>(value) : engine.Predict(value);
}

// One thread. `heap` is its memory and, sorted by Better, its result.
class Best {
 public:
  void Start(const runtime::Engine& engine, const Query& query) {
    engine_ = &engine;
    query_ = &query;
    heap.clear();
    hopeless_ = std::numeric_limits<double>::quiet_NaN();
  }

  // Values at or below this cannot enter, whatever their row. NaN, which compares false, as long as
  // every value can.
  double hopeless() const { return hopeless_; }
  bool full() const { return heap.size() >= query_->k; }

  void Offer(uint32_t row, double value) {
    if (value <= hopeless_) return;
    Candidate c{value, ScoreOf(*engine_, query_->measure, value), row};
    if (query_->has_minimum && c.score < query_->minimum) {
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
    } else if (c.score < heap.front().score) {
      Raise(value);
    }
  }

  void Sort() { std::sort_heap(heap.begin(), heap.end(), Better); }

  std::vector<Candidate> heap;

 private:
  void Raise(double value) {
    if (std::isnan(hopeless_) || value > hopeless_) hopeless_ = value;
  }

  // A value whose score is below c's, and so is that of all below it: many doubles share a float,
  // and of those the lower row wins. Steps down until the float changes.
  double Below(const Candidate& c) const {
    for (double step = std::max(std::abs(c.value) * 0x1p-24, 0x1p-149);; step *= 4) {
      double value = c.value - step;
      if (!std::isfinite(value)) return std::numeric_limits<double>::quiet_NaN();
      if (ScoreOf(*engine_, query_->measure, value) < c.score) return value;
    }
  }

  const runtime::Engine* engine_ = nullptr;
  const Query* query_ = nullptr;
  double hopeless_ = 0;
};

}  // namespace duomo::retrieval
