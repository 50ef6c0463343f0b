/* ItemSet, and filters. Sets are immutable: any number of calls may use one at once, each with a
 * reference of its own. */
#include "native.h"

#include <string.h>

PyTypeObject *set_type;

static int GetFilter(Filters *out, Py_ssize_t i) {
  PyObject *values;
  int mode;
  unsigned int flags;
  duomo_filter filter = DUOMO_FILTER_INIT;
  PyObject *one = PyTuple_GetItem(out->owner, i);
  if (!PyArg_ParseTuple(one, "siOI", &filter.input, &mode, &values, &flags)) return -1;
  filter.mode = mode;
  filter.flags = flags;
  if (mode == DUOMO_RANGE) {
    if (!PyArg_ParseTuple(values, "dd", &filter.minimum, &filter.maximum)) return -1;
  } else if (PyTuple_Check(values)) {
    if (GetStrings(&out->strings[i], values, 0, filter.input) != 0) return -1;
    filter.value_count = out->strings[i].size;
    if (filter.value_count > 0) filter.strings = out->strings[i].data;
  } else {
    if (GetArray(&out->integers[i], values, kInt64, 0, 0, filter.input) != 0) return -1;
    filter.integers = out->integers[i].data;
    filter.value_count = out->integers[i].size;
  }
  out->filters[i] = filter;
  return 0;
}

int GetFilters(Filters *out, PyObject *filters) {
  memset(out, 0, sizeof *out);
  out->owner = PySequence_Tuple(filters);
  if (out->owner == NULL) return -1;
  size_t n = (size_t)PyTuple_Size(out->owner);
  if (n == 0) return 0;
  out->count = (Py_ssize_t)n;
  out->filters = PyMem_Calloc(n, sizeof *out->filters);
  out->strings = PyMem_Calloc(n, sizeof *out->strings);
  out->integers = PyMem_Calloc(n, sizeof *out->integers);
  if (!out->filters || !out->strings || !out->integers) return PyErr_NoMemory(), -1;
  for (Py_ssize_t i = 0; i < out->count; ++i) {
    if (GetFilter(out, i) != 0) return -1;
  }
  return 0;
}

void ReleaseFilters(Filters *filters) {
  for (Py_ssize_t i = 0; i < filters->count; ++i) {
    if (filters->strings) ReleaseStrings(&filters->strings[i]);
    if (filters->integers) ReleaseArray(&filters->integers[i]);
  }
  PyMem_Free(filters->filters);
  PyMem_Free(filters->strings);
  PyMem_Free(filters->integers);
  Py_XDECREF(filters->owner);
  memset(filters, 0, sizeof *filters);
}

static PyObject *Own(Handle *handle, duomo_item_set *set) {
  SetObject *self = (SetObject *)((allocfunc)PyType_GetSlot(set_type, Py_tp_alloc))(set_type, 0);
  if (self == NULL) return library.item_set_release(set), NULL;
  ++handle->references;
  self->handle = handle;
  self->set = set;
  return (PyObject *)self;
}

/* ItemSet(model, ids or keys or None, filters): of the filters where it is None. */
static PyObject *New(PyTypeObject *type, PyObject *args, PyObject *kwargs) {
  PyObject *model, *list, *where;
  Ids ids = {0};
  Filters filters = {0};
  duomo_item_set *made = NULL;
  duomo_error error = DUOMO_ERROR_INIT;
  duomo_status status = DUOMO_OK;
  (void)type, (void)kwargs;
  if (!PyArg_ParseTuple(args, "O!OO", model_type, &model, &list, &where)) return NULL;
  Handle *handle = OpenHandle(model);
  if (handle == NULL) return NULL;
  ++handle->references; /* the GIL is released meanwhile */
  if (GetIds(&ids, list, "items") == 0 && GetFilters(&filters, where) == 0) {
    if (list != Py_None) {
      CALL(status, error,
           library.item_set_from_ids(&made, handle->model, ids.ids, ids.keys, ids.size, &error));
    } else {
      CALL(status, error, library.item_set_from_filters(&made, handle->model, filters.filters,
                                                        (size_t)filters.count, &error));
    }
  }
  ReleaseIds(&ids);
  ReleaseFilters(&filters);
  PyObject *self = NULL;
  if (!PyErr_Occurred()) self = status == DUOMO_OK ? Own(handle, made) : Raise(status, &error);
  ReleaseHandle(handle);
  return self;
}

