#include "model/key_index.h"

#include <algorithm>

namespace duomo::model {
namespace {

// The first position in [0, n) whose key is not below `key`, n if there is none. at(i) must be
// callable for every i < n; where the keys do not ascend the answer is any position.
template <typename Key, typename At>
uint64_t LowerBound(uint64_t begin, uint64_t end, const Key& key, const At& at) {
  while (begin < end) {
    uint64_t middle = begin + (end - begin) / 2;
    if (at(middle) < key) {
      begin = middle + 1;
    } else {
      end = middle;
    }
  }
  return begin;
}

// The same for integers: ids mostly run on with few gaps, so a straight line through the ends
// lands on the key or next to it; widen from there, then search the bracket.
template <typename At>
uint64_t Interpolate(uint64_t n, int64_t key, const At& at) {
  if (n == 0 || key <= at(0)) return 0;
  int64_t first = at(0), last = at(n - 1);
  if (key > last) return n;
  // first < key <= last; differences do not overflow as unsigned numbers.
  auto range = static_cast<double>(static_cast<uint64_t>(last) - static_cast<uint64_t>(first));
  auto distance = static_cast<double>(static_cast<uint64_t>(key) - static_cast<uint64_t>(first));
  auto guess =
      std::min(n - 1, static_cast<uint64_t>(distance / range * static_cast<double>(n - 1)));
  uint64_t step = 1;
  if (at(guess) < key) {
    uint64_t begin = guess + 1, end = begin;
    while (end < n && at(end) < key) {
      begin = end + 1;
      end = std::min(n, end + step);
      step *= 2;
    }
    return LowerBound(begin, end, key, at);
  }
  uint64_t begin = guess, end = guess;
  while (begin > 0 && !(at(begin - 1) < key)) {
    end = begin - 1;
    begin = end - std::min(end, step);
    step *= 2;
  }
  return LowerBound(begin, end, key, at);
}

}  // namespace

KeyIndex KeyIndex::OfRange(uint64_t size) {
  KeyIndex index;
  index.size_ = size;
  return index;
}

KeyIndex KeyIndex::OfIntegers(std::span<const int64_t> keys, std::span<const uint32_t> order) {
  KeyIndex index;
  index.kind_ = KeyKind::kInt64;
  index.size_ = keys.size();
  index.integers_ = keys;
  index.order_ = order;
  return index;
}

KeyIndex KeyIndex::OfStrings(std::span<const uint64_t> offsets, std::string_view text,
                             std::span<const uint32_t> order) {
  KeyIndex index;
  index.kind_ = KeyKind::kString;
  index.size_ = offsets.empty() ? 0 : offsets.size() - 1;
  index.offsets_ = offsets;
  index.text_ = text;
  index.order_ = order;
  return index;
}

std::optional<uint64_t> KeyIndex::Find(int64_t key) const {
  if (kind_ == KeyKind::kString) return std::nullopt;
  if (kind_ == KeyKind::kRange) {
    if (key < 0 || static_cast<uint64_t>(key) >= size_) return std::nullopt;
    return static_cast<uint64_t>(key);
  }
  if (order_.empty()) {
    uint64_t i = Interpolate(size_, key, [&](uint64_t k) { return integers_[k]; });
    if (i >= size_ || integers_[i] != key) return std::nullopt;
    return i;
  }
  uint64_t i = Interpolate(order_.size(), key, [&](uint64_t k) {
    return order_[k] < size_ ? integers_[order_[k]] : INT64_MAX;
  });
  if (i >= order_.size() || order_[i] >= size_ || integers_[order_[i]] != key) return std::nullopt;
  return order_[i];
}

std::optional<uint64_t> KeyIndex::Find(std::string_view key) const {
  if (kind_ != KeyKind::kString) return std::nullopt;
  // StringAt() answers for rows beyond the end, too.
  uint64_t i = LowerBound(0, order_.size(), key, [&](uint64_t k) { return StringAt(order_[k]); });
  if (i >= order_.size() || order_[i] >= size_ || StringAt(order_[i]) != key) return std::nullopt;
  return order_[i];
}

int64_t KeyIndex::IntegerAt(uint64_t row) const {
  return kind_ == KeyKind::kInt64 && row < size_ ? integers_[row] : static_cast<int64_t>(row);
}

std::string_view KeyIndex::StringAt(uint64_t row) const {
  if (kind_ != KeyKind::kString || row >= size_) return {};
  uint64_t begin = offsets_[row], end = offsets_[row + 1];
  if (begin > end || end > text_.size()) return {};
  return text_.substr(begin, end - begin);
}

}  // namespace duomo::model
