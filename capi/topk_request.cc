#include "capi/topk_request.h"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "capi/arguments.h"
#include "capi/filters.h"
#include "capi/ids.h"
#include "capi/towers.h"
#include "core/narrow.h"

namespace duomo::capi {
namespace {

using model::Side;

// How much each of n items of histories says.
void CheckWeights(const duomo_topk_request& r, size_t n) {
  for (size_t i = 0; r.history_weights != nullptr && i < n; ++i) {
    const float weight = r.history_weights[i];
    if (std::isfinite(weight) && weight > 0) continue;
    FailElement(Status::kInvalidArgument, Kind::kValue, "request.history_weights", i, " is ",
                weight, ", must be a number above 0");
  }
}

void CheckSource(const duomo_context& context, const duomo_topk_request& r, SearchKind search) {
  bool histories = r.history_offsets != nullptr, known = r.ids != nullptr || r.keys != nullptr;
  int sources =
      (r.ids != nullptr) + (r.keys != nullptr) + (r.vectors != nullptr) + (r.features != nullptr);
  bool alone = sources == 1 && (!histories || known);
  bool only_histories = sources == 0 && histories;
  if (!alone && !only_histories) {
    FailArgument(Status::kInvalidArgument, Kind::kConflict, "request",
                 ": give exactly one of ids, keys, vectors, features and histories (which may "
                 "accompany ids or keys)");
  }
  if (histories && search != SearchKind::kTopK) {
    FailArgument(Status::kInvalidArgument, Kind::kConflict, "request.history_offsets",
                 ": histories are for duomo_topk alone");
  }
  if (!histories && r.history_weights != nullptr) {
    FailArgument(Status::kInvalidArgument, Kind::kConflict, "request.history_weights",
                 " without history_offsets");
  }
  if (histories) {
    RequireHistories(*context.model);
    CheckWeights(r, HistoriesOf(r).count);
  }
  if (r.features != nullptr) {
    CheckFeatures(context, *r.features,
                  QueriesOf(search) == Side::kItem ? model::Scope::kItem : model::Scope::kUser,
                  "request.features");
    if (r.features->count != r.count) {
      FailArgument(Status::kInvalidArgument, Kind::kConflict, "request.features", " has ",
                   r.features->count, " rows, but request.count is ", r.count);
    }
  }
}

void CheckSeen(const duomo_context& context, const duomo_topk_request& r, SearchKind search) {
  if ((r.flags & DUOMO_EXCLUDE_SEEN) == 0) return;
  if (IsSimilar(search)) {
    FailArgument(Status::kInvalidArgument, Kind::kConflict, "request.flags",
                 ": DUOMO_EXCLUDE_SEEN is for duomo_topk and duomo_users_for");
  }
  if (r.history_offsets != nullptr || r.count == 0) return;
  if (r.ids == nullptr && r.keys == nullptr) {
    FailArgument(Status::kInvalidArgument, Kind::kConflict, "request.flags",
                 search == SearchKind::kTopK
                     ? ": DUOMO_EXCLUDE_SEEN needs ids, keys or histories"
                     : ": DUOMO_EXCLUDE_SEEN needs ids or keys: who has seen a vector?");
  }
  if (!context.model->model().has_history()) {
    FailLacking(
        "the file does not remember what its users have seen; export it with the history, or give "
        "exclude_ids");
  }
}

void CheckAllowed(const duomo_context& context, const duomo_topk_request& r) {
  if ((r.flags & DUOMO_ALLOW_LISTED) != 0) {
    AllowedOf(r);
  } else if (r.allow_count > 0) {
    FailArgument(Status::kInvalidArgument, Kind::kConflict, "request.allow_count", " is ",
                 r.allow_count, " without DUOMO_ALLOW_LISTED in request.flags: set it to return ",
                 "only what the list has");
  }
  if (r.allow_set != nullptr && r.allow_set->model.get() != context.model.get()) {
    FailArgument(Status::kInvalidArgument, Kind::kConflict, "request.allow_set",
                 " is a set of another model");
  }
  if (r.allow_sets == nullptr) return;
  for (size_t i = 0; i < r.count; ++i) {
    const duomo_item_set* set = r.allow_sets[i];
    if (set == nullptr || set->model.get() == context.model.get()) continue;
    FailElement(Status::kInvalidArgument, Kind::kConflict, "request.allow_sets", i,
                " is a set of another model");
  }
}

void CheckEach(const duomo_topk_request& r) {
  if (r.k_each == nullptr) return;
  for (size_t i = 0; i < r.count; ++i) {
    if (r.k_each[i] <= r.k) continue;
    FailElement(Status::kInvalidArgument, Kind::kValue, "request.k_each", i, " is ", r.k_each[i],
                ", above request.k, which is ", r.k);
  }
}

}  // namespace

Names HistoriesOf(const duomo_topk_request& r) {
  const size_t n = CheckOffsets(r.history_offsets, r.count, "request.history_offsets");
  return NeedNames(r.history_ids, r.history_keys, n, "request.history_ids", "request.history_keys");
}

Names ExcludedOf(const duomo_topk_request& r) {
  if (r.exclude_offsets == nullptr && (r.exclude_ids != nullptr || r.exclude_keys != nullptr)) {
    FailArgument(Status::kInvalidArgument, Kind::kConflict, "request.exclude_offsets",
                 " is NULL, but there is something to exclude");
  }
  if (r.exclude_offsets == nullptr) return {};
  const size_t n = CheckOffsets(r.exclude_offsets, r.count, "request.exclude_offsets");
  return NeedNames(r.exclude_ids, r.exclude_keys, n, "request.exclude_ids", "request.exclude_keys");
}

Names SharedExcludedOf(const duomo_topk_request& r) {
  return NeedNames(r.shared_exclude_ids, r.shared_exclude_keys, r.shared_exclude_count,
                   "request.shared_exclude_ids", "request.shared_exclude_keys");
}

Names AllowedOf(const duomo_topk_request& r) {
  return NeedNames(r.allow_ids, r.allow_keys, r.allow_count, "request.allow_ids",
                   "request.allow_keys");
}

duomo_topk_request ReadTopKRequest(const duomo_context& context, const duomo_topk_request* given,
                                   SearchKind search) {
  duomo_topk_request r = ReadStruct(&Need(given, "request"), "duomo_topk_request");
  CheckFlags(r.flags,
             DUOMO_EXCLUDE_SEEN | DUOMO_MINIMUM_SCORE | DUOMO_APPROXIMATE | DUOMO_ALLOW_LISTED,
             "request.flags");
  CheckReserved(r.reserved, "request.reserved");
  RequireTwoTowers(*context.model);
  if (r.k == 0) {
    FailArgument(Status::kInvalidArgument, Kind::kValue, "request.k", " is 0, must be at least 1");
  }
  // Any k is fine: where the results of the last query begin, no address may have gone round.
  if (r.count > 1) CheckedProduct(r.count - 1, r.k, "result", sizeof(int64_t));
  CheckedProduct(r.count, context.model->engine->vector_width(), "request.vectors");
  if (r.count > 0) CheckSource(context, r, search);
  CheckSeen(context, r, search);
  ExcludedOf(r);
  if (ResultsOf(search) == Side::kUser && (r.allow_set != nullptr || r.allow_sets != nullptr)) {
    FailArgument(Status::kInvalidArgument, Kind::kConflict, "request.allow_set",
                 ": sets are of items, and this is a search of users");
  }
  SharedExcludedOf(r);
  CheckAllowed(context, r);
  CheckEach(r);
  NeedArray(r.filters, r.filter_count, "request.filters");
  if ((r.flags & DUOMO_MINIMUM_SCORE) != 0 && std::isnan(r.minimum_score)) {
    FailArgument(Status::kInvalidArgument, Kind::kNotFinite, "request.minimum_score", " is NaN");
  }
  return r;
}

Allowed MakeAllowed(duomo_context& c, const duomo_topk_request& r, Side side) {
  Allowed out;
  if (r.allow_set != nullptr) out.set = &r.allow_set->items;
  const bool listed = (r.flags & DUOMO_ALLOW_LISTED) != 0;
  if (!listed && r.filter_count == 0 && r.shared_exclude_count == 0) return out;
  const model::Entities& items = c.model->model().side(side);
  c.allowed.Reset(ToSize(items.count), !listed);
  if (listed) {
    ForRowsOf(items, AllowedOf(r), [&](size_t, auto rows) { c.allowed.SetAll(rows); });
  }
  ForRowsOf(items, SharedExcludedOf(r), [&](size_t, auto rows) { c.allowed.ClearAll(rows); });
  // The set first: filters look only at what it leaves.
  if (out.set != nullptr) c.allowed.And(out.set->rows());
  ApplyFilters(*c.model, side, r.filters, r.filter_count, "request.filters", c.allowed, c.values);
  out.set = nullptr;
  out.rows = &c.allowed;
  // What an approximate search counts is the same for all of its queries.
  if ((r.flags & DUOMO_APPROXIMATE) != 0) out.count = c.allowed.Count();
  return out;
}

}  // namespace duomo::capi
