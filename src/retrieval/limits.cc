#include "retrieval/limits.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include "core/array.h"
#include "retrieval/filter.h"
#include "retrieval/value_counts.h"

namespace duomo::retrieval {
namespace {

constexpr size_t kFewest = 32;  // rows of a first round
constexpr size_t kGrowth = 4;   // of the rounds that follow
constexpr size_t kRoundsTogether = 2;

size_t Times(size_t a, size_t b, size_t most) {
  return a > most / b ? most : std::min(a * b, most);
}

// How many results have each value of one column.
class Counts {
 public:
  explicit Counts(const Limit& limit) : limit_(limit), left_(limit.column.rows.rows.size()) {}

  // The values of a row. Lists of an honest file lie side by side. Those of a hostile one may all
  // be the whole, and walking through them would take for ever: what goes beyond the whole counts
  // as absent.
  std::span<const uint32_t> ValuesOf(uint32_t row) {
    auto values = limit_.column.rows.RowsOf(row);
    if (values.size() > left_) return {};
    left_ -= values.size();
    return values;
  }

  bool Allow(std::span<const uint32_t> values) const {
    return std::none_of(values.begin(), values.end(),
                        [&](uint32_t value) { return counts_.Of(value) >= limit_.at_most; });
  }

  void Take(std::span<const uint32_t> values) {
    of_row_.Clear();
    for (uint32_t value : values) {
      if (value >= limit_.column.known || of_row_.Add(value) > 1) continue;
      if (counts_.Add(value) == limit_.at_most) used_up_.push_back(value);
    }
  }

  // Clears the rows with a value that was used up since the last time.
  void Clear(RowMask& mask) {
    if (used_up_.empty()) return;
    ApplyFilter(limit_.column.rows, limit_.column.known, FilterMode::kNone, used_up_, mask);
    used_up_.clear();
  }

 private:
  const Limit& limit_;
  size_t left_;                  // values that the walk may still look at
  ValueCounts counts_, of_row_;  // a value that stands twice in a row counts once
  AlignedVector<uint32_t> used_up_;
};

// One query that walks.
class Walker {
 public:
  Walker(const Walk& walk, const Query& query, size_t index, size_t rows)
      : walk_(walk), query_(query), index_(index), rows_(rows) {
    for (const Limit& limit : walk.limits) counts_.emplace_back(limit);
    seen_.assign(query.excluded.begin(), query.excluded.end());
    round_ = query.k == 0 ? 0 : std::min(rows, std::max(Times(query.k, 2, rows), kFewest));
    done_ = round_ == 0;
  }

  bool done() const { return done_; }
  std::span<const Hit> taken() const { return taken_; }

  // What to search for: the best of what has not been seen.
  Query Ask() const {
    Query out = query_;
    out.k = round_;
    out.excluded = seen_;
    return out;
  }

  // The same without rows of values that are used up, by `mask`.
  Query AskMasked(RowMask& mask) {
    if (!masked_) {
      if (query_.allowed != nullptr) {
        mask = *query_.allowed;
      } else {
        mask.Reset(rows_, true);
      }
      if (query_.set != nullptr) mask.And(query_.set->rows());
      masked_ = true;
    }
    for (uint32_t row : seen_) mask.Clear(row);
    seen_.clear();
    for (Counts& counts : counts_) counts.Clear(mask);
    Query out = query_;
    out.k = round_;
    out.allowed = &mask;
    out.allowed_count = Query::kNotCounted;
    out.set = nullptr;
    out.excluded = {};
    return out;
  }

  void Go(std::span<const Hit> hits) {
    const size_t before = taken_.size();
    for (const Hit& hit : hits) {
      if (taken_.size() == query_.k) break;
      if (!Refused(hit.row)) taken_.push_back(hit);
    }
    Merge(before);
    done_ = taken_.size() == query_.k || hits.size() < round_;
    if (done_) return;
    for (const Hit& hit : hits) seen_.push_back(hit.row);
    round_ = Times(round_, kGrowth, rows_);
  }

 private:
  bool Refused(uint32_t row) {
    if (walk_.refuses != nullptr && walk_.refuses(index_, row)) return true;
    values_.clear();
    for (Counts& counts : counts_) {
      values_.push_back(counts.ValuesOf(row));
      if (!counts.Allow(values_.back())) return true;
    }
    for (size_t i = 0; i < counts_.size(); ++i) counts_[i].Take(values_[i]);
    return false;
  }

