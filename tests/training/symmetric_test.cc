#include "training/symmetric.h"

#include <gtest/gtest.h>

#include <cmath>

#include "core/random.h"

namespace duomo::training {
namespace {

// A·Aᵀ of random A [n, rank].
std::vector<double> Gram(size_t n, size_t rank, uint64_t seed) {
  Random random(seed);
  std::vector<double> a(n * rank), out(n * n);
  for (double& x : a) x = random.Normal();
  for (size_t i = 0; i < n; ++i) {
    for (size_t j = 0; j < n; ++j) {
      for (size_t k = 0; k < rank; ++k) out[i * n + j] += a[i * rank + k] * a[j * rank + k];
    }
  }
  return out;
}

void ExpectDecomposes(const std::vector<double>& matrix, size_t n) {
  Eigen eigen = EigenOf(matrix, n);
  double most = 1;
  for (double x : matrix) most = std::max(most, std::abs(x));
  for (size_t i = 0; i < n; ++i) {
    if (i > 0) {
      EXPECT_LE(eigen.values[i - 1], eigen.values[i]);
    }
    for (size_t j = 0; j < n; ++j) {
      double product = 0, matrix_part = 0;
      for (size_t k = 0; k < n; ++k) {
        product += eigen.vectors[i * n + k] * eigen.vectors[j * n + k];
        matrix_part += eigen.values[k] * eigen.vectors[k * n + i] * eigen.vectors[k * n + j];
      }
      EXPECT_NEAR(product, i == j ? 1 : 0, 1e-12 * static_cast<double>(n)) << n;
      EXPECT_NEAR(matrix_part, matrix[i * n + j], 1e-12 * most * static_cast<double>(n)) << n;
    }
  }
}

TEST(Symmetric, EigenvectorsMakeTheMatrixAgain) {
  for (size_t n : {1, 2, 3, 5, 16, 33, 64}) {
    ExpectDecomposes(Gram(n, n, n), n);
    ExpectDecomposes(Gram(n, 1, n), n);  // all but one value are 0
    ExpectDecomposes(Gram(n, n / 2 + 1, 7), n);
    ExpectDecomposes(std::vector<double>(n * n), n);
    std::vector<double> diagonal(n * n);
    for (size_t i = 0; i < n; ++i) diagonal[i * n + i] = i % 2 == 0 ? 3 : -1e-9;
    ExpectDecomposes(diagonal, n);
  }
}

TEST(Symmetric, CholeskySolvesSystemsOfEverySize) {
  UnitCholesky cholesky;
  for (size_t n : {1, 2, 15, 16, 17, 31, 32, 48, 70, 129}) {
    std::vector<double> gram = Gram(n, n / 2 + 1, n);
    std::vector<float> matrix(n * n), b(n);
    std::vector<double> right(n);
    for (size_t i = 0; i < n; ++i) gram[i * n + i] += 1;
    for (size_t i = 0; i < n; ++i) {
      for (size_t j = 0; j < n; ++j) {
        // The upper half must not be read.
        matrix[i * n + j] = j <= i ? static_cast<float>(gram[i * n + j]) : NAN;
        right[i] += gram[i * n + j] * std::sin(static_cast<double>(j));
      }
      b[i] = static_cast<float>(right[i]);
    }
    cholesky.Solve(matrix.data(), n, b.data());
    for (size_t i = 0; i < n; ++i) {
      EXPECT_NEAR(b[i], std::sin(static_cast<double>(i)), 2e-3) << n << ' ' << i;
    }
  }
}

TEST(Symmetric, CholeskyStaysFiniteWhereRoundingHidesTheUnit) {
  // I + 1e10·11ᵀ: as floats the matrix is singular.
  size_t n = 40;
  std::vector<float> matrix(n * n, 1e10f), b(n, 1);
  UnitCholesky().Solve(matrix.data(), n, b.data());
  for (float x : b) EXPECT_TRUE(std::isfinite(x));
}

}  // namespace
}  // namespace duomo::training
