/* Context's requests: top-k, similar items, ranking. */
#include "native.h"

#include <string.h>

/* A request for top-k with what it points to. */
typedef struct Search {
  duomo_topk_request request;
  Array ids, vectors, history_offsets, history_ids, exclude_offsets, exclude_ids, allow;
  FeaturesObject *features;
  PyObject *filter_owner; /* a tuple: keeps names and values alive */
  Py_ssize_t filter_count;
  duomo_filter *filters;
  Strings *filter_strings;
  Array *filter_integers;
} Search;

static void Release(Search *s) {
  Array *arrays[] = {&s->ids, &s->vectors, &s->history_offsets, &s->history_ids,
                     &s->exclude_offsets, &s->exclude_ids, &s->allow};
  for (size_t i = 0; i < sizeof arrays / sizeof *arrays; ++i) ReleaseArray(arrays[i]);
  EndFeatures(s->features);
  for (Py_ssize_t i = 0; i < s->filter_count; ++i) {
    if (s->filter_strings) ReleaseStrings(&s->filter_strings[i]);
    if (s->filter_integers) ReleaseArray(&s->filter_integers[i]);
  }
  PyMem_Free(s->filters);
  PyMem_Free(s->filter_strings);
  PyMem_Free(s->filter_integers);
  Py_XDECREF(s->filter_owner);
}

/* filters: a tuple of (input, mode, tuple of str or int64 array). */
static int GetFilters(Search *s, PyObject *filters) {
  s->filter_owner = PySequence_Tuple(filters);
  if (s->filter_owner == NULL) return -1;
  Py_ssize_t n = PyTuple_Size(s->filter_owner);
  if (n == 0) return 0;
  s->filter_count = n;
  s->filters = PyMem_Calloc((size_t)n, sizeof *s->filters);
  s->filter_strings = PyMem_Calloc((size_t)n, sizeof *s->filter_strings);
  s->filter_integers = PyMem_Calloc((size_t)n, sizeof *s->filter_integers);
  if (!s->filters || !s->filter_strings || !s->filter_integers) return PyErr_NoMemory(), -1;
  for (Py_ssize_t i = 0; i < n; ++i) {
    PyObject *values;
    int mode;
    duomo_filter filter = DUOMO_FILTER_INIT;
    PyObject *one = PyTuple_GetItem(s->filter_owner, i);
    if (!PyArg_ParseTuple(one, "siO", &filter.input, &mode, &values)) return -1;
    filter.mode = mode;
    if (PyTuple_Check(values)) {
      if (GetStrings(&s->filter_strings[i], values, 0, filter.input) != 0) return -1;
      filter.value_count = s->filter_strings[i].size;
      if (filter.value_count > 0) filter.strings = s->filter_strings[i].data;
    } else {
      if (GetArray(&s->filter_integers[i], values, kInt64, 0, 0, filter.input) != 0) return -1;
      filter.integers = s->filter_integers[i].data;
      filter.value_count = s->filter_integers[i].size;
    }
    s->filters[i] = filter;
  }
  s->request.filters = s->filters;
  s->request.filter_count = (size_t)n;
  return 0;
}

/* Lists of ids, a list a query; offsets of None: none given. */
static int GetLists(Array *offsets, Array *ids, PyObject *const *args, size_t count,
                    const char *name) {
  if (GetArray(offsets, args[0], kOffset, 0, 1, name) != 0) return -1;
  if (GetArray(ids, args[1], kInt64, 0, 1, name) != 0) return -1;
  return offsets->data == NULL ? 0 : CheckOffsets(name, offsets, count, ids->size);
}

/* The library takes a NULL for "not given": an empty array stands for an empty one. */
static const int64_t kNone = 0;
static const int64_t *Given(const Array *array) {
  return array->data == NULL ? NULL : array->size == 0 ? &kNone : array->data;
}

/* args: count, ids, vectors, features, history offsets, history ids, exclude offsets, exclude ids,
 * allow, filters */
static int GetSearch(Search *s, PyObject *const *args, size_t width) {
  static const float no_vector = 0;
  duomo_topk_request *r = &s->request;
  r->count = PyLong_AsSize_t(args[0]);
  if (PyErr_Occurred()) return -1;
  if (GetArray(&s->ids, args[1], kInt64, 0, 1, "ids") != 0 ||
      GetArray(&s->vectors, args[2], kFloat, 0, 1, "vectors") != 0 ||
      BeginFeatures(&s->features, args[3], "features") != 0 ||
      GetLists(&s->history_offsets, &s->history_ids, args + 4, r->count, "histories") != 0 ||
      GetLists(&s->exclude_offsets, &s->exclude_ids, args + 6, r->count, "exclude") != 0 ||
      GetArray(&s->allow, args[8], kInt64, 0, 1, "allow") != 0 || GetFilters(s, args[9]) != 0 ||
      (s->ids.data && CheckSize("ids", s->ids.size, r->count) != 0) ||
      (s->vectors.data && width > 0 &&
       CheckSize("vectors", s->vectors.size, r->count * width) != 0)) {
    return -1;
  }
  r->ids = Given(&s->ids);
  r->vectors = s->vectors.size == 0 && s->vectors.data ? &no_vector : s->vectors.data;
  r->features = s->features ? s->features->features : NULL;
  r->history_offsets = s->history_offsets.data;
  r->history_ids = s->history_offsets.data ? Given(&s->history_ids) : NULL;
  r->exclude_offsets = s->exclude_offsets.data;
  r->exclude_ids = s->exclude_offsets.data ? Given(&s->exclude_ids) : NULL;
  r->allow_ids = Given(&s->allow);
  r->allow_count = s->allow.size;
  if (r->allow_ids != NULL) r->flags |= DUOMO_ALLOW_LISTED;
  return 0;
}

