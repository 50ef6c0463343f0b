/* Features: raw features of users, items or pairs. Every setter takes the input's name and one
 * value a row; what the library copies may change afterwards. */
#include "native.h"

PyTypeObject *features_type;

int BeginFeatures(FeaturesObject **out, PyObject *object, const char *name) {
  *out = NULL;
  if (object == Py_None) return 0;
  if (!PyObject_TypeCheck(object, features_type)) {
    PyErr_Format(PyExc_TypeError, "%s: expected features, not %R", name, (PyObject *)Py_TYPE(object));
    return -1;
  }
  FeaturesObject *features = (FeaturesObject *)object;
  if (features->features == NULL) return RaiseClosed("this Features"), -1;
  if (features->busy) return RaiseBusy("this Features"), -1;
  features->busy = 1;
  *out = features;
  return 0;
}

void EndFeatures(FeaturesObject *features) {
  if (features != NULL) features->busy = 0;
}

/* Features(model, scope, count) */
static PyObject *New(PyTypeObject *type, PyObject *args, PyObject *kwargs) {
  PyObject *model;
  int scope;
  Py_ssize_t count;
  (void)kwargs;
  if (!PyArg_ParseTuple(args, "O!in", model_type, &model, &scope, &count)) return NULL;
  Handle *handle = OpenHandle(model);
  if (handle == NULL) return NULL;
  if (count < 0) return PyErr_SetString(PyExc_ValueError, "count: negative"), NULL;
  duomo_features *made = NULL;
  duomo_error error = DUOMO_ERROR_INIT;
  duomo_status status =
      library.features_create(&made, handle->model, scope, (size_t)count, &error);
  if (status != DUOMO_OK) return Raise(status, &error);
  FeaturesObject *self =
      (FeaturesObject *)((allocfunc)PyType_GetSlot(type, Py_tp_alloc))(type, 0);
  if (self == NULL) return library.features_release(made), NULL;
  ++handle->references;
  self->handle = handle;
  self->features = made;
  self->count = (size_t)count;
  return (PyObject *)self;
}

static void Free(PyObject *object) {
  PyTypeObject *type = Py_TYPE(object);
  FeaturesObject *self = (FeaturesObject *)object;
  library.features_release(self->features);
  ReleaseHandle(self->handle);
  ((freefunc)PyType_GetSlot(type, Py_tp_free))(object);
  Py_DECREF(type);
}

static PyObject *Close(PyObject *object, PyObject *unused) {
  FeaturesObject *self = (FeaturesObject *)object;
  (void)unused;
  if (self->busy) return RaiseBusy("this Features");
  duomo_features *features = self->features;
  Handle *handle = self->handle;
  self->features = NULL;
  self->handle = NULL;
  library.features_release(features);
  ReleaseHandle(handle);
  Py_RETURN_NONE;
}

static PyObject *Finish(FeaturesObject *self, duomo_status status, const duomo_error *error) {
  EndFeatures(self);
  if (PyErr_Occurred()) return NULL;
  if (status != DUOMO_OK) return Raise(status, error);
  Py_RETURN_NONE;
}

/* integers(name, values) and numbers(name, values): one value a row. */
static PyObject *SetValues(PyObject *object, PyObject *args, int kind) {
  const char *name;
  PyObject *list;
  FeaturesObject *self;
  Array values;
  duomo_error error = DUOMO_ERROR_INIT;
  duomo_status status = DUOMO_OK;
  if (!PyArg_ParseTuple(args, "sO", &name, &list)) return NULL;
  if (BeginFeatures(&self, object, "features") != 0) return NULL;
  if (GetArray(&values, list, kind, 0, 0, name) == 0) {
    if (CheckSize(name, values.size, self->count) == 0) {
      if (kind == kFloat) {
        CALL(status, error,
             library.features_set_numbers(self->features, name, values.data, &error));
      } else {
        CALL(status, error,
             library.features_set_integers(self->features, name, values.data, &error));
      }
    }
    ReleaseArray(&values);
  }
  return Finish(self, status, &error);
}
static PyObject *SetIntegers(PyObject *self, PyObject *args) { return SetValues(self, args, kInt64); }
static PyObject *SetNumbers(PyObject *self, PyObject *args) { return SetValues(self, args, kFloat); }

