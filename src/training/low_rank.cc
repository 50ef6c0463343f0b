#include "training/low_rank.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include "kernels/vector.h"
#include "training/symmetric.h"

namespace duomo::training {
namespace {

// Rows that are multiplied at once.
constexpr size_t kPiece = 256;

size_t Pieces(size_t rows) { return (rows + kPiece - 1) / kPiece; }

// Σ w·xxᵀ over the rows x, in an order that does not depend on the number of threads.
std::vector<double> Gram(const AlignedVector<float>& rows, std::span<const float> weights,
                         size_t wide, ThreadPool& pool) {
  constexpr size_t kSums = 8;
  std::vector<AlignedVector<float>> sums(kSums, AlignedVector<float>(wide * wide));
  pool.Run([&](size_t worker) {
    AlignedVector<float> weighted(kPiece * wide);
    for (size_t s = worker; s < kSums; s += pool.size()) {
      for (size_t p = s; p < Pieces(weights.size()); p += kSums) {
        const size_t begin = p * kPiece, count = std::min(kPiece, weights.size() - begin);
        const float* x = &rows[begin * wide];
        for (size_t i = 0; i < count * wide; ++i) weighted[i] = x[i] * weights[begin + i / wide];
        kernels::Vector().gemm(true, false, wide, wide, count, weighted.data(), wide, x, wide, 1,
                               sums[s].data(), wide);
      }
    }
  });
  std::vector<double> out(wide * wide);
  for (const AlignedVector<float>& sum : sums) {
    for (size_t i = 0; i < out.size(); ++i) out[i] += double{sum[i]};
  }
  return out;
}

// out [n, m] = a [n, k] · b [k, m].
std::vector<double> Multiply(const std::vector<double>& a, const std::vector<double>& b, size_t n,
                             size_t k, size_t m) {
  std::vector<double> out(n * m);
  for (size_t i = 0; i < n; ++i) {
    double* row = &out[i * m];
    for (size_t j = 0; j < k; ++j) {
      const double x = a[i * k + j];
      for (size_t c = 0; c < m; ++c) row[c] += x * b[j * m + c];
    }
  }
  return out;
}

std::vector<double> Transposed(const std::vector<double>& a, size_t n) {
  std::vector<double> out(n * n);
  for (size_t i = 0; i < n; ++i) {
    for (size_t j = 0; j < n; ++j) out[j * n + i] = a[i * n + j];
  }
  return out;
}

// rows [n, wide] · by [wide, narrow].
void Map(AlignedVector<float>& rows, const AlignedVector<float>& by, size_t wide, size_t narrow,
         ThreadPool& pool) {
  const size_t n = rows.size() / wide;
  AlignedVector<float> out(n * narrow);
  pool.Run([&](size_t worker) {
    for (size_t p = worker; p < Pieces(n); p += pool.size()) {
      const size_t begin = p * kPiece;
      kernels::Vector().gemm(false, false, std::min(kPiece, n - begin), narrow, wide,
                             &rows[begin * wide], wide, by.data(), narrow, 0, &out[begin * narrow],
                             narrow);
    }
  });
  rows = std::move(out);
}

}  // namespace

// With Gram matrices A of the left and B of the right rows, A = E Λ Eᵀ and R = E √Λ, the products'
// singular values are the roots of the eigenvalues of Rᵀ B R = U S² Uᵀ. The left rows times
// E/√Λ · U √S and the right ones times R · U/√S have the same products; the first columns are those
// that matter most.
void Narrow(AlignedVector<float>& left, std::span<const float> left_weights,
            AlignedVector<float>& right, std::span<const float> right_weights, size_t wide,
            size_t narrow, ThreadPool& pool) {
  const Eigen a = EigenOf(Gram(left, left_weights, wide, pool), wide);
  // Directions that the rounding of the sums makes up are left out.
  const double least = std::max(a.values.back(), 0.0) * 1e-7;
  std::vector<double> root(wide * wide), inverse(wide * wide);  // row j: e √λ and e/√λ
  for (size_t j = 0; j < wide; ++j) {
    const double value = a.values[j] > least ? std::sqrt(a.values[j]) : 0;
    for (size_t i = 0; i < wide; ++i) {
      root[j * wide + i] = a.vectors[j * wide + i] * value;
      inverse[j * wide + i] = value > 0 ? a.vectors[j * wide + i] / value : 0;
    }
  }
  const std::vector<double> b = Gram(right, right_weights, wide, pool);
  const Eigen u = EigenOf(
      Multiply(Multiply(root, b, wide, wide, wide), Transposed(root, wide), wide, wide, wide),
      wide);
  // Eigenvalues ascend: the last are the largest.
  std::vector<double> chosen(u.vectors.end() - static_cast<std::ptrdiff_t>(narrow * wide),
                             u.vectors.end());
  const std::vector<double> of_left = Multiply(chosen, inverse, narrow, wide, wide),
                            of_right = Multiply(chosen, root, narrow, wide, wide);
  AlignedVector<float> by_left(wide * narrow), by_right(wide * narrow);
  for (size_t j = 0; j < narrow; ++j) {
    const double value = std::max(u.values[wide - narrow + j], 0.0);  // S²
    const double scale = std::sqrt(std::sqrt(value));
    for (size_t i = 0; i < wide; ++i) {
      by_left[i * narrow + j] = static_cast<float>(of_left[j * wide + i] * scale);
      by_right[i * narrow + j] = scale > 0 ? static_cast<float>(of_right[j * wide + i] / scale) : 0;
    }
  }
  Map(left, by_left, wide, narrow, pool);
  Map(right, by_right, wide, narrow, pool);
}

}  // namespace duomo::training
