// Screening with what every processor of a kind has. For the rule on includes see vector_impl.inc.
#include <stddef.h>
#include <stdint.h>
#if defined(__SSE2__)
#include <emmintrin.h>
#elif defined(__ARM_NEON)
#include <arm_neon.h>
#elif defined(__wasm_simd128__)
#include <wasm_simd128.h>
#endif

#include "kernels/inline.h"
#include "kernels/screen.h"

namespace duomo::kernels {
namespace {

constexpr const char* kName = "portable";

#include "kernels/screen_16.inc"

}  // namespace

extern const ScreenKernels kPortableScreen;
const ScreenKernels kPortableScreen = DUOMO_SCREEN_TABLE;

}  // namespace duomo::kernels
