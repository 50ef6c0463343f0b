/* Context's requests: the searches and rank. */
#include "native.h"

#include <string.h>

/* A request for a search with what it points to. */
typedef struct Search {
  duomo_topk_request request;
  Ids ids, history, exclude_all, exclude, allow;
  Array vectors, history_offsets, history_weights, exclude_offsets, k_each;
  FeaturesObject *features;
  Filters filters;
  PyObject *limit_owner; /* a tuple: keeps names alive */
  duomo_limit *limits;
  duomo_item_set **sets; /* references of the call's own; [0] is the one for all queries */
  size_t set_count;
} Search;

static void Release(Search *s) {
  Ids *ids[] = {&s->ids, &s->history, &s->exclude_all, &s->exclude, &s->allow};
  for (size_t i = 0; i < sizeof ids / sizeof *ids; ++i) ReleaseIds(ids[i]);
  Array *arrays[] = {&s->vectors, &s->history_offsets, &s->history_weights, &s->exclude_offsets,
                     &s->k_each};
  for (size_t i = 0; i < sizeof arrays / sizeof *arrays; ++i) ReleaseArray(arrays[i]);
  EndFeatures(s->features);
  ReleaseFilters(&s->filters);
  for (size_t i = 0; i < s->set_count; ++i) library.item_set_release(s->sets[i]);
  PyMem_Free(s->sets);
  PyMem_Free(s->limits);
  Py_XDECREF(s->limit_owner);
}

/* Lists of ids, a list a query; offsets of None: none given. */
static int GetLists(Array *offsets, Ids *ids, PyObject *const *args, size_t count, const char *name) {
  if (GetArray(offsets, args[0], kOffset, 0, 1, name) != 0) return -1;
  if (GetIds(ids, args[1], name) != 0) return -1;
  return offsets->data == NULL ? 0 : CheckOffsets(name, offsets, count, ids->size);
}

/* limits: a tuple of (name, at most). */
static int GetLimits(Search *s, PyObject *limits) {
  s->limit_owner = PySequence_Tuple(limits);
  if (s->limit_owner == NULL) return -1;
  Py_ssize_t n = PyTuple_Size(s->limit_owner);
  if (n == 0) return 0;
  s->limits = PyMem_Calloc((size_t)n, sizeof *s->limits);
  if (s->limits == NULL) return PyErr_NoMemory(), -1;
  for (Py_ssize_t i = 0; i < n; ++i) {
    duomo_limit limit = DUOMO_LIMIT_INIT;
    unsigned int at_most;
    PyObject *one = PyTuple_GetItem(s->limit_owner, i);
    if (!PyArg_ParseTuple(one, "sI", &limit.input, &at_most)) return -1;
    limit.at_most = at_most;
    s->limits[i] = limit;
  }
  s->request.limits = s->limits;
  s->request.limit_count = (size_t)n;
  return 0;
}

static int AddSet(Search *s, PyObject *object) {
  if (object == Py_None) {
    s->sets[s->set_count++] = NULL;
    return 0;
  }
  if (!PyObject_TypeCheck(object, set_type)) {
    PyErr_Format(PyExc_TypeError, "allow: expected an ItemSet, not %R", (PyObject *)Py_TYPE(object));
    return -1;
  }
  duomo_item_set *set = ((SetObject *)object)->set;
  if (set == NULL) return RaiseClosed("this set"), -1;
  library.item_set_retain(set);
  s->sets[s->set_count++] = set;
  return 0;
}

/* one: a set or None; each: a tuple of those or None. */
static int GetSets(Search *s, PyObject *one, PyObject *each) {
  if (one == Py_None && each == Py_None) return 0;
  Py_ssize_t n = each == Py_None ? 0 : PyTuple_Size(each);
  if (n < 0 || (each != Py_None && CheckSize("allow", (size_t)n, s->request.count) != 0)) return -1;
  s->sets = PyMem_Calloc((size_t)n + 1, sizeof *s->sets);
  if (s->sets == NULL) return PyErr_NoMemory(), -1;
  if (AddSet(s, one) != 0) return -1;
  for (Py_ssize_t i = 0; i < n; ++i) {
    if (AddSet(s, PyTuple_GetItem(each, i)) != 0) return -1;
  }
  s->request.allow_set = s->sets[0];
  if (each != Py_None) s->request.allow_sets = (const duomo_item_set *const *)s->sets + 1;
  return 0;
}

/* count, ids, vectors, features, history (offsets, ids), weights, excluded for all, excluded (offsets,
 * ids), allowed, k of each, set, sets, filters, limits */
