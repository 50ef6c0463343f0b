// Codes of the item vectors in two planes, and upper bounds on dot products that are always valid.
//
// The first plane approximates a vector x by y: bytes c along m orthonormal axes A, y = s·c and
// x ≈ Aᵀy, where the vectors are close to m dimensions; else half a byte c for each dimension,
// y = s·c and A the identity. The second plane codes what that leaves, w = x − Aᵀy, in half bytes.
// For any query q, with p = Aq and its own codes p = a·h + e, and u = q − Aᵀp:
//   ⟨q,x⟩ = ⟨p,y⟩ + ⟨p,Aw⟩ + ⟨u,w⟩ ≤ s·(a·⟨h,c⟩ + ‖e‖·‖c‖ + ‖p‖·‖Aw‖/s) + ‖u‖·‖w‖
// which holds for every A, also a rounded one. ‖c‖ and ‖Aw‖/s are bounded for all items
// (PlaneLimits), s and ‖w‖ are stored with each item as bf16, and everything is rounded up.
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

// With fewer vectors than this, a plain scan is as fast.
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
inline constexpr uint64_t kWidestQuick = 768;

struct PlaneTensors {
  uint64_t count = 0, width = 0;
  AlignedVector<float> axes, limits;
  AlignedVector<uint8_t> first, second;
  model::Planes view() const;  // of this, which must outlive it
};

// Vectors of this length or longer, and vectors that are not finite, have infinite bounds. So the
// float sums of all other bounds stay far below FLT_MAX.
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

// A float that is certainly not above `value`, and as large as possible; NaN stays NaN.
float FloatBelow(double value);

// Rows of a scan that no bound has excluded yet.
struct Survivors {
  static constexpr size_t kMost = kernels::kScreenBlocks * kernels::kScreenItems;
  size_t count = 0;
  uint32_t rows[kMost];
  float bounds[kMost];     // by the first plane
  int32_t sums[kMost];     // of the second's codes
  double upper[kMost];     // bounds by both
  double estimate[kMost];  // an estimate of the dot product
};

// A query prepared for both planes. Its memory is reused from query to query.
class PlaneQuery {
 public:
  // False if the bounds would be infinite or float sums might overflow: for a vector that is not
  // finite or whose length is beyond 1e±30, and for planes (of older files) with longer items.
  // `share`: the part of the codes' largest error that the bounds allow for; below 1, the bounds
  // are probable, not certain.
  bool Prepare(const model::Planes& planes, std::span<const float> vector, double share = 1);

  // For the first plane, whose bounds are in units. The caller sets threshold, allowed and hits.
  const kernels::ScreenQuery& screen() const { return screen_; }
  // For byte codes of whole vectors (lists.h): gives estimates, and every row is a hit.
  kernels::ScreenQuery whole() const;
  double whole_unit() const { return second_factor_; }
  double unit() const { return unit_; }
  // A number of units that is certainly not above `value`, and as large as possible; NaN stays NaN.
  float UnitsBelow(double value) const;
  double norm() const { return norm_; }  // of the vector

  // Evaluates the second plane for the survivors: keeps those whose bound by both planes is above
  // `hopeless`, and sets their bounds and estimates.
  void Tighten(const model::Planes& planes, double hopeless, Survivors& left) const;

 private:
  kernels::ScreenQuery screen_{};
  AlignedVector<int8_t> whole_, codes_, low_, high_;
  AlignedVector<float> rest_;
  AlignedVector<double> along_;
  // In the symbols of the inequality above, each but norm_ and the units times `share`.
  double norm_ = 0;         // ‖q‖
  double rest_norm_ = 0;    // ‖u‖, the factor of ‖w‖ in the first plane
  double ratio_ = 0;        // ‖p‖ times the most ‖Aw‖/s
  double unit_ = 1;         // a of the first plane's codes, in which its bounds are measured
  double first_fixed_ = 0;  // ‖e‖ times the most ‖c‖
  // The second plane: q itself in codes, q = a·h + e, with what the second codes leave of w.
  double up_ = 0;              // ‖q‖, the factor of what is left
  double second_factor_ = 0;   // a
  double second_fixed_ = 0;    // ‖e‖ times the most ‖second codes‖
  int32_t second_offset_ = 0;  // Σ h times what makes the codes unsigned
};

}  // namespace duomo::retrieval
