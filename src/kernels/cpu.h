// What the processor and the operating system together can do, asked of cpuid: compilers' own
// __builtin_cpu_supports() is missing where their run-time library is, and knows other names in each.
#pragma once

#if DUOMO_X86_KERNELS
#include <cpuid.h>
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

}  // namespace duomo::kernels
