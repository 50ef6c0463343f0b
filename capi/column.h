// A column of features that a call brings: model::FeatureColumn, but of the host's memory.
#pragma once

#include "core/array.h"
#include "model/features.h"

namespace duomo::capi {

// Takes its memory from where the MemoryScope says under which it is made, as long as it lives.
struct HostColumn {
  model::InputKind kind = model::InputKind::kCategory;
  AlignedVector<uint64_t> offsets;
  AlignedVector<uint32_t> rows;
  AlignedVector<float> numbers;

  model::FeatureView view() const { return {kind, offsets, rows, numbers}; }
};

}  // namespace duomo::capi
