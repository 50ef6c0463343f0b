/* Context: predictions and vectors; search.c has the rest. A context that is in use (the GIL is
 * released inside) refuses a second call instead of waiting for the first. */
#include "native.h"

PyTypeObject *context_type;

int BeginContext(ContextObject *context) {
  if (context->context == NULL) return RaiseClosed("the context"), -1;
  if (context->busy) return RaiseBusy("this Context"), -1;
  context->busy = 1;
  return 0;
}

void EndContext(ContextObject *context) { context->busy = 0; }

/* Context(model, unknown_ids, threads, int32 array that cancels or None) */
static PyObject *New(PyTypeObject *type, PyObject *args, PyObject *kwargs) {
  PyObject *model, *flag;
  duomo_context_options options = DUOMO_CONTEXT_OPTIONS_INIT;
  int threads;
  Array cancelled;
  (void)kwargs;
  if (!PyArg_ParseTuple(args, "O!iiO", model_type, &model, &options.unknown_ids, &threads, &flag)) {
    return NULL;
  }
  options.threads = (uint32_t)threads;
  Handle *handle = OpenHandle(model);
  if (handle == NULL || GetArray(&cancelled, flag, kInt32, 0, 1, "cancelled") != 0) return NULL;
  options.cancelled = cancelled.data;
  duomo_context *made = NULL;
  duomo_error error = DUOMO_ERROR_INIT;
  duomo_status status = library.context_create(&made, handle->model, &options, &error);
  ContextObject *self =
      status == DUOMO_OK ? (ContextObject *)((allocfunc)PyType_GetSlot(type, Py_tp_alloc))(type, 0)
                         : NULL;
  if (self == NULL) {
    library.context_release(made);
    ReleaseArray(&cancelled);
    return status == DUOMO_OK ? NULL : Raise(status, &error);
  }
  self->cancelled = cancelled;
  ++handle->references;
  self->handle = handle;
  self->context = made;
  return (PyObject *)self;
}

static void Free(PyObject *object) {
  PyTypeObject *type = Py_TYPE(object);
  ContextObject *self = (ContextObject *)object;
  library.context_release(self->context);
  ReleaseArray(&self->cancelled);
  ReleaseHandle(self->handle);
  ((freefunc)PyType_GetSlot(type, Py_tp_free))(object);
  Py_DECREF(type);
}

static PyObject *Close(PyObject *object, PyObject *unused) {
  ContextObject *self = (ContextObject *)object;
  (void)unused;
  if (self->busy) return RaiseBusy("this Context");
  duomo_context *context = self->context;
  Handle *handle = self->handle;
  self->context = NULL;
  self->handle = NULL;
  library.context_release(context);
  ReleaseArray(&self->cancelled);
  ReleaseHandle(handle);
  Py_RETURN_NONE;
}

static PyObject *Trim(PyObject *object, PyObject *unused) {
  ContextObject *self = (ContextObject *)object;
  (void)unused;
  if (BeginContext(self) != 0) return NULL;
  library.context_trim(self->context);
  EndContext(self);
  Py_RETURN_NONE;
}

static PyObject *Closed(PyObject *self, void *unused) {
  (void)unused;
  return PyBool_FromLong(((ContextObject *)self)->context == NULL);
}

static PyObject *Finish(ContextObject *self, duomo_status status, const duomo_error *error) {
  EndContext(self);
  if (PyErr_Occurred()) return NULL;
  if (status != DUOMO_OK) return Raise(status, error);
  Py_RETURN_NONE;
}

/* predict_one(user, item) -> float */
static PyObject *PredictOne(PyObject *object, PyObject *const *args, Py_ssize_t n) {
  ContextObject *self = (ContextObject *)object;
  if (CheckCount("predict_one", n, 2) != 0) return NULL;
  int64_t user = PyLong_AsLongLong(args[0]);
  if (user == -1 && PyErr_Occurred()) return NULL;
  int64_t item = PyLong_AsLongLong(args[1]);
  if (item == -1 && PyErr_Occurred()) return NULL;
  float prediction = 0;
  duomo_error error;
  duomo_status status;
  error.struct_size = sizeof error; /* the 500 bytes behind are the library's to write */
  if (BeginContext(self) != 0) return NULL;
  CALL(status, error, library.predict(&prediction, self->context, &user, &item, 1, &error));
  EndContext(self);
  return status == DUOMO_OK ? PyFloat_FromDouble((double)prediction)
                            : Raise(status, &error);
}

/* predict(out, users, items) */
static PyObject *Predict(PyObject *object, PyObject *const *args, Py_ssize_t n) {
  ContextObject *self = (ContextObject *)object;
  Array out, users = {0}, items = {0};
  duomo_error error = DUOMO_ERROR_INIT;
  duomo_status status = DUOMO_OK;
  if (CheckCount("predict", n, 3) != 0 || BeginContext(self) != 0) return NULL;
  if (GetArray(&out, args[0], kFloat, 1, 0, "out") == 0 &&
      GetArray(&users, args[1], kInt64, 0, 0, "users") == 0 &&
      GetArray(&items, args[2], kInt64, 0, 0, "items") == 0 &&
      CheckSize("items", items.size, users.size) == 0 &&
      CheckSize("out", out.size, users.size) == 0) {
    CALL(status, error,
         library.predict(out.data, self->context, users.data, items.data, users.size, &error));
  }
  ReleaseArray(&out);
  ReleaseArray(&users);
  ReleaseArray(&items);
  return Finish(self, status, &error);
}

