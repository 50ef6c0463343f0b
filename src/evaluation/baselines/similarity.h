// Similarities between all users, or between all items, from what they have in common: the part
// that neighbourhood methods share. Depends on rating_matrix.h.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "evaluation/baselines/rating_matrix.h"

namespace duomo::evaluation {

// x and y are the users (or items), c the items (users) that both have; all sums over those.
enum class SimilarityKind {
  // Pearson's correlation of the two's ratings, means over the common ones alone (Resnick et al.
  // 1994; scikit-surprise's "pearson"): (nΣrs − ΣrΣs) / √((nΣr² − (Σr)²)(nΣs² − (Σs)²)).
  kPearson,
  // Σ(r − m_c)(s − m_c) / √(Σ(r − m_c)² Σ(s − m_c)²), m_c being the mean of all ratings of c:
  // between items, ratings are counted from each user's mean (Sarwar et al. 2001).
  kAdjustedCosine,
  // n / √(n_x n_y): cosine of who has what, without ratings.
  kBinaryCosine,
};

struct SimilarityOptions {
  SimilarityKind kind = SimilarityKind::kPearson;
  bool between_users = true;  // else between items
  uint32_t min_support = 1;   // fewer in common: 0
  // n² doubles are kept; more memory than this is refused.
  uint64_t max_bytes = uint64_t{2} << 30;
};

// A symmetric matrix; 1 on the diagonal; 0 where the formula divides by zero. Immutable; any
// thread. Time is the sum of the squared lengths of the lists in common.
class Similarities {
 public:
  // Throws Error(kUnsupported) beyond max_bytes.
  Similarities(const RatingMatrix& ratings, const SimilarityOptions& options);

  uint32_t size() const { return n_; }
  std::span<const double> Of(uint32_t row) const {
    return std::span(values_).subspan(size_t{row} * n_, n_);
  }

 private:
  uint32_t n_;
  std::vector<double> values_;
};

// The weighted mean of neighbours' deviations, as scikit-surprise's KNNWithMeans takes it: of the
// candidates the k most similar (ties: the first given), of those the positive ones; no deviation
// when these are fewer than min_k.
struct NeighbourOptions {
  uint32_t k = 40, min_k = 1;
};

class NeighbourMean {
 public:
  explicit NeighbourMean(const NeighbourOptions& options) : options_(options) {}
  void Clear() {
    similarities_.clear();
    deviations_.clear();
  }
  void Add(double similarity, double deviation) {
    // Those at or below zero count for nothing and rank behind all others.
    if (!(similarity > 0)) return;
    similarities_.push_back(similarity);
    deviations_.push_back(deviation);
  }
  double Deviation();  // of what was added since Clear()

 private:
  NeighbourOptions options_;
  std::vector<double> similarities_, deviations_, sorted_;
};

}  // namespace duomo::evaluation
