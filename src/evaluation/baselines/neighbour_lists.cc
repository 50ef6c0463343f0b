#include "evaluation/baselines/neighbour_lists.h"

#include <algorithm>
#include <atomic>

#include "core/error.h"
#include "core/thread_pool.h"

namespace duomo::evaluation {
namespace {

struct Candidate {
  double value;
  uint32_t item, users;
};

uint32_t BlocksOf(uint32_t items, uint32_t block) {
  return static_cast<uint32_t>((uint64_t{items} + block - 1) / block);
}

}  // namespace

NeighbourLists::NeighbourLists(const Source& source, const Limits& limits, const char* what)
    : k_(std::min(limits.k, std::max(1u, source.items))) {
  std::vector<uint32_t> at_most(source.items);
  for (uint32_t item = 0; item < source.items; ++item) {
    at_most[item] = static_cast<uint32_t>(std::min<uint64_t>(source.at_most(item), source.items));
  }
  uint64_t least = Bytes(at_most, limits, 1);
  if (least > limits.max_bytes) {
    Fail(Status::kUnsupported, what, " of ", source.items, " items takes at least ",
         (least >> 20) + 1, " MiB, more than the ", limits.max_bytes >> 20,
         " allowed; evaluate on fewer items or allow more");
  }
  if (Bytes(at_most, limits, k_) > limits.max_bytes) {
    uint32_t fits = 1, beyond = k_;
    while (beyond - fits > 1) {
      uint32_t middle = fits + (beyond - fits) / 2;
      (Bytes(at_most, limits, middle) <= limits.max_bytes ? fits : beyond) = middle;
    }
    k_ = fits;
  }
  Fill(source, limits);
}

uint64_t NeighbourLists::Bytes(std::span<const uint32_t> at_most, const Limits& limits,
                               uint32_t k) {
  auto items = static_cast<uint32_t>(at_most.size());
  uint64_t blocks = BlocksOf(items, kBlock), entries = 0;
  for (uint32_t most : at_most) entries += std::min(k, most);
  // Vectors that grow may hold twice what is in them.
  uint64_t scratch = items * (sizeof(double) + 2 * sizeof(uint32_t) + 2 * sizeof(Candidate)) +
                     std::min(entries, uint64_t{kBlock} * k) * 2 * sizeof(Entry);
  return entries * sizeof(Entry) + blocks * (sizeof(Block) + kBlock * sizeof(uint32_t)) +
         items * sizeof(uint32_t) + scratch * std::min<uint64_t>(limits.threads, blocks + 1);
}

void NeighbourLists::Fill(const Source& source, const Limits& limits) {
  blocks_.resize(BlocksOf(source.items, kBlock));
  std::atomic<size_t> next = 0;
  ThreadPool pool(std::clamp<size_t>(limits.threads, 1, blocks_.size() + 1));
  pool.Run([&](size_t) {
    SparseSums sums(source.items);
    std::vector<Candidate> near;
    std::vector<Entry> entries;
    for (size_t at; (at = next++) < blocks_.size();) {
      Block& block = blocks_[at];
      entries.clear();
      auto first = static_cast<uint32_t>(at * kBlock);
      for (uint32_t item = first; item < std::min(source.items, first + kBlock); ++item) {
        source.add(item, sums);
        near.clear();
        for (uint32_t other : sums.touched()) {
          if (other == item) continue;
          near.push_back({source.value(item, other, sums.Of(other)), other, source.users[other]});
        }
        sums.Clear();
        auto better = [&](const Candidate& a, const Candidate& b) {
          if (a.value != b.value) return a.value > b.value;
          if (a.users != b.users) return a.users > b.users;
          return HashOfPair(item, a.item) < HashOfPair(item, b.item);
        };
        if (near.size() > k_) {
          std::nth_element(near.begin(), near.begin() + k_, near.end(), better);
          near.resize(k_);
        }
        std::sort(near.begin(), near.end(), better);
        for (const Candidate& c : near) {
          entries.push_back({c.item, static_cast<float>(c.value)});
        }
        block.ends.push_back(static_cast<uint32_t>(entries.size()));
      }
      block.entries.assign(entries.begin(), entries.end());  // not a byte more
    }
  });
}

uint64_t NeighbourLists::bytes() const {
  uint64_t sum = blocks_.size() * (sizeof(Block) + kBlock * sizeof(uint32_t));
  for (const Block& block : blocks_) sum += block.entries.capacity() * sizeof(Entry);
  return sum;
}

std::span<const NeighbourLists::Entry> NeighbourLists::Of(uint32_t item) const {
  const Block& block = blocks_[item / kBlock];
  uint32_t at = item % kBlock, begin = at == 0 ? 0 : block.ends[at - 1];
  return std::span(block.entries).subspan(begin, block.ends[at] - begin);
}

}  // namespace duomo::evaluation
