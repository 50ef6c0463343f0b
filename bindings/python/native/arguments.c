/* From Python's objects to C arrays, and from C errors to Python's exceptions. */
#include "native.h"

#include <string.h>

static PyObject *from_status, *busy_error, *closed_error;

int FindErrors(void) {
  PyObject *module = PyImport_ImportModule("duomo._errors");
  if (module == NULL) return -1;
  from_status = PyObject_GetAttrString(module, "from_status");
  busy_error = PyObject_GetAttrString(module, "BusyError");
  closed_error = PyObject_GetAttrString(module, "ClosedError");
  Py_DECREF(module);
  return from_status && busy_error && closed_error ? 0 : -1;
}

PyObject *Raise(duomo_status status, const duomo_error *error_of_c) {
  PyObject *position = error_of_c->position == DUOMO_NO_POSITION
                           ? Py_BuildValue("")
                           : PyLong_FromUnsignedLongLong(error_of_c->position);
  PyObject *error =
      position == NULL ? NULL
                       : PyObject_CallFunction(from_status, "isiiN", (int)status,
                                               error_of_c->message, (int)error_of_c->kind,
                                               (int)error_of_c->argument, position);
  if (error != NULL) {
    PyErr_SetObject((PyObject *)Py_TYPE(error), error);
    Py_DECREF(error);
  }
  return NULL;
}

PyObject *RaiseBusy(const char *what) {
  PyErr_Format(busy_error, "%s is in use by another thread: give every thread its own", what);
  return NULL;
}

PyObject *RaiseClosed(const char *what) {
  PyErr_Format(closed_error, "%s is closed", what);
  return NULL;
}

int CheckCount(const char *function, Py_ssize_t n, Py_ssize_t wanted) {
  if (n == wanted) return 0;
  PyErr_Format(PyExc_TypeError, "%s takes %zd arguments, not %zd", function, wanted, n);
  return -1;
}

/* Python's format characters for 8-byte integers depend on the platform; the size decides. */
static int HasKind(const Py_buffer *buffer, int kind) {
  const char *format = buffer->format ? buffer->format : "B";
  if (*format == '@' || *format == '=' || *format == '<') ++format;
  if (*format == 0 || format[1] != 0) return 0;
  if (kind == kFloat) return *format == 'f' && buffer->itemsize == 4;
  if (kind == kDouble) return *format == 'd' && buffer->itemsize == 8;
  if (kind == kInt32) return strchr("il", *format) != NULL && buffer->itemsize == 4;
  if (buffer->itemsize != 8) return 0;
  return strchr(kind == kInt64 ? "qln" : "QLNqln", *format) != NULL;
}

int GetArray(Array *out, PyObject *object, int kind, int writable, int optional,
             const char *name) {
  memset(out, 0, sizeof *out);
  if (object == Py_None && optional) return 0;
  int flags = PyBUF_FORMAT | PyBUF_C_CONTIGUOUS | (writable ? PyBUF_WRITABLE : 0);
  if (PyObject_GetBuffer(object, &out->buffer, flags) != 0) {
    out->buffer.obj = NULL;
    return -1;
  }
  if (!HasKind(&out->buffer, kind)) {
    PyErr_Format(PyExc_TypeError, "%s: expected an array of %s, not of format '%s'", name,
                 kind == kFloat    ? "float32"
                 : kind == kDouble ? "float64"
                 : kind == kInt32  ? "int32"
                 : kind == kInt64  ? "int64"
                                   : "uint64",
                 out->buffer.format ? out->buffer.format : "B");
    ReleaseArray(out);
    return -1;
  }
  out->data = out->buffer.buf;
  out->size = (size_t)(out->buffer.len / out->buffer.itemsize);
  return 0;
}

void ReleaseArray(Array *array) {
  if (array->buffer.obj != NULL) PyBuffer_Release(&array->buffer);
  memset(array, 0, sizeof *array);
}

