/* Model: an opened file, its description, ids, keys and titles; catalogue.c has more. */
#include "native.h"

#include <string.h>

PyTypeObject *model_type;

void ReleaseHandle(Handle *handle) {
  if (handle == NULL || --handle->references > 0) return;
  library.model_release(handle->model);
  if (handle->bytes.obj != NULL) PyBuffer_Release(&handle->bytes);
  PyMem_Free(handle);
}

Handle *OpenHandle(PyObject *model) {
  Handle *handle = ((ModelObject *)model)->handle;
  if (handle == NULL) RaiseClosed("the model");
  return handle;
}

/* Model(path, descriptor or None, bytes or None, flags, backend, offset, length): offset and length are
 * within the descriptor's file. */
static PyObject *New(PyTypeObject *type, PyObject *args, PyObject *kwargs) {
  PyObject *path, *bytes;
  duomo_open_options options = DUOMO_OPEN_OPTIONS_INIT;
  duomo_error error = DUOMO_ERROR_INIT;
  duomo_model_info info = DUOMO_MODEL_INFO_INIT;
  duomo_model *opened = NULL;
  Py_buffer buffer;
  memset(&buffer, 0, sizeof buffer);
  (void)kwargs;
  if (library.model_open == NULL) {
    PyErr_SetString(PyExc_RuntimeError, "no Duomo library is loaded");
    return NULL;
  }
  unsigned long long offset, length;
  if (!PyArg_ParseTuple(args, "OOIiKK", &path, &bytes, &options.flags, &options.backend, &offset,
                        &length)) {
    return NULL;
  }
  duomo_status status;
  if (PyLong_Check(path)) {
    long descriptor = PyLong_AsLong(path);
    if (descriptor == -1 && PyErr_Occurred()) return NULL;
    CALL(status, error, library.model_open_descriptor(&opened, (int)descriptor, offset, length,
                                                      &options, &error));
  } else if (bytes == Py_None) {
    const char *name = PyBytes_AsString(path); /* os.fsencode: any bytes that a file name may have */
    if (name == NULL) return NULL;
    if (strlen(name) != (size_t)PyBytes_Size(path)) {
      PyErr_SetString(PyExc_ValueError, "path: a NUL character");
      return NULL;
    }
    CALL(status, error, library.model_open(&opened, name, &options, &error));
  } else {
    if (PyObject_GetBuffer(bytes, &buffer, PyBUF_C_CONTIGUOUS) != 0) return NULL;
    CALL(status, error, library.model_open_buffer(&opened, buffer.buf, (size_t)buffer.len,
                                                  &options, &error));
  }
  if (status == DUOMO_OK) status = library.model_get_info(&info, opened, &error);
  Handle *handle = status == DUOMO_OK ? PyMem_Calloc(1, sizeof *handle) : NULL;
  ModelObject *self = handle ? (ModelObject *)((allocfunc)PyType_GetSlot(type, Py_tp_alloc))(type, 0)
                             : NULL;
  if (self == NULL) {
    PyMem_Free(handle);
    library.model_release(opened);
    if (buffer.obj != NULL) PyBuffer_Release(&buffer);
    if (status != DUOMO_OK) return Raise(status, &error);
    return PyErr_Occurred() ? NULL : PyErr_NoMemory();
  }
  handle->model = opened;
  handle->bytes = buffer;
  handle->references = 1;
  handle->item_count = info.item_count;
  handle->user_count = info.user_count;
  handle->vector_width = (size_t)info.vector_width;
  if (buffer.obj != NULL && info.copied) { /* the library has its own: let go of the caller's */
    PyBuffer_Release(&handle->bytes);
    handle->bytes.obj = NULL;
  }
  self->handle = handle;
  return (PyObject *)self;
}

/* share() -> another Model of the same file, closed by itself. */
static PyObject *Share(PyObject *self, PyObject *unused) {
  (void)unused;
  Handle *handle = OpenHandle(self);
  if (handle == NULL) return NULL;
  PyTypeObject *type = Py_TYPE(self);
  ModelObject *made = (ModelObject *)((allocfunc)PyType_GetSlot(type, Py_tp_alloc))(type, 0);
  if (made == NULL) return NULL;
  ++handle->references;
  made->handle = handle;
  return (PyObject *)made;
}

