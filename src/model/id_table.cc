// Making the table of ids: once for a file that has none. Apart, since it is small before fast.
#include <utility>

#include "core/key_hash.h"
#include "core/narrow.h"
#include "core/sort.h"
#include "model/entity_ids.h"

namespace duomo::model {

IdTable MakeIdTable(const KeyIndex& keys) {
  AlignedVector<std::pair<int64_t, uint32_t>> pairs(ToSize(keys.size()));
  for (size_t row = 0; row < pairs.size(); ++row) {
    pairs[row] = {IdOfString(keys.StringAt(row)), static_cast<uint32_t>(row)};
  }
  SortSmall(pairs);
  IdTable out;
  out.ids.reserve(pairs.size());
  out.order.reserve(pairs.size());
  for (auto [id, row] : pairs) {
    out.ids.push_back(id);
    out.order.push_back(row);
  }
  return out;
}

}  // namespace duomo::model
