// Where the users or items of a data set stand in a model.
#pragma once

#include <cstdint>
#include <vector>

#include "data/dataset.h"
#include "model/model.h"

namespace duomo::data {

inline constexpr uint32_t kNotInModel = UINT32_MAX;

// By row of the table: the row of that key in the model, or kNotInModel. Integer keys of the one
// are found as the same digits in string keys of the other: a part of a table may have integers
// only where the whole has not.
std::vector<uint32_t> RowsInModel(const EntityTable& table, const model::KeyIndex& keys);

}  // namespace duomo::data
