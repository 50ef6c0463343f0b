// One query on its way through the catalogue, or through a part of it.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "core/array.h"
#include "kernels/screen.h"
#include "retrieval/best.h"
#include "retrieval/planes.h"
#include "retrieval/row_mask.h"
#include "retrieval/topk.h"
#include "retrieval/vectors.h"

namespace duomo::retrieval {

// Blocks of the planes that are looked at together: what one query needs of them stays in the
// nearest cache, and their codes, which several queries share, in the next.
inline constexpr size_t kChunkBlocks = kernels::kScreenBlocks;
inline constexpr size_t kChunkRows = kChunkBlocks * kernels::kScreenItems;

// Calls the kernel for the planes' kind of codes.
inline void Scan(const model::Planes& planes, const kernels::ScreenQuery* asks, bool together,
                 uint64_t block, size_t count) {
  const kernels::ScreenKernels& k = kernels::Screen();
  bool bytes = !planes.axes.empty();
  auto scan =
      together ? (bytes ? k.bytes_together : k.nibbles_together) : (bytes ? k.bytes : k.nibbles);
  scan(asks, planes.first + block * planes.block_size(), planes.groups, count);
}

// Memory for one chunk, which the queries of a thread share.
struct Scratch {
  kernels::ScreenHits hits[kernels::kScreenQueries];
  Survivors survivors;
};

// One thread; memory is kept from one query to the next.
class Search {
 public:
  void Start(const Catalogue& catalogue, const Query& query);

  // Whether the planes say something about this query; else ScanVectors() is the way.
  bool screened() const { return screened_; }

  // What to ask the kernels about blocks from `block` on, a multiple of 4, at most kChunkBlocks.
  kernels::ScreenQuery Ask(uint64_t block, kernels::ScreenHits& hits) const;
  // What they said about the blocks from `block` on, of which the rows [begin, end) count.
  void Take(uint64_t block, uint64_t begin, uint64_t end, kernels::ScreenHits& hits,
            Survivors& left);
  // After the last blocks: `best` is complete.
  void Finish();

  // An approximate search as a whole. False where it has to be an exact one, because it cannot be
  // another or has found too few.
  bool Probe(Scratch& scratch);

  // Looks at the rows [begin, end) themselves; begin is a multiple of 64.
  void ScanVectors(uint64_t begin, uint64_t end);

  Best best;

 private:
  struct Place {
    uint32_t row;
    double bound;
  };
  double Threshold() const;  // dot products at or below it have no hope; NaN: all have
  void Seed(uint64_t block, kernels::ScreenHits& hits);
  void Restrict();
  bool AsCalibrated() const;
  size_t Probes() const;
  void RankLists(Scratch& scratch);
  void NextLists(size_t begin, size_t end);
  void LookInto(uint32_t list, Scratch& scratch);
  double Missed(size_t begin, size_t end);
  void LookSoon();
  void LookLater();
  void ScanRows(uint64_t begin, uint64_t end, Scratch& scratch);

  const Catalogue* catalogue_ = nullptr;
  const Query* query_ = nullptr;
  const RowMask* allowed_ = nullptr;
  bool screened_ = false;
  RowMask mask_;
  uint64_t left_ = 0;  // of the rows that are allowed, excluded ones among them; where Probes() asks
  PlaneQuery plane_query_;
  Vectors vectors_;
  AlignedVector<double> dots_;
  AlignedVector<Place> places_;
  // Rows that are not hopeless. Likely ones are looked at with the next blocks, when their vectors
  // have come from memory; the others at the end, when most have become hopeless.
  AlignedVector<uint32_t> soon_;
  AlignedVector<Place> later_;
  size_t probes_ = 0;
  AlignedVector<Place> lists_;  // all, by about their centre's dot product
};

}  // namespace duomo::retrieval
