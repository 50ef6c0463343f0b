// A column of features of a call: like model::FeatureColumn, but in the host's memory.
#pragma once

#include "core/array.h"
#include "model/features.h"

namespace duomo::capi {

// Always allocates from the memory of the MemoryScope in which it was created.
struct HostColumn {
  model::InputKind kind = model::InputKind::kCategory;
  AlignedVector<uint64_t> offsets;
  AlignedVector<uint32_t> rows;
  AlignedVector<float> numbers;

  model::FeatureView view() const { return {kind, offsets, rows, numbers}; }
};

}  // namespace duomo::capi
