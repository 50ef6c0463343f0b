#include "training/symmetric.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <numeric>

#include "kernels/vector.h"

namespace duomo::training {
namespace {

constexpr size_t kBlock = 16;  // columns that Cholesky takes at a time

double Dot(const double* a, const double* b, size_t n) {
  return std::inner_product(a, a + n, b, 0.0);
}

// Brings `a` to tridiagonal form: `diagonal`, and `beside` [n], whose entry i couples i with i + 1.
// `a` becomes the transposed product of the reflections: row j is the j-th basis vector.
void Tridiagonalize(std::vector<double>& a, size_t n, std::vector<double>& diagonal,
                    std::vector<double>& beside) {
  std::vector<std::vector<double>> reflections;
  std::vector<double> v(n), p(n);
  for (size_t k = 0; k + 2 < n; ++k) {
    // The reflection that leaves one number of column k below the diagonal.
    double most = 0;
    for (size_t i = k + 1; i < n; ++i) most = std::max(most, std::abs(a[i * n + k]));
    std::fill(v.begin(), v.end(), 0.0);
    beside[k] = a[(k + 1) * n + k];
    if (most > 0) {
      for (size_t i = k + 1; i < n; ++i) v[i] = a[i * n + k] / most;
      double length = std::sqrt(Dot(v.data(), v.data(), n));
      double alpha = v[k + 1] > 0 ? -length : length;
      v[k + 1] -= alpha;
      double norm = std::sqrt(Dot(v.data(), v.data(), n));
      for (double& x : v) x /= norm;
      beside[k] = alpha * most;
      // A ← (I − 2vvᵀ) A (I − 2vvᵀ), on the part that is left.
      for (size_t i = k + 1; i < n; ++i) {
        p[i] = 2 * Dot(&a[i * n + k + 1], &v[k + 1], n - k - 1);
      }
      double along = Dot(&p[k + 1], &v[k + 1], n - k - 1);
      for (size_t i = k + 1; i < n; ++i) p[i] -= along * v[i];
      for (size_t i = k + 1; i < n; ++i) {
        for (size_t j = k + 1; j < n; ++j) a[i * n + j] -= v[i] * p[j] + p[i] * v[j];
      }
    }
    reflections.push_back(v);
  }
  for (size_t i = 0; i < n; ++i) diagonal[i] = a[i * n + i];
  if (n > 1) beside[n - 2] = a[(n - 1) * n + n - 2];
  // Rows: e_jᵀ Hlast … H0, so the last reflection is applied first.
  std::fill(a.begin(), a.end(), 0.0);
  for (size_t i = 0; i < n; ++i) a[i * n + i] = 1;
  for (size_t r = reflections.size(); r-- > 0;) {
    const std::vector<double>& w = reflections[r];
    for (size_t i = r + 1; i < n; ++i) {
      double along = 2 * Dot(&a[i * n + r + 1], &w[r + 1], n - r - 1);
      for (size_t j = r + 1; j < n; ++j) a[i * n + j] -= along * w[j];
    }
  }
}

}  // namespace

Eigen EigenOf(std::vector<double> matrix, size_t n) {
  std::vector<double> d(n), e(n);
  Tridiagonalize(matrix, n, d, e);
  double* rows = matrix.data();
  for (size_t l = 0; l < n; ++l) {
    // Far fewer rounds are needed; the limit keeps a defect from running on.
    for (int round = 0; round < 100; ++round) {
      size_t m = l;
      while (m + 1 < n && std::abs(e[m]) > 1e-16 * (std::abs(d[m]) + std::abs(d[m + 1]))) ++m;
      if (m == l) break;
      double g = (d[l + 1] - d[l]) / (2 * e[l]);
      double r = std::hypot(g, 1.0);
      g = d[m] - d[l] + e[l] / (g + std::copysign(r, g));
      double s = 1, c = 1, p = 0;
      size_t i = m;
      bool cut = false;
      while (i-- > l) {
        double f = s * e[i], b = c * e[i];
        r = std::hypot(f, g);
        e[i + 1] = r;
        if (r == 0) {  // fell apart into two
          d[i + 1] -= p;
          e[m] = 0;
          cut = true;
          break;
        }
        s = f / r;
        c = g / r;
        g = d[i + 1] - p;
        r = (d[i] - g) * s + 2 * c * b;
        p = s * r;
        d[i + 1] = g + p;
        g = c * r - b;
        double *low = rows + i * n, *high = rows + (i + 1) * n;
        for (size_t k = 0; k < n; ++k) {
          double h = high[k];
          high[k] = s * low[k] + c * h;
          low[k] = c * low[k] - s * h;
        }
      }
      if (cut) continue;
      d[l] -= p;
      e[l] = g;
      e[m] = 0;
    }
  }
  std::vector<size_t> order(n);
  std::iota(order.begin(), order.end(), size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](size_t a, size_t b) { return d[a] < d[b]; });
  Eigen out;
  out.vectors.reserve(n * n);
  for (size_t j : order) {
    out.values.push_back(d[j]);
    out.vectors.insert(out.vectors.end(), rows + j * n, rows + (j + 1) * n);
  }
  return out;
}

void UnitCholesky::Solve(float* a, size_t n, float* b) {
  const kernels::VectorKernels& k = kernels::Vector();
  panel_.resize(n * kBlock);
  float inverse[kBlock * kBlock];
  double factor[kBlock][kBlock];
  for (size_t begin = 0; begin < n; begin += kBlock) {
    size_t width = std::min(kBlock, n - begin), end = begin + width;
    float* diagonal = a + begin * n + begin;
    // What the columns before have to say; this leaves minus the rest.
    float sign = begin > 0 ? -1.0f : 1.0f;
    if (begin > 0) {
      k.gemm(false, true, n - begin, width, begin, a + begin * n, n, a + begin * n, n, -1, diagonal,
             n);
    }
    for (size_t i = 0; i < width; ++i) {
      for (size_t j = 0; j <= i; ++j) {
        double rest = double{sign} * double{diagonal[i * n + j]};
        for (size_t p = 0; p < j; ++p) rest -= factor[i][p] * factor[j][p];
        factor[i][j] = i == j ? std::sqrt(std::max(rest, 1.0)) : rest / factor[j][j];
      }
    }
    for (size_t i = 0; i < width; ++i) {
      for (size_t j = 0; j <= i; ++j) diagonal[i * n + j] = static_cast<float>(factor[i][j]);
    }
    if (end == n) break;
    // The rows below times the block's inverse, transposed.
    std::fill_n(inverse, kBlock * kBlock, 0.0f);
    for (size_t j = 0; j < width; ++j) {
      double column[kBlock] = {};
      for (size_t i = j; i < width; ++i) {
        double rest = i == j ? 1 : 0;
        for (size_t p = j; p < i; ++p) rest -= factor[i][p] * column[p];
        column[i] = rest / factor[i][i];
        inverse[i * kBlock + j] = sign * static_cast<float>(column[i]);
      }
    }
    for (size_t i = end; i < n; ++i) {
      std::memcpy(&panel_[(i - end) * kBlock], a + i * n + begin, width * sizeof(float));
    }
    k.gemm(false, true, n - end, width, width, panel_.data(), kBlock, inverse, kBlock, 0,
           a + end * n + begin, n);
  }
  for (size_t i = 0; i < n; ++i) {
    b[i] = static_cast<float>((double{b[i]} - k.dot(a + i * n, b, i)) / double{a[i * n + i]});
  }
  for (size_t i = n; i-- > 0;) {
    b[i] /= a[i * n + i];
    k.axpy(-b[i], a + i * n, b, i);
  }
}

}  // namespace duomo::training
