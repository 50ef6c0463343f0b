// Chooses the screening kernels for this machine, as vector.cc does for the others.
#include "kernels/screen.h"

#include "kernels/cpu.h"

namespace duomo::kernels {

extern const ScreenKernels kPortableScreen;
#if DUOMO_X86_KERNELS
extern const ScreenKernels kAvx2Screen;
extern const ScreenKernels kAvx512Screen;
#endif

namespace {

struct Sets {
  const ScreenKernels* sets[3];
  size_t count = 0;

  Sets() {
    sets[count++] = &kPortableScreen;
#if DUOMO_X86_KERNELS
    const Cpu cpu;
    if (cpu.avx2) sets[count++] = &kAvx2Screen;
    if (cpu.vnni) sets[count++] = &kAvx512Screen;
#endif
  }
};

const Sets& Available() {
  static const Sets sets;
  return sets;
}

}  // namespace

const ScreenKernels& Screen() { return *Available().sets[Available().count - 1]; }

std::span<const ScreenKernels* const> AllScreen() { return {Available().sets, Available().count}; }

}  // namespace duomo::kernels
