#include "model/key_finder.h"

#include <algorithm>
#include <cstring>

namespace duomo::model {
namespace {

constexpr size_t kFewest = 64;  // searches
constexpr size_t kWalk = 16;    // keys of the index a search: a walk that is worth it

uint32_t Narrow(std::optional<uint64_t> row) {
  return static_cast<uint32_t>(
      std::min<uint64_t>(row.value_or(KeyIndex::kAbsent), KeyIndex::kAbsent));
}

}  // namespace

KeyFinder::KeyFinder(const KeyIndex& keys, std::span<const uint32_t> order, size_t searches)
    : keys_(keys), order_(order) {
  if (keys.kind() != KeyKind::kString || order.empty()) return;
  if (searches < kFewest || order.size() / kWalk > searches) return;
  // Of sorted keys the first and the last tell. Those of a hostile file may begin otherwise: what
  // is found is compared as a whole.
  const std::string_view first = keys.StringAt(order.front()), last = keys.StringAt(order.back());
  const size_t shorter = std::min(first.size(), last.size());
  const auto end = std::mismatch(first.begin(), first.begin() + shorter, last.begin()).first;
  common_ = first.substr(0, static_cast<size_t>(end - first.begin()));
  heads_.reserve(order.size());
  for (uint32_t row : order) heads_.push_back(HeadOf(keys.StringAt(row)));
}

uint64_t KeyFinder::HeadOf(std::string_view key) const {
  key.remove_prefix(std::min(common_.size(), key.size()));
  unsigned char bytes[sizeof(uint64_t)] = {};
  std::memcpy(bytes, key.data(), std::min(key.size(), sizeof(bytes)));
  uint64_t head = 0;
  for (unsigned char byte : bytes) head = head << 8 | byte;
  return head;
}

void KeyFinder::FindAll(std::span<const std::string_view> keys, uint32_t* rows) const {
  if (heads_.empty()) {
    for (std::string_view key : keys) *rows++ = Narrow(keys_.Find(key));
    return;
  }
  uint64_t heads[kTogether];
  const uint64_t* begins[kTogether];
  for (size_t i = 0; i < keys.size(); ++i) {
    heads[i] = HeadOf(keys[i]);
    begins[i] = heads_.data();
  }
  // All of them a step at a time: they wait for memory together, and no branch is guessed.
  for (size_t n = heads_.size(); n > 0;) {
    const size_t half = (n + 1) / 2;
    for (size_t i = 0; i < keys.size(); ++i) begins[i] += begins[i][half - 1] < heads[i] ? half : 0;
    n -= half;
  }
  for (size_t i = 0; i < keys.size(); ++i) {
    rows[i] = FindFrom(static_cast<size_t>(begins[i] - heads_.data()), heads[i], keys[i]);
  }
}

// Among those with this head, the first of which is at `begin`.
uint32_t KeyFinder::FindFrom(size_t begin, uint64_t head, std::string_view key) const {
  size_t end = begin;
  for (size_t step = 1; end < order_.size() && heads_[end] == head; step *= 2) {
    end = std::min(order_.size(), begin + step);
  }
  while (begin < end) {
    const size_t middle = begin + (end - begin) / 2;
    const int side = keys_.StringAt(order_[middle]).compare(key);
    if (side == 0) return order_[middle] < keys_.size() ? order_[middle] : KeyIndex::kAbsent;
    (side < 0 ? begin : end) = side < 0 ? middle + 1 : middle;
  }
  return KeyIndex::kAbsent;
}

}  // namespace duomo::model
