// What the files of all instruction sets ask of the compiler, which clang and g++ both understand.
#pragma once

// Never a function of its own: two files would each have one, and the linker keeps any
// (vector_impl.inc).
#define DUOMO_INLINE static inline __attribute__((always_inline))
// Before a loop over registers, whose count is a constant: -O2 would keep them in memory. -O3 would
// not, but unrolls and peels the loops over data as well, for a third more code and no speed.
#define DUOMO_UNROLL _Pragma("GCC unroll 16")
