// The best items of users, the items like items, and the same the other way round.
#include <algorithm>
#include <cmath>
#include <optional>
#include <string_view>
#include <vector>

#include "capi/arguments.h"
#include "capi/guard.h"
#include "capi/handles.h"
#include "capi/ids.h"
#include "capi/limits.h"
#include "capi/topk_request.h"
#include "capi/towers.h"
#include "kernels/vector.h"

namespace duomo::capi {
namespace {

using model::Side;

class SearchCall {
 public:
  SearchCall(duomo_context& context, const duomo_topk_request& request, SearchKind search)
      : c_(context),
        r_(request),
        search_(search),
        side_(QueriesOf(search)),
        items_(context.model->model().side(ResultsOf(search))),
        width_(context.model->engine->vector_width()) {
    if (request.ids != nullptr || request.keys != nullptr) {
      known_ = NeedNames(request.ids, request.keys, request.count, "request.ids", "request.keys");
    }
    if (request.history_offsets != nullptr && request.count > 0) histories_ = HistoriesOf(request);
    exclude_ = ExcludedOf(request);
    walk_.limits = limits_ =
        ReadLimits(*context.model, ResultsOf(search), request.limits, request.limit_count);
  }

  // All hits into context.hits, those of query i ending at context.hit_ends[i].
  void Run() {
    c_.hits.clear();
    c_.hit_ends.clear();
    c_.hit_ends.reserve(r_.count);
    const Allowed allowed = MakeAllowed(c_, r_, ResultsOf(search_));
    excludes_ = r_.exclude_offsets != nullptr || (r_.flags & DUOMO_EXCLUDE_SEEN) != 0 ||
                (IsSimilar(search_) && by_name());
    if (by_name()) FindRows(c_.model->model(), side_, known_, c_.mark_unknown, c_.user_rows);
    if (r_.vectors != nullptr && !c_.mark_unknown) CheckVectors();
    for (size_t begin = 0; begin < r_.count; begin += kChunk) {
      size_t count = std::min(kChunk, r_.count - begin);
      if (!Ready()) EncodeQueries(begin, count);
      SearchChunk(begin, count, allowed);
    }
  }

 private:
  // Whether the queries are ids or keys; their rows are context.user_rows.
  bool by_name() const { return r_.ids != nullptr || r_.keys != nullptr; }

  // Queries that nobody can answer: an unknown id, or a vector that has NaN or infinity.
  bool IsUnknown(size_t query) const {
    if (r_.vectors != nullptr) return !IsFinite(query);
    return by_name() && c_.user_rows[query] == kNoRow;
  }

  bool IsFinite(size_t query) const {
    const float* vector = r_.vectors + query * width_;
    return std::isfinite(kernels::Vector().dot(vector, vector, width_));
  }

  void CheckVectors() const {
    for (size_t i = 0; i < r_.count; ++i) {
      if (IsFinite(i)) continue;
      FailElement(Status::kInvalidArgument, Kind::kNotFinite, "request.vectors", i,
                  ": this query has NaN or infinity");
    }
  }

  // Vectors that lie ready, in the request or in the file, need no tower.
  bool Ready() const {
    if (r_.vectors != nullptr) return true;
    return by_name() && r_.history_offsets == nullptr &&
           !c_.model->model().side(side_).vectors.empty();
  }

  // The vectors of a chunk's queries, by their tower, into context.user_vectors.
  void EncodeQueries(size_t begin, size_t count) {
    AlignedVector<float>& out = c_.user_vectors;
    out.resize(Times(count, width_));
    if (r_.history_offsets != nullptr && FoldsIn(*c_.model)) {
      for (size_t i = 0; i < count; ++i) {
        if (IsUnknown(begin + i)) continue;
        const float* weights = r_.history_weights;
        if (weights != nullptr) weights += r_.history_offsets[begin + i];
        FoldInHistory(c_, HistoryOf(begin + i), weights, out.data() + i * width_);
      }
      return;
    }
    c_.tower_rows.resize(count);
    ClearInputs(c_);
    if (by_name()) {
      // Unknown users keep their place in the batch; another row stands in and nobody reads it.
      size_t known = begin;
      while (known < begin + count && IsUnknown(known)) ++known;
      if (known == begin + count) return;
      for (size_t i = 0; i < count; ++i) {
        c_.tower_rows[i] = c_.user_rows[IsUnknown(begin + i) ? known : begin + i];
      }
      c_.model->engine->StoredInputs(side_, c_.tower_rows, c_.inputs);
    } else if (r_.features != nullptr) {
      for (size_t i = 0; i < count; ++i) c_.tower_rows[i] = static_cast<uint32_t>(begin + i);
      AddFeatures(c_, *r_.features, c_.tower_rows);
    }
    if (r_.history_offsets != nullptr) {
      c_.history.kind = model::InputKind::kHistory;
      c_.history.offsets.assign(1, 0);
      c_.history.rows.clear();
      for (size_t i = begin; i < begin + count; ++i) {
        AppendHistory(*c_.model, HistoryOf(i), c_.history);
      }
      AddHistory(c_, c_.history, {});
    }
    RunTower(c_, side_, count, out.data());
  }

