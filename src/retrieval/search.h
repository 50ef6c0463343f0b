// The search of one query in the catalogue, or in a part of it.
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

// Blocks of the planes that are processed together: the working data of one query fits into the
// first-level cache, and the codes, which several queries share, into the second.
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

// Memory for one chunk, shared by the queries of a thread.
struct ChunkScratch {
  kernels::ScreenHits hits[kernels::kScreenQueries];
  Survivors survivors;
};

// One thread; its memory is reused from query to query.
class QuerySearch {
 public:
  void Start(const Catalogue& catalogue, const Query& query);

  // Whether the planes give finite bounds for this query; otherwise use ScanVectors().
  bool screened() const { return screened_; }

  // The kernel's input for the blocks from `block` on, which is a multiple of 4; at most
  // kChunkBlocks blocks.
  kernels::ScreenQuery Ask(uint64_t block, kernels::ScreenHits& hits) const;
  // Processes the kernel's output for the blocks from `block` on; only the rows [begin, end) count.
  void Take(uint64_t block, uint64_t begin, uint64_t end, kernels::ScreenHits& hits,
            Survivors& left);
  // Call after the last blocks; `best` is then complete.
  void Finish();

  // Runs a whole approximate search. Returns false if an exact search is needed instead: if there
  // are no lists, or if too few results were found.
  bool Probe(ChunkScratch& scratch);

  // Scans the vectors of the rows [begin, end); begin is a multiple of 64.
  void ScanVectors(uint64_t begin, uint64_t end);

  Best best;

 private:
  struct Place {
    uint32_t row;
    double bound;
  };
  // Rows with a dot product at or below it cannot be results; NaN: all can.
  double Threshold() const;
  void PickSeeds(const kernels::ScreenHits& hits);
  void ScoreSeeds(uint64_t block, kernels::ScreenHits& hits);
  void Schedule(const Survivors& left, double hopeless);
  void Restrict();
  bool AsCalibrated() const;
  size_t Probes() const;
  void RankLists(ChunkScratch& scratch);
  void NextLists(size_t begin, size_t end);
  void LookInto(uint32_t list, ChunkScratch& scratch);
  double Missed(size_t begin, size_t end);
  void LookSoon();
  void LookLater();
  void ScanRows(uint64_t begin, uint64_t end, ChunkScratch& scratch);

  const Catalogue* catalogue_ = nullptr;
  const Query* query_ = nullptr;
  const RowMask* allowed_ = nullptr;
  bool screened_ = false;
  RowMask mask_;
  uint64_t left_ = 0;  // number of allowed rows, including excluded ones; set if Probes() needs it
  PlaneQuery plane_query_;
  Vectors vectors_;
  AlignedVector<double> dots_;
  AlignedVector<Place> places_;
  // Rows that may still be results. Probable ones are scored with the next blocks, when their
  // vectors have been prefetched; the others at the end, when the threshold excludes most of them.
  AlignedVector<uint32_t> soon_;
  AlignedVector<Place> later_;
  size_t probes_ = 0;
  AlignedVector<Place> lists_;  // all, by about their centre's dot product
};

}  // namespace duomo::retrieval
