/* Model's look-ups in bulk: keys, titles, values of inputs, metadata, attributes. */
#include "native.h"

/* ids_of_keys(out, scope, keys): -1 for those that the model does not know. */
static PyObject *IdsOfKeys(PyObject *self, PyObject *args) {
  PyObject *out, *list;
  int scope;
  Array ids = {0};
  Strings keys = {0};
  duomo_error error = DUOMO_ERROR_INIT;
  duomo_status status = DUOMO_OK;
  Handle *handle = OpenHandle(self);
  if (handle == NULL || !PyArg_ParseTuple(args, "OiO", &out, &scope, &list)) return NULL;
  if (GetStrings(&keys, list, 0, "keys") == 0 && GetArray(&ids, out, kInt64, 1, 0, "out") == 0 &&
      CheckSize("out", ids.size, keys.size) == 0) {
    status = library.ids_of_keys(ids.data, handle->model, scope, keys.data, keys.size, &error);
  }
  ReleaseArray(&ids);
  ReleaseStrings(&keys);
  if (PyErr_Occurred()) return NULL;
  if (status != DUOMO_OK) return Raise(status, &error);
  Py_RETURN_NONE;
}

/* texts(which, ids) -> [str or None]: users' keys (0), items' keys (1), items' titles (2). */
static PyObject *TextsOf(PyObject *self, PyObject *args) {
  PyObject *list, *result = NULL;
  int which;
  Array ids;
  duomo_error error = DUOMO_ERROR_INIT;
  Handle *handle = OpenHandle(self);
  if (handle == NULL || !PyArg_ParseTuple(args, "iO", &which, &list)) return NULL;
  if (GetArray(&ids, list, kInt64, 0, 0, "ids") != 0) return NULL;
  duomo_text *texts = PyMem_Calloc(ids.size + 1, sizeof *texts);
  if (texts == NULL) {
    PyErr_NoMemory();
  } else {
    duomo_status status =
        which == 2 ? library.item_titles(texts, handle->model, ids.data, ids.size, &error)
                   : library.keys_of_ids(texts, handle->model, which, ids.data, ids.size, &error);
    result = status == DUOMO_OK ? Texts(texts, ids.size) : Raise(status, &error);
  }
  PyMem_Free(texts);
  ReleaseArray(&ids);
  return result;
}

/* input_values(number of the input, how many, whether they are strings) -> list */
static PyObject *InputValues(PyObject *self, PyObject *args) {
  unsigned long long input, n;
  int strings;
  duomo_error error = DUOMO_ERROR_INIT;
  Handle *handle = OpenHandle(self);
  if (handle == NULL || !PyArg_ParseTuple(args, "KKp", &input, &n, &strings)) return NULL;
  PyObject *list = PyList_New(0);
  for (unsigned long long i = 0; list != NULL && i < n; ++i) {
    duomo_text text = {NULL, 0};
    int64_t integer = 0;
    duomo_status status =
        library.model_get_input_value(&text, &integer, handle->model, input, i, &error);
    if (status != DUOMO_OK) {
      Py_DECREF(list);
      return Raise(status, &error);
    }
    PyObject *one = strings ? Text(text) : PyLong_FromLongLong(integer);
    if (one == NULL || PyList_Append(list, one) != 0) Py_CLEAR(list);
    Py_XDECREF(one);
  }
  return list;
}

/* metadata(how many) -> {key: value} */
static PyObject *Metadata(PyObject *self, PyObject *args) {
  unsigned long long n;
  duomo_error error = DUOMO_ERROR_INIT;
  Handle *handle = OpenHandle(self);
  if (handle == NULL || !PyArg_ParseTuple(args, "K", &n)) return NULL;
  PyObject *dict = PyDict_New();
  for (unsigned long long i = 0; dict != NULL && i < n; ++i) {
    duomo_text key = {NULL, 0}, value = {NULL, 0};
    duomo_status status = library.model_metadata_at(&key, &value, handle->model, i, &error);
    if (status != DUOMO_OK) {
      Py_DECREF(dict);
      return Raise(status, &error);
    }
    PyObject *k = Text(key), *v = k ? Text(value) : NULL;
    if (v == NULL || PyDict_SetItem(dict, k, v) != 0) Py_CLEAR(dict);
    Py_XDECREF(k);
    Py_XDECREF(v);
  }
  return dict;
}

