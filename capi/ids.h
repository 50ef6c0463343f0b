// From the ids of a host to rows of the file and back.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "core/error.h"
#include "model/model.h"

namespace duomo::capi {

// Stands for an id that the model does not have. (A file has fewer rows than this.)
inline constexpr uint32_t kNoRow = UINT32_MAX;

// Where keys are strings, a row is its own id.
inline std::optional<uint64_t> RowOfId(const model::Entities& entities, int64_t id) {
  if (entities.keys.kind() != model::KeyKind::kString) return entities.keys.Find(id);
  if (id < 0 || static_cast<uint64_t>(id) >= entities.count) return std::nullopt;
  return static_cast<uint64_t>(id);
}

inline int64_t IdOfRow(const model::Entities& entities, uint64_t row) {
  return entities.keys.IntegerAt(row);
}

inline const char* NameOf(model::Side side) { return side == model::Side::kItem ? "item" : "user"; }

[[noreturn]] inline void FailUnknownId(model::Side side, const char* array, size_t position,
                                       int64_t id) {
  Fail(Status::kNotFound, array, '[', position, "]: the model has no ", NameOf(side), ' ', id);
}

// The row of each id; kNoRow where it is unknown and `mark_unknown`, else throws Error(kNotFound)
// that names the position in `array`.
inline void FindRows(const model::Model& model, model::Side side, const char* array,
                     std::span<const int64_t> ids, bool mark_unknown, std::vector<uint32_t>& rows) {
  const model::Entities& entities = model.side(side);
  rows.resize(ids.size());
  for (size_t i = 0; i < ids.size(); ++i) {
    std::optional<uint64_t> row = RowOfId(entities, ids[i]);
    if (!row && !mark_unknown) FailUnknownId(side, array, i, ids[i]);
    rows[i] = row ? static_cast<uint32_t>(*row) : kNoRow;
  }
}

}  // namespace duomo::capi
