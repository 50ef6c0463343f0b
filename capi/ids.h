// From the ids of a host to rows of the file and back.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "capi/fail.h"
#include "core/array.h"
#include "core/error.h"
#include "model/model.h"

namespace duomo::capi {

// Stands for an id that the model does not have. (A file has fewer rows than this.)
inline constexpr uint32_t kNoRow = model::KeyIndex::kAbsent;

// Where keys are strings, a row is its own id.
inline std::optional<uint64_t> RowOfId(const model::Entities& entities, int64_t id) {
  if (entities.keys.kind() != model::KeyKind::kString) return entities.keys.Find(id);
  if (id < 0 || static_cast<uint64_t>(id) >= entities.count) return std::nullopt;
  return static_cast<uint64_t>(id);
}

inline int64_t IdOfRow(const model::Entities& entities, uint64_t row) {
  return entities.keys.IntegerAt(row);
}

// RowOfId() of each into rows[ids.size()], kNoRow where there is none.
inline void RowsOfIds(const model::Entities& entities, std::span<const int64_t> ids,
                      uint32_t* rows) {
  if (entities.keys.kind() != model::KeyKind::kString) return entities.keys.FindAll(ids, rows);
  for (int64_t id : ids) *rows++ = static_cast<uint32_t>(RowOfId(entities, id).value_or(kNoRow));
}

inline const char* NameOf(model::Side side) { return side == model::Side::kItem ? "item" : "user"; }

[[noreturn]] inline void FailUnknownId(model::Side side, const char* array, size_t position,
                                       int64_t id) {
  FailElement(Status::kNotFound, Kind::kUnknownId, array, position, ": the model has no ",
              NameOf(side), ' ', id);
}

// The row of each id; kNoRow where it is unknown and `mark_unknown`, else throws Error(kNotFound)
// that names the position in `array`.
inline void FindRows(const model::Model& model, model::Side side, const char* array,
                     std::span<const int64_t> ids, bool mark_unknown,
                     AlignedVector<uint32_t>& rows) {
  rows.resize(ids.size());
  RowsOfIds(model.side(side), ids, rows.data());
  if (mark_unknown) return;
  for (size_t i = 0; i < ids.size(); ++i) {
    if (rows[i] == kNoRow) FailUnknownId(side, array, i, ids[i]);
  }
}

}  // namespace duomo::capi