  Names HistoryOf(size_t query) const {
    size_t begin = r_.history_offsets[query];
    return histories_.Part(begin, r_.history_offsets[query + 1] - begin);
  }

  // Appends the rows of the items that this query must not have to context.excluded.
  void AddExcluded(size_t query) {
    auto add = [&](uint64_t row) { c_.excluded.push_back(static_cast<uint32_t>(row)); };
    if (r_.exclude_offsets != nullptr) {
      size_t begin = r_.exclude_offsets[query];
      AppendRows(items_, exclude_.Part(begin, r_.exclude_offsets[query + 1] - begin), c_.excluded);
    }
    if ((r_.flags & DUOMO_EXCLUDE_SEEN) != 0 && search_ == SearchKind::kTopK) {
      if (r_.history_offsets != nullptr) {
        AppendRows(items_, HistoryOf(query), c_.excluded);
      } else {
        for (uint32_t row : c_.model->model().HistoryOf(c_.user_rows[query])) {
          if (row < items_.count) add(row);
        }
      }
    }
    if (IsSimilar(search_) && by_name()) add(c_.user_rows[query]);
  }

  // Lets the walk leave out the users who have seen the items that the queries from `begin` on are.
  void RefuseThoseWhoHaveSeen(size_t begin, size_t count) {
    // Lists of a hostile file may all be the whole history: what goes beyond the whole counts as
    // absent.
    left_.assign(count, c_.model->model().history().rows.size());
    walk_.refuses = [this, begin](size_t query, uint32_t user) {
      auto seen = c_.model->model().HistoryOf(user);
      if (seen.size() > left_[query]) return false;
      left_[query] -= seen.size();
      return std::find(seen.begin(), seen.end(), c_.user_rows[begin + query]) != seen.end();
    };
  }

  // What this query may return besides: its own set, or both sets.
  void Restrict(size_t query, const Allowed& allowed, retrieval::Query& q) const {
    q.allowed = allowed.rows;
    q.set = allowed.set;
    const duomo_item_set* own = r_.allow_sets == nullptr ? nullptr : r_.allow_sets[query];
    if (own == nullptr) return;
    q.set = &own->items;
    q.allowed = allowed.set != nullptr ? &allowed.set->rows() : allowed.rows;
  }

  void SearchChunk(size_t begin, size_t count, const Allowed& allowed) {
    retrieval::Query q;
    q.allowed_count = allowed.count;
    q.has_minimum = (r_.flags & DUOMO_MINIMUM_SCORE) != 0;
    q.minimum = r_.minimum_score;
    q.approximate = (r_.flags & DUOMO_APPROXIMATE) != 0;
    q.probes = r_.probes;
    q.measure = IsSimilar(search_) ? retrieval::Measure::kCosine : retrieval::Measure::kPrediction;
    c_.queries.clear();
    c_.excluded.clear();
    c_.excluded_ends.clear();
    std::optional<StoredVectors> stored;
    if (Ready() && r_.vectors == nullptr) {
      stored.emplace(c_, side_, std::span<const uint32_t>(c_.user_rows).subspan(begin, count));
    }
    for (size_t i = 0; i < count; ++i) {
      q.k = IsUnknown(begin + i) ? 0 : r_.k_each != nullptr ? r_.k_each[begin + i] : r_.k;
      Restrict(begin + i, allowed, q);
      const float* vector = r_.vectors != nullptr ? r_.vectors + (begin + i) * width_
                            : !stored             ? c_.user_vectors.data() + i * width_
                            : q.k == 0            ? nullptr
                                                  : stored->At(i);
      q.vector = {vector, vector == nullptr ? 0 : width_};
      if (q.k > 0 && excludes_) AddExcluded(begin + i);
      c_.queries.push_back(q);
      c_.excluded_ends.push_back(c_.excluded.size());
    }
    // Only now: the list moved while it grew.
    size_t from = 0;
    for (size_t i = 0; i < count; ++i) {
      c_.queries[i].excluded = std::span(c_.excluded).subspan(from, c_.excluded_ends[i] - from);
      from = c_.excluded_ends[i];
    }
    if (search_ == SearchKind::kUsersFor && (r_.flags & DUOMO_EXCLUDE_SEEN) != 0) {
      RefuseThoseWhoHaveSeen(begin, count);
    }
    const retrieval::Catalogue& catalogue =
        ResultsOf(search_) == Side::kItem ? c_.model->catalogue : c_.model->users;
    retrieval::TopKOnWalk(catalogue, c_.queries, walk_, c_.threads.team, c_.search);
    size_t before = c_.hits.size();
    c_.hits.insert(c_.hits.end(), c_.search.hits.begin(), c_.search.hits.end());
    for (size_t end : c_.search.ends) c_.hit_ends.push_back(before + end);
  }

