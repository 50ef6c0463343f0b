// Screening with AVX-512 and its byte products (VNNI); compiled with those flags, entered only
// after cpuid (screen.cc). For the rule on includes see vector_impl.inc.
#include <immintrin.h>
#include <stddef.h>
#include <stdint.h>

#include "kernels/inline.h"
#include "kernels/screen.h"

namespace duomo::kernels {
namespace {

constexpr int kParts = 1, kQueriesTogether = 8;
typedef float Floats __attribute__((vector_size(64)));
typedef int32_t Ints __attribute__((vector_size(64)));
typedef __m512i Bytes;
constexpr const char* kName = "avx512";
constexpr bool kSigned = false;

DUOMO_INLINE Floats Splat(float x) { return x - Floats{}; }
DUOMO_INLINE Bytes LoadBytes(const uint8_t* p) { return _mm512_loadu_si512(p); }
DUOMO_INLINE Bytes SplatQuad(const int8_t* p) {
  int32_t quad;
  __builtin_memcpy(&quad, p, sizeof(quad));
  return _mm512_set1_epi32(quad);
}
DUOMO_INLINE Ints AddBytes(Ints sum, Bytes items, Bytes query) {
  return (Ints)_mm512_dpbusd_epi32((__m512i)sum, items, query);
}
DUOMO_INLINE Ints AddNibbles(Ints sum, Bytes items, Bytes query) {
  return AddBytes(sum, items, query);
}
DUOMO_INLINE Bytes LowNibbles(Bytes x) { return _mm512_and_si512(x, _mm512_set1_epi8(15)); }
DUOMO_INLINE Bytes HighNibbles(Bytes x) {
  // The maskz form: GCC 12 warns inside its own header about the plain one.
  return LowNibbles(_mm512_maskz_srli_epi32((__mmask16)0xffff, x, 4));
}
DUOMO_INLINE Floats Bf16(const uint8_t* p) {
  __m512i wide =
      _mm512_maskz_cvtepu16_epi32((__mmask16)0xffff, _mm256_loadu_si256((const __m256i*)p));
  return (Floats)_mm512_maskz_slli_epi32((__mmask16)0xffff, wide, 16);
}
DUOMO_INLINE Floats ToFloats(Ints x) { return __builtin_convertvector(x, Floats); }
// The second operand where one is not a number.
DUOMO_INLINE Floats Sanitize(Floats x) {
  return (Floats)_mm512_maskz_min_ps((__mmask16)0xffff, (__m512)x, (__m512)Splat(__builtin_inff()));
}
DUOMO_INLINE unsigned Above(Floats x, float threshold) {
  return _mm512_cmp_ps_mask((__m512)x, (__m512)Splat(threshold), _CMP_NLE_UQ);
}

DUOMO_INLINE int32_t Fold(Ints sum) {
  typedef int32_t Half __attribute__((vector_size(32)));
  Half halves[2];
  __builtin_memcpy(halves, &sum, sizeof(sum));
  __m256i y = (__m256i)(halves[0] + halves[1]);
  __m128i z = _mm_add_epi32(_mm256_castsi256_si128(y), _mm256_extracti128_si256(y, 1));
  z = _mm_add_epi32(z, _mm_shuffle_epi32(z, 0x4e));
  return _mm_cvtsi128_si32(_mm_add_epi32(z, _mm_shuffle_epi32(z, 0xb1)));
}

constexpr int kNumbers = 8;
DUOMO_INLINE unsigned NumbersWithin(const double* p, double least, double most) {
  __m512d x = _mm512_loadu_pd(p);
  __mmask8 from = _mm512_cmp_pd_mask(x, _mm512_set1_pd(least), _CMP_GE_OQ);
  return _mm512_mask_cmp_pd_mask(from, x, _mm512_set1_pd(most), _CMP_LE_OQ);
}
DUOMO_INLINE unsigned IntegersWithin(const int64_t* p, int64_t least, int64_t most) {
  __m512i x = _mm512_loadu_si512(p);
  __mmask8 from = _mm512_cmpge_epi64_mask(x, _mm512_set1_epi64(least));
  return _mm512_mask_cmple_epi64_mask(from, x, _mm512_set1_epi64(most));
}

#include "kernels/screen_impl.inc"

}  // namespace

extern const ScreenKernels kAvx512Screen;
const ScreenKernels kAvx512Screen = DUOMO_SCREEN_TABLE;

}  // namespace duomo::kernels
