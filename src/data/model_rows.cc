#include "data/model_rows.h"

namespace duomo::data {

std::vector<uint32_t> RowsInModel(const EntityTable& table, const model::KeyIndex& keys) {
  std::vector<uint32_t> rows;
  rows.reserve(table.size());
  for (size_t i = 0; i < table.size(); ++i) {
    auto row = table.keys.empty() ? keys.Find(table.ids[i]) : keys.Find(table.keys[i]);
    rows.push_back(row ? static_cast<uint32_t>(*row) : kNotInModel);
  }
  return rows;
}

}  // namespace duomo::data