  // Sorts the results, of which those before `middle` are sorted, and the others, too. A round may
  // find better rows than the rounds before it: of an approximate search, or in a file whose codes
  // are not those of its vectors.
  void Merge(size_t middle) {
    auto better = [](const Hit& a, const Hit& b) { return a.score > b.score; };
    if (std::is_sorted(taken_.begin(), taken_.end(), better)) return;
    const auto second = taken_.begin() + static_cast<ptrdiff_t>(middle);
    AlignedVector<Hit> merged(taken_.size());
    std::merge(taken_.begin(), second, second, taken_.end(), merged.begin(), better);
    taken_.swap(merged);
  }

  const Walk& walk_;
  const Query& query_;
  const size_t index_, rows_;
  AlignedVector<Counts> counts_;
  AlignedVector<std::span<const uint32_t>> values_;
  AlignedVector<Hit> taken_;
  AlignedVector<uint32_t> seen_;
  size_t round_ = 0;
  bool masked_ = false, done_ = false;
};

// Where the search itself can keep the limits.
const Limit* OnlyLimit(const Walk& walk) {
  const bool one = walk.limits.size() == 1 && walk.refuses == nullptr;
  return one && walk.limits[0].column.rows.offsets.empty() ? walk.limits.data() : nullptr;
}

// The queries of the indices in `which` in rounds, their results to the places of `out` of those
// indices.
void InRounds(const Catalogue& catalogue, std::span<const Query> queries,
              std::span<const size_t> which, const Walk& walk, const Team& team,
              SearchWorkspace& work, std::span<AlignedVector<Hit>> out) {
  AlignedVector<Walker> walkers;
  walkers.reserve(which.size());
  for (size_t i : which) {
    walkers.emplace_back(walk, queries[i], i, catalogue.entities().count);
  }
  AlignedVector<Query> asks;
  AlignedVector<size_t> who;
  for (size_t round = 0; round < kRoundsTogether; ++round) {
    asks.clear();
    who.clear();
    for (size_t i = 0; i < walkers.size(); ++i) {
      if (walkers[i].done()) continue;
      asks.push_back(walkers[i].Ask());
      who.push_back(i);
    }
    TopK(catalogue, asks, team, work);
    for (size_t i = 0, begin = 0; i < who.size(); begin = work.ends[i++]) {
      walkers[who[i]].Go(std::span(work.hits).subspan(begin, work.ends[i] - begin));
    }
  }
  // The few that are left one by one, for they take a bit a row each.
  RowMask mask;
  for (Walker& walker : walkers) {
    while (!walker.done()) {
      const Query ask = walker.AskMasked(mask);
      TopK(catalogue, {&ask, 1}, team, work);
      walker.Go(work.hits);
    }
  }
  for (size_t i = 0; i < which.size(); ++i) {
    out[which[i]].assign(walkers[i].taken().begin(), walkers[i].taken().end());
  }
}

}  // namespace

void TopKOnWalk(const Catalogue& catalogue, std::span<const Query> queries, const Walk& walk,
                const Team& team, SearchWorkspace& work) {
  if (walk.takes_all()) return TopK(catalogue, queries, team, work);
  AlignedVector<size_t> in_rounds;
  AlignedVector<AlignedVector<Hit>> found;
  if (const Limit* limit = OnlyLimit(walk)) {
    AlignedVector<Query> asks(queries.begin(), queries.end());
    for (Query& ask : asks) ask.limit = limit;
    TopK(catalogue, asks, team, work);
    if (work.given_up.empty()) return;
    in_rounds = work.given_up;
    for (size_t i = 0, begin = 0; i < queries.size(); begin = work.ends[i++]) {
      const auto hits = std::span(work.hits).subspan(begin, work.ends[i] - begin);
      found.emplace_back(hits.begin(), hits.end());
    }
  } else {
    in_rounds.resize(queries.size());
    std::iota(in_rounds.begin(), in_rounds.end(), size_t{0});
    found.resize(queries.size());
  }
  InRounds(catalogue, queries, in_rounds, walk, team, work, found);
  work.hits.clear();
  work.ends.clear();
  for (const AlignedVector<Hit>& hits : found) {
    work.hits.insert(work.hits.end(), hits.begin(), hits.end());
    work.ends.push_back(work.hits.size());
  }
}

}  // namespace duomo::retrieval
