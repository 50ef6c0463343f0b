#include "retrieval/filter.h"

#include <algorithm>

#include "core/error.h"

namespace duomo::retrieval {
namespace {

bool Contains(std::span<const uint32_t> rows, uint32_t value) {
  return std::find(rows.begin(), rows.end(), value) != rows.end();
}

bool Passes(const Filter& filter, std::span<const uint32_t> rows) {
  auto has = [&](uint32_t value) { return Contains(rows, value); };
  switch (filter.mode) {
    case FilterMode::kAny:
      return std::any_of(filter.values.begin(), filter.values.end(), has);
    case FilterMode::kAll:
      return std::all_of(filter.values.begin(), filter.values.end(), has);
    case FilterMode::kNone:
      return std::none_of(filter.values.begin(), filter.values.end(), has);
  }
  return false;
}

}  // namespace

void ApplyFilter(const model::Model& model, const Filter& filter, RowMask& mask) {
  const model::Input& input = model.description().inputs[filter.input];
  bool fits = input.scope == model::Scope::kItem && (input.kind == model::InputKind::kCategory ||
                                                     input.kind == model::InputKind::kCategorySet);
  if (!fits) {
    Fail(Status::kInvalidArgument, "input \"", input.name,
         "\" cannot be filtered by; a category or a category set of items can");
  }
  const model::FeatureView& view = model.items().features.inputs[filter.input];
  for (size_t row = 0; row < mask.rows(); ++row) {
    if (mask.Test(row) && !Passes(filter, view.RowsOf(row))) mask.Clear(row);
  }
}

}  // namespace duomo::retrieval
