// Upper bounds of dot products from short codes, sixteen items at a time. The exact search reads
// the codes instead of vectors. file/FORMAT.md has the layout of the codes; retrieval/planes.h
// explains why the bounds are valid. Knows no model. Every function is pure; any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace duomo::kernels {

inline constexpr size_t kScreenItems = 16;    // items in a block
inline constexpr size_t kScreenTerms = 64;    // bytes at its end: 16 bf16 scales, 16 bf16 rests
inline constexpr size_t kScreenBlocks = 256;  // in one scan, at most
inline constexpr size_t kScreenPadding = 64;  // bytes that may be read behind rows and codes
inline constexpr size_t kScreenQueries = 8;   // that share one reading of the blocks

// The result of a scan: the blocks with hits, in order. Most blocks have none.
struct ScreenHits {
  alignas(64) float bounds[kScreenBlocks][kScreenItems];  // −infinity where not allowed
  uint16_t blocks[kScreenBlocks];  // which one, counted from the first that was scanned
  uint16_t items[kScreenBlocks];   // bit i: item i is a hit
  size_t count = 0;
};

// A query against the first plane. The bound of an item with codes c, scale s and rest t is
//   s · (Σ query·c + fixed) + rest · t      in float, in this order, without FMA,
// and +infinity where that is not a number: the same bits on every instruction set.
struct ScreenQuery {
  const int8_t* codes;  // the query in −127 … 127, one a dimension, zeros behind
  int32_t offset;       // Σ codes × what is added to an item's codes to make them unsigned
  float fixed, rest;
  float threshold;          // bounds above it are hits; if it is NaN, all are
  const uint64_t* allowed;  // bit i of the whole: item i of the blocks may be a hit; null: all may
  ScreenHits* hits;
};

struct ScreenKernels {
  const char* name;  // "portable", "avx2", "avx512"

  // Scans `count` blocks for one query, or together for kScreenQueries. `groups`: of codes in a
  // block. bytes: groups of 4 dimensions, [groups][16][4] of c + 128. nibbles: groups of 8, low
  // halves dimensions 0 … 3, high halves 4 … 7, of c + 8.
  using Scan = void (*)(const ScreenQuery* queries, const uint8_t* blocks, size_t groups,
                        size_t count);
  Scan bytes, bytes_together, nibbles, nibbles_together;

  // For each of n rows of the second plane, x = second + rows[i] · stride + 4:
  // sums[i] = Σ low[j]·(x[j] & 15) + high[j]·(x[j] >> 4) over the stride - 4 bytes there. Reads up
  // to kScreenPadding bytes more of each; low and high must be 0 there.
  void (*rests)(const int8_t* low, const int8_t* high, const uint8_t* second, size_t stride,
                const uint32_t* rows, size_t n, int32_t* sums);

  // For each of the 16 positions in a block, the largest of `count` bounds, and its index.
  void (*best)(const float (*bounds)[kScreenItems], size_t count, float* best, uint32_t* which);

  // Removes the hits whose bounds are at or below the threshold; blocks may then have no hits.
  void (*narrow)(ScreenHits* hits, float threshold);

  // Numbers from least to most (which are no NaN): clears the bits of those that are not, 64 values
  // to each of the words.
  void (*keep_numbers)(const double* values, double least, double most, uint64_t* words,
                       size_t count);
  void (*keep_integers)(const int64_t* values, int64_t least, int64_t most, uint64_t* words,
                        size_t count);
};

const ScreenKernels& Screen();                      // the fastest that this machine runs
std::span<const ScreenKernels* const> AllScreen();  // every one, the portable first; for tests

}  // namespace duomo::kernels
