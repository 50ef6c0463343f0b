// The best k of the rows that are offered, in any order of offers: by the head's output, ties by
// lower row; with a limit, the best k of which at most so many share a value.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <span>

#include "core/array.h"
#include "retrieval/topk.h"
#include "retrieval/value_counts.h"
#include "runtime/engine.h"

namespace duomo::retrieval {

// A row with its dot product or cosine, and the float that it is ranked by.
struct Candidate {
  double value;
  float rank;
  uint32_t row;
};

// Higher first, then lower row. An object, so that sorting inlines it.
inline constexpr auto Better = [](const Candidate& a, const Candidate& b) {
  return a.rank > b.rank || (a.rank == b.rank && a.row < b.row);
};

// Orders rows by the head's output. The returned float is a monotone function of it, but not a
// strict one: a saturated sigmoid is 1 for many outputs, which still have an order.
inline float RankOf(const runtime::Engine& engine, Measure measure, double value) {
  return measure == Measure::kCosine ? static_cast<float>(value) : engine.Score(value);
}

// The returned float.
inline float ScoreOf(const runtime::Engine& engine, Measure measure, double value) {
  return measure == Measure::kCosine ? static_cast<float>(value) : engine.Predict(value);
}

// One thread. `heap` is its memory; after Sort() it is the result.
//
// Without a limit it is a heap of k. With one, rows are collected, and whenever there are half as
// many again as k, they are sorted and those taken that the limit allows (Settle()). What is left
// out then is never missed later: where a row has one value, sets of rows that keep the limit are
// the independent sets of a matroid, in which the best of a part and a row is the best of all of
// the part and that row.
class Best {
 public:
  void Start(const runtime::Engine& engine, const Query& query) {
    engine_ = &engine;
    query_ = &query;
    heap.clear();
    hopeless_ = std::numeric_limits<double>::quiet_NaN();
    settled_ = offered_ = 0;
    gave_up_ = false;
  }

  // Values at or below this cannot enter, whatever their row. While every value can enter, it is
  // NaN, which compares false.
  double hopeless() const { return hopeless_; }
  bool full() const { return (limited() ? settled_ : heap.size()) >= query_->k; }
  bool limited() const { return query_->limit != nullptr; }
  // Whether so many rows were offered without filling it that a search in rounds is faster
  // (limits.h). The result is then not complete.
  bool gave_up() const { return gave_up_; }
  float score(const Candidate& c) const { return ScoreOf(*engine_, query_->measure, c.value); }

  void Offer(uint32_t row, double value) {
    if (value <= hopeless_) return;
    Candidate c{value, RankOf(*engine_, query_->measure, value), row};
    if (query_->has_minimum && ScoreOf(*engine_, query_->measure, value) < query_->minimum) {
      Raise(value);
    } else if (limited()) {
      heap.push_back(c);
      if (heap.size() - settled_ >= std::max(query_->k / 2, kFewestToSettle)) Settle();
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

  // Of a limited one: takes what was offered since the last time, so that full() and hopeless() are
  // up to date.
  void Settle() {
    if (!limited() || heap.size() == settled_) return;
    offered_ += heap.size() - settled_;
    const auto middle = heap.begin() + static_cast<ptrdiff_t>(settled_);
    std::sort(middle, heap.end(), Better);
    sorted_.resize(heap.size());
    std::merge(heap.begin(), middle, middle, heap.end(), sorted_.begin(), Better);
    heap.swap(sorted_);
    const Column& column = query_->limit->column;
    const std::span<const uint32_t> values = column.rows.rows;
    counts_.Clear();
    settled_ = 0;
    for (const Candidate& c : heap) {
      if (settled_ == query_->k) break;
      const bool has_value = c.row < values.size() && values[c.row] < column.known;
      if (has_value && counts_.Add(values[c.row]) > query_->limit->at_most) continue;
      heap[settled_++] = c;
    }
    heap.resize(settled_);
    if (full()) {
      Raise(Below(heap.back()));
    } else if (offered_ / kMostOffered > query_->k + kMostOffered) {
      GiveUp();
    }
  }

  void GiveUp() {
    gave_up_ = true;
    hopeless_ = std::numeric_limits<double>::infinity();
  }

  void Sort() {
    if (limited()) return Settle();
    std::sort_heap(heap.begin(), heap.end(), Better);
  }

  AlignedVector<Candidate> heap;

 private:
  static constexpr size_t kFewestToSettle = 32;
  static constexpr size_t kMostOffered = 64;  // times k and as many

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
  size_t settled_ = 0, offered_ = 0;  // with a limit: at the front of `heap`; in all
  bool gave_up_ = false;
  AlignedVector<Candidate> sorted_;  // memory for settling
  ValueCounts counts_;
};

}  // namespace duomo::retrieval
