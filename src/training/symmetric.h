// Small symmetric systems, as alternating least squares solves one for each user and item.
#pragma once

#include <cstddef>
#include <vector>

#include "core/array.h"

namespace duomo::training {

// The eigenvalues of a symmetric matrix, ascending, and its orthonormal eigenvectors.
struct Eigen {
  std::vector<double> values;   // [n]
  std::vector<double> vectors;  // [n, n]: row j belongs to values[j]
};

// `matrix` [n, n] must be finite. Householder's tridiagonal form, then the QL algorithm with
// implicit shifts (Martin and Wilkinson 1968). The same bits on every machine.
Eigen EigenOf(std::vector<double> matrix, size_t n);

// Solves (I + G) x = b for a symmetric, positive semi-definite G by Cholesky's decomposition in
// blocks. Every pivot of such a matrix is at least 1, so that rounding cannot make one vanish: the
// result is finite whenever the input is, and is not too large. One thread; keeps its memory.
class UnitCholesky {
 public:
  // matrix: [n, n], I + G, of which the lower half is read; overwritten. b becomes x.
  void Solve(float* matrix, size_t n, float* b);

 private:
  AlignedVector<float> panel_;
};

}  // namespace duomo::training
