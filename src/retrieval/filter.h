// Filters by values: from a condition on the items' features to the rows that pass it.
#pragma once

#include <cstdint>
#include <span>

#include "model/model.h"
#include "retrieval/row_mask.h"

namespace duomo::retrieval {

// Values are those of DUOMO_ANY, DUOMO_ALL and DUOMO_NONE.
enum class FilterMode : int32_t { kAny = 0, kAll = 1, kNone = 2 };

// Items whose stored features of one input contain any, all or none of `values`.
struct Filter {
  uint32_t input = 0;  // index into Description::inputs: an item's category or category set
  FilterMode mode = FilterMode::kAny;
  std::span<const uint32_t>
      values;  // rows of the input's vocabulary; order and repetition do not matter
};

// Clears the rows of `mask` that do not pass: those whose values in `view` do not include any, all
// or none of `values`. `known`: the size of the vocabulary; values beyond it equal no value.
void ApplyFilter(const model::FeatureView& view, uint64_t known, FilterMode mode,
                 std::span<const uint32_t> values, RowMask& mask);

// Clears the rows of `mask` (one a stored item) that do not pass. An item's unknown value equals no
// value. Throws Error(kInvalidArgument) for an input of another scope or kind.
void ApplyFilter(const model::Model& model, const Filter& filter, RowMask& mask);

}  // namespace duomo::retrieval
