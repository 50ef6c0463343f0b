#include "model/entity_ids.h"

#include <algorithm>
#include <utility>

#include "core/key_hash.h"
#include "model/gallop.h"

namespace duomo::model {
namespace {

// The place of the first id that is not below `id`. Ids are spread evenly over 0 … 2^63-1: a straight
// line comes within about √n places of it, and going on from there within √√n.
uint64_t PlaceOf(std::span<const int64_t> ids, int64_t id) {
  const auto n = static_cast<double>(ids.size());
  const double last = n - 1, slope = n * 0x1p-63;
  double guess = std::clamp(static_cast<double>(id) * slope, 0.0, last);
  const int64_t there = ids[static_cast<size_t>(guess)];
  guess += (static_cast<double>(id) - static_cast<double>(there)) * slope;
  guess = std::clamp(guess, 0.0, last);
  return LowerBoundNear(
      ids.size(), [&](uint64_t i) { return ids[i]; }, static_cast<uint64_t>(guess), id);
}

}  // namespace

IdTable MakeIdTable(const KeyIndex& keys) {
  AlignedVector<std::pair<int64_t, uint32_t>> pairs(keys.size());
  for (size_t row = 0; row < pairs.size(); ++row) {
    pairs[row] = {IdOfString(keys.StringAt(row)), static_cast<uint32_t>(row)};
  }
  std::sort(pairs.begin(), pairs.end());
  IdTable out;
  out.ids.reserve(pairs.size());
  out.order.reserve(pairs.size());
  for (auto [id, row] : pairs) {
    out.ids.push_back(id);
    out.order.push_back(row);
  }
  return out;
}

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
  if (table.ids.empty() || id < 0) return std::nullopt;
  uint64_t place = PlaceOf(table.ids, id);
  if (place >= table.ids.size() || table.ids[place] != id) return std::nullopt;
  if (place + 1 < table.ids.size() && table.ids[place + 1] == id) return std::nullopt;
  return table.order[place];
}

std::optional<uint64_t> EntityIds::FindHash(int64_t id) const {
  auto row = Only(Table(), id);
  if (!row || *row >= keys_.size() || At(*row) != id) return std::nullopt;
  return *row;
}

void EntityIds::FindAll(std::span<const int64_t> ids, uint32_t* rows) const {
  if (!strings()) return keys_.FindAll(ids, rows);
  for (int64_t id : ids) *rows++ = static_cast<uint32_t>(FindHash(id).value_or(KeyIndex::kAbsent));
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
