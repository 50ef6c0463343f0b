// Screening with the dot products that 64-bit ARM has since 2017 or so; entered only where the
// processor has them (screen.cc). For the rule on includes see vector_impl.inc.
#if defined(__clang__)
#pragma clang attribute push(__attribute__((target("dotprod"))), apply_to = function)
#else
#pragma GCC target("arch=armv8.2-a+dotprod")
#endif
#include <arm_neon.h>
#include <stddef.h>
#include <stdint.h>

#include "kernels/inline.h"
#include "kernels/screen.h"

#define DUOMO_DOT_PRODUCT 1

namespace duomo::kernels {
namespace {

constexpr const char* kName = "dot";

#include "kernels/screen_16.inc"

}  // namespace

extern const ScreenKernels kDotScreen;
const ScreenKernels kDotScreen = DUOMO_SCREEN_TABLE;

}  // namespace duomo::kernels
#if defined(__clang__)
#pragma clang attribute pop
#endif
