#include "library.h"

#include <dlfcn.h>
#include <stdio.h>
#include <string.h>

Library library;

static char problem[512];

static int Find(void *handle, const char *name, void *function, size_t size) {
  void *symbol = dlsym(handle, name);
  if (symbol == NULL) return 0;
  memcpy(function, &symbol, size); /* ISO C has no cast from void* to a function */
  return 1;
}

const char *LoadLibrary(const char *path) {
  Library found;
  void *handle = dlopen(path, RTLD_NOW | RTLD_LOCAL);
  if (handle == NULL) {
    const char *why = dlerror();
    snprintf(problem, sizeof problem, "cannot load the Duomo library: %s", why ? why : path);
    return problem;
  }
#define DUOMO_PYTHON_FIND(name)                                                        \
  if (!Find(handle, "duomo_" #name, &found.name, sizeof found.name)) {                 \
    snprintf(problem, sizeof problem, "%s is not a Duomo library that this package can " \
             "use: it has no duomo_" #name, path);                                     \
    dlclose(handle);                                                                   \
    return problem;                                                                    \
  }
  DUOMO_PYTHON_FUNCTIONS(DUOMO_PYTHON_FIND)
#undef DUOMO_PYTHON_FIND
  library = found; /* and stays loaded: objects call into it until the process ends */
  return NULL;
}
