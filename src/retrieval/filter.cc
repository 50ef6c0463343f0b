#include "retrieval/filter.h"

#include <algorithm>
#include <span>

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
  // Lists of an honest file lie side by side. Those of a hostile one may all be the whole, and looking
  // through them would take for ever: what goes beyond the whole counts as absent.
  size_t left = view.rows.size();
  for (size_t row = 0; row < mask.rows(); ++row) {
    if (!mask.Test(row)) continue;
    std::span<const uint32_t> rows = view.RowsOf(row);
    if (rows.size() > left) rows = {};
    left -= rows.size();
    if (!Passes(filter, rows)) mask.Clear(row);
  }
}

}  // namespace duomo::retrieval
