// Which rows a model has learned from, told without keeping them: a fingerprint says whether two
// sets of rows are the same, a sketch which share of other rows was among them. A row is its user's
// key, its item's key and its time, where it has one; whether the keys are integers or the same
// digits as text makes no difference, nor does the order of rows. Ratings do not count: a pair that
// was learned from is known whatever is said of it later.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "data/dataset.h"

namespace duomo::data {

// The hashes of a data set's rows; the data set must outlive it. Immutable; any thread.
class RowHashes {
 public:
  explicit RowHashes(const Dataset& dataset);
  uint64_t Pair(uint32_t row) const;
  uint8_t Time(uint32_t row) const;  // 0: not known

 private:
  const Interactions* rows_;
  std::vector<uint64_t> users_, items_;
};

// The sum of the rows' 64-bit hashes. Equal for equal rows; for others with probability 2^-64.
struct Fingerprint {
  uint64_t rows = 0, sum = 0;
  bool operator==(const Fingerprint&) const = default;
};
Fingerprint FingerprintOf(const Dataset& dataset, const RowHashes& hashes);  // of all rows
Fingerprint FingerprintOf(const Dataset& dataset, const RowHashes& hashes,
                          std::span<const uint32_t> rows);

// Those of `rows` (ascending) that are not among the rows that `known` was made of, where these
// come first: in the order of the file, or in that of time. Nothing where neither is so.
std::optional<std::vector<uint32_t>> RowsAfter(const Dataset& dataset, const RowHashes& hashes,
                                               std::span<const uint32_t> rows,
                                               const Fingerprint& known);

// A sample of rows that is decided by the hash of the pair alone: those whose first `bits` bits are
// zero. So of any rows, those with such hashes can be looked up for certain. Entries: the next 24
// bits of the pair's hash, then the 8 of the time. As few bits as leave at most kMostEntries
// distinct entries, so small data are kept as a whole. A row that was not in is taken for one that
// was with probability entries / 2^24 at most, 1 in 5461.
struct Sketch {
  static constexpr size_t kMostEntries = 3072;  // 4 bytes each: 16 kB of base64
  uint32_t bits = 0;
  std::vector<uint32_t> entries;  // ascending
  bool operator==(const Sketch&) const = default;
};
Sketch MakeSketch(const RowHashes& hashes, std::span<const uint32_t> rows);

// What a sketch says about other rows. Where only one of two equal pairs has a time, they are taken
// for the same row.
struct Overlap {
  uint64_t looked_up = 0;  // of the rows, those that the sketch can tell
  uint64_t found = 0;      // of these, rows that are in it
  double by_chance = 0;    // as many would be found if none were in
  double share() const {
    return looked_up > 0 ? static_cast<double>(found) / static_cast<double>(looked_up) : 0;
  }
  // At least 1 % of what was looked up, and more than chance can explain: four standard deviations
  // above it, and never a single row.
  bool Clear() const;
};
Overlap OverlapOf(const Sketch& sketch, const RowHashes& hashes, std::span<const uint32_t> rows);

}  // namespace duomo::data
