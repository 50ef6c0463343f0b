// In which order a pass visits the examples.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "core/random.h"

namespace duomo::training {

// Shuffles as many examples at a time as `buffer` holds, so that memory does not grow with the data
// and what is read of them lies close together. Examples next to each other in the data are often
// one user's, so a buffer takes its own from all over the data: `chunk` of them in a row, then
// `chunk` from elsewhere. Depends on the arguments alone. One thread.
class PassOrder {
 public:
  // buffer 0: all examples at once; chunk 0: in the order of the data.
  PassOrder(size_t examples, size_t buffer, size_t chunk);

  void Begin(uint64_t seed);  // a pass
  // The examples from place `begin` of the pass on; valid until the next call. Quick where `begin`
  // grows from call to call, else the pass is drawn anew up to there.
  std::span<const uint32_t> At(size_t begin, size_t size);

  // What data larger than this are read with, whatever the options say: they may not fit in memory.
  static constexpr size_t kLarge = size_t{1} << 26;
  static constexpr size_t kLargeBuffer = size_t{1} << 24, kChunk = 4096;

 private:
  void Load(size_t block);
  uint32_t Example(size_t place) const;  // before the buffer is shuffled

  size_t examples_, buffer_, chunk_;
  uint64_t seed_ = 0;
  std::optional<Random> random_;
  size_t loaded_ = 0;             // blocks drawn in this pass; the last one is in block_
  std::vector<uint32_t> chunks_;  // all whole ones, in the order of the pass
  std::vector<uint32_t> block_, straddling_;
};

}  // namespace duomo::training
