// Chooses the set of vector kernels for this machine. Asks cpuid once; knows no kernel's inside.
#include "kernels/vector.h"

#include "kernels/cpu.h"

namespace duomo::kernels {

extern const VectorKernels kPortableKernels;
#if DUOMO_X86_KERNELS
extern const VectorKernels kAvx2Kernels;
extern const VectorKernels kAvx512Kernels;
#endif

namespace {

struct Sets {
  const VectorKernels* sets[3];
  size_t count = 0;

  Sets() {
    sets[count++] = &kPortableKernels;
#if DUOMO_X86_KERNELS
    const Cpu cpu;
    if (cpu.avx2) sets[count++] = &kAvx2Kernels;
    if (cpu.avx512) sets[count++] = &kAvx512Kernels;
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
