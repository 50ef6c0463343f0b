#include "library.h"

#include <stdio.h>
#include <string.h>

#ifdef _WIN32
#define WIN32_LEAN_AND_MEAN
#include <stdlib.h>
#include <windows.h>
#else
#include <dlfcn.h>
#endif

Library library;

static char problem[512];

/* The system's loader: Open (NULL where it refuses, with the reason in `problem`), Symbol, Close. */
#ifdef _WIN32
static void *Open(const char *path) {
  int size = MultiByteToWideChar(CP_UTF8, MB_ERR_INVALID_CHARS, path, -1, NULL, 0);
  wchar_t *wide = size > 0 ? malloc((size_t)size * sizeof *wide) : NULL;
  HMODULE handle = NULL;
  DWORD why = ERROR_INVALID_NAME;
  if (wide != NULL) {
    MultiByteToWideChar(CP_UTF8, 0, path, -1, wide, size);
    handle = LoadLibraryW(wide);
    why = GetLastError();
    free(wide);
  }
  if (handle == NULL) {
    snprintf(problem, sizeof problem, "cannot load the Duomo library: %s: error %lu of Windows", path,
             (unsigned long)why);
  }
  return (void *)handle;
}

static void *Symbol(void *handle, const char *name) {
  FARPROC found = GetProcAddress((HMODULE)handle, name);
  void *symbol;
  memcpy(&symbol, &found, sizeof symbol);
  return symbol;
}

static void Close(void *handle) { FreeLibrary((HMODULE)handle); }
#else
static void *Open(const char *path) {
  void *handle = dlopen(path, RTLD_NOW | RTLD_LOCAL);
  if (handle == NULL) {
    const char *why = dlerror();
    snprintf(problem, sizeof problem, "cannot load the Duomo library: %s", why ? why : path);
  }
  return handle;
}

static void *Symbol(void *handle, const char *name) { return dlsym(handle, name); }

static void Close(void *handle) { dlclose(handle); }
#endif

static int Find(void *handle, const char *name, void *function, size_t size) {
  void *symbol = Symbol(handle, name);
  if (symbol == NULL) return 0;
  memcpy(function, &symbol, size); /* ISO C has no cast from void* to a function */
  return 1;
}

const char *LoadDuomo(const char *path) {
  Library found;
  void *handle = Open(path);
  if (handle == NULL) return problem;
#define DUOMO_PYTHON_FIND(name)                                                        \
  if (!Find(handle, "duomo_" #name, &found.name, sizeof found.name)) {                 \
    snprintf(problem, sizeof problem, "%s is not a Duomo library that this package can " \
             "use: it has no duomo_" #name, path);                                     \
    Close(handle);                                                                     \
    return problem;                                                                    \
  }
  DUOMO_PYTHON_FUNCTIONS(DUOMO_PYTHON_FIND)
#undef DUOMO_PYTHON_FIND
  library = found; /* and stays loaded: objects call into it until the process ends */
  return NULL;
}
