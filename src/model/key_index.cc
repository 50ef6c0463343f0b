#include "model/key_index.h"

#include <algorithm>

#include "core/narrow.h"
#include "model/gallop.h"

namespace duomo::model {
namespace {

// Finds integers. Ids mostly run on with few gaps, so a straight line through the ends lands on the
// key or next to it. Without gaps it is the answer, and no memory is waited for. at(i) is the key
// at i < n; where the keys do not ascend the answer may be any row.
template <typename At>
class Line {
 public:
  Line(uint64_t n, At at) : n_(n), at_(at) {
    if (n == 0) return;
    first_ = at(0);
    // Of ascending keys; as unsigned numbers no difference overflows.
    range_ = static_cast<uint64_t>(at(n - 1)) - static_cast<uint64_t>(first_);
    if (range_ > 0) slope_ = static_cast<double>(n - 1) / static_cast<double>(range_);
  }

  // Inline, so that a single search makes no object first.
  __attribute__((always_inline)) std::optional<uint64_t> Find(int64_t key) const {
    uint64_t distance = static_cast<uint64_t>(key) - static_cast<uint64_t>(first_);
    if (n_ == 0 || key < first_ || distance > range_) return std::nullopt;
    if (range_ == n_ - 1) return distance;
    uint64_t guess =
        std::min(n_ - 1, static_cast<uint64_t>(static_cast<double>(distance) * slope_ + 0.5));
    uint64_t begin = LowerBoundNear(n_, at_, guess, key);
    if (begin >= n_ || at_(begin) != key) return std::nullopt;
    return begin;
  }

 private:
  uint64_t n_;
  At at_;
  int64_t first_ = 0;
  uint64_t range_ = 0;
  double slope_ = 0;
};

// Keys as they lie, and in their order; rows that are not there come last.
struct Ascending {
  const int64_t* keys;
  int64_t operator()(uint64_t i) const { return keys[i]; }
};
struct Ordered {
  std::span<const int64_t> keys;
  std::span<const uint32_t> order;
  int64_t operator()(uint64_t i) const {
    return order[ToSize(i)] < keys.size() ? keys[order[ToSize(i)]] : INT64_MAX;
  }
};

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
    return key < 0 ? std::nullopt : WithinSize(static_cast<uint64_t>(key));
  }
  if (order_.empty()) return Line(size_, Ascending{integers_.data()}).Find(key);
  auto i = Line(order_.size(), Ordered{integers_, order_}).Find(key);
  return i ? WithinSize(order_[ToSize(*i)]) : std::nullopt;
}

std::optional<uint64_t> KeyIndex::FindRange(int64_t key) const {
  if (kind_ != KeyKind::kInt64) return std::nullopt;
  const bool ascend = order_.empty();
  auto row_at = [&](uint64_t i) { return ascend ? i : uint64_t{order_[ToSize(i)]}; };
  uint64_t begin = 0, n = ascend ? size_ : order_.size();
  if (n == 0) return std::nullopt;
  for (uint64_t end = n; begin < end;) {  // begin: the first key that is above
    uint64_t middle = begin + (end - begin) / 2;
    uint64_t row = row_at(middle);
    if (row < size_ && integers_[ToSize(row)] <= key) {  // rows that are not there come last
      begin = middle + 1;
    } else {
      end = middle;
    }
  }
  return WithinSize(row_at(begin == 0 ? 0 : begin - 1));
}

void KeyIndex::FindAll(std::span<const int64_t> keys, uint32_t* rows) const {
  auto put = [&](std::optional<uint64_t> row) {
    // A range may go on where no row of a file is.
    *rows++ = static_cast<uint32_t>(std::min<uint64_t>(row.value_or(kAbsent), kAbsent));
  };
  if (kind_ == KeyKind::kInt64 && order_.empty()) {
    const Line line(size_, Ascending{integers_.data()});
    for (int64_t key : keys) put(line.Find(key));
  } else if (kind_ == KeyKind::kInt64) {
    const Line line(order_.size(), Ordered{integers_, order_});
    for (int64_t key : keys) {
      auto i = line.Find(key);
      put(i ? WithinSize(order_[ToSize(*i)]) : std::nullopt);
    }
  } else {
    for (int64_t key : keys) put(Find(key));
  }
}

std::optional<uint64_t> KeyIndex::Find(std::string_view key) const {
  if (kind_ != KeyKind::kString) return std::nullopt;
  for (uint64_t begin = 0, end = order_.size(); begin < end;) {
    uint64_t middle = begin + (end - begin) / 2;
    // StringAt() answers for rows beyond the end, too.
    int side = StringAt(order_[ToSize(middle)]).compare(key);
    if (side == 0) return WithinSize(order_[ToSize(middle)]);
    (side < 0 ? begin : end) = side < 0 ? middle + 1 : middle;
  }
  return std::nullopt;
}

int64_t KeyIndex::IntegerAt(uint64_t row) const {
  return kind_ == KeyKind::kInt64 && row < size_ ? integers_[ToSize(row)]
                                                 : static_cast<int64_t>(row);
}

std::string_view KeyIndex::StringAt(uint64_t row) const {
  if (kind_ != KeyKind::kString || row >= size_) return {};
  uint64_t begin = offsets_[ToSize(row)], end = offsets_[ToSize(row + 1)];
  if (begin > end || end > text_.size()) return {};
  return text_.substr(ToSize(begin), ToSize(end - begin));
}

}  // namespace duomo::model
