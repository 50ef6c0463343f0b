// Sets of items: made from ids, keys, filters and other sets.
#include "capi/arguments.h"
#include "capi/filters.h"
#include "capi/guard.h"
#include "capi/handles.h"
#include "capi/ids.h"
#include "core/narrow.h"

using namespace duomo;
using namespace duomo::capi;

duomo_status duomo_item_set_from_ids(duomo_item_set** out, duomo_model* model, const int64_t* ids,
                                     const char* const* keys, size_t n, duomo_error* error) {
  return Guard(error, [&] {
    Need(out, "out");
    const model::Entities& items = Need(model, "model").model().items();
    const Names names = NeedNames(ids, keys, n, "ids", "keys");
    const MemoryScope scope(model->memory.get());
    retrieval::RowMask mask;
    mask.Reset(ToSize(items.count), false);
    ForRowsOf(items, names, [&](size_t, auto rows) { mask.SetAll(rows); });
    *out = new duomo_item_set(model, std::move(mask));
  });
}

duomo_status duomo_item_set_from_filters(duomo_item_set** out, duomo_model* model,
                                         const duomo_filter* filters, size_t n,
                                         duomo_error* error) {
  return Guard(error, [&] {
    Need(out, "out");
    const MemoryScope scope(Need(model, "model").memory.get());
    retrieval::RowMask mask;
    mask.Reset(ToSize(model->model().items().count), true);
    AlignedVector<uint32_t> values;
    ApplyFilters(*model, model::Side::kItem, filters, n, "filters", mask, values);
    *out = new duomo_item_set(model, std::move(mask));
  });
}

duomo_status duomo_item_set_combine(duomo_item_set** out, int32_t mode,
                                    const duomo_item_set* const* sets, size_t n,
                                    duomo_error* error) {
  return Guard(error, [&] {
    Need(out, "out");
    CheckEnum(mode, DUOMO_NONE, "mode");
    if (n == 0)
      FailArgument(Status::kInvalidArgument, Kind::kValue, "n", " is 0; give at least one set");
    NeedArray(sets, n, "sets");
    for (size_t i = 0; i < n; ++i) {
      if (sets[i] == nullptr) {
        FailElement(Status::kInvalidArgument, Kind::kNull, "sets", i, " is NULL");
      }
      if (sets[i]->model.get() != sets[0]->model.get()) {
        FailElement(Status::kInvalidArgument, Kind::kConflict, "sets", i,
                    " is of another model than the first");
      }
    }
    const MemoryScope scope(sets[0]->model->memory.get());
    AlignedVector<const retrieval::ItemSet*> parts;
    for (size_t i = 0; i < n; ++i) parts.push_back(&sets[i]->items);
    *out = new duomo_item_set(sets[0]->model.shared(),
                              retrieval::Combine(static_cast<retrieval::Combination>(mode), parts));
  });
}

void duomo_item_set_retain(duomo_item_set* set) {
  if (set != nullptr) set->references.fetch_add(1, std::memory_order_relaxed);
}

void duomo_item_set_release(duomo_item_set* set) {
  if (set == nullptr) return;
  // As in duomo_model_release().
  if (set->references.fetch_sub(1, std::memory_order_acq_rel) == 1) delete set;
}

uint64_t duomo_item_set_count(const duomo_item_set* set) {
  return set == nullptr ? 0 : set->items.count();
}

int32_t duomo_item_set_contains(const duomo_item_set* set, int64_t item_id) {
  if (set == nullptr) return 0;
  std::optional<uint64_t> row = RowOfId(set->model->model().items(), item_id);
  const retrieval::RowMask& rows = set->items.rows();
  return row && *row < rows.rows() && rows.Test(*row) ? 1 : 0;
}
