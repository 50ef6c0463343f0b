/* What musl's objects call, by the names that Android's C library has for it. (Types, constants and
 * calls of the kernel are the same in both on 64 bits: README.md of tests/cross.) */
#include <stddef.h>
#include <string.h>

__attribute__((weak)) int* __errno(void); /* found on the device */
int* __errno_location(void) { return __errno(); }

int bcmp(const void* a, const void* b, size_t size) { return memcmp(a, b, size); }
