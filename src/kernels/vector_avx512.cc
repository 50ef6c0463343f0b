// The AVX-512 set (F, BW, DQ, VL); compiled with those flags, entered only after cpuid
// (vector.cc). For the rule on includes see vector_impl.inc.
#include <immintrin.h>
#include <stddef.h>
#include <stdint.h>

#include "kernels/inline.h"
#include "kernels/vector.h"

namespace duomo::kernels {
namespace {

constexpr int kWidth = 16, kDoubleWidth = 8;
typedef float Floats __attribute__((vector_size(64)));
typedef int32_t Ints __attribute__((vector_size(64)));
typedef double Doubles __attribute__((vector_size(64)));
// 24 of the 32 registers accumulate; 8 rows alone keep both multipliers busy in narrow tails.
constexpr int kGemmRows = 8, kGemmVectors = 3, kGemvVectors = 8;
constexpr const char* kName = "avx512";

DUOMO_INLINE Floats Fma(Floats a, Floats b, Floats c) {
  return (Floats)_mm512_fmadd_ps((__m512)a, (__m512)b, (__m512)c);
}
DUOMO_INLINE Doubles MulAdd(Doubles a, Doubles b, Doubles c) {
  return (Doubles)_mm512_fmadd_pd((__m512d)a, (__m512d)b, (__m512d)c);
}
// The maskz form with every lane: GCC 12 warns inside its own header about the plain one.
DUOMO_INLINE Floats Sqrt(Floats a) {
  return (Floats)_mm512_maskz_sqrt_ps((__mmask16)0xffff, (__m512)a);
}

// The first `count` < 16 lanes, the others 0; masked lanes are never read.
DUOMO_INLINE __mmask16 Mask(size_t count) { return (__mmask16)((1u << count) - 1); }
DUOMO_INLINE Floats LoadPart(const float* p, size_t count) {
  return (Floats)_mm512_maskz_loadu_ps(Mask(count), p);
}
DUOMO_INLINE void StorePart(float* p, Floats v, size_t count) {
  _mm512_mask_storeu_ps(p, Mask(count), (__m512)v);
}
DUOMO_INLINE Doubles ToDoubles(__m256 v) {
  return (Doubles)_mm512_maskz_cvtps_pd((__mmask8)0xff, v);
}
DUOMO_INLINE Doubles Widen(const float* p) { return ToDoubles(_mm256_loadu_ps(p)); }
DUOMO_INLINE Doubles WidenPart(const float* p, size_t count) {
  return ToDoubles(_mm256_maskz_loadu_ps((__mmask8)((1u << count) - 1), p));
}

// kWidth numbers of 16 bits without sign, and of 8 bits with it.
DUOMO_INLINE Ints Shorts(const uint16_t* in) {
  return (Ints)_mm512_maskz_cvtepu16_epi32((__mmask16)0xffff,
                                           _mm256_loadu_si256((const __m256i*)in));
}
DUOMO_INLINE Ints Bytes(const int8_t* in) {
  return (Ints)_mm512_maskz_cvtepi8_epi32((__mmask16)0xffff, _mm_loadu_si128((const __m128i*)in));
}
#define DUOMO_HALVES 1
DUOMO_INLINE Floats Halves(const uint16_t* in) {
  return (Floats)_mm512_maskz_cvtph_ps((__mmask16)0xffff, _mm256_loadu_si256((const __m256i*)in));
}

// The second stands on the first.
// clang-format off
#include "kernels/vector_impl.inc"
#include "kernels/gemm_impl.inc"
// clang-format on

}  // namespace

extern const VectorKernels kAvx512Kernels;
const VectorKernels kAvx512Kernels = DUOMO_VECTOR_TABLE;

}  // namespace duomo::kernels
