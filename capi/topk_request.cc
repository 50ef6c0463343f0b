#include "capi/topk_request.h"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "capi/arguments.h"
#include "capi/filters.h"
#include "capi/ids.h"
#include "capi/towers.h"

namespace duomo::capi {
namespace {

using model::Side;

void CheckSource(const duomo_context& context, const duomo_topk_request& r, Search search) {
  bool histories = r.history_offsets != nullptr;
  int sources = (r.ids != nullptr) + (r.vectors != nullptr) + (r.features != nullptr);
  bool alone = sources == 1 && (!histories || r.ids != nullptr);
  bool only_histories = sources == 0 && histories;
  if (!alone && !only_histories) {
    Fail(Status::kInvalidArgument,
         "request: give exactly one of ids, vectors, features and histories (which may accompany "
         "ids)");
  }
  if (search == Search::kSimilar && histories) {
    Fail(Status::kInvalidArgument, "request: duomo_similar takes items, which have no histories");
  }
  if (histories) {
    RequireHistoryInput(*context.model);
    NeedArray(r.history_ids, CheckOffsets(r.history_offsets, r.count, "request.history_offsets"),
              "request.history_ids");
  }
  if (r.features != nullptr) {
    CheckFeatures(context, *r.features,
                  search == Search::kSimilar ? model::Scope::kItem : model::Scope::kUser,
                  "request.features");
    if (r.features->count != r.count) {
      Fail(Status::kInvalidArgument, "request.features has ", r.features->count,
           " rows, but request.count is ", r.count);
    }
  }
}

void CheckSeen(const duomo_context& context, const duomo_topk_request& r, Search search) {
  if ((r.flags & DUOMO_EXCLUDE_SEEN) == 0) return;
  if (search == Search::kSimilar) {
    Fail(Status::kInvalidArgument,
         "request.flags: items have seen nothing; DUOMO_EXCLUDE_SEEN is "
         "for duomo_topk");
  }
  if (r.history_offsets != nullptr || r.count == 0) return;
  if (r.ids == nullptr) {
    Fail(Status::kInvalidArgument, "request.flags: DUOMO_EXCLUDE_SEEN needs ids or histories");
  }
  if (!context.model->model().has_history()) {
    Fail(Status::kUnsupported,
         "the file does not remember what its users have seen; export it "
         "with the history, or give exclude_ids");
  }
}

void CheckAllowed(const duomo_context& context, const duomo_topk_request& r) {
  if ((r.flags & DUOMO_ALLOW_LISTED) != 0) {
    NeedArray(r.allow_ids, r.allow_count, "request.allow_ids");
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

duomo_topk_request ReadTopKRequest(const duomo_context& context, const duomo_topk_request* given,
                                   Search search) {
  duomo_topk_request r = ReadStruct(&Need(given, "request"), "duomo_topk_request");
  CheckFlags(r.flags,
             DUOMO_EXCLUDE_SEEN | DUOMO_MINIMUM_SCORE | DUOMO_APPROXIMATE | DUOMO_ALLOW_LISTED,
             "request.flags");
  CheckReserved(r.reserved, "request.reserved");
  RequireTwoTowers(*context.model);
  if (r.k == 0) Fail(Status::kInvalidArgument, "request.k is 0, must be at least 1");
  CheckedProduct(r.count, r.k, "result");
  CheckedProduct(r.count, context.model->engine->vector_width(), "request.vectors");
  if (r.count > 0) CheckSource(context, r, search);
  CheckSeen(context, r, search);
  if (r.exclude_offsets != nullptr) {
    NeedArray(r.exclude_ids, CheckOffsets(r.exclude_offsets, r.count, "request.exclude_offsets"),
              "request.exclude_ids");
  } else if (r.exclude_ids != nullptr) {
    Fail(Status::kInvalidArgument, "request.exclude_ids without exclude_offsets");
  }
  NeedArray(r.shared_exclude_ids, r.shared_exclude_count, "request.shared_exclude_ids");
  CheckAllowed(context, r);
  CheckEach(r);
  NeedArray(r.filters, r.filter_count, "request.filters");
  if ((r.flags & DUOMO_MINIMUM_SCORE) != 0 && std::isnan(r.minimum_score)) {
    Fail(Status::kInvalidArgument, "request.minimum_score is NaN");
  }
  return r;
}

Allowed MakeAllowed(duomo_context& c, const duomo_topk_request& r) {
  Allowed out;
  if (r.allow_set != nullptr) out.set = &r.allow_set->items;
  const bool listed = (r.flags & DUOMO_ALLOW_LISTED) != 0;
  if (!listed && r.filter_count == 0 && r.shared_exclude_count == 0) return out;
  const model::Entities& items = c.model->model().items();
  c.allowed.Reset(items.count, !listed);
  // Some at a time: their keys come from all over the file, and are waited for together.
  auto for_rows = [&](const int64_t* ids, size_t n, const auto& work) {
    uint32_t rows[kChunk];
    for (size_t begin = 0; begin < n; begin += kChunk) {
      const size_t count = std::min(kChunk, n - begin);
      RowsOfIds(items, {ids + begin, count}, rows);
      work(std::span<const uint32_t>(rows, count));
    }
  };
  if (listed) {
    for_rows(r.allow_ids, r.allow_count, [&](auto rows) { c.allowed.SetAll(rows); });
  }
  for_rows(r.shared_exclude_ids, r.shared_exclude_count,
           [&](auto rows) { c.allowed.ClearAll(rows); });
  ApplyFilters(*c.model, Side::kItem, r.filters, r.filter_count, "request.filters", c.allowed,
               c.values);
  if (out.set != nullptr) c.allowed.And(out.set->rows());
  out.set = nullptr;
  out.rows = &c.allowed;
  // What an approximate search counts is the same for all of its queries.
  if ((r.flags & DUOMO_APPROXIMATE) != 0) out.count = c.allowed.Count();
  return out;
}

}  // namespace duomo::capi
