#include "retrieval/filter.h"

#include <algorithm>
#include <iterator>
#include <span>

#include "core/array.h"
#include "core/error.h"
#include "retrieval/value_set.h"

namespace duomo::retrieval {
namespace {

// Whether `rows` have all of the values, `found` being memory for it.
bool HasAll(const ValueSet& values, std::span<const uint32_t> rows,
            AlignedVector<uint32_t>& found) {
  if (rows.size() < values.size()) return false;
  found.clear();
  for (uint32_t row : rows) {
    if (values.Has(row)) found.push_back(row);
  }
  if (found.size() < values.size()) return false;
  std::sort(found.begin(), found.end());
  return static_cast<size_t>(std::unique(found.begin(), found.end()) - found.begin()) ==
         values.size();
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
  ApplyFilter(model.items().features.inputs[filter.input],
              model.vocabulary(static_cast<uint32_t>(input.vocabulary)).size(), filter.mode,
              filter.values, mask);
}

void ApplyFilter(const model::FeatureView& view, uint64_t known, FilterMode mode,
                 std::span<const uint32_t> asked_values, RowMask& mask) {
  // Lists of an honest file lie side by side. Those of a hostile one may all be the whole, and
  // looking through them would take for ever: what goes beyond the whole counts as absent.
  size_t left = view.rows.size();
  // No item has what lies beyond the vocabulary, whatever its row says.
  known = std::min<uint64_t>(known, UINT32_MAX);
  const bool all_known = std::all_of(asked_values.begin(), asked_values.end(),
                                     [&](uint32_t value) { return value < known; });
  AlignedVector<uint32_t> asked, found;
  if (!all_known) {
    std::copy_if(asked_values.begin(), asked_values.end(), std::back_inserter(asked),
                 [&](uint32_t value) { return value < known; });
  }
  const ValueSet values(all_known ? asked_values : asked, left * sizeof(uint32_t));
  if (view.offsets.empty()) {
    // A category is one value: no item has all of several, and all of one is any of it.
    if (mode == FilterMode::kAll && asked_values.empty()) return;
    const bool never = mode == FilterMode::kAll && (!all_known || values.size() > 1);
    if (never) return mask.Reset(mask.rows(), false);
    return mask.KeepIf([&](size_t row) {
      return (row < view.rows.size() && values.Has(view.rows[row])) == (mode != FilterMode::kNone);
    });
  }
  auto passes = [&](std::span<const uint32_t> rows) {
    if (mode == FilterMode::kAll) return all_known && HasAll(values, rows, found);
    bool any = std::any_of(rows.begin(), rows.end(), [&](uint32_t row) { return values.Has(row); });
    return any == (mode == FilterMode::kAny);
  };
  mask.KeepIf([&](size_t row) {
    std::span<const uint32_t> rows = view.RowsOf(row);
    if (rows.size() > left) rows = {};
    left -= rows.size();
    return passes(rows);
  });
}

}  // namespace duomo::retrieval