static PyObject *Close(PyObject *self, PyObject *unused) {
  (void)unused;
  Handle *handle = ((ModelObject *)self)->handle;
  ((ModelObject *)self)->handle = NULL;
  ReleaseHandle(handle);
  Py_RETURN_NONE;
}

static void Free(PyObject *self) {
  PyTypeObject *type = Py_TYPE(self);
  ReleaseHandle(((ModelObject *)self)->handle);
  ((freefunc)PyType_GetSlot(type, Py_tp_free))(self);
  Py_DECREF(type);
}

/* The handle, with what its model is; NULL: an exception is set. */
static Handle *GetInfo(PyObject *self, duomo_model_info *info) {
  Handle *handle = OpenHandle(self);
  duomo_error error = DUOMO_ERROR_INIT;
  if (handle == NULL) return NULL;
  duomo_status status = library.model_get_info(info, handle->model, &error);
  return status == DUOMO_OK ? handle : (Raise(status, &error), NULL);
}

/* info() -> a tuple in the order of ModelInfo's fields. */
static PyObject *Info(PyObject *self, PyObject *unused) {
  (void)unused;
  duomo_model_info info = DUOMO_MODEL_INFO_INIT;
  if (GetInfo(self, &info) == NULL) return NULL;
  return Py_BuildValue("NNiKKKKNNNNffKKK", Text(info.name), Text(info.unit), (int)info.head,
                       (unsigned long long)info.user_count, (unsigned long long)info.item_count,
                       (unsigned long long)info.vector_width, (unsigned long long)info.file_size,
                       PyBool_FromLong(info.has_user_vectors), PyBool_FromLong(info.has_history),
                       PyBool_FromLong(info.has_titles), PyBool_FromLong(info.copied),
                       (double)info.minimum_output, (double)info.maximum_output,
                       (unsigned long long)info.fingerprint,
                       (unsigned long long)info.attribute_count,
                       (unsigned long long)info.metadata_count);
}

/* inputs() -> [(name, scope, kind, keys, vocabulary size)] */
static PyObject *Inputs(PyObject *self, PyObject *unused) {
  (void)unused;
  duomo_model_info info = DUOMO_MODEL_INFO_INIT;
  Handle *handle = GetInfo(self, &info);
  if (handle == NULL) return NULL;
  duomo_error error = DUOMO_ERROR_INIT;
  duomo_status status = DUOMO_OK;
  PyObject *list = PyList_New(0);
  for (uint64_t i = 0; list && status == DUOMO_OK && i < info.input_count; ++i) {
    duomo_input_info input = DUOMO_INPUT_INFO_INIT;
    status = library.model_get_input(&input, handle->model, i, &error);
    if (status != DUOMO_OK) break;
    PyObject *one = Py_BuildValue("NiiiK", Text(input.name), (int)input.scope, (int)input.kind,
                                  (int)input.keys, (unsigned long long)input.vocabulary_size);
    if (one == NULL || PyList_Append(list, one) != 0) Py_CLEAR(list);
    Py_XDECREF(one);
  }
  if (status == DUOMO_OK) return list;
  Py_XDECREF(list);
  return Raise(status, &error);
}

/* ids(out, of_users): all ids in the order of the file. */
static PyObject *AllIds(PyObject *self, PyObject *args) {
  PyObject *out;
  int of_users;
  Array ids;
  Handle *handle = OpenHandle(self);
  if (handle == NULL || !PyArg_ParseTuple(args, "Op", &out, &of_users)) return NULL;
  if (GetArray(&ids, out, kInt64, 1, 0, "out") != 0) return NULL;
  uint64_t count = of_users ? handle->user_count : handle->item_count;
  duomo_error error = DUOMO_ERROR_INIT;
  duomo_status status = DUOMO_OK;
  if (CheckSize("out", ids.size, (size_t)count) == 0) {
    __typeof__(library.item_id_at) id_at = of_users ? library.user_id_at : library.item_id_at;
    for (uint64_t i = 0; i < count && status == DUOMO_OK; ++i) {
      status = id_at((int64_t *)ids.data + i, handle->model, i, &error);
    }
    if (status != DUOMO_OK) Raise(status, &error);
  }
  ReleaseArray(&ids);
  if (PyErr_Occurred()) return NULL;
  Py_RETURN_NONE;
}

