// Dense layers for the towers, on oneDNN or on Duomo's own kernels. Knows no model.
#pragma once

#include <cstddef>
#include <memory>
#include <span>

#include "core/array.h"
#include "kernels/vector.h"

namespace duomo::kernels {

enum class Backend { kDefault = 0, kOneDnn = 1, kPortable = 2 };
bool HasOneDnn();             // compiled in
const char* OneDnnVersion();  // "2.6.3", or "" without it

// Memory that a layer needs while it runs; belongs to a context, grows and is kept. One thread.
class Scratch {
 public:
  std::byte* Get(size_t size) {
    if (buffer_.size() < size) buffer_.resize(size);
    return buffer_.data();
  }

 private:
  AlignedVector<std::byte> buffer_;
};

// y = activation(x·W + b). Immutable to its users; any thread. What is expensive (primitives,
// repacked weights) is made on first use of a batch size's bucket and kept.
class DenseLayer {
 public:
  // weight [in, units] row-major and bias [units] must outlive the layer. Throws
  // Error(kUnsupported) where the backend is not compiled in.
  static std::unique_ptr<DenseLayer> Create(Backend backend, const float* weight, const float* bias,
                                            size_t in, size_t units, Activation activation);
  virtual ~DenseLayer() = default;
  // x [rows, in] with stride x_stride, y [rows, units] with stride y_stride, in floats. x and y do
  // not overlap.
  virtual void Forward(const float* x, size_t x_stride, float* y, size_t y_stride, size_t rows,
                       Scratch& scratch) const = 0;
  // y = activation(y + x·W): y holds what is added instead of b. y is [rows, units] without gaps.
  virtual void Add(const float* x, size_t x_stride, float* y, size_t rows) const = 0;
};

// Row-major C[m,n] = op(A)·op(B) + beta·C as VectorKernels::gemm, on oneDNN's sgemm where it is
// compiled in, on one thread. For training.
void Gemm(bool transpose_a, bool transpose_b, size_t m, size_t n, size_t k, const float* a,
          size_t lda, const float* b, size_t ldb, float beta, float* c, size_t ldc);

}  // namespace duomo::kernels
