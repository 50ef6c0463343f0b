// Rows by integer id: an array for ids as small as they are in practice, else a hash table.
#pragma once

#include <algorithm>
#include <cstdint>
#include <unordered_map>
#include <vector>

namespace duomo::data {

// One thread while it grows. Memory: 4 bytes an id up to the largest below 2^22, else a hash entry.
class RowsOfIds {
 public:
  // False where the id is known already. `row` is below UINT32_MAX.
  bool Add(int64_t id, uint32_t row) {
    if (id < 0 || id >= kDense) return sparse_.emplace(id, row).second;
    auto index = static_cast<size_t>(id);
    if (index >= dense_.size()) dense_.resize(std::max(index + 1, dense_.size() * 2), kNone);
    if (dense_[index] != kNone) return false;
    dense_[index] = row;
    return true;
  }
  bool Find(int64_t id, uint32_t& row) const {
    if (id >= 0 && static_cast<uint64_t>(id) < dense_.size()) {
      row = dense_[static_cast<size_t>(id)];
      return row != kNone;
    }
    auto found = sparse_.find(id);
    if (found == sparse_.end()) return false;
    row = found->second;
    return true;
  }

 private:
  static constexpr int64_t kDense = 1 << 22;
  static constexpr uint32_t kNone = UINT32_MAX;
  std::vector<uint32_t> dense_;
  std::unordered_map<int64_t, uint32_t> sparse_;
};

}  // namespace duomo::data