/* attributes(how many) -> [(name, kind, how many values)] */
static PyObject *Attributes(PyObject *self, PyObject *args) {
  unsigned long long n;
  duomo_error error = DUOMO_ERROR_INIT;
  Handle *handle = OpenHandle(self);
  if (handle == NULL || !PyArg_ParseTuple(args, "K", &n)) return NULL;
  PyObject *list = PyList_New(0);
  for (unsigned long long i = 0; list != NULL && i < n; ++i) {
    duomo_attribute_info info = DUOMO_ATTRIBUTE_INFO_INIT;
    duomo_status status = library.model_get_attribute(&info, handle->model, i, &error);
    if (status != DUOMO_OK) {
      Py_DECREF(list);
      return Raise(status, &error);
    }
    PyObject *one = Py_BuildValue("NiK", Text(info.name), (int)info.kind,
                                  (unsigned long long)info.value_count);
    if (one == NULL || PyList_Append(list, one) != 0) Py_CLEAR(list);
    Py_XDECREF(one);
  }
  return list;
}

/* attribute_values(name, ids, out): float64 for numbers, int64 for integers and times. */
static PyObject *AttributeValues(PyObject *self, PyObject *args) {
  const char *name;
  PyObject *list, *array;
  int integers;
  Array ids, out = {0};
  duomo_error error = DUOMO_ERROR_INIT;
  duomo_status status = DUOMO_OK;
  Handle *handle = OpenHandle(self);
  if (handle == NULL || !PyArg_ParseTuple(args, "sOOp", &name, &list, &array, &integers)) return NULL;
  if (GetArray(&ids, list, kInt64, 0, 0, "items") != 0) return NULL;
  if (GetArray(&out, array, integers ? kInt64 : kDouble, 1, 0, "out") == 0 &&
      CheckSize("out", out.size, ids.size) == 0) {
    status = integers ? library.attribute_integers(out.data, handle->model, name, ids.data, ids.size,
                                                   &error)
                      : library.attribute_numbers(out.data, handle->model, name, ids.data, ids.size,
                                                  &error);
  }
  ReleaseArray(&ids);
  ReleaseArray(&out);
  if (PyErr_Occurred()) return NULL;
  if (status != DUOMO_OK) return Raise(status, &error);
  Py_RETURN_NONE;
}

/* attribute_texts(name, ids) -> [str or None] */
static PyObject *AttributeTexts(PyObject *self, PyObject *args) {
  const char *name;
  PyObject *list, *result = NULL;
  Array ids;
  duomo_error error = DUOMO_ERROR_INIT;
  Handle *handle = OpenHandle(self);
  if (handle == NULL || !PyArg_ParseTuple(args, "sO", &name, &list)) return NULL;
  if (GetArray(&ids, list, kInt64, 0, 0, "items") != 0) return NULL;
  duomo_text *texts = PyMem_Calloc(ids.size + 1, sizeof *texts);
  if (texts == NULL) {
    PyErr_NoMemory();
  } else {
    duomo_status status =
        library.attribute_texts(texts, handle->model, name, ids.data, ids.size, &error);
    result = status == DUOMO_OK ? Texts(texts, ids.size) : Raise(status, &error);
  }
  PyMem_Free(texts);
  ReleaseArray(&ids);
  return result;
}

/* attribute_set(name, id) -> [str] */
static PyObject *AttributeSet(PyObject *self, PyObject *args) {
  const char *name;
  long long id;
  duomo_text few[16], *texts = few;
  size_t count = 0;
  duomo_error error = DUOMO_ERROR_INIT;
  Handle *handle = OpenHandle(self);
  if (handle == NULL || !PyArg_ParseTuple(args, "sL", &name, &id)) return NULL;
  duomo_status status = library.attribute_set(&count, texts, 16, handle->model, name, id, &error);
  if (status == DUOMO_OK && count > 16) {
    texts = PyMem_Calloc(count, sizeof *texts);
    if (texts == NULL) return PyErr_NoMemory();
    status = library.attribute_set(&count, texts, count, handle->model, name, id, &error);
  }
  PyObject *result = status == DUOMO_OK ? Texts(texts, count) : Raise(status, &error);
  if (texts != few) PyMem_Free(texts);
  return result;
}

PyMethodDef catalogue_methods[] = {{"ids_of_keys", IdsOfKeys, METH_VARARGS, NULL},
                                   {"texts", TextsOf, METH_VARARGS, NULL},
                                   {"input_values", InputValues, METH_VARARGS, NULL},
                                   {"metadata", Metadata, METH_VARARGS, NULL},
                                   {"attributes", Attributes, METH_VARARGS, NULL},
                                   {"attribute_values", AttributeValues, METH_VARARGS, NULL},
                                   {"attribute_texts", AttributeTexts, METH_VARARGS, NULL},
                                   {"attribute_set", AttributeSet, METH_VARARGS, NULL},
                                   {NULL, NULL, 0, NULL}};