/* strings(name, sequence of str or None) */
static PyObject *SetStrings(PyObject *object, PyObject *args) {
  const char *name;
  PyObject *list;
  FeaturesObject *self;
  Strings strings;
  duomo_error error = DUOMO_ERROR_INIT;
  duomo_status status = DUOMO_OK;
  if (!PyArg_ParseTuple(args, "sO", &name, &list)) return NULL;
  if (BeginFeatures(&self, object, "features") != 0) return NULL;
  if (GetStrings(&strings, list, 1, name) == 0) {
    if (CheckSize(name, strings.size, self->count) == 0) {
      CALL(status, error, library.features_set_strings(self->features, name, strings.data, &error));
    }
    ReleaseStrings(&strings);
  }
  return Finish(self, status, &error);
}

/* integer_lists(name, offsets, values) */
static PyObject *SetIntegerLists(PyObject *object, PyObject *args) {
  const char *name;
  PyObject *starts, *list;
  FeaturesObject *self;
  Array offsets, values = {0};
  duomo_error error = DUOMO_ERROR_INIT;
  duomo_status status = DUOMO_OK;
  if (!PyArg_ParseTuple(args, "sOO", &name, &starts, &list)) return NULL;
  if (BeginFeatures(&self, object, "features") != 0) return NULL;
  if (GetArray(&offsets, starts, kOffset, 0, 0, name) == 0 &&
      GetArray(&values, list, kInt64, 0, 0, name) == 0 &&
      CheckOffsets(name, &offsets, self->count, values.size) == 0) {
    CALL(status, error, library.features_set_integer_lists(self->features, name, offsets.data,
                                                           values.data, &error));
  }
  ReleaseArray(&offsets);
  ReleaseArray(&values);
  return Finish(self, status, &error);
}

/* string_lists(name, offsets, sequence of str) */
static PyObject *SetStringLists(PyObject *object, PyObject *args) {
  const char *name;
  PyObject *starts, *list;
  FeaturesObject *self;
  Array offsets;
  Strings values = {0};
  duomo_error error = DUOMO_ERROR_INIT;
  duomo_status status = DUOMO_OK;
  if (!PyArg_ParseTuple(args, "sOO", &name, &starts, &list)) return NULL;
  if (BeginFeatures(&self, object, "features") != 0) return NULL;
  if (GetArray(&offsets, starts, kOffset, 0, 0, name) == 0 &&
      GetStrings(&values, list, 0, name) == 0 &&
      CheckOffsets(name, &offsets, self->count, values.size) == 0) {
    CALL(status, error, library.features_set_string_lists(self->features, name, offsets.data,
                                                          values.data, &error));
  }
  ReleaseArray(&offsets);
  ReleaseStrings(&values);
  return Finish(self, status, &error);
}

/* strict(bool) */
static PyObject *SetStrict(PyObject *object, PyObject *value) {
  FeaturesObject *self;
  duomo_error error = DUOMO_ERROR_INIT;
  int strict = PyObject_IsTrue(value);
  if (strict < 0 || BeginFeatures(&self, object, "features") != 0) return NULL;
  return Finish(self, library.features_set_strict(self->features, strict, &error), &error);
}

static PyMethodDef methods[] = {{"close", Close, METH_NOARGS, NULL},
                                {"strict", SetStrict, METH_O, NULL},
                                {"integers", SetIntegers, METH_VARARGS, NULL},
                                {"strings", SetStrings, METH_VARARGS, NULL},
                                {"numbers", SetNumbers, METH_VARARGS, NULL},
                                {"integer_lists", SetIntegerLists, METH_VARARGS, NULL},
                                {"string_lists", SetStringLists, METH_VARARGS, NULL},
                                {NULL, NULL, 0, NULL}};

static PyType_Slot slots[] = {{Py_tp_new, (void *)New},
                              {Py_tp_dealloc, (void *)Free},
                              {Py_tp_methods, (void *)methods},
                              {0, NULL}};

static PyType_Spec spec = {"duomo._native.Features", sizeof(FeaturesObject), 0, Py_TPFLAGS_DEFAULT,
                           slots};

int AddFeaturesType(PyObject *module) {
  features_type = (PyTypeObject *)PyType_FromSpec(&spec);
  if (features_type == NULL) return -1;
  Py_INCREF((PyObject *)features_type);
  return PyModule_AddObject(module, "Features", (PyObject *)features_type);
}
