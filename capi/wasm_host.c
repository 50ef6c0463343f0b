/* What the C library of emscripten would ask of a host to end it: signals, and a process. Neither is
 * there; a module that cannot go on traps, and its host gets an exception. */
#include <stdlib.h>

_Noreturn void abort(void) { __builtin_trap(); }
_Noreturn void _Exit(int status) {
  (void)status;
  __builtin_trap();
}
_Noreturn void exit(int status) { _Exit(status); }
