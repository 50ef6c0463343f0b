// One query on its way through the catalogue, or through a part of it.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "kernels/screen.h"
#include "retrieval/best.h"
#include "retrieval/planes.h"
#include "retrieval/row_mask.h"
#include "retrieval/topk.h"
#include "retrieval/vectors.h"

namespace duomo::retrieval {

// Blocks of the planes that are looked at together: what one query needs of them stays in the
// nearest cache, and their codes, which several queries share, in the next.
inline constexpr size_t kChunkBlocks = 256;
inline constexpr size_t kChunkRows = kChunkBlocks * kernels::kScreenItems;

// What the kernels say about a chunk, before the next one.
struct Screened {
  AlignedVector<float> bounds = AlignedVector<float>(kChunkRows);
  std::vector<uint16_t> hits = std::vector<uint16_t>(kChunkBlocks);
};

// Calls the kernel for the planes' kind of codes.
inline void Scan(const model::Planes& planes, const kernels::ScreenQuery* asks, size_t n,
                 uint64_t block, size_t count) {
  const kernels::ScreenKernels& k = kernels::Screen();
  bool bytes = !planes.axes.empty();
  auto scan = n == 1 ? (bytes ? k.bytes : k.nibbles) : (bytes ? k.bytes_of_four : k.nibbles_of_four);
  scan(asks, planes.first + block * planes.block_size(), planes.groups, count);
}

// One thread; memory is kept from one query to the next.
class Search {
 public:
  void Start(const Catalogue& catalogue, const Query& query);

  // Whether the planes say something about this query; else ScanVectors() is the way.
  bool screened() const { return screened_; }

  // What to ask the kernels about blocks from `block` on, a multiple of 4, at most kChunkBlocks.
  kernels::ScreenQuery Ask(uint64_t block, Screened& out) const;
  // What they said about `count` blocks, of which the rows [begin, end) count.
  void Take(uint64_t block, size_t count, uint64_t begin, uint64_t end, Screened& screened);

  // An approximate search as a whole. False where it has to be an exact one: none is asked for, there
  // are no lists, too few items are allowed or found.
  bool Probe(Screened& screened);

  // Looks at the rows [begin, end) themselves; begin is a multiple of 64.
  void ScanVectors(uint64_t begin, uint64_t end);

  Best best;

 private:
  struct Place {
    uint32_t row;
    float bound;
  };
  double Threshold() const;  // dot products at or below it have no hope; NaN: all have
  void Seed(uint64_t block, size_t count, Screened& screened);
  void ScanRows(uint64_t begin, uint64_t end, Screened& screened);

  const Catalogue* catalogue_ = nullptr;
  const Query* query_ = nullptr;
  const RowMask* allowed_ = nullptr;
  bool screened_ = false;
  RowMask mask_;
  PlaneQuery plane_query_;
  Vectors vectors_;
  std::vector<double> dots_;
  std::vector<Place> places_;
  std::vector<uint32_t> rows_;
  std::vector<float> bounds_;
  std::vector<double> tight_, nearness_;
  std::vector<uint32_t> lists_;
};

}  // namespace duomo::retrieval
