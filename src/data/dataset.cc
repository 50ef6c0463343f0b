// Look-ups on a data set's tables.
#include "data/dataset.h"

namespace duomo::data {

const Column* EntityTable::Find(std::string_view name) const {
  for (const Column& column : columns) {
    if (column.name == name) return &column;
  }
  return nullptr;
}

}  // namespace duomo::data
