// Converts ids and string keys of hosts to rows of the file, and back.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <optional>
#include <span>
#include <string_view>

#include "capi/fail.h"
#include "core/array.h"
#include "core/error.h"
#include "model/model.h"

namespace duomo::capi {

// Stands for an id that the model does not have. (A file has fewer rows than this.)
inline constexpr uint32_t kNoRow = model::KeyIndex::kAbsent;

inline std::optional<uint64_t> RowOfId(const model::Entities& entities, int64_t id) {
  return entities.ids.Find(id);
}

inline int64_t IdOfRow(const model::Entities& entities, uint64_t row) {
  return entities.ids.At(row);
}

// RowOfId() of each into rows[ids.size()], kNoRow where there is none.
inline void RowsOfIds(const model::Entities& entities, std::span<const int64_t> ids,
                      uint32_t* rows) {
  entities.ids.FindAll(ids, rows);
}

// The same of string keys, NUL-terminated. Throws Error(kInvalidArgument) for one that is NULL or
// not UTF-8, with its position in the array `what`, counted from `first`; Error(kUnsupported) where
// the catalogue's keys are integers.
void RowsOfKeys(const model::Entities& entities, std::span<const char* const> keys,
                const char* what, uint32_t* rows, size_t first = 0);

// A list of users or items as a host gives it: ids or, in their place, string keys. A view.
struct Names {
  const int64_t* ids = nullptr;
  const char* const* keys = nullptr;
  size_t count = 0;
  const char* what = "";  // the array's name
  size_t first = 0;       // the position in it of the first

  // Some of them, begin … begin+n-1.
  Names Part(size_t begin, size_t n) const {
    return {ids == nullptr ? nullptr : ids + begin, keys == nullptr ? nullptr : keys + begin, n,
            what, first + begin};
  }
};
// Throws Error(kInvalidArgument) where both arrays are given, or neither and n is not 0.
Names NeedNames(const int64_t* ids, const char* const* keys, size_t n, const char* ids_name,
                const char* keys_name);

// The row of each into rows[names.count], kNoRow where it is unknown; throws as RowsOfKeys().
void RowsOf(const model::Entities& entities, const Names& names, uint32_t* rows);

// Calls work(begin, rows) with the rows of names begin, begin+1, …, a block at a time: look-ups are
// spread over the whole file, and in blocks their cache misses overlap.
template <typename Work>
void ForRowsOf(const model::Entities& entities, const Names& names, const Work& work) {
  uint32_t rows[256];
  for (size_t begin = 0; begin < names.count; begin += std::size(rows)) {
    const size_t count = std::min(std::size(rows), names.count - begin);
    RowsOf(entities, names.Part(begin, count), rows);
    work(begin, std::span<const uint32_t>(rows, count));
  }
}

// The rows of all, appended to `rows` without those that are unknown.
template <typename Rows>
void AppendRows(const model::Entities& entities, const Names& names, Rows& rows) {
  const size_t before = rows.size();
  rows.resize(before + names.count);
  RowsOf(entities, names, rows.data() + before);
  rows.erase(std::remove(rows.begin() + static_cast<std::ptrdiff_t>(before), rows.end(), kNoRow),
             rows.end());
}

inline const char* NameOf(model::Side side) { return side == model::Side::kItem ? "item" : "user"; }

// The row of each; kNoRow where it is unknown and `mark_unknown`, else throws Error(kNotFound) that
// names the position.
void FindRows(const model::Model& model, model::Side side, const Names& names, bool mark_unknown,
              AlignedVector<uint32_t>& rows);
inline void FindRows(const model::Model& model, model::Side side, const char* array,
                     std::span<const int64_t> ids, bool mark_unknown,
                     AlignedVector<uint32_t>& rows) {
  FindRows(model, side, Names{ids.data(), nullptr, ids.size(), array}, mark_unknown, rows);
}

// Throws Error(kUnsupported) where the keys of that side are integers.
void RequireStringKeys(const model::Entities& entities, model::Side side);

// A text as the host sees it; one that is known to be UTF-8.
inline duomo_text TextOf(std::string_view text) { return {text.data(), text.size()}; }

// A text of the file for the host. Opening does not read texts, so this checks that it is UTF-8;
// otherwise throws Error(kCorrupt).
duomo_text CheckedText(std::string_view text, const char* what);

}  // namespace duomo::capi