  duomo_context& c_;
  const duomo_topk_request& r_;
  const SearchKind search_;
  const Side side_;
  const model::Entities& items_;  // that are searched: users, too
  const size_t width_;
  Names known_, histories_, exclude_;
  AlignedVector<retrieval::Limit> limits_;
  retrieval::Walk walk_;
  AlignedVector<size_t> left_;  // of each query: values of histories that may still be looked at
  bool excludes_ = false;
};

void RunSearch(const duomo_topk_result* result, duomo_context* context,
               const duomo_topk_request* request, SearchKind search) {
  const Call call(context);
  duomo_context& c = call.context();
  // Read like a request: an array that a newer client wants filled must not be passed over.
  duomo_topk_result out = ReadStruct(&Need(result, "out"), "duomo_topk_result");
  duomo_topk_request r = ReadTopKRequest(c, request, search);
  CheckReserved(out.reserved, "out.reserved");
  auto ids = NeedArray(out.ids, r.count * r.k, "out.ids");
  auto scores = NeedArray(out.scores, r.count * r.k, "out.scores");
  auto counts = NeedArray(out.counts, r.count, "out.counts");
  const model::Entities& found = c.model->model().side(ResultsOf(search));
  if (out.keys != nullptr) RequireStringKeys(found, ResultsOf(search));
  SearchCall(c, r, search).Run();
  for (const retrieval::Hit& hit : c.hits) {
    if (out.keys != nullptr) CheckedText(found.keys.StringAt(hit.row), "a key");
    if (out.titles != nullptr) CheckedText(found.Title(hit.row), "a title");
  }
  // Nothing fails from here on.
  size_t begin = 0;
  for (size_t i = 0; i < r.count; ++i) {
    counts[i] = c.hit_ends[i] - begin;
    for (size_t j = 0; j < counts[i]; ++j) {
      const retrieval::Hit& hit = c.hits[begin + j];
      const size_t at = i * r.k + j;
      ids[at] = IdOfRow(found, hit.row);
      scores[at] = hit.score;
      if (out.keys != nullptr) out.keys[at] = TextOf(found.keys.StringAt(hit.row));
      if (out.titles != nullptr) out.titles[at] = TextOf(found.Title(hit.row));
    }
    begin = c.hit_ends[i];
  }
}

}  // namespace
}  // namespace duomo::capi

using namespace duomo;
using namespace duomo::capi;

duomo_status duomo_topk(duomo_topk_result* out, duomo_context* context,
                        const duomo_topk_request* request, duomo_error* error) {
  return Guard(error, [&] { RunSearch(out, context, request, SearchKind::kTopK); });
}

duomo_status duomo_similar(duomo_topk_result* out, duomo_context* context,
                           const duomo_topk_request* request, duomo_error* error) {
  return Guard(error, [&] { RunSearch(out, context, request, SearchKind::kSimilar); });
}

duomo_status duomo_users_for(duomo_topk_result* out, duomo_context* context,
                             const duomo_topk_request* request, duomo_error* error) {
  return Guard(error, [&] { RunSearch(out, context, request, SearchKind::kUsersFor); });
}

duomo_status duomo_similar_users(duomo_topk_result* out, duomo_context* context,
                                 const duomo_topk_request* request, duomo_error* error) {
  return Guard(error, [&] { RunSearch(out, context, request, SearchKind::kSimilarUsers); });
}
