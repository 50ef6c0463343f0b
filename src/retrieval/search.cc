#include "retrieval/search.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <limits>
#include <numeric>

namespace duomo::retrieval {
namespace {

constexpr size_t kBlock = 64;  // vectors at a time: one word of the mask
constexpr int kSparse = 24;    // with fewer allowed rows among them, visit those one by one
constexpr size_t kItems = kernels::kScreenItems;
constexpr float kNone = -std::numeric_limits<float>::infinity();

}  // namespace

void Search::Start(const Catalogue& catalogue, const Query& query) {
  catalogue_ = &catalogue;
  query_ = &query;
  best.Start(catalogue.engine(), query);
  vectors_.Start(catalogue.engine(), query);
  allowed_ = query.allowed;
  if (!query.excluded.empty()) {
    uint64_t count = catalogue.engine().model().items().count;
    query.allowed != nullptr ? (void)(mask_ = *query.allowed) : mask_.Reset(count, true);
    for (uint32_t row : query.excluded) mask_.Clear(row);
    allowed_ = &mask_;
  }
  screened_ = !catalogue.planes().empty() && vectors_.whole() &&
              plane_query_.Prepare(catalogue.planes(), query.vector);
}

double Search::Threshold() const {
  double hopeless = best.hopeless();
  if (query_->measure != Measure::kCosine || std::isnan(hopeless)) return hopeless;
  // From cosines to dot products, whatever the item's length.
  auto limits = catalogue_->planes().limits;
  double norm = plane_query_.norm() * double{limits[hopeless < 0 ? model::kMostNorm : model::kLeastNorm]};
  return hopeless * norm * (hopeless < 0 ? 1 + 1e-9 : 1 - 1e-9);
}

kernels::ScreenQuery Search::Ask(uint64_t block, Screened& out) const {
  kernels::ScreenQuery ask = plane_query_.screen();
  ask.threshold = FloatBelow(Threshold());
  ask.allowed = allowed_ == nullptr ? nullptr : allowed_->words().data() + block / 4;
  ask.bounds = out.bounds.data();
  ask.hits = out.hits.data();
  return ask;
}

// The items of the highest bounds first: after them most others have no hope.
void Search::Seed(uint64_t block, size_t count, Screened& screened) {
  if (query_->k > count * kItems / 2) return;
  for (size_t b = 0; b < count; ++b) {
    float* bounds = screened.bounds.data() + b * kItems;
    if (screened.hits[b] == 0) std::fill_n(bounds, kItems, kNone);
  }
  size_t groups = std::clamp<size_t>(query_->k / 4, 4, count), wanted = query_->k + query_->k / 4 + 1;
  places_.clear();
  for (size_t g = 0; g < groups; ++g) {
    size_t begin = count * g / groups, end = count * (g + 1) / groups;
    if (begin == end) continue;
    float bounds[kItems];
    uint32_t blocks[kItems];
    kernels::Screen().best(screened.bounds.data() + begin * kItems, end - begin, bounds, blocks);
    for (size_t i = 0; i < kItems; ++i) {
      size_t b = begin + blocks[i];
      if (bounds[i] == kNone || (screened.hits[b] >> i & 1) == 0) continue;
      places_.push_back({static_cast<uint32_t>(b * kItems + i), bounds[i]});
    }
  }
  if (places_.size() > wanted) {
    std::nth_element(places_.begin(), places_.begin() + static_cast<ptrdiff_t>(wanted), places_.end(),
                     [](const Place& a, const Place& b) { return a.bound > b.bound; });
    places_.resize(wanted);
  }
  for (const Place& place : places_) vectors_.Prefetch(block * kItems + place.row);
  for (const Place& place : places_) {
    uint64_t row = block * kItems + place.row;
    best.Offer(static_cast<uint32_t>(row), vectors_.One(row));
    screened.hits[place.row / kItems] &= static_cast<uint16_t>(~(1u << place.row % kItems));
  }
}

void Search::Take(uint64_t block, size_t count, uint64_t begin, uint64_t end, Screened& screened) {
  const model::Planes& planes = catalogue_->planes();
  for (size_t b = 0; b < count && (block + b) * kItems < begin; ++b) {
    uint64_t before = std::min<uint64_t>(begin - (block + b) * kItems, kItems);
    screened.hits[b] &= static_cast<uint16_t>(~((1u << before) - 1));
  }
  for (size_t b = count; b > 0 && (block + b) * kItems > end; --b) {
    uint64_t behind = std::min<uint64_t>((block + b) * kItems - end, kItems);
    screened.hits[b - 1] &= static_cast<uint16_t>((1u << (kItems - behind)) - 1);
  }
  if (!best.full()) {
    Seed(block, count, screened);
    kernels::Screen().narrow(screened.bounds.data(), count, FloatBelow(Threshold()),
                             screened.hits.data());
  }
  rows_.clear();
  bounds_.clear();
  // Most blocks have no hit: four at a time.
  std::fill(screened.hits.begin() + static_cast<ptrdiff_t>(count), screened.hits.end(), uint16_t{0});
  for (size_t b = 0; b < count; b += 4) {
    uint64_t hits;
    std::memcpy(&hits, screened.hits.data() + b, sizeof(hits));
    for (; hits != 0; hits &= hits - 1) {
      size_t i = b * kItems + static_cast<size_t>(std::countr_zero(hits));
      rows_.push_back(static_cast<uint32_t>(block * kItems + i));
      bounds_.push_back(screened.bounds[i]);
    }
  }
  if (rows_.empty()) return;
  plane_query_.Tighten(planes, rows_, bounds_, tight_);
  double hopeless = Threshold();
  size_t left = 0;
  for (size_t i = 0; i < rows_.size(); ++i) {
    if (tight_[i] <= hopeless) continue;
    vectors_.Prefetch(rows_[i]);
    rows_[left++] = rows_[i];
  }
  for (size_t i = 0; i < left; ++i) best.Offer(rows_[i], vectors_.One(rows_[i]));
}

void Search::ScanRows(uint64_t begin, uint64_t end, Screened& screened) {
  const model::Planes& planes = catalogue_->planes();
  uint64_t last = (end + kItems - 1) / kItems;
  // A word of a mask has four blocks.
  for (uint64_t block = begin / kItems / 4 * 4; block < last; block += kChunkBlocks) {
    size_t count = std::min<uint64_t>(kChunkBlocks, last - block);
    kernels::ScreenQuery ask = Ask(block, screened);
    Scan(planes, &ask, 1, block, count);
    Take(block, count, begin, end, screened);
  }
}

bool Search::Probe(Screened& screened) {
  const model::Planes& planes = catalogue_->planes();
  const model::Lists& lists = planes.lists;
  if (!query_->approximate || lists.size() == 0) return false;
  if (query_->allowed != nullptr) {
    uint64_t allowed = 0;
    for (uint64_t word : query_->allowed->words()) allowed += std::popcount(word);
    if (allowed < planes.count / 2) return false;
  }
  size_t probes = query_->probes > 0 ? query_->probes : lists.probes[0];
  probes = std::clamp<size_t>(probes, 1, lists.size());
  nearness_.resize(lists.size());
  kernels::Vector().dots(query_->vector.data(), lists.centres.data(), planes.width, lists.size(),
                         nearness_.data());
  for (double& x : nearness_) x = std::isnan(x) ? -std::numeric_limits<double>::infinity() : x;
  lists_.resize(lists.size());
  std::iota(lists_.begin(), lists_.end(), 0u);
  auto nearer = [&](uint32_t a, uint32_t b) {
    return nearness_[a] > nearness_[b] || (nearness_[a] == nearness_[b] && a < b);
  };
  std::partial_sort(lists_.begin(), lists_.begin() + static_cast<ptrdiff_t>(probes), lists_.end(),
                    nearer);
  for (size_t i = 0; i < probes; ++i) {
    uint32_t list = lists_[i];
    uint64_t begin = lists.begins[list], end = lists.begins[list + 1];
    if (begin >= end || end > planes.count) continue;
    double bound = nearness_[list] + plane_query_.norm() * double{lists.radii[list]} * (1 + 1e-9);
    if (bound + std::abs(nearness_[list]) * 1e-12 <= Threshold()) continue;
    ScanRows(begin, end, screened);
  }
  if (best.full() || probes == lists.size()) return true;
  best.Start(catalogue_->engine(), *query_);
  return false;
}

void Search::ScanVectors(uint64_t begin, uint64_t end) {
  dots_.resize(kBlock);
  for (; begin < end; begin += kBlock) {
    size_t count = std::min<uint64_t>(kBlock, end - begin);
    uint64_t allowed = allowed_ != nullptr ? allowed_->words()[begin / kBlock] : ~uint64_t{0};
    if (count < kBlock) allowed &= (uint64_t{1} << count) - 1;
    bool dense = std::popcount(allowed) == static_cast<int>(count) ||
                 std::popcount(allowed) >= kSparse;
    if (dense) {
      vectors_.Many(begin, count, dots_.data());
      double hopeless = best.hopeless();
      unsigned any = 0;
      for (size_t i = 0; i < count; ++i) any |= !(dots_[i] <= hopeless);
      if (any == 0) continue;
    }
    for (uint64_t rest = allowed; rest != 0; rest &= rest - 1) {
      auto i = static_cast<size_t>(std::countr_zero(rest));
      best.Offer(static_cast<uint32_t>(begin + i), dense ? dots_[i] : vectors_.One(begin + i));
    }
  }
}

}  // namespace duomo::retrieval
