// The instruction sets that the processor and the operating system support, by cpuid. The
// compilers' __builtin_cpu_supports() needs their run-time library, and its names differ between
// compilers.
#pragma once

#if DUOMO_X86_KERNELS
#include <cpuid.h>
#elif DUOMO_ARM_KERNELS && defined(__linux__)
#include <sys/auxv.h>
#elif DUOMO_ARM_KERNELS && defined(__APPLE__)
#include <sys/sysctl.h>
#endif

namespace duomo::kernels {

// Made once; constant afterwards.
struct Cpu {
  bool avx2 = false;    // with fma and f16c
  bool avx512 = false;  // f, bw, dq and vl
  bool vnni = false;    // of 512 bits

#if DUOMO_X86_KERNELS
  Cpu() {
    unsigned a = 0, b = 0, c = 0, d = 0, c1 = 0;
    if (__get_cpuid(1, &a, &b, &c1, &d) == 0 || !Has(c1, 27)) return;  // 27: xgetbv is there
    unsigned saved = 0, high = 0;  // the registers that the system saves
    __asm__("xgetbv" : "=a"(saved), "=d"(high) : "c"(0));
    if ((saved & 0x6) != 0x6 || __get_cpuid_count(7, 0, &a, &b, &c, &d) == 0) return;
    avx2 = Has(c1, 28) && Has(c1, 12) && Has(c1, 29) && Has(b, 5);  // avx, fma, f16c, avx2
    if ((saved & 0xe6) != 0xe6) return;
    avx512 = avx2 && Has(b, 16) && Has(b, 30) && Has(b, 17) && Has(b, 31);  // f, bw, dq, vl
    vnni = avx512 && Has(c, 11);
  }

 private:
  static bool Has(unsigned bits, unsigned bit) { return (bits >> bit & 1) != 0; }
#endif
};

#if DUOMO_ARM_KERNELS
inline bool HasDotProduct() {
#if defined(__linux__)
  return (getauxval(AT_HWCAP) >> 20 & 1) != 0;  // ASIMDDP
#elif defined(__APPLE__)
  int has = 0;
  size_t size = sizeof(has);
  return sysctlbyname("hw.optional.arm.FEAT_DotProd", &has, &size, nullptr, 0) == 0 && has != 0;
#else
  return false;
#endif
}
#endif

}  // namespace duomo::kernels
