#include "data/subset.h"

#include <utility>

#include "data/row_spool.h"

namespace duomo::data {
namespace {

void KeepCells(Column& column, const std::vector<uint8_t>& marks) {
  if (column.kind != ColumnKind::kSet) {
    // Only the array of the column's kind has cells.
    if (!column.integers.empty()) KeepUnmarked(column.integers, marks);
    if (!column.numbers.empty()) KeepUnmarked(column.numbers, marks);
    if (!column.texts.empty()) KeepUnmarked(column.texts, marks);
    return;
  }
  Column out = MakeColumn(column.name, ColumnKind::kSet);
  for (size_t row = 0; row + 1 < column.offsets.size(); ++row) {
    if (marks[row] != 0) continue;
    for (uint64_t i = column.offsets[row]; i < column.offsets[row + 1]; ++i) {
      out.texts.push_back(std::move(column.texts[i]));
    }
    out.offsets.push_back(out.texts.size());
  }
  column = std::move(out);
}

template <typename T>
void KeepColumn(RowValues<T>& values, const std::vector<uint8_t>& marks) {
  if (values.empty()) return;
  if (RowsInFiles::Folder().empty()) return KeepUnmarked(values, marks);
  RowSpool<T> kept;
  const T* all = std::as_const(values).data();
  for (size_t row = 0; row < values.size(); ++row) {
    if (marks[row] == 0) kept.push_back(all[row]);
  }
  values = kept.Take();
}

// Keeps the entities that `rows` name, and numbers them anew there.
void KeepNamed(EntityTable& table, std::span<uint32_t> rows) {
  std::vector<uint8_t> marks(table.size(), 1);
  for (uint32_t row : rows) marks[row] = 0;
  std::vector<uint32_t> number(table.size());
  uint32_t next = 0;
  for (size_t row = 0; row < number.size(); ++row) number[row] = marks[row] == 0 ? next++ : next;
  for (uint32_t& row : rows) row = number[row];
  if (!table.ids.empty()) KeepUnmarked(table.ids, marks);
  if (!table.keys.empty()) KeepUnmarked(table.keys, marks);
  if (!table.titles.empty()) KeepUnmarked(table.titles, marks);
  for (Column& column : table.columns) KeepCells(column, marks);
}

}  // namespace

void KeepRows(Interactions& rows, const std::vector<uint8_t>& marks) {
  KeepColumn(rows.users, marks);
  KeepColumn(rows.items, marks);
  KeepColumn(rows.ratings, marks);
  KeepColumn(rows.timestamps, marks);
  KeepColumn(rows.weights, marks);
  KeepColumn(rows.events, marks);
}

void KeepEntitiesWithRows(Dataset& dataset) {
  KeepNamed(dataset.users, dataset.interactions.users);
  KeepNamed(dataset.items, dataset.interactions.items);
}

}  // namespace duomo::data
