// One dense layer's arithmetic on our own kernels: the portable backend, and oneDNN's where ours is
// the faster. Knows no oneDNN.
#pragma once

#include <cstddef>

#include "kernels/vector.h"

namespace duomo::kernels {

// As DenseLayer::Forward.
void PortableForward(const float* weight, const float* bias, size_t in, size_t units,
                     Activation activation, const float* x, size_t x_stride, float* y,
                     size_t y_stride, size_t rows);
// As DenseLayer::Add.
void PortableAdd(const float* weight, size_t in, size_t units, Activation activation,
                 const float* x, size_t x_stride, float* y, size_t rows);

}  // namespace duomo::kernels
