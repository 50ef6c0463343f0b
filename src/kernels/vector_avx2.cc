// The AVX2 + FMA set; compiled with those flags, entered only after cpuid (vector.cc). For the
// rule on includes see vector_impl.inc.
#include <immintrin.h>
#include <stddef.h>
#include <stdint.h>

#include "kernels/inline.h"
#include "kernels/vector.h"

namespace duomo::kernels {
namespace {

constexpr int kWidth = 8, kDoubleWidth = 4;
typedef float Floats __attribute__((vector_size(32)));
typedef int32_t Ints __attribute__((vector_size(32)));
typedef double Doubles __attribute__((vector_size(32)));
// 12 accumulators, 3 loads and a broadcast fill the 16 registers.
constexpr int kGemmRows = 4, kGemmVectors = 3, kGemvVectors = 8;
constexpr const char* kName = "avx2";

DUOMO_INLINE Floats Fma(Floats a, Floats b, Floats c) {
  return (Floats)_mm256_fmadd_ps((__m256)a, (__m256)b, (__m256)c);
}
DUOMO_INLINE Doubles MulAdd(Doubles a, Doubles b, Doubles c) {
  return (Doubles)_mm256_fmadd_pd((__m256d)a, (__m256d)b, (__m256d)c);
}
DUOMO_INLINE Floats Sqrt(Floats a) { return (Floats)_mm256_sqrt_ps((__m256)a); }

alignas(32) const int32_t kMasks[16] = {-1, -1, -1, -1, -1, -1, -1, -1, 0, 0, 0, 0, 0, 0, 0, 0};

// The first `count` < 8 lanes, the others 0; masked lanes are never read.
DUOMO_INLINE __m256i Mask(size_t count) {
  return _mm256_loadu_si256((const __m256i*)(kMasks + 8 - count));
}
DUOMO_INLINE Floats LoadPart(const float* p, size_t count) {
  return (Floats)_mm256_maskload_ps(p, Mask(count));
}
DUOMO_INLINE void StorePart(float* p, Floats v, size_t count) {
  _mm256_maskstore_ps(p, Mask(count), (__m256)v);
}
DUOMO_INLINE Doubles Widen(const float* p) { return (Doubles)_mm256_cvtps_pd(_mm_loadu_ps(p)); }
DUOMO_INLINE Doubles WidenPart(const float* p, size_t count) {
  __m128i mask = _mm_loadu_si128((const __m128i*)(kMasks + 8 - count));
  return (Doubles)_mm256_cvtps_pd(_mm_maskload_ps(p, mask));
}

// kWidth numbers of 16 bits without sign, and of 8 bits with it.
DUOMO_INLINE Ints Shorts(const uint16_t* in) {
  return (Ints)_mm256_cvtepu16_epi32(_mm_loadu_si128((const __m128i*)in));
}
DUOMO_INLINE Ints Bytes(const int8_t* in) {
  return (Ints)_mm256_cvtepi8_epi32(_mm_loadl_epi64((const __m128i*)in));
}
#define DUOMO_HALVES 1
DUOMO_INLINE Floats Halves(const uint16_t* in) {
  return (Floats)_mm256_cvtph_ps(_mm_loadu_si128((const __m128i*)in));
}

// The second stands on the first.
// clang-format off
#include "kernels/vector_impl.inc"
#include "kernels/gemm_impl.inc"
// clang-format on

}  // namespace

extern const VectorKernels kAvx2Kernels;
const VectorKernels kAvx2Kernels = DUOMO_VECTOR_TABLE;

}  // namespace duomo::kernels
