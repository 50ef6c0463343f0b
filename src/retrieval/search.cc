#include "retrieval/search.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <limits>

#include "core/narrow.h"

namespace duomo::retrieval {
namespace {

constexpr size_t kBlock = 64;  // vectors at a time: one word of the mask
constexpr int kSparse = 24;    // with fewer allowed rows among them, visit those one by one
constexpr size_t kItems = kernels::kScreenItems;
constexpr size_t kMostLater = 2048;  // rows that are scored at the end
// The share of what the codes may be wrong by that an approximate search counts with: errors point
// nowhere in particular. Less finds fewer of the best, more looks at more rows to find the same.
constexpr double kShare = 0.25;
constexpr float kNone = -std::numeric_limits<float>::infinity();

// Removes the hits outside of the rows [begin, end).
void Trim(uint64_t block, uint64_t begin, uint64_t end, kernels::ScreenHits& hits) {
  for (size_t b = 0; b < hits.count && (block + hits.blocks[b]) * kItems < begin; ++b) {
    uint64_t before = std::min<uint64_t>(begin - (block + hits.blocks[b]) * kItems, kItems);
    hits.items[b] &= static_cast<uint16_t>(~((1u << before) - 1));
  }
  for (size_t b = hits.count; b > 0 && (block + hits.blocks[b - 1] + 1) * kItems > end; --b) {
    uint64_t behind = std::min<uint64_t>((block + hits.blocks[b - 1] + 1) * kItems - end, kItems);
    hits.items[b - 1] &= static_cast<uint16_t>((1u << (kItems - behind)) - 1);
  }
}

// The hits whose bound is above `below`, which may have risen since the scan.
void Gather(uint64_t block, float below, kernels::ScreenHits& hits, Survivors& out) {
  out.count = 0;
  // Four blocks at a time.
  static_assert(kernels::kScreenBlocks % 4 == 0 && kItems == 16);
  for (size_t b = hits.count; b % 4 != 0; ++b) hits.items[b] = 0;
  for (size_t four = 0; four < hits.count; four += 4) {
    uint64_t items;
    std::memcpy(&items, hits.items + four, sizeof(items));
    for (; items != 0; items &= items - 1) {
      const auto bit = static_cast<size_t>(std::countr_zero(items));
      const size_t b = four + bit / kItems, i = bit % kItems;
      out.rows[out.count] = static_cast<uint32_t>((block + hits.blocks[b]) * kItems + i);
      out.bounds[out.count] = hits.bounds[b][i];
      out.count += !(hits.bounds[b][i] <= below);
    }
  }
}

}  // namespace

void QuerySearch::Start(const Catalogue& catalogue, const Query& query) {
  catalogue_ = &catalogue;
  query_ = &query;
  best.Start(catalogue.engine(), query);
  if (query.k == 0) return;  // no results are wanted, and there may be no vector
  vectors_.Start(catalogue, query);
  soon_.clear();
  later_.clear();
  Restrict();
  probes_ = Probes();
  const bool some = probes_ > 0 && probes_ < catalogue.planes().lists.size();
  screened_ = !catalogue.planes().empty() && vectors_.whole() &&
              plane_query_.Prepare(catalogue.planes(), query.vector, some ? kShare : 1);
}

// The allowed rows: the given mask or set itself, or a mask of this search if several conditions
// apply.
void QuerySearch::Restrict() {
  const uint64_t items = catalogue_->entities().count;
  const ItemSet* set = query_->set != nullptr && !query_->set->full() ? query_->set : nullptr;
  const bool counts = query_->approximate && catalogue_->planes().lists.size() > 0;
  allowed_ = query_->allowed;
  left_ = items;
  if (allowed_ != nullptr && set != nullptr) {
    mask_ = *allowed_;
    mask_.And(set->rows());
    allowed_ = &mask_;
    if (counts) left_ = mask_.Count();
  } else if (set != nullptr) {
    allowed_ = &set->rows();
    left_ = set->count();
  } else if (allowed_ != nullptr && counts) {
    left_ = query_->allowed_count != Query::kNotCounted ? query_->allowed_count : allowed_->Count();
  }
  if (query_->excluded.empty()) return;
  if (allowed_ == nullptr) {
    mask_.Reset(ToSize(items), true);
  } else if (allowed_ != &mask_) {
    mask_ = *allowed_;
  }
  for (uint32_t row : query_->excluded) mask_.Clear(row);
  allowed_ = &mask_;
}

double QuerySearch::Threshold() const {
  double hopeless = best.hopeless();
  if (query_->measure != Measure::kCosine || std::isnan(hopeless)) return hopeless;
  // From cosines to dot products, whatever the item's length.
  auto limits = catalogue_->planes().limits;
  double norm =
      plane_query_.norm() * double{limits[hopeless < 0 ? model::kMostNorm : model::kLeastNorm]};
  return hopeless * norm * (hopeless < 0 ? 1 + 1e-9 : 1 - 1e-9);
}

kernels::ScreenQuery QuerySearch::Ask(uint64_t block, kernels::ScreenHits& hits) const {
  kernels::ScreenQuery ask = plane_query_.screen();
  ask.threshold = plane_query_.UnitsBelow(Threshold());
  ask.allowed = allowed_ == nullptr ? nullptr : allowed_->words().data() + block / 4;
  ask.hits = &hits;
  return ask;
}

void QuerySearch::Take(uint64_t block, uint64_t begin, uint64_t end, kernels::ScreenHits& hits,
                       Survivors& left) {
  LookSoon();
  Trim(block, begin, end, hits);
  if (!best.full()) {
    PickSeeds(hits);
    ScoreSeeds(block, hits);
    kernels::Screen().narrow(&hits, plane_query_.UnitsBelow(Threshold()));
  }
  Gather(block, plane_query_.UnitsBelow(Threshold()), hits, left);
  if (left.count == 0) return;
  const double hopeless = Threshold();
  plane_query_.Tighten(catalogue_->planes(), hopeless, left);
  Schedule(left, hopeless);
}

// The hits with the highest bounds, to places_: their rows are counted from the first block's.
void QuerySearch::PickSeeds(const kernels::ScreenHits& hits) {
  places_.clear();
  const size_t count = hits.count;
  if (query_->k > count * kItems / 2) return;
  size_t groups = std::min(count, std::max<size_t>(query_->k / 4, 4)),
         wanted = 2 * query_->k + query_->k / 4 + 1;
  for (size_t g = 0; g < groups; ++g) {
    size_t begin = count * g / groups, end = count * (g + 1) / groups;
    if (begin == end) continue;
    float bounds[kItems];
    uint32_t which[kItems];
    kernels::Screen().best(hits.bounds + begin, end - begin, bounds, which);
    for (size_t i = 0; i < kItems; ++i) {
      size_t b = begin + which[i];
      if (bounds[i] == kNone || (hits.items[b] >> i & 1) == 0) continue;
      places_.push_back({static_cast<uint32_t>(b * kItems + i), bounds[i]});
    }
  }
  if (places_.size() <= wanted) return;
  std::nth_element(places_.begin(), places_.begin() + static_cast<ptrdiff_t>(wanted), places_.end(),
                   [](const Place& a, const Place& b) { return a.bound > b.bound; });
  places_.resize(wanted);
}

// Scores them before all others, which are then no hits any more: afterwards the threshold excludes
// most.
void QuerySearch::ScoreSeeds(uint64_t block, kernels::ScreenHits& hits) {
  auto row_of = [&](const Place& place) {
    return (block + hits.blocks[place.row / kItems]) * kItems + place.row % kItems;
  };
  for (const Place& place : places_) vectors_.Prefetch(ToSize(row_of(place)));
  for (const Place& place : places_) {
    uint64_t row = row_of(place);
    best.Offer(static_cast<uint32_t>(row), vectors_.One(ToSize(row)));
    hits.items[place.row / kItems] &= static_cast<uint16_t>(~(1u << place.row % kItems));
  }
  if (best.rows.size() >= query_->k) best.Settle();
}

// The probable ones to soon_, the others to later_.
void QuerySearch::Schedule(const Survivors& left, double hopeless) {
  for (size_t i = 0; i < left.count; ++i) {
    if (left.estimate[i] <= hopeless) {
      later_.push_back({left.rows[i], left.upper[i]});
    } else {
      vectors_.Prefetch(left.rows[i]);
      soon_.push_back(left.rows[i]);
    }
  }
  if (later_.size() > kMostLater) LookLater();
}

void QuerySearch::LookSoon() {
  for (uint32_t row : soon_) best.Offer(row, vectors_.One(row));
  soon_.clear();
}

void QuerySearch::LookLater() {
  constexpr size_t kAhead = 8;  // rows that are prefetched ahead
  const double hopeless = Threshold();
  std::erase_if(later_, [&](const Place& place) { return place.bound <= hopeless; });
  for (size_t i = 0; i < later_.size() + kAhead; ++i) {
    if (i < later_.size()) vectors_.Prefetch(later_[i].row);
    if (i < kAhead) continue;
    const Place& place = later_[i - kAhead];
    if (!(place.bound <= Threshold())) best.Offer(place.row, vectors_.One(place.row));
  }
  later_.clear();
}

void QuerySearch::Finish() {
  LookSoon();
  LookLater();
  best.Settle();
}

void QuerySearch::ScanRows(uint64_t begin, uint64_t end, ChunkScratch& scratch) {
  const model::Planes& planes = catalogue_->planes();
  uint64_t last = (end + kItems - 1) / kItems;
  // A word of a mask has four blocks.
  for (uint64_t block = begin / kItems / 4 * 4; block < last; block += kChunkBlocks) {
    size_t count = ToSize(std::min<uint64_t>(kChunkBlocks, last - block));
    kernels::ScreenQuery ask = Ask(block, scratch.hits[0]);
    Scan(planes, &ask, false, block, count);
    Take(block, begin, end, scratch.hits[0], scratch.survivors);
  }
}

void QuerySearch::ScanVectors(uint64_t begin, uint64_t end) {
  dots_.resize(kBlock);
  for (; begin < end; begin += kBlock) {
    size_t count = ToSize(std::min<uint64_t>(kBlock, end - begin));
    uint64_t allowed =
        allowed_ != nullptr ? allowed_->words()[ToSize(begin / kBlock)] : ~uint64_t{0};
    if (count < kBlock) allowed &= (uint64_t{1} << count) - 1;
    bool dense =
        std::popcount(allowed) == static_cast<int>(count) || std::popcount(allowed) >= kSparse;
    if (dense) {
      vectors_.Many(ToSize(begin), count, dots_.data());
      double hopeless = best.hopeless();
      unsigned any = 0;
      for (size_t i = 0; i < count; ++i) any |= !(dots_[i] <= hopeless);
      if (any == 0) continue;
    }
    for (uint64_t rest = allowed; rest != 0; rest &= rest - 1) {
      auto i = static_cast<size_t>(std::countr_zero(rest));
      best.Offer(static_cast<uint32_t>(begin + i),
                 dense ? dots_[i] : vectors_.One(ToSize(begin + i)));
    }
  }
}

}  // namespace duomo::retrieval