/* predict_vectors(out, users, items) */
static PyObject *PredictVectors(PyObject *object, PyObject *const *args, Py_ssize_t n) {
  ContextObject *self = (ContextObject *)object;
  Array out, users = {0}, items = {0};
  duomo_error error = DUOMO_ERROR_INIT;
  duomo_status status = DUOMO_OK;
  if (CheckCount("predict_vectors", n, 3) != 0 || BeginContext(self) != 0) return NULL;
  size_t width = self->handle->vector_width;
  if (GetArray(&out, args[0], kFloat, 1, 0, "out") == 0 &&
      GetArray(&users, args[1], kFloat, 0, 0, "users") == 0 &&
      GetArray(&items, args[2], kFloat, 0, 0, "items") == 0 &&
      CheckSize("users", users.size, out.size * width) == 0 &&
      CheckSize("items", items.size, out.size * width) == 0) {
    CALL(status, error, library.predict_vectors(out.data, self->context, users.data, items.data,
                                                out.size, &error));
  }
  ReleaseArray(&out);
  ReleaseArray(&users);
  ReleaseArray(&items);
  return Finish(self, status, &error);
}

/* encode(out, ids, of_users) */
static PyObject *Encode(PyObject *object, PyObject *const *args, Py_ssize_t n) {
  ContextObject *self = (ContextObject *)object;
  Array out, ids = {0};
  duomo_error error = DUOMO_ERROR_INIT;
  duomo_status status = DUOMO_OK;
  if (CheckCount("encode", n, 3) != 0) return NULL;
  int of_users = PyObject_IsTrue(args[2]);
  if (of_users < 0 || BeginContext(self) != 0) return NULL;
  if (GetArray(&out, args[0], kFloat, 1, 0, "out") == 0 &&
      GetArray(&ids, args[1], kInt64, 0, 0, "ids") == 0 &&
      CheckSize("out", out.size, ids.size * self->handle->vector_width) == 0) {
    __typeof__(library.encode_users) call = of_users ? library.encode_users : library.encode_items;
    CALL(status, error, call(out.data, self->context, ids.data, ids.size, &error));
  }
  ReleaseArray(&out);
  ReleaseArray(&ids);
  return Finish(self, status, &error);
}

/* encode_features(out, features) */
static PyObject *EncodeFeatures(PyObject *object, PyObject *const *args, Py_ssize_t n) {
  ContextObject *self = (ContextObject *)object;
  Array out = {0};
  FeaturesObject *features = NULL;
  duomo_error error = DUOMO_ERROR_INIT;
  duomo_status status = DUOMO_OK;
  if (CheckCount("encode_features", n, 2) != 0 || BeginContext(self) != 0) return NULL;
  if (BeginFeatures(&features, args[1], "features") == 0 &&
      GetArray(&out, args[0], kFloat, 1, 0, "out") == 0 &&
      CheckSize("out", out.size,
                (features ? features->count : 0) * self->handle->vector_width) == 0) {
    CALL(status, error, library.encode_features(out.data, self->context,
                                                features ? features->features : NULL, &error));
  }
  ReleaseArray(&out);
  EndFeatures(features);
  return Finish(self, status, &error);
}

static PyMethodDef methods[] = {{"close", Close, METH_NOARGS, NULL},
                                {"trim", Trim, METH_NOARGS, NULL},
                                {"predict_one", FAST(PredictOne), METH_FASTCALL, NULL},
                                {"predict", FAST(Predict), METH_FASTCALL, NULL},
                                {"predict_vectors", FAST(PredictVectors), METH_FASTCALL, NULL},
                                {"encode", FAST(Encode), METH_FASTCALL, NULL},
                                {"encode_features", FAST(EncodeFeatures), METH_FASTCALL, NULL},
                                {"search", FAST(ContextSearch), METH_FASTCALL, NULL},
                                {"rank", FAST(ContextRank), METH_FASTCALL, NULL},
                                {NULL, NULL, 0, NULL}};

static PyGetSetDef properties[] = {{"closed", Closed, NULL, NULL, NULL},
                                   {NULL, NULL, NULL, NULL, NULL}};

static PyType_Slot slots[] = {{Py_tp_new, (void *)New},         {Py_tp_dealloc, (void *)Free},
                              {Py_tp_methods, (void *)methods}, {Py_tp_getset, (void *)properties},
                              {0, NULL}};

static PyType_Spec spec = {"duomo._native.Context", sizeof(ContextObject), 0, Py_TPFLAGS_DEFAULT,
                           slots};

int AddContextType(PyObject *module) {
  context_type = (PyTypeObject *)PyType_FromSpec(&spec);
  if (context_type == NULL) return -1;
  Py_INCREF((PyObject *)context_type);
  return PyModule_AddObject(module, "Context", (PyObject *)context_type);
}
