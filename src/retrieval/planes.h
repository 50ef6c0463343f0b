// Codes of the item vectors in two planes, and bounds that they certainly keep.
//
// The first plane approximates a vector x by y: bytes c along m orthonormal axes A, y = s·c and
// x ≈ Aᵀy, where the vectors are close to m dimensions; else half a byte c for each dimension,
// y = s·c and A the identity. The second plane codes what that leaves, w = x − Aᵀy, in half bytes.
// For any query q, with p = Aq and its own codes p = a·h + e, and u = q − Aᵀp:
//   ⟨q,x⟩ = ⟨p,y⟩ + ⟨p,Aw⟩ + ⟨u,w⟩ ≤ s·(a·⟨h,c⟩ + ‖e‖·‖c‖ + ‖p‖·‖Aw‖/s) + ‖u‖·‖w‖
// which holds for whatever A is, rounded as it may be. ‖c‖ and ‖Aw‖/s are bounded for all items
// (PlaneLimits), s and ‖w‖ stand by each item as bf16, and every rounding goes up.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "core/array.h"
#include "file/tensor.h"
#include "kernels/screen.h"
#include "model/planes.h"
#include "model/rows.h"

namespace duomo::retrieval {

// ---- Making --------------------------------------------------------------------------------

// Fewer vectors than this are scanned as fast without.
inline constexpr uint64_t kFewestForPlanes = 256;

struct PlaneOptions {
  static constexpr size_t kChoose = SIZE_MAX;
  // 0: half bytes of every dimension; a multiple of 4: bytes along so many axes. Otherwise by the
  // spectrum: the fewest axes (a multiple of 8) that leave out at most 1 % of the energy, and half
  // bytes where there would be so many that those are shorter.
  size_t axes = kChoose;
  // Within about 10 µs a vector, whatever their width and number, and memory of the size of the
  // vectors: axes where they are found and followed as fast, codes in one try. Nothing (a count of
  // 0) where the vectors are wider than kWidestQuick.
  bool quick = false;
};
inline constexpr uint64_t kWidestQuick = 1024;

struct PlaneTensors {
  uint64_t count = 0, width = 0;
  AlignedVector<float> axes, limits;
  AlignedVector<uint8_t> first, second;
  model::Planes view() const;  // of this, which must outlive it
};

// Vectors as long as this, and those of an item that are not finite, have bounds that say nothing:
// the sums in float that others' bounds are made of stay far below FLT_MAX.
inline constexpr double kMostLength = 1e30;

// Of all vectors, in their order. Limits are those of vectors shorter than kMostLength. Time: about
// 3 µs a vector of 200 and a core.
PlaneTensors MakePlanes(const model::Rows& vectors, const PlaneOptions& options = {});

// The same along axes that are given, [m, width]; none: half bytes. Given the vectors and the axes,
// the bytes are the same on every machine.
PlaneTensors MakePlanesAlong(const model::Rows& vectors, AlignedVector<float> axes,
                             bool quick = false);

// The part of the vectors' energy (Σ‖x‖², each first brought to length 1) that the axes leave out,
// of at most 2,000 vectors, evenly chosen. 0 without axes.
double LeftOutEnergy(const model::Planes& planes, const model::Rows& vectors);

// Appends SIDE/planes/… for the vectors of that side; nothing where there are fewer than
// kFewestForPlanes of them.
void AddPlanes(std::vector<file::OwnedTensor>& out, const model::Rows& vectors,
               const std::string& side = "items");

// ---- Searching -----------------------------------------------------------------------------

// The largest float that certainly is not above `value`; NaN stays NaN.
float FloatBelow(double value);

// Rows of a scan that are not ruled out yet.
struct Survivors {
  static constexpr size_t kMost = kernels::kScreenBlocks * kernels::kScreenItems;
  size_t count = 0;
  uint32_t rows[kMost];
  float bounds[kMost];     // by the first plane
  int32_t sums[kMost];     // of the second's codes
  double upper[kMost];     // bounds by both
  double estimate[kMost];  // near what the dot product is
};

// A query made ready for both planes. Memory is kept from one query to the next.
class PlaneQuery {
 public:
  // False where bounds would say nothing or sums in float might overflow: a vector that is not
  // finite, or whose length is beyond 1e±30, and planes (of a file of before) of longer items. A
  // `share` below 1 of what the codes may be wrong by makes bounds that are likely only.
  bool Prepare(const model::Planes& planes, std::span<const float> vector, double share = 1);

  // For the first plane, whose bounds are in units; threshold, allowed and hits are the caller's to
  // set.
  const kernels::ScreenQuery& screen() const { return screen_; }
  // For codes of whole vectors in bytes (lists.h): estimates, all of them hits.
  kernels::ScreenQuery whole() const;
  double whole_unit() const { return second_factor_; }
  double unit() const { return unit_; }
  // The largest number of units that certainly is not above `value`; NaN stays NaN.
  float UnitsBelow(double value) const;
  double norm() const { return norm_; }  // of the vector

  // Asks the second plane, too: leaves those whose bounds by both are not at or below `hopeless`,
  // and sets what both say of them.
  void Tighten(const model::Planes& planes, double hopeless, Survivors& left) const;

 private:
  kernels::ScreenQuery screen_{};
  AlignedVector<int8_t> whole_, codes_, low_, high_;
  AlignedVector<float> rest_;
  AlignedVector<double> along_;
  double norm_ = 0, rest_norm_ = 0, ratio_ = 0;
  double unit_ = 1, up_ = 0, first_fixed_ = 0, second_factor_ = 0, second_fixed_ = 0;
  int32_t second_offset_ = 0;
};

}  // namespace duomo::retrieval
