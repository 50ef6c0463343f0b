// The portable set: 4 lanes that every compiler maps on what the target has (SSE2, NEON, wasm, or
// plain scalars). For the rule on includes see vector_impl.inc.
#include <stddef.h>
#include <stdint.h>
#if defined(__SSE2__)
#include <emmintrin.h>
#elif defined(__aarch64__)
#include <arm_neon.h>
#elif defined(__wasm_simd128__)
#include <wasm_simd128.h>
#endif

#include "kernels/inline.h"
#include "kernels/vector.h"

namespace duomo::kernels {
namespace {

constexpr int kWidth = 4, kDoubleWidth = 2;
typedef float Floats __attribute__((vector_size(16)));
typedef int32_t Ints __attribute__((vector_size(16)));
typedef double Doubles __attribute__((vector_size(16)));
constexpr int kGemmRows = 4, kGemmVectors = 2, kGemvVectors = 6;
constexpr const char* kName = "portable";

#if defined(__aarch64__)
// Every 64-bit ARM has fused multiply-add.
DUOMO_INLINE Floats Fma(Floats a, Floats b, Floats c) {
  return (Floats)vfmaq_f32((float32x4_t)c, (float32x4_t)a, (float32x4_t)b);
}
DUOMO_INLINE Doubles MulAdd(Doubles a, Doubles b, Doubles c) {
  return (Doubles)vfmaq_f64((float64x2_t)c, (float64x2_t)a, (float64x2_t)b);
}
#else
DUOMO_INLINE Floats Fma(Floats a, Floats b, Floats c) { return a * b + c; }
DUOMO_INLINE Doubles MulAdd(Doubles a, Doubles b, Doubles c) { return a * b + c; }
#endif

DUOMO_INLINE Floats Sqrt(Floats a) {
#if defined(__SSE2__)
  return (Floats)_mm_sqrt_ps((__m128)a);
#elif defined(__aarch64__)
  return (Floats)vsqrtq_f32((float32x4_t)a);
#elif defined(__wasm_simd128__)
  return (Floats)wasm_f32x4_sqrt((v128_t)a);
#else
  return Floats{__builtin_sqrtf(a[0]), __builtin_sqrtf(a[1]), __builtin_sqrtf(a[2]),
                __builtin_sqrtf(a[3])};
#endif
}

// The first `count` < 4 lanes, the others 0.
DUOMO_INLINE Floats LoadPart(const float* p, size_t count) {
  return Floats{count > 0 ? p[0] : 0, count > 1 ? p[1] : 0, count > 2 ? p[2] : 0, 0};
}
DUOMO_INLINE void StorePart(float* p, Floats v, size_t count) {
  if (count > 0) p[0] = v[0];
  if (count > 1) p[1] = v[1];
  if (count > 2) p[2] = v[2];
}
DUOMO_INLINE Doubles Widen(const float* p) {
  return Doubles{static_cast<double>(p[0]), static_cast<double>(p[1])};
}
DUOMO_INLINE Doubles WidenPart(const float* p, size_t count) {
  return Doubles{count > 0 ? static_cast<double>(p[0]) : 0,
                 count > 1 ? static_cast<double>(p[1]) : 0};
}

// kWidth numbers of 16 bits without sign, and of 8 bits with it.
DUOMO_INLINE Ints Shorts(const uint16_t* in) { return Ints{in[0], in[1], in[2], in[3]}; }
DUOMO_INLINE Ints Bytes(const int8_t* in) { return Ints{in[0], in[1], in[2], in[3]}; }

// The second stands on the first.
// clang-format off
#include "kernels/vector_impl.inc"
#include "kernels/gemm_impl.inc"
// clang-format on

}  // namespace

extern const VectorKernels kPortableKernels;
const VectorKernels kPortableKernels = DUOMO_VECTOR_TABLE;

}  // namespace duomo::kernels
