// Arithmetic on plain float arrays, one implementation an instruction set, chosen at run time.
// Knows no model. Every function is pure; any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace duomo::kernels {

// Same values as model::Activation.
enum class Activation : int32_t { kIdentity = 0, kTanh = 1, kSigmoid = 2, kRelu = 3 };

struct AdamStep {
  float learning_rate;  // with both bias corrections folded in: lr·√(1−β₂ᵗ)/(1−β₁ᵗ)
  float beta1, beta2;
  float epsilon;
  float decay;  // decoupled weight decay times learning rate; 0: none
};

// Several Adam steps without gradient at once: what they subtract from w is m/D·Σⱼ moments[j]·qʲ
// with D = √v + epsilon and q = √v / D, because √v hardly falls while m lasts
// (training/missed_steps.h).
struct AdamMissed {
  static constexpr size_t kMostTerms = 12;
  float decay;         // the part of w that decoupled decay takes
  float beta1, beta2;  // to the power of the number of steps
  float epsilon;
  size_t terms;  // at least 1
  float moments[kMostTerms];
};

struct VectorKernels {
  const char* name;  // "portable", "avx2", "avx512", "neon"

  // Σ a[i]·b[i] in double with one fixed order: 16 lanes, lane i%16 takes element i in ascending
  // order, lanes folded 16→8→4→2→1 by adding the upper half to the lower. A product of two floats
  // is exact in double, so the bits are the same on every instruction set, with or without FMA.
  double (*dot)(const float* a, const float* b, size_t n);
  // out[r] = dot(q, rows + r·n, n) for `count` rows; the same bits.
  void (*dots)(const float* q, const float* rows, size_t n, size_t count, double* out);

  // In place. tanh and sigmoid are within 4 ulp + 1e-7 of the true value, monotone saturation.
  void (*activate)(Activation activation, float* x, size_t n);
  // gradient[i] *= activation'(x), expressed by the activation's output y[i].
  void (*activate_backward)(Activation activation, const float* y, float* gradient, size_t n);

  // One Adam step over n parameters (Kingma and Ba 2015, epsilon outside the root):
  // m = β₁m+(1−β₁)g, v = β₂v+(1−β₂)g², w −= decay·w + lr·m/(√v+ε). g == nullptr: all zero.
  void (*adam)(const AdamStep& step, const float* g, float* m, float* v, float* w, size_t n);

  // out[i] += a·x[i].
  void (*axpy)(float a, const float* x, float* out, size_t n);
  // out[i] = a·x[i] in double, rounded once: the same bits on every set.
  void (*scale)(double a, const float* x, float* out, size_t n);
  // out[i] = the sum of rows[r][i] over all r < count, in order; count ≥ 1.
  void (*sum_rows)(const float* const* rows, size_t count, float* out, size_t n);

  // The greatest of x[0 … n−1]; −∞ for none. NaN may be passed over.
  float (*maximum)(const float* x, size_t n);
  // x[i] = e^(x[i] − base), 0 below e^−60, for x[i] ≤ base + 80; returns their sum. For softmax.
  double (*exponentials)(float base, float* x, size_t n);
  // y = gain·(x − mean)/√(variance + 1e-5) + shift over n ≥ 1 numbers (Ba, Kiros and Hinton 2016).
  void (*normalize)(const float* x, const float* gain, const float* shift, float* y, size_t n);
  // The same, backward: dx = the gradient by x, where dy is that by y; adds to dgain and dshift.
  void (*normalize_backward)(const float* x, const float* gain, const float* dy, float* dx,
                             float* dgain, float* dshift, size_t n);

  // out[i] = the number that in[i] stands for: exact for halves (f16) and for the upper halves of
  // floats (bf16), NaN made quiet; scale·in[i], rounded once, for bytes. The same bits on every
  // set.
  void (*widen_f16)(const uint16_t* in, float* out, size_t n);
  void (*widen_bf16)(const uint16_t* in, float* out, size_t n);
  void (*widen_i8)(const int8_t* in, float scale, float* out, size_t n);

  // Row-major C[m,n] = op(A)·op(B) + beta·C, op transposing where asked; strides in floats.
  void (*gemm)(bool transpose_a, bool transpose_b, size_t m, size_t n, size_t k, const float* a,
               size_t lda, const float* b, size_t ldb, float beta, float* c, size_t ldc);

  // Several Adam steps without gradient.
  void (*adam_missed)(const AdamMissed& missed, float* m, float* v, float* w, size_t n);
};

// The fastest set that this machine runs; chosen once, immutable.
const VectorKernels& Vector();
// Every set that this machine runs, the portable one first; for tests.
std::span<const VectorKernels* const> AllVector();

}  // namespace duomo::kernels
