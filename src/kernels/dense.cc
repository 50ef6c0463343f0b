// Dense layers on Duomo's own kernels, and the choice between them and oneDNN.
#include "kernels/dense.h"

#include <cstring>

#include "core/error.h"
#include "kernels/portable_layer.h"
#if DUOMO_HAVE_ONEDNN
#include "kernels/onednn.h"
#endif

namespace duomo::kernels {
namespace {

class PortableLayer : public DenseLayer {
 public:
  PortableLayer(const float* weight, const float* bias, size_t in, size_t units,
                Activation activation)
      : weight_(weight), bias_(bias), in_(in), units_(units), activation_(activation) {}

  void Forward(const float* x, size_t x_stride, float* y, size_t y_stride, size_t rows,
               Scratch&) const override {
    PortableForward(weight_, bias_, in_, units_, activation_, x, x_stride, y, y_stride, rows);
  }
  void Add(const float* x, size_t x_stride, float* y, size_t rows) const override {
    PortableAdd(weight_, in_, units_, activation_, x, x_stride, y, rows);
  }

 private:
  const float* weight_;
  const float* bias_;
  size_t in_, units_;
  Activation activation_;
};

}  // namespace

void PortableForward(const float* weight, const float* bias, size_t in, size_t units,
                     Activation activation, const float* x, size_t x_stride, float* y,
                     size_t y_stride, size_t rows) {
  const VectorKernels& k = Vector();
  for (size_t i = 0; i < rows; ++i) std::memcpy(y + i * y_stride, bias, units * sizeof(float));
  k.gemm(false, false, rows, units, in, x, x_stride, weight, units, 1, y, y_stride);
  if (y_stride == units) {
    k.activate(activation, y, rows * units);
  } else {
    for (size_t i = 0; i < rows; ++i) k.activate(activation, y + i * y_stride, units);
  }
}

void PortableAdd(const float* weight, size_t in, size_t units, Activation activation,
                 const float* x, size_t x_stride, float* y, size_t rows) {
  const VectorKernels& k = Vector();
  k.gemm(false, false, rows, units, in, x, x_stride, weight, units, 1, y, units);
  k.activate(activation, y, rows * units);
}

#if DUOMO_HAVE_ONEDNN

bool HasOneDnn() { return true; }
const char* OneDnnVersion() { return OneDnnVersionText(); }

std::unique_ptr<DenseLayer> DenseLayer::Create(Backend backend, const float* weight,
                                               const float* bias, size_t in, size_t units,
                                               Activation activation) {
  if (backend == Backend::kPortable) {
    return std::make_unique<PortableLayer>(weight, bias, in, units, activation);
  }
  return CreateOneDnnLayer(weight, bias, in, units, activation);
}

void Gemm(bool transpose_a, bool transpose_b, size_t m, size_t n, size_t k, const float* a,
          size_t lda, const float* b, size_t ldb, float beta, float* c, size_t ldc) {
  OneDnnGemm(transpose_a, transpose_b, m, n, k, a, lda, b, ldb, beta, c, ldc);
}

#else

bool HasOneDnn() { return false; }
const char* OneDnnVersion() { return ""; }

std::unique_ptr<DenseLayer> DenseLayer::Create(Backend backend, const float* weight,
                                               const float* bias, size_t in, size_t units,
                                               Activation activation) {
  if (backend == Backend::kOneDnn) {
    Fail(Status::kUnsupported,
         "this build of Duomo has no oneDNN (DUOMO_ONEDNN=OFF); use the default backend");
  }
  return std::make_unique<PortableLayer>(weight, bias, in, units, activation);
}

void Gemm(bool transpose_a, bool transpose_b, size_t m, size_t n, size_t k, const float* a,
          size_t lda, const float* b, size_t ldb, float beta, float* c, size_t ldc) {
  Vector().gemm(transpose_a, transpose_b, m, n, k, a, lda, b, ldb, beta, c, ldc);
}

#endif

}  // namespace duomo::kernels
