#include "capi/ids.h"

#include "core/text.h"

namespace duomo::capi {

using model::Side;

void RequireStringKeys(const model::Entities& entities, Side side) {
  if (entities.count == 0 || entities.ids.strings()) return;
  FailLacking("the keys of this model's ", NameOf(side),
              "s are integers and are themselves the ids");
}

duomo_text CheckedText(std::string_view text, const char* what) {
  if (!IsUtf8(text)) Fail(Status::kCorrupt, "the file holds ", what, " that is not UTF-8");
  return TextOf(text);
}

void RowsOfKeys(const model::Entities& entities, std::span<const char* const> keys,
                const char* what, uint32_t* rows, size_t first) {
  if (entities.count > 0 && !entities.ids.strings()) {
    throw MakeError(Status::kUnsupported, Kind::kLacking, what, ErrorDetail::kNoPosition,
                    StrCat(what,
                           ": the keys of this model are integers and are themselves the "
                           "ids; give ids"));
  }
  for (size_t i = 0; i < keys.size(); ++i) {
    if (keys[i] == nullptr) {
      FailElement(Status::kInvalidArgument, Kind::kNull, what, first + i, " is NULL");
    }
    std::string_view key = keys[i];
    if (!IsUtf8(key)) {
      FailElement(Status::kInvalidArgument, Kind::kNotUtf8, what, first + i, " is not UTF-8");
    }
    rows[i] = static_cast<uint32_t>(entities.ids.FindKey(key).value_or(kNoRow));
  }
}

Names NeedNames(const int64_t* ids, const char* const* keys, size_t n, const char* ids_name,
                const char* keys_name) {
  if (ids != nullptr && keys != nullptr) {
    FailArgument(Status::kInvalidArgument, Kind::kConflict, keys_name,
                 " take the place of the ids; give one of them");
  }
  if (ids == nullptr && keys == nullptr && n > 0) {
    FailArgument(Status::kInvalidArgument, Kind::kNull, ids_name, " is NULL, but ", n,
                 " elements are expected");
  }
  return {ids, keys, n, keys != nullptr ? keys_name : ids_name};
}

void RowsOf(const model::Entities& entities, const Names& names, uint32_t* rows) {
  if (names.keys != nullptr) {
    RowsOfKeys(entities, {names.keys, names.count}, names.what, rows, names.first);
  } else {
    RowsOfIds(entities, {names.ids, names.count}, rows);
  }
}

void FindRows(const model::Model& model, Side side, const Names& names, bool mark_unknown,
              AlignedVector<uint32_t>& rows) {
  rows.resize(names.count);
  RowsOf(model.side(side), names, rows.data());
  if (mark_unknown) return;
  for (size_t i = 0; i < rows.size(); ++i) {
    if (rows[i] != kNoRow) continue;
    const std::string name =
        names.keys != nullptr ? StrCat('"', names.keys[i], '"') : StrCat(names.ids[i]);
    FailElement(Status::kNotFound, Kind::kUnknownId, names.what, names.first + i,
                ": the model has no ", NameOf(side), ' ', name);
  }
}

}  // namespace duomo::capi
