#include "model/entity_ids.h"

#include <algorithm>

#include "core/key_hash.h"
#include "core/narrow.h"
#include "model/gallop.h"

namespace duomo::model {
namespace {

// Finds places in ids, not empty, that are spread evenly over 0 … 2^63-1: a straight line comes
// within about √n places, and going on from there within √√n.
class SortedIds {
 public:
  explicit SortedIds(std::span<const int64_t> ids)
      : ids_(ids), last_(static_cast<double>(ids.size() - 1)), slope_((last_ + 1) * 0x1p-63) {}

  uint64_t Guess(int64_t id) const { return Within(static_cast<double>(id) * slope_); }
  uint64_t Closer(int64_t id, uint64_t guess) const {
    double distance = static_cast<double>(id) - static_cast<double>(ids_[ToSize(guess)]);
    return Within(static_cast<double>(guess) + distance * slope_);
  }
  // Of the first id that is not below `id`.
  uint64_t Of(int64_t id, uint64_t guess) const {
    return LowerBoundNear(
        ids_.size(), [&](uint64_t i) { return ids_[ToSize(i)]; }, guess, id);
  }

 private:
  uint64_t Within(double place) const {
    return static_cast<uint64_t>(std::clamp(place, 0.0, last_));
  }

  std::span<const int64_t> ids_;
  double last_, slope_;
};

// The row that stands at the place of an id; nothing where it is not there, or several times.
std::optional<uint32_t> RowAt(std::span<const int64_t> ids, std::span<const uint32_t> order,
                              int64_t id, uint64_t place) {
  if (place >= ids.size() || ids[ToSize(place)] != id) return std::nullopt;
  if (place + 1 < ids.size() && ids[ToSize(place + 1)] == id) return std::nullopt;
  return order[ToSize(place)];
}

}  // namespace

EntityIds::EntityIds(const KeyIndex& keys, std::span<const int64_t> ids,
                     std::span<const uint32_t> order)
    : keys_(keys), stored_{ids, order} {
  if (strings() && stored_.ids.empty()) made_ = std::make_shared<Made>();
}

EntityIds::View EntityIds::Table() const {
  if (made_ == nullptr) return stored_;
  const IdTable* table = made_->table.load(std::memory_order_acquire);
  if (table == nullptr) {
    const MemoryScope scope(made_->memory);
    auto fresh = std::make_unique<IdTable>(MakeIdTable(keys_));
    if (made_->table.compare_exchange_strong(table, fresh.get(), std::memory_order_acq_rel)) {
      table = fresh.release();
    }
  }
  return {table->ids, table->order};
}

// The row that the table names for an id; nothing where it names none or several.
std::optional<uint32_t> EntityIds::Only(const View& table, int64_t id) {
  if (table.ids.empty()) return std::nullopt;
  const SortedIds places(table.ids);
  return RowAt(table.ids, table.order, id, places.Of(id, places.Closer(id, places.Guess(id))));
}

std::optional<uint64_t> EntityIds::FindHash(int64_t id) const {
  auto row = Only(Table(), id);
  if (!row || *row >= keys_.size() || At(*row) != id) return std::nullopt;
  return *row;
}

void EntityIds::FindAll(std::span<const int64_t> ids, uint32_t* rows) const {
  if (!strings()) return keys_.FindAll(ids, rows);
  const View table = Table();
  if (table.ids.empty()) return (void)std::fill_n(rows, ids.size(), KeyIndex::kAbsent);
  // Every step waits for memory from all over the file; so many ids wait together.
  constexpr size_t kTogether = 32;
  const SortedIds places(table.ids);
  uint64_t place[kTogether];
  for (size_t n; !ids.empty(); ids = ids.subspan(n), rows += n) {
    n = std::min(kTogether, ids.size());
    const auto some = ids.first(n);
    for (size_t i = 0; i < some.size(); ++i) {
      place[i] = places.Guess(some[i]);
      __builtin_prefetch(&table.ids[ToSize(place[i])]);
    }
    for (size_t i = 0; i < some.size(); ++i) {
      place[i] = places.Closer(some[i], place[i]);
      __builtin_prefetch(&table.ids[ToSize(place[i])]);
    }
    for (size_t i = 0; i < some.size(); ++i) {
      place[i] = places.Of(some[i], place[i]);
      if (place[i] < table.order.size()) __builtin_prefetch(&table.order[ToSize(place[i])]);
    }
    for (size_t i = 0; i < some.size(); ++i) {
      rows[i] = RowAt(table.ids, table.order, some[i], place[i]).value_or(KeyIndex::kAbsent);
    }
    for (size_t i = 0; i < some.size(); ++i) __builtin_prefetch(keys_.StringAt(rows[i]).data());
    for (size_t i = 0; i < some.size(); ++i) {
      if (rows[i] >= keys_.size() || At(rows[i]) != some[i]) rows[i] = KeyIndex::kAbsent;
    }
  }
}

std::optional<uint64_t> EntityIds::FindKey(std::string_view key) const {
  if (!strings()) return std::nullopt;
  // Where the table is still to be made it is not worth it: keys are found by their order, too.
  if (made_ != nullptr && made_->table.load(std::memory_order_acquire) == nullptr) {
    return keys_.Find(key);
  }
  auto row = Only(Table(), IdOfString(key));
  if (!row || *row >= keys_.size() || keys_.StringAt(*row) != key) return std::nullopt;
  return *row;
}

int64_t EntityIds::At(uint64_t row) const {
  return strings() ? IdOfString(keys_.StringAt(row)) : keys_.IntegerAt(row);
}

}  // namespace duomo::model
