#include "retrieval/spectrum.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "core/narrow.h"
#include "core/random.h"
#include "core/sort.h"
#include "kernels/vector.h"
#include "runtime/widen.h"

namespace duomo::retrieval {
namespace {

constexpr size_t kBlock = 256;

// Σ x·xᵀ of the sampled vectors, [width, width].
std::vector<double> Moments(const model::Rows& vectors, uint64_t most) {
  const kernels::VectorKernels& k = kernels::Vector();
  size_t width = ToSize(vectors.width);
  std::vector<double> out(Times(width, width));
  AlignedVector<float> block(Times(kBlock, width)), sums(out.size()), buffer;
  uint64_t samples = std::min<uint64_t>(vectors.count, most);
  for (uint64_t begin = 0; begin < samples; begin += kBlock) {
    size_t count = ToSize(std::min<uint64_t>(kBlock, samples - begin)), used = 0;
    for (size_t i = 0; i < count; ++i) {
      uint64_t row = (begin + i) * vectors.count / samples;
      const float* x = runtime::FloatsOf(vectors, row, 1, buffer);
      double norm = std::sqrt(k.dot(x, x, width));
      if (!(norm > 0) || !std::isfinite(norm)) continue;
      for (size_t j = 0; j < width; ++j) block[used * width + j] = static_cast<float>(x[j] / norm);
      ++used;
    }
    if (used == 0) continue;
    k.gemm(true, false, width, width, used, block.data(), width, block.data(), width, 0.0f,
           sums.data(), width);
    for (size_t i = 0; i < sums.size(); ++i) out[i] += double{sums[i]};
  }
  return out;
}

double Dot(const double* a, const double* b, size_t n) {
  return std::inner_product(a, a + n, b, 0.0);
}

// Makes the rows orthonormal, one after the other, twice against rounding. A row that has nothing
// of its own becomes 0.
void Orthonormalize(std::vector<double>& rows, size_t count, size_t width) {
  for (size_t i = 0; i < count; ++i) {
    double* x = rows.data() + i * width;
    double before = std::sqrt(Dot(x, x, width));
    for (int pass = 0; pass < 2; ++pass) {
      for (size_t j = 0; j < i; ++j) {
        const double* y = rows.data() + j * width;
        double along = Dot(x, y, width);
        for (size_t d = 0; d < width; ++d) x[d] -= along * y[d];
      }
    }
    double norm = std::sqrt(Dot(x, x, width));
    double factor = norm > 1e-12 * before && norm > 0 ? 1 / norm : 0;
    for (size_t d = 0; d < width; ++d) x[d] *= factor;
  }
}

}  // namespace

Spectrum SpectrumOf(const model::Rows& vectors, size_t most, const SpectrumOptions& o) {
  Spectrum out;
  size_t width = out.width = ToSize(vectors.width);
  most = std::min(most, width);
  std::vector<double> moments = Moments(vectors, o.samples);
  double total = 0;
  for (size_t i = 0; i < width; ++i) total += moments[i * width + i];

  Random random(1);
  std::vector<double> axes(most * width), next(most * width);
  for (double& x : axes) x = random.Normal();
  Orthonormalize(axes, most, width);
  std::vector<double> energy(most);
  for (size_t round = 0; round < o.rounds; ++round) {
    for (size_t i = 0; i < most; ++i) {
      for (size_t d = 0; d < width; ++d) {
        next[i * width + d] = Dot(moments.data() + d * width, axes.data() + i * width, width);
      }
      energy[i] = Dot(next.data() + i * width, axes.data() + i * width, width);
    }
    if (round + 1 == o.rounds) break;
    axes.swap(next);
    Orthonormalize(axes, most, width);
  }
  std::vector<size_t> order(most);
  std::iota(order.begin(), order.end(), size_t{0});
  SortSmall(order, [&](size_t a, size_t b) {  // equals keep their order
    return energy[a] > energy[b] || (energy[a] == energy[b] && a < b);
  });
  out.left_out.push_back(total > 0 ? 1 : 0);
  double left = total;
  for (size_t i : order) {
    for (size_t d = 0; d < width; ++d) {
      out.axes.push_back(static_cast<float>(axes[i * width + d]));
    }
    left = std::max(0.0, left - energy[i]);
    out.left_out.push_back(total > 0 ? left / total : 0);
  }
  return out;
}

double SpectrumWork(const model::Rows& vectors, size_t most, const SpectrumOptions& o) {
  auto width = static_cast<double>(vectors.width),
       axes = std::min(static_cast<double>(most), width);
  auto samples = static_cast<double>(std::min<uint64_t>(vectors.count, o.samples));
  // The moments are a product of matrices, which makes at least eight at a time.
  return samples * width * width / 8 +
         static_cast<double>(o.rounds) * axes * width * (width + 2 * axes);
}

}  // namespace duomo::retrieval