int CheckSize(const char *name, size_t size, size_t wanted) {
  if (size == wanted) return 0;
  PyErr_Format(PyExc_ValueError, "%s: %zu given where %zu are needed", name, size, wanted);
  return -1;
}

int CheckOffsets(const char *name, const Array *offsets, size_t rows, size_t values) {
  if (offsets->size != rows + 1) {
    PyErr_Format(PyExc_ValueError, "%s: lists for %zd rows where %zu are needed", name,
                 (Py_ssize_t)offsets->size - 1, rows);
    return -1;
  }
  const size_t *o = offsets->data;
  for (size_t i = 0; i < rows; ++i) {
    if (o[i + 1] < o[i]) {
      PyErr_Format(PyExc_ValueError, "%s: the offsets descend at row %zu", name, i);
      return -1;
    }
  }
  if (o[0] != 0 || o[rows] > values) {
    PyErr_Format(PyExc_ValueError, "%s: offsets go from 0 to at most the %zu values", name, values);
    return -1;
  }
  return 0;
}

const char *Utf8(PyObject *object, const char *name) {
  Py_ssize_t size;
  if (!PyUnicode_Check(object)) {
    PyErr_Format(PyExc_TypeError, "%s: expected str, not %R", name, (PyObject *)Py_TYPE(object));
    return NULL;
  }
  const char *text = PyUnicode_AsUTF8AndSize(object, &size);
  if (text != NULL && strlen(text) != (size_t)size) {
    PyErr_Format(PyExc_ValueError, "%s: text with a NUL character", name);
    return NULL;
  }
  return text;
}

int GetStrings(Strings *out, PyObject *sequence, int optional, const char *name) {
  memset(out, 0, sizeof *out);
  out->owner = PySequence_Tuple(sequence); /* a list might change while the GIL is released */
  if (out->owner == NULL) return -1;
  Py_ssize_t n = PyTuple_Size(out->owner);
  out->data = PyMem_Calloc((size_t)n + 1, sizeof *out->data);
  if (out->data == NULL) {
    ReleaseStrings(out);
    PyErr_NoMemory();
    return -1;
  }
  out->size = (size_t)n;
  for (Py_ssize_t i = 0; i < n; ++i) {
    PyObject *one = PyTuple_GetItem(out->owner, i);
    if (one == Py_None && optional) continue;
    out->data[i] = Utf8(one, name);
    if (out->data[i] == NULL) {
      ReleaseStrings(out);
      return -1;
    }
  }
  return 0;
}

void ReleaseStrings(Strings *strings) {
  PyMem_Free((void *)strings->data);
  Py_XDECREF(strings->owner);
  memset(strings, 0, sizeof *strings);
}

int GetIds(Ids *out, PyObject *object, const char *name) {
  memset(out, 0, sizeof *out);
  if (PyTuple_Check(object)) {
    if (GetStrings(&out->strings, object, 0, name) != 0) return -1;
    out->keys = out->strings.data;
    out->size = out->strings.size;
    return 0;
  }
  static const int64_t none = 0; /* of an empty array, whose data may be NULL */
  if (GetArray(&out->array, object, kInt64, 0, 1, name) != 0) return -1;
  out->size = out->array.size;
  if (object != Py_None) out->ids = out->size == 0 ? &none : out->array.data;
  return 0;
}

void ReleaseIds(Ids *ids) {
  ReleaseArray(&ids->array);
  ReleaseStrings(&ids->strings);
  memset(ids, 0, sizeof *ids);
}

PyObject *Text(duomo_text text) {
  return PyUnicode_DecodeUTF8(text.data ? text.data : "", (Py_ssize_t)text.size, "strict");
}

PyObject *Texts(const duomo_text *texts, size_t n) {
  PyObject *list = PyList_New((Py_ssize_t)n);
  for (size_t i = 0; list != NULL && i < n; ++i) {
    PyObject *one = texts[i].data == NULL ? Py_BuildValue("") : Text(texts[i]);
    if (one == NULL || PyList_SetItem(list, (Py_ssize_t)i, one) != 0) Py_CLEAR(list);
  }
  return list;
}
