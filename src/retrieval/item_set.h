// A set of items that is made once and used by many searches.
#pragma once

#include <cstdint>
#include <span>
#include <utility>

#include "retrieval/row_mask.h"

namespace duomo::retrieval {

// Immutable; its count is stored; any thread.
class ItemSet {
 public:
  explicit ItemSet(RowMask rows) : rows_(std::move(rows)), count_(rows_.Count()) {}

  const RowMask& rows() const { return rows_; }
  uint64_t count() const { return count_; }
  bool full() const { return count_ == rows_.rows(); }

 private:
  RowMask rows_;
  uint64_t count_;
};

// Values are those of DUOMO_ANY, DUOMO_ALL and DUOMO_NONE.
enum class Combination : int32_t { kAny = 0, kAll = 1, kNone = 2 };

// The items in at least one, in all, or in none of the sets. There must be at least one set, and
// all must be of the same catalogue.
RowMask Combine(Combination how, std::span<const ItemSet* const> sets);

}  // namespace duomo::retrieval
