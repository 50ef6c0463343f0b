/* Android's name for musl's: programs that load the library for phones bring it along. */
#include <errno.h>

__attribute__((visibility("default"))) int* __errno(void);
int* __errno(void) { return &errno; }
