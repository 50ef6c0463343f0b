// Screening on 16 bytes at a time: SSE2, NEON, WebAssembly's SIMD128, or plain integers. For the rule on includes see
// vector_impl.inc.
#include <stddef.h>
#include <stdint.h>
#if defined(__SSE2__)
#include <emmintrin.h>
#elif defined(__ARM_NEON)
#include <arm_neon.h>
#elif defined(__wasm_simd128__)
#include <wasm_simd128.h>
#endif

#include "kernels/screen.h"

namespace duomo::kernels {
namespace {

constexpr int kParts = 4;
#if defined(__aarch64__)
constexpr int kQueriesTogether = 8;  // of 32 registers; SSE2 has 16 and needs them for one query
#else
constexpr int kQueriesTogether = 1;
#endif
typedef float Floats __attribute__((vector_size(16)));
typedef int32_t Ints __attribute__((vector_size(16)));
typedef int16_t Shorts __attribute__((vector_size(16)));
typedef uint8_t Bytes __attribute__((vector_size(16)));
constexpr const char* kName = "portable";
constexpr bool kSigned = true;

#define DUOMO_INLINE static inline __attribute__((always_inline))

DUOMO_INLINE Floats Splat(float x) { return x - Floats{}; }
DUOMO_INLINE Bytes LoadBytes(const uint8_t* p) {
  Bytes x;
  __builtin_memcpy(&x, p, sizeof(x));
  return x;
}
DUOMO_INLINE Bytes SplatQuad(const int8_t* p) {
  int32_t quad;
  __builtin_memcpy(&quad, p, sizeof(quad));
  return (Bytes)(Ints{} + quad);
}

// sum[i] + Σ c[4i+j]·q[4i+j]: signed bytes, each product and each pair of them within 16 bits.
DUOMO_INLINE Ints AddSigned(Ints sum, Bytes c, Bytes q) {
#if defined(__SSE2__)
  auto products = [](__m128i a, __m128i b) { return _mm_madd_epi16(a, b); };
  __m128i x = (__m128i)c, y = (__m128i)q, zero = _mm_setzero_si128();
  // A byte in the upper half of 16 bits, shifted down with its sign.
  __m128i low = products(_mm_srai_epi16(_mm_unpacklo_epi8(zero, x), 8),
                         _mm_srai_epi16(_mm_unpacklo_epi8(zero, y), 8));
  __m128i high = products(_mm_srai_epi16(_mm_unpackhi_epi8(zero, x), 8),
                          _mm_srai_epi16(_mm_unpackhi_epi8(zero, y), 8));
  __m128i even = (__m128i)_mm_shuffle_ps((__m128)low, (__m128)high, _MM_SHUFFLE(2, 0, 2, 0));
  __m128i odd = (__m128i)_mm_shuffle_ps((__m128)low, (__m128)high, _MM_SHUFFLE(3, 1, 3, 1));
  return sum + (Ints)even + (Ints)odd;
#elif defined(__aarch64__)
  int8x16_t x = (int8x16_t)c, y = (int8x16_t)q;
  int32x4_t low = vpaddlq_s16(vmull_s8(vget_low_s8(x), vget_low_s8(y)));
  int32x4_t high = vpaddlq_s16(vmull_s8(vget_high_s8(x), vget_high_s8(y)));
  return sum + (Ints)vpaddq_s32(low, high);
#elif defined(__ARM_NEON)
  int8x16_t x = (int8x16_t)c, y = (int8x16_t)q;
  int32x4_t low = vpaddlq_s16(vmull_s8(vget_low_s8(x), vget_low_s8(y)));
  int32x4_t high = vpaddlq_s16(vmull_s8(vget_high_s8(x), vget_high_s8(y)));
  return sum + (Ints)vcombine_s32(vpadd_s32(vget_low_s32(low), vget_high_s32(low)),
                                  vpadd_s32(vget_low_s32(high), vget_high_s32(high)));
#elif defined(__wasm_simd128__)
  v128_t x = (v128_t)c, y = (v128_t)q;
  v128_t low = wasm_i32x4_dot_i16x8(wasm_i16x8_extend_low_i8x16(x), wasm_i16x8_extend_low_i8x16(y));
  v128_t high =
      wasm_i32x4_dot_i16x8(wasm_i16x8_extend_high_i8x16(x), wasm_i16x8_extend_high_i8x16(y));
  return sum + (Ints)wasm_i32x4_shuffle(low, high, 0, 2, 4, 6) +
         (Ints)wasm_i32x4_shuffle(low, high, 1, 3, 5, 7);
#else
  for (int i = 0; i < 16; ++i) sum[i / 4] += (int8_t)c[i] * (int8_t)q[i];
  return sum;
#endif
}
DUOMO_INLINE Ints AddBytes(Ints sum, Bytes items, Bytes query) {
  return AddSigned(sum, items ^ 0x80, query);
}
DUOMO_INLINE Ints AddNibbles(Ints sum, Bytes items, Bytes query) {
  return AddSigned(sum, items, query);
}
DUOMO_INLINE Bytes LowNibbles(Bytes x) { return x & 15; }
DUOMO_INLINE Bytes HighNibbles(Bytes x) { return x >> 4; }

DUOMO_INLINE Floats Bf16(const uint8_t* p) {
  uint16_t in[4];
  __builtin_memcpy(in, p, sizeof(in));
  return (Floats)(Ints{in[0], in[1], in[2], in[3]} << 16);
}
DUOMO_INLINE Floats ToFloats(Ints x) { return __builtin_convertvector(x, Floats); }
DUOMO_INLINE Floats Sanitize(Floats x) {
  const Floats infinity = Splat(__builtin_inff());
  return x < infinity ? x : infinity;
}
DUOMO_INLINE unsigned Above(Floats x, float threshold) {
  Ints above = ~(Ints)(x <= Splat(threshold));
#if defined(__SSE2__)
  return (unsigned)_mm_movemask_ps((__m128)above);
#elif defined(__wasm_simd128__)
  return (unsigned)wasm_i32x4_bitmask((v128_t)above);
#else
  const Ints weights = {1, 2, 4, 8};
  Ints bits = above & weights;
  return (unsigned)(bits[0] | bits[1] | bits[2] | bits[3]);
#endif
}

DUOMO_INLINE int32_t Fold(Ints sum) { return sum[0] + sum[1] + sum[2] + sum[3]; }

constexpr int kNumbers = 2;
DUOMO_INLINE unsigned NumbersWithin(const double* p, double least, double most) {
#if defined(__SSE2__)
  __m128d x = _mm_loadu_pd(p);
  __m128d from = _mm_cmpge_pd(x, _mm_set1_pd(least)), to = _mm_cmple_pd(x, _mm_set1_pd(most));
  return (unsigned)_mm_movemask_pd(_mm_and_pd(from, to));
#else
  return (unsigned)((p[0] >= least) & (p[0] <= most)) |
         (unsigned)((p[1] >= least) & (p[1] <= most)) << 1;
#endif
}
// One comparison for both ends: below `least` the difference wraps around.
DUOMO_INLINE unsigned IntegersWithin(const int64_t* p, int64_t least, int64_t most) {
  const uint64_t from = (uint64_t)least, width = (uint64_t)most - from;
  return (unsigned)((uint64_t)p[0] - from <= width) |
         (unsigned)((uint64_t)p[1] - from <= width) << 1;
}

#include "kernels/screen_impl.inc"

}  // namespace

extern const ScreenKernels kPortableScreen;
const ScreenKernels kPortableScreen = DUOMO_SCREEN_TABLE;

}  // namespace duomo::kernels
