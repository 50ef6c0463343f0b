#include "converter/paddle/python2_set.h"

namespace duomo::convert {
namespace {

constexpr uint32_t kEmpty = UINT32_MAX;
constexpr size_t kFirstSize = 8;
constexpr int kPerturbShift = 5;
// Larger sets double, smaller ones quadruple.
constexpr size_t kLargeSet = 50'000;

class Set {
 public:
  explicit Set(std::span<const std::string> keys) : keys_(keys), slots_(kFirstSize) {}

  void Add(uint32_t key) {
    const auto hash = static_cast<uint64_t>(Python2Hash(keys_[key]));
    Slot& slot = Find(hash, key);
    if (slot.key != kEmpty) return;
    slot = {hash, key};
    ++used_;
    if (used_ * 3 >= slots_.size() * 2) Grow(used_ > kLargeSet ? used_ * 2 : used_ * 4);
  }

  std::vector<uint32_t> Order() const {
    std::vector<uint32_t> out;
    for (const Slot& slot : slots_) {
      if (slot.key != kEmpty) out.push_back(slot.key);
    }
    return out;
  }

 private:
  struct Slot {
    uint64_t hash = 0;
    uint32_t key = kEmpty;
  };

  // The slot that has this key, or the empty one where it belongs.
  Slot& Find(uint64_t hash, uint32_t key) {
    const size_t mask = slots_.size() - 1;
    uint64_t i = hash, perturb = hash;
    while (true) {
      Slot& slot = slots_[i & mask];
      if (slot.key == kEmpty) return slot;
      if (slot.hash == hash && keys_[slot.key] == keys_[key]) return slot;
      i = 5 * i + perturb + 1;
      perturb >>= kPerturbShift;
    }
  }

  // To the smallest size above `more`, in the order of the slots.
  void Grow(size_t more) {
    size_t size = kFirstSize;
    while (size <= more) size *= 2;
    std::vector<Slot> old(size);
    old.swap(slots_);
    for (const Slot& slot : old) {
      if (slot.key != kEmpty) Find(slot.hash, slot.key) = slot;
    }
  }

  std::span<const std::string> keys_;
  std::vector<Slot> slots_;
  size_t used_ = 0;
};

}  // namespace

int64_t Python2Hash(std::string_view text) {
  if (text.empty()) return 0;
  uint64_t x = uint64_t{static_cast<unsigned char>(text[0])} << 7;
  for (unsigned char c : text) x = (1'000'003 * x) ^ c;
  x ^= text.size();
  auto hash = static_cast<int64_t>(x);
  return hash == -1 ? -2 : hash;
}

std::vector<uint32_t> Python2SetOrder(std::span<const std::string> keys) {
  Set set(keys);
  for (uint32_t i = 0; i < keys.size(); ++i) set.Add(i);
  return set.Order();
}

}  // namespace duomo::convert
