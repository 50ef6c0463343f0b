// Columns, and look-ups on a data set's tables.
#include "data/dataset.h"

namespace duomo::data {

Column MakeColumn(std::string_view name, ColumnKind kind) {
  Column column;
  column.name = name;
  column.kind = kind;
  if (kind == ColumnKind::kSet) column.offsets.push_back(0);
  return column;
}

const Column* EntityTable::Find(std::string_view name) const {
  for (const Column& column : columns) {
    if (column.name == name) return &column;
  }
  return nullptr;
}

}  // namespace duomo::data
