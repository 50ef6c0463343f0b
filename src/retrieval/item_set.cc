#include "retrieval/item_set.h"

namespace duomo::retrieval {

RowMask Combine(Combination how, std::span<const ItemSet* const> sets) {
  RowMask out = sets.front()->rows();
  for (const ItemSet* set : sets.subspan(1)) {
    how == Combination::kAll ? out.And(set->rows()) : out.Or(set->rows());
  }
  if (how == Combination::kNone) out.Invert();
  return out;
}

}  // namespace duomo::retrieval