static int GetSearch(Search *s, PyObject *const *args, size_t width) {
  static const float no_vector = 0;
  duomo_topk_request *r = &s->request;
  r->count = PyLong_AsSize_t(args[0]);
  if (PyErr_Occurred()) return -1;
  if (GetIds(&s->ids, args[1], "ids") != 0 ||
      GetArray(&s->vectors, args[2], kFloat, 0, 1, "vectors") != 0 ||
      BeginFeatures(&s->features, args[3], "features") != 0 ||
      GetLists(&s->history_offsets, &s->history, args + 4, r->count, "histories") != 0 ||
      GetArray(&s->history_weights, args[6], kFloat, 0, 1, "history_weights") != 0 ||
      GetIds(&s->exclude_all, args[7], "exclude") != 0 ||
      GetLists(&s->exclude_offsets, &s->exclude, args + 8, r->count, "exclude") != 0 ||
      GetIds(&s->allow, args[10], "allow") != 0 ||
      GetArray(&s->k_each, args[11], kOffset, 0, 1, "k") != 0 ||
      GetSets(s, args[12], args[13]) != 0 || GetFilters(&s->filters, args[14]) != 0 ||
      GetLimits(s, args[15]) != 0 ||
      (args[1] != Py_None && CheckSize("ids", s->ids.size, r->count) != 0) ||
      (args[6] != Py_None &&
       CheckSize("history_weights", s->history_weights.size, s->history.size) != 0) ||
      (args[11] != Py_None && CheckSize("k", s->k_each.size, r->count) != 0) ||
      (s->vectors.data && width > 0 &&
       CheckSize("vectors", s->vectors.size, r->count * width) != 0)) {
    return -1;
  }
  r->ids = s->ids.ids;
  r->keys = s->ids.keys;
  r->vectors = s->vectors.size == 0 && s->vectors.data ? &no_vector : s->vectors.data;
  r->features = s->features ? s->features->features : NULL;
  r->history_offsets = s->history_offsets.data;
  r->history_ids = s->history.ids;
  r->history_keys = s->history.keys;
  r->history_weights = s->history_weights.data;
  r->shared_exclude_ids = s->exclude_all.ids;
  r->shared_exclude_keys = s->exclude_all.keys;
  r->shared_exclude_count = s->exclude_all.size;
  r->exclude_offsets = s->exclude_offsets.data;
  r->exclude_ids = s->exclude.ids;
  r->exclude_keys = s->exclude.keys;
  if (args[10] != Py_None) r->flags |= DUOMO_ALLOW_LISTED;
  r->allow_ids = s->allow.ids;
  r->allow_keys = s->allow.keys;
  r->allow_count = s->allow.size;
  r->k_each = s->k_each.data;
  r->filters = s->filters.filters;
  r->filter_count = (size_t)s->filters.count;
  return 0;
}

typedef __typeof__(&duomo_topk) SearchFunction;

/* search(which, out_ids, out_scores, out_counts, k, exclude_seen, minimum or None, probes or None,
 * + GetSearch); which: top-k, similar, users for, similar users. */
PyObject *ContextSearch(PyObject *object, PyObject *const *args, Py_ssize_t n) {
  ContextObject *self = (ContextObject *)object;
  if (CheckCount("search", n, 24) != 0) return NULL;
  duomo_error error = DUOMO_ERROR_INIT;
  duomo_status status = DUOMO_OK;
  duomo_topk_result result = DUOMO_TOPK_RESULT_INIT;
  Array ids = {0}, scores = {0}, counts = {0};
  Search s;
  memset(&s, 0, sizeof s);
  s.request = (duomo_topk_request)DUOMO_TOPK_REQUEST_INIT;
  const SearchFunction functions[] = {library.topk, library.similar, library.users_for,
                                      library.similar_users};
  size_t which = PyLong_AsSize_t(args[0]);
  int seen = PyObject_IsTrue(args[5]);
  if (seen < 0 || PyErr_Occurred()) return NULL;
  if (which > 3) return PyErr_SetString(PyExc_ValueError, "which: 0 to 3"), NULL;
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
      SearchFunction call = functions[which];
      CALL(status, error, call(&result, self->context, &s.request, &error));
    }
  }
  ReleaseArray(&ids);
  ReleaseArray(&scores);
  ReleaseArray(&counts);
  Release(&s);
  EndContext(self);
  if (PyErr_Occurred()) return NULL;
  if (status != DUOMO_OK) return Raise(status, &error);
  Py_RETURN_NONE;
}

/* rank(out, user or None, user_features, items, item_features, pair_features, history) */
PyObject *ContextRank(PyObject *object, PyObject *const *args, Py_ssize_t n) {
  ContextObject *self = (ContextObject *)object;
  duomo_rank_request r = DUOMO_RANK_REQUEST_INIT;
  duomo_error error = DUOMO_ERROR_INIT;
  duomo_status status = DUOMO_OK;
  Array out = {0};
  Ids items = {0}, history = {0};
  FeaturesObject *user_features = NULL, *item_features = NULL, *pair_features = NULL;
  if (CheckCount("rank", n, 7) != 0) return NULL;
  if (PyUnicode_Check(args[1])) {
    r.user_key = Utf8(args[1], "user");
    if (r.user_key == NULL) return NULL;
  } else if (args[1] != Py_None) {
    r.flags |= DUOMO_RANK_USER_ID;
    r.user_id = PyLong_AsLongLong(args[1]);
    if (PyErr_Occurred()) return NULL;
  }
  if (BeginContext(self) != 0) return NULL;
  if (GetArray(&out, args[0], kFloat, 1, 0, "out") == 0 &&
      BeginFeatures(&user_features, args[2], "user_features") == 0 &&
      GetIds(&items, args[3], "items") == 0 &&
      BeginFeatures(&item_features, args[4], "item_features") == 0 &&
      BeginFeatures(&pair_features, args[5], "pair_features") == 0 &&
      GetIds(&history, args[6], "history") == 0 &&
      (args[3] == Py_None || CheckSize("out", out.size, items.size) == 0) &&
      (item_features == NULL || CheckSize("out", out.size, item_features->count) == 0)) {
    r.user_features = user_features ? user_features->features : NULL;
    r.item_ids = items.ids;
    r.item_keys = items.keys;
    r.item_features = item_features ? item_features->features : NULL;
    r.pair_features = pair_features ? pair_features->features : NULL;
    r.history_ids = history.ids;
    r.history_keys = history.keys;
    r.history_count = history.size;
    r.n = out.size;
    CALL(status, error, library.rank(out.data, self->context, &r, &error));
  }
  ReleaseArray(&out);
  ReleaseIds(&items);
  ReleaseIds(&history);
  EndFeatures(user_features);
  EndFeatures(item_features);
  EndFeatures(pair_features);
  EndContext(self);
  if (PyErr_Occurred()) return NULL;
  if (status != DUOMO_OK) return Raise(status, &error);
  Py_RETURN_NONE;
}
