// The ids by which hosts know users and items. An integer key is its own id; the id of a string key
// is a hash of the key alone (core/key_hash.h), so that a stored id means the same item in every
// file.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>

#include "core/array.h"
#include "model/key_index.h"

namespace duomo::model {

// From the ids of string keys to their rows: ids in ascending order, and the row of each.
struct IdTable {
  AlignedVector<int64_t> ids;
  AlignedVector<uint32_t> order;
};
// Ids of keys in row order. If two keys have the same id, both entries stay, next to each other.
IdTable MakeIdTable(const KeyIndex& keys);

// Immutable; any thread. Memory-safe whatever the tensors contain: an id is found only if the key
// of its row has this id, and if no other key has it.
class EntityIds {
 public:
  EntityIds() = default;
  // With the table of a file; empty: one is made when the first id is asked for, in about 0.1 µs a
  // key.
  EntityIds(const KeyIndex& keys, std::span<const int64_t> ids, std::span<const uint32_t> order);

  std::optional<uint64_t> Find(int64_t id) const {
    return strings() ? FindHash(id) : keys_.Find(id);
  }
  // Find() of each into rows[ids.size()], KeyIndex::kAbsent where there is none.
  void FindAll(std::span<const int64_t> ids, uint32_t* rows) const;
  // Of string keys; by the table where there is one.
  std::optional<uint64_t> FindKey(std::string_view key) const;
  int64_t At(uint64_t row) const;

  bool strings() const { return keys_.kind() == KeyKind::kString; }
  // Makes the table now, where it would be made when it is needed.
  void Prepare() const {
    if (strings()) (void)Table();
  }

 private:
  struct View {
    std::span<const int64_t> ids;
    std::span<const uint32_t> order;
  };
  // Without a lock: after fork(), the child could find it held by a thread that does not exist
  // there. If several threads make the table at once, one of the tables is kept.
  struct Made {
    // The model's memory, whichever thread makes the table.
    const Memory* memory = MemoryScope::Current();
    std::atomic<const IdTable*> table = nullptr;
    ~Made() { delete table.load(std::memory_order_acquire); }
  };
  View Table() const;
  std::optional<uint64_t> FindHash(int64_t id) const;
  static std::optional<uint32_t> Only(const View& table, int64_t id);

  KeyIndex keys_;
  View stored_;
  std::shared_ptr<Made> made_;  // null: the file has the table
};

}  // namespace duomo::model
