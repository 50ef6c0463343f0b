// Approximate searches: which lists to search, and when to stop.
//
// The file says how many lists hold nearly all of the best few of the whole catalogue. With many
// results, or with the best of them left out, more lists are needed, up to all of them. The number
// is found by an estimate: dot products within a list scatter around that of its centre, so the
// number of items in unsearched lists that would beat the worst result can be estimated.
#include <algorithm>
#include <cmath>

#include "core/narrow.h"
#include "retrieval/search.h"

namespace duomo::retrieval {
namespace {

constexpr size_t kItems = kernels::kScreenItems;
// The number of best items of the whole catalogue for which the file's number of lists was chosen.
constexpr size_t kCalibrated = 10;
// The estimated part of the results that may be missed.
constexpr double kMissed = 0.04;
// Lists that a search may read before an exact search would be faster.
constexpr double kMostLists = 0.25;
constexpr size_t kSamples = 48;  // rows sampled to estimate how dot products scatter
constexpr double kHeavy = 1.15;  // tails are heavier than a normal distribution's

// The part of a normal distribution that lies above z.
double Above(double z) {
  if (z < 0) return 1 - Above(-z);
  if (z > 5) return 0;
  return std::exp(-z * z / 2) * 0.3989422804014327 / (0.66 * z + 0.34 * std::sqrt(z * z + 5.51));
}

}  // namespace

// Whether the query asks for no more than the file's number of lists was chosen for.
bool QuerySearch::AsCalibrated() const {
  return allowed_ == nullptr && query_->k <= kCalibrated && !query_->has_minimum &&
         query_->limit == nullptr;
}

// The least number of lists that an approximate search reads. 0: the search must be exact, because
// the query asks for that, there are no lists, or too few items are allowed.
size_t QuerySearch::Probes() const {
  const model::Planes& planes = catalogue_->planes();
  const size_t lists = planes.lists.size();
  if (!query_->approximate || lists == 0) return 0;
  if (left_ < planes.count / 2 + query_->excluded.size()) return 0;
  if (query_->probes > 0) return std::min(query_->probes, lists);
  const size_t probes = std::clamp<size_t>(planes.lists.probes[0], 1, lists);
  // Lists of data without structure, such as noise, do not help beyond the number they were chosen
  // for.
  return AsCalibrated() || static_cast<double>(probes) <= kMostLists * static_cast<double>(lists)
             ? probes
             : 0;
}

// All lists to lists_, with estimates of their centres' dot products; the likeliest probes_ first.
void QuerySearch::RankLists(ChunkScratch& scratch) {
  const size_t lists = catalogue_->planes().lists.size();
  const CentreCodes& centres = catalogue_->centres();
  const size_t size = centres.groups * 64 + kernels::kScreenTerms;
  kernels::ScreenHits& hits = scratch.hits[0];
  kernels::ScreenQuery ask = plane_query_.whole();
  ask.hits = &hits;
  lists_.clear();
  for (size_t block = 0; block * kItems < lists; block += kernels::kScreenBlocks) {
    size_t count = std::min(kernels::kScreenBlocks, (lists + kItems - 1) / kItems - block);
    kernels::Screen().bytes(&ask, centres.blocks.data() + block * size, centres.groups, count);
    for (size_t i = 0; i < std::min(count * kItems, lists - block * kItems); ++i) {
      lists_.push_back({static_cast<uint32_t>(block * kItems + i),
                        hits.bounds[i / kItems][i % kItems] * plane_query_.whole_unit()});
    }
  }
  NextLists(0, probes_);
}

// The likeliest of the lists from `begin` on come to begin … end-1, most likely first.
void QuerySearch::NextLists(size_t begin, size_t end) {
  auto nearer = [](const Place& a, const Place& b) {
    return a.bound > b.bound || (a.bound == b.bound && a.row < b.row);
  };
  auto first = lists_.begin() + static_cast<ptrdiff_t>(begin),
       last = lists_.begin() + static_cast<ptrdiff_t>(end);
  std::nth_element(first, last, lists_.end(), nearer);
  std::sort(first, last, nearer);
}

void QuerySearch::LookInto(uint32_t list, ChunkScratch& scratch) {
  const model::Planes& planes = catalogue_->planes();
  const model::Lists& lists = planes.lists;
  uint64_t begin = lists.begins[list], end = lists.begins[list + 1];
  if (begin >= end || end > planes.count) return;
  double near = kernels::Vector().dot(
      query_->vector.data(), lists.centres.data() + list * planes.width, ToSize(planes.width));
  double most = near + plane_query_.norm() * double{lists.radii[list]} * (1 + 1e-9);
  if (most + std::abs(near) * 1e-12 <= Threshold()) return;
  ScanRows(begin, end, scratch);
}

// About how many items of the lists from `begin` on lie above the worst result; those up to `end`
// are the likeliest.
double QuerySearch::Missed(size_t begin, size_t end) {
  const model::Planes& planes = catalogue_->planes();
  const model::Lists& lists = planes.lists;
  // How far from their centre's, in radii: of a row from each of some lists.
  double squares = 0;
  size_t samples = 0;
  for (size_t i = 0; i < kSamples; ++i) {
    const Place& place = lists_[begin + i * (end - begin) / kSamples];
    uint64_t from = lists.begins[place.row], to = lists.begins[place.row + 1];
    if (from >= to || to > planes.count) continue;
    double radius = plane_query_.norm() * double{lists.radii[place.row]};
    double off =
        (vectors_.Dot(ToSize(from + (to - from) * (i * 7 % kSamples) / kSamples)) - place.bound) /
        radius;
    if (!std::isfinite(off)) continue;
    squares += off * off;
    ++samples;
  }
  const double spread = samples == 0 ? 1 : std::sqrt(squares / static_cast<double>(samples));
  const double threshold = Threshold(), factor = 1 / (kHeavy * spread * plane_query_.norm());
  double missed = 0;
  for (size_t i = begin; i < lists_.size(); ++i) {
    const uint32_t list = lists_[i].row;
    if (lists.begins[list] >= lists.begins[list + 1]) continue;
    double z = (threshold - lists_[i].bound) * factor / double{lists.radii[list]};
    missed += static_cast<double>(lists.begins[list + 1] - lists.begins[list]) *
              (std::isnan(z) ? 1 : Above(z));
  }
  return missed;
}

bool QuerySearch::Probe(ChunkScratch& scratch) {
  if (probes_ == 0) return false;
  const bool enough = query_->probes > 0 || AsCalibrated();  // so many lists, whatever they hold
  RankLists(scratch);
  const size_t most =
      std::max(probes_, static_cast<size_t>(kMostLists * static_cast<double>(lists_.size())));
  for (size_t done = 0, next = probes_; next <= most;) {
    for (; done < next; ++done) LookInto(lists_[done].row, scratch);
    Finish();
    if (done == lists_.size() || (enough && best.full())) return true;
    if (enough) break;
    next = std::min(lists_.size(), done + (probes_ + 1) / 2);
    NextLists(done, next);
    if (best.full() && Missed(done, next) <= kMissed * static_cast<double>(query_->k)) return true;
  }
  best.Start(catalogue_->engine(), *query_);
  plane_query_.Prepare(catalogue_->planes(), query_->vector);
  return false;
}

}  // namespace duomo::retrieval
