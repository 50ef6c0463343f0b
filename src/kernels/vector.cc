// Chooses the set of vector kernels for this machine. Asks cpuid once; knows no kernel's inside.
#include "kernels/vector.h"

#if DUOMO_X86_KERNELS
#include <cpuid.h>
#endif

namespace duomo::kernels {

extern const VectorKernels kPortableKernels;
#if DUOMO_X86_KERNELS
extern const VectorKernels kAvx2Kernels;
extern const VectorKernels kAvx512Kernels;
#endif

namespace {

#if DUOMO_X86_KERNELS
// By hand: not every compiler's __builtin_cpu_supports() knows the name.
bool HasF16c() {
  unsigned a = 0, b = 0, c = 0, d = 0;
  return __get_cpuid(1, &a, &b, &c, &d) != 0 && (c & bit_F16C) != 0;
}
#endif

struct Sets {
  const VectorKernels* sets[3];
  size_t count = 0;

  Sets() {
    sets[count++] = &kPortableKernels;
#if DUOMO_X86_KERNELS
    // Also asks whether the operating system saves the wide registers.
    __builtin_cpu_init();
    if (!__builtin_cpu_supports("avx2") || !__builtin_cpu_supports("fma") || !HasF16c()) {
      return;
    }
    sets[count++] = &kAvx2Kernels;
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
        __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl")) {
      sets[count++] = &kAvx512Kernels;
    }
#endif
  }
};

const Sets& Available() {
  static const Sets sets;
  return sets;
}

}  // namespace

const VectorKernels& Vector() { return *Available().sets[Available().count - 1]; }

std::span<const VectorKernels* const> AllVector() { return {Available().sets, Available().count}; }

}  // namespace duomo::kernels