static duomo_item_set *Get(PyObject *object) {
  duomo_item_set *set = ((SetObject *)object)->set;
  if (set == NULL) RaiseClosed("this set");
  return set;
}

/* combine(mode, other or None) -> ItemSet */
static PyObject *Combine(PyObject *object, PyObject *args) {
  int mode;
  PyObject *other;
  duomo_error error = DUOMO_ERROR_INIT;
  if (!PyArg_ParseTuple(args, "iO", &mode, &other)) return NULL;
  const duomo_item_set *sets[2] = {Get(object), NULL};
  if (sets[0] == NULL) return NULL;
  if (other != Py_None) {
    if (!PyObject_TypeCheck(other, set_type)) {
      PyErr_Format(PyExc_TypeError, "expected an ItemSet, not %R", (PyObject *)Py_TYPE(other));
      return NULL;
    }
    if ((sets[1] = Get(other)) == NULL) return NULL;
  }
  duomo_item_set *made = NULL;
  duomo_status status =
      library.item_set_combine(&made, mode, sets, other == Py_None ? 1 : 2, &error);
  return status == DUOMO_OK ? Own(((SetObject *)object)->handle, made) : Raise(status, &error);
}

static PyObject *Count(PyObject *object, PyObject *unused) {
  (void)unused;
  duomo_item_set *set = Get(object);
  return set ? PyLong_FromUnsignedLongLong(library.item_set_count(set)) : NULL;
}

static PyObject *Contains(PyObject *object, PyObject *item) {
  duomo_item_set *set = Get(object);
  if (set == NULL) return NULL;
  int64_t id = PyLong_AsLongLong(item);
  if (id == -1 && PyErr_Occurred()) return NULL;
  return PyBool_FromLong(library.item_set_contains(set, id));
}

/* which(out int32, ids): 1 for each id that is in the set, else 0. */
static PyObject *Which(PyObject *object, PyObject *args) {
  PyObject *out, *list;
  Array wanted = {0}, ids = {0};
  duomo_item_set *set = Get(object);
  if (set == NULL || !PyArg_ParseTuple(args, "OO", &out, &list)) return NULL;
  if (GetArray(&wanted, out, kInt32, 1, 0, "out") == 0 &&
      GetArray(&ids, list, kInt64, 0, 0, "ids") == 0 &&
      CheckSize("out", wanted.size, ids.size) == 0) {
    for (size_t i = 0; i < ids.size; ++i) {
      ((int32_t *)wanted.data)[i] = library.item_set_contains(set, ((int64_t *)ids.data)[i]);
    }
  }
  ReleaseArray(&wanted);
  ReleaseArray(&ids);
  if (PyErr_Occurred()) return NULL;
  Py_RETURN_NONE;
}

static PyObject *Close(PyObject *object, PyObject *unused) {
  SetObject *self = (SetObject *)object;
  (void)unused;
  duomo_item_set *set = self->set;
  Handle *handle = self->handle;
  self->set = NULL;
  self->handle = NULL;
  library.item_set_release(set);
  ReleaseHandle(handle);
  Py_RETURN_NONE;
}

static void Free(PyObject *object) {
  PyTypeObject *type = Py_TYPE(object);
  library.item_set_release(((SetObject *)object)->set);
  ReleaseHandle(((SetObject *)object)->handle);
  ((freefunc)PyType_GetSlot(type, Py_tp_free))(object);
  Py_DECREF(type);
}

static PyMethodDef methods[] = {{"combine", Combine, METH_VARARGS, NULL},
                                {"count", Count, METH_NOARGS, NULL},
                                {"contains", Contains, METH_O, NULL},
                                {"which", Which, METH_VARARGS, NULL},
                                {"close", Close, METH_NOARGS, NULL},
                                {NULL, NULL, 0, NULL}};

static PyType_Slot slots[] = {{Py_tp_new, (void *)New},
                              {Py_tp_dealloc, (void *)Free},
                              {Py_tp_methods, (void *)methods},
                              {0, NULL}};

static PyType_Spec spec = {"duomo._native.ItemSet", sizeof(SetObject), 0, Py_TPFLAGS_DEFAULT, slots};

int AddSetType(PyObject *module) {
  set_type = (PyTypeObject *)PyType_FromSpec(&spec);
  if (set_type == NULL) return -1;
  Py_INCREF((PyObject *)set_type);
  return PyModule_AddObject(module, "ItemSet", (PyObject *)set_type);
}