static PyObject *IdOfKey(PyObject *self, PyObject *key, int of_users) {
  Handle *handle = OpenHandle(self);
  const char *text = handle ? Utf8(key, "key") : NULL;
  int64_t id = 0;
  duomo_error error = DUOMO_ERROR_INIT;
  if (text == NULL) return NULL;
  duomo_status status = (of_users ? library.user_id_of_key : library.item_id_of_key)(
      &id, handle->model, text, &error);
  return status == DUOMO_OK ? PyLong_FromLongLong(id) : Raise(status, &error);
}
static PyObject *UserId(PyObject *self, PyObject *key) { return IdOfKey(self, key, 1); }
static PyObject *ItemId(PyObject *self, PyObject *key) { return IdOfKey(self, key, 0); }

static PyObject *TextOf(PyObject *self, PyObject *object, __typeof__(library.item_key) of) {
  Handle *handle = OpenHandle(self);
  duomo_text text = {NULL, 0};
  duomo_error error = DUOMO_ERROR_INIT;
  if (handle == NULL) return NULL;
  long long id = PyLong_AsLongLong(object);
  if (id == -1 && PyErr_Occurred()) return NULL;
  duomo_status status = of(&text, handle->model, id, &error);
  return status == DUOMO_OK ? Text(text) : Raise(status, &error);
}
static PyObject *UserKey(PyObject *self, PyObject *id) { return TextOf(self, id, library.user_key); }
static PyObject *ItemKey(PyObject *self, PyObject *id) { return TextOf(self, id, library.item_key); }
static PyObject *Title(PyObject *self, PyObject *id) { return TextOf(self, id, library.item_title); }

static PyObject *Closed(PyObject *self, void *unused) {
  (void)unused;
  return PyBool_FromLong(((ModelObject *)self)->handle == NULL);
}

static PyMethodDef methods[] = {
    {"close", Close, METH_NOARGS, NULL},   {"info", Info, METH_NOARGS, NULL},
    {"inputs", Inputs, METH_NOARGS, NULL}, {"ids", AllIds, METH_VARARGS, NULL},
    {"user_id", UserId, METH_O, NULL},     {"item_id", ItemId, METH_O, NULL},
    {"user_key", UserKey, METH_O, NULL},   {"item_key", ItemKey, METH_O, NULL},
    {"title", Title, METH_O, NULL},        {"share", Share, METH_NOARGS, NULL},
    {NULL, NULL, 0, NULL}};

static PyGetSetDef properties[] = {{"closed", Closed, NULL, NULL, NULL},
                                   {NULL, NULL, NULL, NULL, NULL}};

static PyType_Slot slots[] = {{Py_tp_new, (void *)New},         {Py_tp_dealloc, (void *)Free},
                              {Py_tp_methods, (void *)methods}, {Py_tp_getset, (void *)properties},
                              {0, NULL}};

static PyType_Spec spec = {"duomo._native.Model", sizeof(ModelObject), 0, Py_TPFLAGS_DEFAULT, slots};

int AddModelType(PyObject *module) {
  model_type = (PyTypeObject *)PyType_FromSpec(&spec);
  if (model_type == NULL) return -1;
  for (PyMethodDef *method = catalogue_methods; method->ml_name != NULL; ++method) {
    PyObject *descriptor = PyDescr_NewMethod(model_type, method);
    int done = descriptor == NULL ? -1
                                  : PyObject_SetAttrString((PyObject *)model_type, method->ml_name,
                                                           descriptor);
    Py_XDECREF(descriptor);
    if (done != 0) return -1;
  }
  Py_INCREF((PyObject *)model_type);
  return PyModule_AddObject(module, "Model", (PyObject *)model_type);
}
