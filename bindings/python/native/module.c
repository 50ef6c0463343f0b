/* duomo._native: the part of the package that is C. It checks what could hurt the process (types,
 * lengths, offsets, concurrent use) and leaves convenience to Python. */
#include "native.h"

static PyObject *Load(PyObject *self, PyObject *path) {
  (void)self;
  const char *name = Utf8(path, "path");
  if (name == NULL) return NULL;
  const char *problem = LoadDuomo(name);
  if (problem == NULL) Py_RETURN_NONE;
  PyErr_SetString(PyExc_ImportError, problem);
  return NULL;
}

static PyObject *Version(PyObject *self, PyObject *unused) {
  (void)self, (void)unused;
  if (library.version == NULL) Py_RETURN_NONE; /* nothing is loaded yet */
  return PyUnicode_FromString(library.version());
}

static PyObject *BuildInfo(PyObject *self, PyObject *unused) {
  (void)self, (void)unused;
  if (library.build_info == NULL) Py_RETURN_NONE;
  return PyUnicode_FromString(library.build_info());
}

static PyObject *IdOfKey(PyObject *self, PyObject *key) {
  (void)self;
  const char *text = Utf8(key, "key");
  if (text == NULL) return NULL;
  if (library.id_of_string == NULL) {
    PyErr_SetString(PyExc_RuntimeError, "no Duomo library is loaded");
    return NULL;
  }
  return PyLong_FromLongLong(library.id_of_string(text));
}

static PyMethodDef functions[] = {{"load", Load, METH_O, NULL},
                                  {"version", Version, METH_NOARGS, NULL},
                                  {"build_info", BuildInfo, METH_NOARGS, NULL},
                                  {"id_of_key", IdOfKey, METH_O, NULL},
                                  {NULL, NULL, 0, NULL}};

static struct PyModuleDef definition = {
    PyModuleDef_HEAD_INIT, "_native", NULL, -1, functions, NULL, NULL, NULL, NULL};

PyMODINIT_FUNC PyInit__native(void) {
  PyObject *module = PyModule_Create(&definition);
  if (module == NULL) return NULL;
  if (FindErrors() == 0 && AddModelType(module) == 0 && AddFeaturesType(module) == 0 &&
      AddContextType(module) == 0 && AddSetType(module) == 0) {
    return module;
  }
  Py_DECREF(module);
  return NULL;
}
