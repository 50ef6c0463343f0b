/* What musl's objects call, by the names that Android's C library has for it. Types and constants are the
 * same in both on 64 bits, or the kernel's; those of threads are held here to the sizes of bionic's
 * pthread_types.h, whose initial values are zeros as well. */
#include <pthread.h>
#include <stddef.h>
#include <string.h>

typedef char Mutex[sizeof(pthread_mutex_t) == 40 ? 1 : -1];
typedef char Condition[sizeof(pthread_cond_t) == 48 ? 1 : -1];
typedef char ReadWriteLock[sizeof(pthread_rwlock_t) == 56 ? 1 : -1];

__attribute__((weak)) int *__errno(void); /* found on the device */
int *__errno_location(void) { return __errno(); }

int bcmp(const void *a, const void *b, size_t size) { return memcmp(a, b, size); }
