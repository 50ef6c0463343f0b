// Of each item the others that go best with it, in bounded memory: what item-top-n and
// item-transitions share. Private to the baselines.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "evaluation/fixed_hash.h"

namespace duomo::evaluation {

// One number for each item that has been met since Clear(). Not thread-safe.
class SparseSums {
 public:
  explicit SparseSums(uint32_t items) : sums_(items) {}
  void Add(uint32_t item, double amount) {  // amount > 0
    if (sums_[item] == 0) touched_.push_back(item);
    sums_[item] += amount;
  }
  double Of(uint32_t item) const { return sums_[item]; }
  std::span<const uint32_t> touched() const { return touched_; }
  void Clear() {
    for (uint32_t item : touched_) sums_[item] = 0;
    touched_.clear();
  }

 private:
  std::vector<double> sums_;
  std::vector<uint32_t> touched_;
};

// Immutable; any thread.
class NeighbourLists {
 public:
  struct Entry {
    uint32_t item;
    float value;
  };

  // Where the lists come from. Called from several threads at once.
  struct Source {
    uint32_t items;
    std::span<const uint32_t> users;  // by item: of equal values, what more users have comes first
    // Adds to `sums` what goes with `item`; it may add to the item itself, which is ignored.
    std::function<void(uint32_t item, SparseSums& sums)> add;
    std::function<double(uint32_t item, uint32_t other, double sum)> value;  // above 0
    // No more than so many others go with `item`.
    std::function<uint64_t(uint32_t item)> at_most;
  };
  struct Limits {
    uint32_t k = UINT32_MAX;  // entries of an item
    uint64_t max_bytes = 0;   // of the lists and of what it takes to make them
    size_t threads = 1;       // the lists do not depend on it
  };

  // The k highest values of each item, best first; ties: more users, then HashOfPair(). Where
  // max_bytes does not hold so many, fewer: k() says how many. Throws Error(kUnsupported), naming
  // `what`, where it does not hold one.
  NeighbourLists(const Source& source, const Limits& limits, const char* what);

  uint32_t k() const { return k_; }
  uint64_t bytes() const;  // that the lists take
  std::span<const Entry> Of(uint32_t item) const;

 private:
  static constexpr uint32_t kBlock = 64;  // items whose lists lie together
  struct Block {
    std::vector<uint32_t> ends;
    std::vector<Entry> entries;
  };
  // The most memory that it takes to make lists of k entries, given the longest of each item.
  static uint64_t Bytes(std::span<const uint32_t> at_most, const Limits& limits, uint32_t k);
  void Fill(const Source& source, const Limits& limits);
  uint32_t k_;
  std::vector<Block> blocks_;
};

}  // namespace duomo::evaluation
