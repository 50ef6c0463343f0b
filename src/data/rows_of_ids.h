// Rows by integer id: an array for ids as small as they are in practice, else a hash table.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace duomo::data {

// One thread while it grows. Memory: 4 bytes an id up to the largest below 2^22, and for those
// beyond 21 to 43 bytes each.
class RowsOfIds {
 public:
  // False where the id is known already. `row` is below UINT32_MAX.
  bool Add(int64_t id, uint32_t row) {
    if (!IsDense(id)) return AddSparse(id, row);
    auto index = static_cast<size_t>(id);
    if (index >= dense_.size()) {
      dense_.resize(std::min(std::max(index + 1, dense_.size() * 2), size_t{kDense}), kNone);
    }
    if (dense_[index] != kNone) return false;
    dense_[index] = row;
    return true;
  }
  bool Find(int64_t id, uint32_t& row) const {
    if (IsDense(id)) {
      row = static_cast<size_t>(id) < dense_.size() ? dense_[static_cast<size_t>(id)] : kNone;
    } else {
      row = sparse_.empty() ? kNone : sparse_[SlotOf(id)].row;
    }
    return row != kNone;
  }

 private:
  struct Slot {
    int64_t id = 0;
    uint32_t row = kNone;  // kNone: free
  };

  // Which of the two stores an id is in is a matter of the id alone.
  static bool IsDense(int64_t id) { return id >= 0 && id < int64_t{kDense}; }

  // Where the id is, or would be.
  size_t SlotOf(int64_t id) const {
    uint64_t hash = static_cast<uint64_t>(id) * 0x9E3779B97F4A7C15;
    hash ^= hash >> 32;
    size_t at = hash & (sparse_.size() - 1);
    while (sparse_[at].row != kNone && sparse_[at].id != id) at = (at + 1) & (sparse_.size() - 1);
    return at;
  }
  bool AddSparse(int64_t id, uint32_t row) {
    if (4 * (count_ + 1) > 3 * sparse_.size()) {
      std::vector<Slot> old(std::max<size_t>(64, 2 * sparse_.size()));
      old.swap(sparse_);
      for (const Slot& slot : old) {
        if (slot.row != kNone) sparse_[SlotOf(slot.id)] = slot;
      }
    }
    Slot& slot = sparse_[SlotOf(id)];
    if (slot.row != kNone) return false;
    slot = {id, row};
    ++count_;
    return true;
  }

  static constexpr uint32_t kDense = 1 << 22;
  static constexpr uint32_t kNone = UINT32_MAX;
  std::vector<uint32_t> dense_;
  std::vector<Slot> sparse_;  // a power of two of them, at most three quarters full
  size_t count_ = 0;          // of ids in sparse_
};

}  // namespace duomo::data
