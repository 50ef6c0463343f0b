// Changes to a file's users and items: rows are kept, added or removed together with everything
// that belongs to them.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "converter/edit/rewrite.h"
#include "runtime/engine.h"

namespace duomo::convert {

// Not a row.
inline constexpr uint32_t kNoRow = UINT32_MAX;

// "users" or "items".
std::string PrefixOf(model::Side side);

// Replaces the tensors of a draft's features by `column`.
void PutFeature(Draft& draft, const std::string& prefix, const model::FeatureColumn& column);

// The stored values of one input for these rows.
model::FeatureColumn ColumnOf(const model::FeatureView& view, const std::vector<uint32_t>& rows);

// Keeps these rows of one side, in this order: keys, titles, features, attributes, vectors, and the
// users' history. None: nothing of that side stays.
void KeepRows(Draft& draft, model::Side side, const std::vector<uint32_t>& rows);

// Removes the tensors below "users/" or "items/" that are derived from the old rows or vectors,
// such as search codes (all that are not tensors of entities in FORMAT.md). Returns their names.
std::vector<std::string> RemoveDerived(Draft& draft, model::Side side);
// A message that names them; empty if there are none.
std::string LeftOutText(const std::vector<std::string>& names);

// Keeps these rows of a vocabulary, in this order, and with them rows of its tables and biases;
// removed values become the unknown value. A range that loses values becomes a list of integers. If
// no value is left, the vocabulary gets one that was never used, with the unknown value's rows.
void KeepValues(Draft& draft, uint32_t vocabulary, const std::vector<uint32_t>& rows);

// Vocabularies of histories, which have the items' rows, keep these of them, in this order.
void KeepHistoryValues(Draft& draft, const std::vector<uint32_t>& items);

// Puts all users or items into another order: row r is now order[r]. Histories, and the
// vocabularies and tables that have the items' rows, follow. Tensors that are derived from that
// side's rows are removed.
void Reorder(Draft& draft, model::Side side, const std::vector<uint32_t>& order);

// Sets the frozen vectors of a side: `count` rows, of which make(begin, count, floats) gives any,
// stored as `dtype`.
using MakeRows = std::function<void(uint64_t begin, uint64_t count, float* out)>;
void PutVectors(Draft& draft, model::Side side, uint64_t count, file::DType dtype,
                const MakeRows& make);

}  // namespace duomo::convert
