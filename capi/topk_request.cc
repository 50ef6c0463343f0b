#include "capi/topk_request.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <string_view>

#include "capi/arguments.h"
#include "capi/ids.h"
#include "capi/towers.h"
#include "core/text.h"
#include "retrieval/filter.h"

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
    RequireHistories(*context.model);
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

// The vocabulary's rows of a filter's values, into `rows`.
void FindValues(const model::Model& model, const model::Input& input, const duomo_filter& filter,
                std::vector<uint32_t>& rows) {
  const model::KeyIndex& vocabulary = model.vocabulary(static_cast<uint32_t>(input.vocabulary));
  bool strings = vocabulary.kind() == model::KeyKind::kString;
  if ((strings ? filter.integers != nullptr : filter.strings != nullptr)) {
    Fail(Status::kInvalidArgument, "filter: the values of \"", input.name, "\" are ",
         strings ? "strings" : "integers");
  }
  if (strings) {
    NeedArray(filter.strings, filter.value_count, "filter.strings");
  } else {
    NeedArray(filter.integers, filter.value_count, "filter.integers");
  }
  rows.clear();
  for (size_t i = 0; i < filter.value_count; ++i) {
    std::optional<uint64_t> row;
    if (strings) {
      std::string_view text = &Need(filter.strings[i], "a string of filter.strings");
      if (!IsUtf8(text)) Fail(Status::kInvalidArgument, "filter.strings[", i, "] is not UTF-8");
      row = vocabulary.Find(text);
      if (!row) Fail(Status::kNotFound, "filter: \"", input.name, "\" has no value \"", text, '"');
    } else {
      row = vocabulary.Find(filter.integers[i]);
      if (!row) {
        Fail(Status::kNotFound, "filter: \"", input.name, "\" has no value ", filter.integers[i]);
      }
    }
    // What is beyond every row no item has.
    rows.push_back(static_cast<uint32_t>(std::min<uint64_t>(*row, kNoRow)));
  }
}

void Apply(duomo_context& context, const duomo_filter& filter) {
  CheckEnum(filter.mode, DUOMO_NONE, "filter.mode");
  std::string_view name = &Need(filter.input, "filter.input");
  const model::Model& model = context.model->model();
  const auto& inputs = model.description().inputs;
  auto found = std::find_if(inputs.begin(), inputs.end(),
                            [&](const model::Input& i) { return i.name == name; });
  if (found == inputs.end()) {
    Fail(Status::kNotFound, "filter: the model has no input \"", name, '"');
  }
  bool listed = found->vocabulary >= 0;
  context.values.clear();
  if (listed) FindValues(model, *found, filter, context.values);
  retrieval::ApplyFilter(model,
                         {static_cast<uint32_t>(found - inputs.begin()),
                          static_cast<retrieval::FilterMode>(filter.mode), context.values},
                         context.allowed);
}

}  // namespace

duomo_topk_request ReadTopKRequest(const duomo_context& context, const duomo_topk_request* given,
                                   Search search) {
  duomo_topk_request r = ReadStruct(&Need(given, "request"), "duomo_topk_request");
  CheckFlags(r.flags, DUOMO_EXCLUDE_SEEN | DUOMO_MINIMUM_SCORE | DUOMO_APPROXIMATE,
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
  NeedArray(r.allow_ids, r.allow_count, "request.allow_ids");
  NeedArray(r.filters, r.filter_count, "request.filters");
  if ((r.flags & DUOMO_MINIMUM_SCORE) != 0 && std::isnan(r.minimum_score)) {
    Fail(Status::kInvalidArgument, "request.minimum_score is NaN");
  }
  return r;
}

bool MakeAllowed(duomo_context& c, const duomo_topk_request& r) {
  if (r.allow_ids == nullptr && r.filter_count == 0) return false;
  const model::Entities& items = c.model->model().items();
  c.allowed.Reset(items.count, r.allow_ids == nullptr);
  // Some at a time: their keys come from all over the file, and are waited for together.
  std::span<const int64_t> ids(r.allow_ids, r.allow_ids == nullptr ? 0 : r.allow_count);
  for (uint32_t rows[kChunk]; !ids.empty();) {
    auto some = ids.first(std::min(ids.size(), kChunk));
    ids = ids.subspan(some.size());
    RowsOfIds(items, some, rows);
    c.allowed.SetAll({rows, some.size()});
  }
  // A newer client's array has a wider stride; its first element tells.
  const auto* bytes = reinterpret_cast<const unsigned char*>(r.filters);
  for (size_t i = 0; i < r.filter_count; ++i) {
    size_t stride = r.filters->struct_size;
    const auto* filter = reinterpret_cast<const duomo_filter*>(bytes + i * stride);
    if (filter->struct_size != stride) {
      Fail(Status::kInvalidArgument, "request.filters[", i, "].struct_size is ",
           filter->struct_size, ", that of the first is ", stride);
    }
    Apply(c, ReadStruct(filter, "duomo_filter"));
  }
  return true;
}

}  // namespace duomo::capi
