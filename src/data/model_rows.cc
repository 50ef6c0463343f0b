#include "data/model_rows.h"

#include <optional>
#include <string>

#include "data/key_table.h"

namespace duomo::data {

std::vector<uint32_t> RowsInModel(const EntityTable& table, const model::KeyIndex& keys) {
  std::vector<uint32_t> rows;
  rows.reserve(table.size());
  bool integers = table.keys.empty(), strings = keys.kind() == model::KeyKind::kString;
  for (size_t i = 0; i < table.size(); ++i) {
    std::optional<uint64_t> row;
    int64_t id = 0;
    if (integers != strings) {
      row = integers ? keys.Find(table.ids[i]) : keys.Find(std::string_view(table.keys[i]));
    } else if (integers) {
      row = keys.Find(std::string_view(std::to_string(table.ids[i])));
    } else if (IsPlainInteger(table.keys[i], id)) {
      row = keys.Find(id);
    }
    rows.push_back(row ? static_cast<uint32_t>(*row) : kNotInModel);
  }
  return rows;
}

}  // namespace duomo::data
