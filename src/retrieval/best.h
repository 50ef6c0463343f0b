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

// One thread. `rows` is its memory; after Settle() it is the result.
//
// Rows are collected, and whenever there are half as many again as k, they are sorted, and the best
// k taken that the limit allows (Settle()). What a limit leaves out then is never missed later:
// where a row has one value, sets of rows that keep the limit are the independent sets of a
// matroid, in which the best of a part and a row is the best of all of the part and that row.
class Best {
 public:
  void Start(const runtime::Engine& engine, const Query& query) {
    engine_ = &engine;
    query_ = &query;
    rows.clear();
    hopeless_ = std::numeric_limits<double>::quiet_NaN();
    settled_ = offered_ = 0;
    gave_up_ = false;
  }

  // Values at or below this cannot enter, whatever their row. While every value can enter, it is
  // NaN, which compares false.
  double hopeless() const { return hopeless_; }
  bool full() const { return settled_ >= query_->k; }
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
    } else if (full() && !Better(c, rows[query_->k - 1])) {
      if (c.rank < rows[query_->k - 1].rank) Raise(value);
    } else if (full() && query_->k <= kFewestToSettle && !limited()) {
      Insert(c);
    } else {
      rows.push_back(c);
      if (rows.size() - settled_ >= std::max(query_->k / 2, kFewestToSettle)) Settle();
    }
  }

  // Takes what was offered since the last time, so that full() and hopeless() are up to date.
  void Settle();

  void GiveUp() {
    gave_up_ = true;
    hopeless_ = std::numeric_limits<double>::infinity();
  }

  AlignedVector<Candidate> rows;  // the first settled_ of them sorted

 private:
  static constexpr size_t kFewestToSettle = 32;

  void KeepLimit();
  void Insert(const Candidate& c);

  void Raise(double value) {
    if (std::isnan(hopeless_) || value > hopeless_) hopeless_ = value;
  }

  double Below(const Candidate& c) const;

  const runtime::Engine* engine_ = nullptr;
  const Query* query_ = nullptr;
  double hopeless_ = 0;
  size_t settled_ = 0, offered_ = 0;  // at the front of `rows`; in all
  bool gave_up_ = false;
  AlignedVector<Candidate> sorted_;  // memory for settling
  ValueCounts counts_;
};

}  // namespace duomo::retrieval
