// Encoded features of users, items or pairs: rows of vocabularies and plain numbers. Towers read
// them, in training and at run time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "core/narrow.h"
#include "model/description.h"

namespace duomo::model {

// One input for n entities. Views; the memory belongs to a file, a data set or a request.
struct FeatureView {
  InputKind kind = InputKind::kCategory;
  std::span<const uint64_t> offsets;  // n + 1, for sets, tokens and histories; else empty
  std::span<const uint32_t> rows;     // category: n; else offsets[n] rows of the vocabulary
  std::span<const float> numbers;     // n; NaN: not given

  // The rows of entity i; empty if the tensors contradict each other (a hostile file).
  std::span<const uint32_t> RowsOf(size_t i) const {
    if (offsets.empty()) return i < rows.size() ? rows.subspan(i, 1) : rows.subspan(0, 0);
    if (i + 1 >= offsets.size()) return {};
    uint64_t begin = offsets[i], end = offsets[i + 1];
    if (begin > end || end > rows.size()) return {};
    return rows.subspan(ToSize(begin), ToSize(end - begin));
  }
};

// The same, owning its memory; grows one entity at a time.
struct FeatureColumn {
  InputKind kind = InputKind::kCategory;
  std::vector<uint64_t> offsets;
  std::vector<uint32_t> rows;
  std::vector<float> numbers;

  FeatureView view() const { return {kind, offsets, rows, numbers}; }
};

// The features of n entities: element i belongs to Description::inputs[i], and is empty where
// that input is of another scope.
struct FeatureSet {
  size_t count = 0;
  std::vector<FeatureView> inputs;
};

}  // namespace duomo::model
