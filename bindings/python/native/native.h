/* What the parts of the extension share. Every function runs with the GIL held unless it says
 * otherwise; those that return PyObject* or int signal a Python exception by NULL or -1. */
#ifndef DUOMO_PYTHON_NATIVE_H_
#define DUOMO_PYTHON_NATIVE_H_

#define PY_SSIZE_T_CLEAN
#include <Python.h>

#include "library.h"

/* ---- arguments.c: errors, buffers, text ---- */

/* Raises duomo.Error's subclass for the status; returns NULL. RaiseBusy and RaiseClosed are the
 * binding's own: a context in use by another thread, an object used after close(). */
PyObject *Raise(duomo_status status, const duomo_error *error);
PyObject *RaiseBusy(const char *what);
PyObject *RaiseClosed(const char *what);
int FindErrors(void); /* imports duomo._errors, once */

/* A contiguous buffer of known element kind. `data` is NULL where None was given. */
typedef struct Array {
  Py_buffer buffer;
  void *data;
  size_t size; /* elements */
} Array;

enum { kInt64 = 'q', kFloat = 'f', kOffset = 'Q', kInt32 = 'i', kDouble = 'd' };

/* None is allowed where `optional`; release in any case (a zeroed Array is fine). */
int GetArray(Array *out, PyObject *object, int kind, int writable, int optional, const char *name);
void ReleaseArray(Array *array);

/* size must be `wanted`; names what is wrong. */
int CheckSize(const char *name, size_t size, size_t wanted);
/* Offsets [rows + 1] ascend from 0 to no more than `values`. The library checks that they ascend,
 * but cannot know how many values there are. */
int CheckOffsets(const char *name, const Array *offsets, size_t rows, size_t values);

/* str objects as C strings: a tuple keeps them alive. None is NULL where `optional`. */
typedef struct Strings {
  PyObject *owner;
  const char **data;
  size_t size;
} Strings;
int GetStrings(Strings *out, PyObject *sequence, int optional, const char *name);
void ReleaseStrings(Strings *strings);

/* Users or items: a tuple of string keys, or an int64 array, or None. `ids` and `keys` are as requests
 * take them: one of them is NULL, and both are for None. */
typedef struct Ids {
  Array array;
  Strings strings;
  const int64_t *ids;
  const char *const *keys;
  size_t size;
} Ids;
int GetIds(Ids *out, PyObject *object, const char *name);
void ReleaseIds(Ids *ids);

/* A str, and a list of str, None where there is no text. */
PyObject *Text(duomo_text text);
PyObject *Texts(const duomo_text *texts, size_t n);

/* The UTF-8 of a str without NUL; lives as long as the str. */
const char *Utf8(PyObject *object, const char *name);

/* ---- model.c ---- */

/* An opened model and, where it was opened from memory, the borrowed bytes. Counted by the Model,
 * its contexts, features and sets, under the GIL. */
typedef struct Handle {
  duomo_model *model;
  Py_buffer bytes; /* obj is NULL where there are none */
  Py_ssize_t references;
  uint64_t item_count, user_count;
  size_t vector_width;
} Handle;
void ReleaseHandle(Handle *handle);

typedef struct ModelObject {
  PyObject_HEAD
  Handle *handle; /* NULL when closed */
} ModelObject;
extern PyTypeObject *model_type;
/* The handle, or NULL with "the model is closed" raised. */
Handle *OpenHandle(PyObject *model);

/* ---- catalogue.c ---- */

/* Methods of Model that are in catalogue.c. */
extern PyMethodDef catalogue_methods[];

/* ---- sets.c ---- */

typedef struct SetObject {
  PyObject_HEAD
  Handle *handle;
  duomo_item_set *set; /* NULL when closed */
} SetObject;
extern PyTypeObject *set_type;

/* Filters and limits with what they point to; release in any case (zeroed ones are fine). */
typedef struct Filters {
  PyObject *owner; /* a tuple: keeps names and values alive */
  Py_ssize_t count;
  duomo_filter *filters;
  Strings *strings;
  Array *integers;
} Filters;
/* filters: of (name, mode, tuple of str, int64 array or (minimum, maximum), flags). */
int GetFilters(Filters *out, PyObject *filters);
void ReleaseFilters(Filters *filters);

/* ---- features.c ---- */

typedef struct FeaturesObject {
  PyObject_HEAD
  Handle *handle;
  duomo_features *features; /* NULL when closed */
  size_t count;
  int busy;
} FeaturesObject;
extern PyTypeObject *features_type;
/* None gives NULL; otherwise the features become busy until EndFeatures. */
int BeginFeatures(FeaturesObject **out, PyObject *object, const char *name);
void EndFeatures(FeaturesObject *features);

/* ---- context.c, search.c ---- */

typedef struct ContextObject {
  PyObject_HEAD
  Handle *handle;
  duomo_context *context; /* NULL when closed */
  Array cancelled;        /* what the library looks at */
  int busy;
} ContextObject;
extern PyTypeObject *context_type;
int BeginContext(ContextObject *context);
void EndContext(ContextObject *context);

/* Methods of Context that are in search.c. */
PyObject *ContextSearch(PyObject *self, PyObject *const *args, Py_ssize_t n);
PyObject *ContextRank(PyObject *self, PyObject *const *args, Py_ssize_t n);

int AddModelType(PyObject *module);
int AddFeaturesType(PyObject *module);
int AddContextType(PyObject *module);
int AddSetType(PyObject *module);

/* PyCFunctionFast as PyMethodDef wants it, without a cast that compilers warn of. */
#define FAST(function) ((PyCFunction)(void (*)(void))(function))

/* Runs `call` (an expression of type duomo_status that may use `error`) without the GIL. */
#define CALL(status, error, call) \
  do {                            \
    Py_BEGIN_ALLOW_THREADS        \
    (status) = (call);            \
    Py_END_ALLOW_THREADS          \
  } while (0)

/* A fixed number of arguments, or an exception. */
int CheckCount(const char *function, Py_ssize_t n, Py_ssize_t wanted);

#endif /* DUOMO_PYTHON_NATIVE_H_ */