/* search(similar, out_ids, out_scores, out_counts, k, exclude_seen, minimum or None, probes or None,
 * + GetSearch) */
PyObject *ContextSearch(PyObject *object, PyObject *const *args, Py_ssize_t n) {
  ContextObject *self = (ContextObject *)object;
  if (CheckCount("search", n, 18) != 0) return NULL;
  duomo_error error = DUOMO_ERROR_INIT;
  duomo_status status = DUOMO_OK;
  duomo_topk_result result = DUOMO_TOPK_RESULT_INIT;
  Array ids = {0}, scores = {0}, counts = {0};
  Search s;
  memset(&s, 0, sizeof s);
  s.request = (duomo_topk_request)DUOMO_TOPK_REQUEST_INIT;
  int similar = PyObject_IsTrue(args[0]), seen = PyObject_IsTrue(args[5]);
  if (similar < 0 || seen < 0) return NULL;
  s.request.k = PyLong_AsSize_t(args[4]);
  if (PyErr_Occurred()) return NULL;
  if (seen) s.request.flags |= DUOMO_EXCLUDE_SEEN;
  if (args[6] != Py_None) {
    s.request.flags |= DUOMO_MINIMUM_SCORE;
    s.request.minimum_score = (float)PyFloat_AsDouble(args[6]);
    if (PyErr_Occurred()) return NULL;
  }
  if (args[7] != Py_None) {
    s.request.flags |= DUOMO_APPROXIMATE;
    s.request.probes = PyLong_AsSize_t(args[7]);
    if (PyErr_Occurred()) return NULL;
  }
  if (BeginContext(self) != 0) return NULL;
  size_t k = s.request.k;
  if (GetSearch(&s, args + 8, self->handle->vector_width) == 0 &&
      GetArray(&ids, args[1], kInt64, 1, 0, "out_ids") == 0 &&
      GetArray(&scores, args[2], kFloat, 1, 0, "out_scores") == 0 &&
      GetArray(&counts, args[3], kOffset, 1, 0, "out_counts") == 0 &&
      CheckSize("out_counts", counts.size, s.request.count) == 0) {
    if (k > 0 && s.request.count > SIZE_MAX / 8 / k) {
      PyErr_SetString(PyExc_ValueError, "k times the number of queries is too large");
    } else if (CheckSize("out_ids", ids.size, s.request.count * k) == 0 &&
               CheckSize("out_scores", scores.size, s.request.count * k) == 0) {
      result.ids = ids.data;
      result.scores = scores.data;
      result.counts = counts.data;
      __typeof__(library.topk) call = similar ? library.similar : library.topk;
      CALL(status, error, call(&result, self->context, &s.request, &error));
    }
  }
  ReleaseArray(&ids);
  ReleaseArray(&scores);
  ReleaseArray(&counts);
  Release(&s);
  EndContext(self);
  if (PyErr_Occurred()) return NULL;
  if (status != DUOMO_OK) return Raise(status, error.message);
  Py_RETURN_NONE;
}

/* rank(out, user or None, user_features, item ids, item_features, pair_features, history) */
PyObject *ContextRank(PyObject *object, PyObject *const *args, Py_ssize_t n) {
  ContextObject *self = (ContextObject *)object;
  duomo_rank_request r = DUOMO_RANK_REQUEST_INIT;
  duomo_error error = DUOMO_ERROR_INIT;
  duomo_status status = DUOMO_OK;
  Array out = {0}, items = {0}, history = {0};
  FeaturesObject *user_features = NULL, *item_features = NULL, *pair_features = NULL;
  if (CheckCount("rank", n, 7) != 0) return NULL;
  if (args[1] != Py_None) {
    r.flags |= DUOMO_RANK_USER_ID;
    r.user_id = PyLong_AsLongLong(args[1]);
    if (PyErr_Occurred()) return NULL;
  }
  if (BeginContext(self) != 0) return NULL;
  if (GetArray(&out, args[0], kFloat, 1, 0, "out") == 0 &&
      BeginFeatures(&user_features, args[2], "user_features") == 0 &&
      GetArray(&items, args[3], kInt64, 0, 1, "items") == 0 &&
      BeginFeatures(&item_features, args[4], "item_features") == 0 &&
      BeginFeatures(&pair_features, args[5], "pair_features") == 0 &&
      GetArray(&history, args[6], kInt64, 0, 1, "history") == 0 &&
      (items.data == NULL || CheckSize("out", out.size, items.size) == 0) &&
      (item_features == NULL || CheckSize("out", out.size, item_features->count) == 0)) {
    r.user_features = user_features ? user_features->features : NULL;
    r.item_ids = Given(&items);
    r.item_features = item_features ? item_features->features : NULL;
    r.pair_features = pair_features ? pair_features->features : NULL;
    r.history_ids = Given(&history);
    r.history_count = history.size;
    r.n = out.size;
    CALL(status, error, library.rank(out.data, self->context, &r, &error));
  }
  ReleaseArray(&out);
  ReleaseArray(&items);
  ReleaseArray(&history);
  EndFeatures(user_features);
  EndFeatures(item_features);
  EndFeatures(pair_features);
  EndContext(self);
  if (PyErr_Occurred()) return NULL;
  if (status != DUOMO_OK) return Raise(status, error.message);
  Py_RETURN_NONE;
}
