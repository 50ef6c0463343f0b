// Dense layers and products on oneDNN. Only onednn*.cc use that library (dnnl::), and only builds
// with DUOMO_ONEDNN have this header.
#pragma once

#include <cstddef>
#include <memory>

#include "kernels/dense.h"

namespace duomo::kernels {

std::unique_ptr<DenseLayer> CreateOneDnnLayer(const float* weight, const float* bias, size_t in,
                                              size_t units, Activation activation);
void OneDnnGemm(bool transpose_a, bool transpose_b, size_t m, size_t n, size_t k, const float* a,
                size_t lda, const float* b, size_t ldb, float beta, float* c, size_t ldc);
const char* OneDnnVersionText();

}  // namespace duomo::kernels
