#include "retrieval/best.h"

namespace duomo::retrieval {
namespace {

constexpr size_t kMostOffered = 64;  // times k and as many: then a limited search gives up

}  // namespace

void Best::Settle() {
  if (rows.size() == settled_) return;
  offered_ += rows.size() - settled_;
  const auto middle = rows.begin() + static_cast<ptrdiff_t>(settled_);
  std::sort(middle, rows.end(), Better);
  sorted_.resize(rows.size());
  std::merge(rows.begin(), middle, middle, rows.end(), sorted_.begin(), Better);
  rows.swap(sorted_);
  if (limited()) {
    KeepLimit();
  } else {
    rows.resize(std::min(rows.size(), query_->k));
  }
  settled_ = rows.size();
  if (full()) {
    Raise(Below(rows.back()));
  } else if (limited() && offered_ / kMostOffered > query_->k + kMostOffered) {
    GiveUp();
  }
}

// Into few rows, which are full and sorted, at once: the sooner the threshold rises, the fewer rows
// must be scored.
void Best::Insert(const Candidate& c) {
  auto place = rows.end() - 1;
  for (; place != rows.begin() && Better(c, place[-1]); --place) *place = place[-1];
  *place = c;
  Raise(Below(rows.back()));
}

// Takes the first k of the sorted rows that the limit allows.
void Best::KeepLimit() {
  const Column& column = query_->limit->column;
  const std::span<const uint32_t> values = column.rows.rows;
  counts_.Clear();
  size_t taken = 0;
  for (const Candidate& c : rows) {
    if (taken == query_->k) break;
    const bool has_value = c.row < values.size() && values[c.row] < column.known;
    if (has_value && counts_.Add(values[c.row]) > query_->limit->at_most) continue;
    rows[taken++] = c;
  }
  rows.resize(taken);
}

// A value below which no value can have the rank of c. Many doubles round to the same float, and
// among them the lower row wins, so the value is stepped down until the float changes.
double Best::Below(const Candidate& c) const {
  for (double step = std::max(std::abs(c.value) * 0x1p-24, 0x1p-149);; step *= 4) {
    double value = c.value - step;
    if (!std::isfinite(value)) return std::numeric_limits<double>::quiet_NaN();
    if (RankOf(*engine_, query_->measure, value) < c.rank) return value;
  }
}

}  // namespace duomo::retrieval
