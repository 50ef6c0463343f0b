// Screening with AVX2; compiled with that flag, entered only after cpuid (screen.cc). For the rule
// on includes see vector_impl.inc.
#include <immintrin.h>
#include <stddef.h>
#include <stdint.h>

#include "kernels/inline.h"
#include "kernels/screen.h"

namespace duomo::kernels {
namespace {

constexpr int kParts = 2, kQueriesTogether = 8;
typedef float Floats __attribute__((vector_size(32)));
typedef int32_t Ints __attribute__((vector_size(32)));
typedef __m256i Bytes;
constexpr const char* kName = "avx2";
constexpr bool kSigned = true;

DUOMO_INLINE Floats Splat(float x) { return x - Floats{}; }
DUOMO_INLINE Bytes LoadBytes(const uint8_t* p) { return _mm256_loadu_si256((const __m256i*)p); }
DUOMO_INLINE Bytes SplatQuad(const int8_t* p) {
  int32_t quad;
  __builtin_memcpy(&quad, p, sizeof(quad));
  return _mm256_set1_epi32(quad);
}
DUOMO_INLINE Ints AddPairs(Ints sum, __m256i pairs) {
  return sum + (Ints)_mm256_madd_epi16(pairs, _mm256_set1_epi16(1));
}
// vpmaddubsw adds two products with saturation: 2·255·127 would not fit, |c| times the query with
// the sign of c does.
DUOMO_INLINE Ints AddBytes(Ints sum, Bytes items, Bytes query) {
  Bytes c = _mm256_xor_si256(items, _mm256_set1_epi8((char)0x80));
  return AddPairs(sum, _mm256_maddubs_epi16(_mm256_abs_epi8(c), _mm256_sign_epi8(query, c)));
}
DUOMO_INLINE Ints AddNibbles(Ints sum, Bytes items, Bytes query) {
  return AddPairs(sum, _mm256_maddubs_epi16(items, query));
}
DUOMO_INLINE Bytes LowNibbles(Bytes x) { return _mm256_and_si256(x, _mm256_set1_epi8(15)); }
DUOMO_INLINE Bytes HighNibbles(Bytes x) { return LowNibbles(_mm256_srli_epi32(x, 4)); }
DUOMO_INLINE Floats Bf16(const uint8_t* p) {
  __m256i wide = _mm256_cvtepu16_epi32(_mm_loadu_si128((const __m128i*)p));
  return (Floats)_mm256_slli_epi32(wide, 16);
}
DUOMO_INLINE Floats ToFloats(Ints x) { return __builtin_convertvector(x, Floats); }
// The second operand where one is not a number.
DUOMO_INLINE Floats Sanitize(Floats x) {
  return (Floats)_mm256_min_ps((__m256)x, (__m256)Splat(__builtin_inff()));
}
DUOMO_INLINE unsigned Above(Floats x, float threshold) {
  return (unsigned)_mm256_movemask_ps(
      _mm256_cmp_ps((__m256)x, (__m256)Splat(threshold), _CMP_NLE_UQ));
}

DUOMO_INLINE int32_t Fold(Ints sum) {
  __m256i y = (__m256i)sum;
  __m128i z = _mm_add_epi32(_mm256_castsi256_si128(y), _mm256_extracti128_si256(y, 1));
  z = _mm_add_epi32(z, _mm_shuffle_epi32(z, 0x4e));
  return _mm_cvtsi128_si32(_mm_add_epi32(z, _mm_shuffle_epi32(z, 0xb1)));
}

constexpr int kNumbers = 4;
DUOMO_INLINE unsigned NumbersWithin(const double* p, double least, double most) {
  __m256d x = _mm256_loadu_pd(p);
  __m256d from = _mm256_cmp_pd(x, _mm256_set1_pd(least), _CMP_GE_OQ);
  __m256d to = _mm256_cmp_pd(x, _mm256_set1_pd(most), _CMP_LE_OQ);
  return (unsigned)_mm256_movemask_pd(_mm256_and_pd(from, to));
}
DUOMO_INLINE unsigned IntegersWithin(const int64_t* p, int64_t least, int64_t most) {
  __m256i x = _mm256_loadu_si256((const __m256i*)p);
  __m256i below = _mm256_cmpgt_epi64(_mm256_set1_epi64x(least), x);
  __m256i above = _mm256_cmpgt_epi64(x, _mm256_set1_epi64x(most));
  return 15u & ~(unsigned)_mm256_movemask_pd((__m256d)_mm256_or_si256(below, above));
}

#include "kernels/screen_impl.inc"

}  // namespace

extern const ScreenKernels kAvx2Screen;
const ScreenKernels kAvx2Screen = DUOMO_SCREEN_TABLE;

}  // namespace duomo::kernels
