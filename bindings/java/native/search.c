/* Requests: the searches and rank. */
#include "glue.h"

enum { kIds, kHistoryOffsets, kHistoryIds, kExclude, kExcludeOffsets, kExcludeIds, kAllow, kKEach,
       kSets, kLongs };
enum { kVectors, kWeights, kFloats };
enum { kKeys, kHistoryKeys, kExcludeAllKeys, kExcludeKeys, kAllowKeys, kTexts };

/* A request with what it points to. */
typedef struct Search {
  duomo_topk_request request;
  Longs longs[kLongs];
  Floats floats[kFloats];
  Texts texts[kTexts];
  Filters filters;
  Texts limit_inputs;
  duomo_limit *limits;
} Search;

static int GetSearch(JNIEnv *env, Search *s, jobjectArray longs, jobjectArray floats,
                     jobjectArray texts, jintArray modes, jobjectArray inputs, jobjectArray lists,
                     jintArray limits, jobjectArray limit_inputs) {
  for (int i = 0; i < kLongs; ++i) {
    if (!GetLongs(env, &s->longs[i], (*env)->GetObjectArrayElement(env, longs, i))) return 0;
  }
  for (int i = 0; i < kFloats; ++i) {
    if (!GetFloats(env, &s->floats[i], (*env)->GetObjectArrayElement(env, floats, i))) return 0;
  }
  for (int i = 0; i < kTexts; ++i) {
    if (!GetTexts(env, &s->texts[i], (*env)->GetObjectArrayElement(env, texts, i))) return 0;
  }
  if (!GetFilters(env, &s->filters, modes, inputs, lists)) return 0;
  if (!GetTexts(env, &s->limit_inputs, limit_inputs)) return 0;
  size_t n = s->limit_inputs.size;
  s->limits = calloc(n + 1, sizeof *s->limits);
  if (s->limits == NULL) return ThrowOutOfMemory(env), 0;
  for (size_t i = 0; i < n; ++i) {
    duomo_limit limit = DUOMO_LIMIT_INIT;
    jint at_most = 0;
    (*env)->GetIntArrayRegion(env, limits, (jsize)i, 1, &at_most);
    limit.at_most = (uint32_t)at_most;
    limit.input = s->limit_inputs.data[i];
    s->limits[i] = limit;
  }
  return 1;
}

static void ReleaseSearch(JNIEnv *env, Search *s) {
  for (int i = 0; i < kLongs; ++i) ReleaseLongs(env, &s->longs[i], 0);
  for (int i = 0; i < kFloats; ++i) ReleaseFloats(env, &s->floats[i], 0);
  for (int i = 0; i < kTexts; ++i) ReleaseTexts(&s->texts[i]);
  ReleaseFilters(env, &s->filters);
  ReleaseTexts(&s->limit_inputs);
  free(s->limits);
}

static void Fill(Search *s) {
  duomo_topk_request *r = &s->request;
  const Longs *longs = s->longs;
  const char *const *keys[kTexts];
  for (int i = 0; i < kTexts; ++i) keys[i] = (const char *const *)s->texts[i].data;
  r->ids = (const int64_t *)longs[kIds].data;
  r->keys = keys[kKeys];
  r->vectors = s->floats[kVectors].data;
  r->history_offsets = (const size_t *)longs[kHistoryOffsets].data;
  r->history_ids = (const int64_t *)longs[kHistoryIds].data;
  r->history_keys = keys[kHistoryKeys];
  r->history_weights = s->floats[kWeights].data;
  r->shared_exclude_ids = (const int64_t *)longs[kExclude].data;
  r->shared_exclude_keys = keys[kExcludeAllKeys];
  r->shared_exclude_count = longs[kExclude].size + s->texts[kExcludeAllKeys].size;
  r->exclude_offsets = (const size_t *)longs[kExcludeOffsets].data;
  r->exclude_ids = (const int64_t *)longs[kExcludeIds].data;
  r->exclude_keys = keys[kExcludeKeys];
  r->allow_ids = (const int64_t *)longs[kAllow].data;
  r->allow_keys = keys[kAllowKeys];
  r->allow_count = longs[kAllow].size + s->texts[kAllowKeys].size;
  r->k_each = (const size_t *)longs[kKEach].data;
  r->allow_sets = (const duomo_item_set *const *)longs[kSets].data;
  r->filters = s->filters.size > 0 ? s->filters.filters : NULL;
  r->filter_count = s->filters.size;
  r->limits = s->limit_inputs.size > 0 ? s->limits : NULL;
  r->limit_count = s->limit_inputs.size;
}

static duomo_status Run(jint which, duomo_topk_result *result, duomo_context *context,
                        const duomo_topk_request *request, duomo_error *error) {
  switch (which) {
    case 0: return duomo_topk(result, context, request, error);
    case 1: return duomo_similar(result, context, request, error);
    case 2: return duomo_users_for(result, context, request, error);
    default: return duomo_similar_users(result, context, request, error);
  }
}

/* Room for the texts of results, where they are asked for. */
static int MakeTexts(JNIEnv *env, duomo_text **out, jobjectArray array, size_t n) {
  if (array == NULL) return 1;
  *out = calloc(n + 1, sizeof **out);
  if (*out == NULL) ThrowOutOfMemory(env);
  return *out != NULL;
}

NATIVE(void, search)(JNIEnv *env, jclass c, jlong context, jint which, jint flags, jint count, jint k,
                     jfloat minimum, jint probes, jlong features, jlong allow_set,
                     jobjectArray longs, jobjectArray floats, jobjectArray texts, jintArray modes,
                     jobjectArray inputs, jobjectArray lists, jintArray limits,
                     jobjectArray limit_inputs, jlongArray out_ids, jfloatArray out_scores,
                     jlongArray out_counts, jobjectArray out_keys, jobjectArray out_titles) {
  duomo_error error = DUOMO_ERROR_INIT;
  duomo_status status = DUOMO_OK;
  duomo_topk_result result = DUOMO_TOPK_RESULT_INIT;
  Longs best = {0}, counts = {0};
  Floats scores = {0};
  Search s;
  (void)c;
  memset(&s, 0, sizeof s);
  s.request = (duomo_topk_request)DUOMO_TOPK_REQUEST_INIT;
  if ((*env)->EnsureLocalCapacity(env, 64 + 2 * (*env)->GetArrayLength(env, inputs)) != 0) return;
  size_t places = (size_t)count * (size_t)k;
  int ready =
      GetSearch(env, &s, longs, floats, texts, modes, inputs, lists, limits, limit_inputs) &&
      MakeLongs(env, &best, out_ids) && MakeFloats(env, &scores, out_scores) &&
      MakeLongs(env, &counts, out_counts) && MakeTexts(env, &result.keys, out_keys, places) &&
      MakeTexts(env, &result.titles, out_titles, places);
  if (ready) {
    best.size = scores.size = places; /* a result that is used again may be larger */
    counts.size = (size_t)count;
    Fill(&s);
    s.request.flags = (uint32_t)flags;
    s.request.count = (size_t)count;
    s.request.k = (size_t)k;
    s.request.features = HANDLE(duomo_features, features);
    s.request.allow_set = HANDLE(duomo_item_set, allow_set);
    s.request.minimum_score = minimum;
    s.request.probes = (size_t)probes;
    result.ids = (int64_t *)best.data;
    result.scores = scores.data;
    result.counts = (size_t *)counts.data;
    status = Run(which, &result, HANDLE(duomo_context, context), &s.request, &error);
    for (size_t q = 0; status == DUOMO_OK && q < s.request.count; ++q) {
      size_t first = q * s.request.k, found = result.counts[q], rest = s.request.k - found;
      memset(result.ids + first + found, 0, rest * sizeof *result.ids); /* what lies behind */
      memset(result.scores + first + found, 0, rest * sizeof *result.scores);
      if (result.keys && !SetTexts(env, out_keys, first, result.keys + first, found)) break;
      if (result.titles && !SetTexts(env, out_titles, first, result.titles + first, found)) break;
    }
  }
  free(result.keys);
  free(result.titles);
  ReleaseSearch(env, &s);
  ready = ready && status == DUOMO_OK && !(*env)->ExceptionCheck(env);
  ReleaseLongs(env, &best, ready);
  ReleaseFloats(env, &scores, ready);
  ReleaseLongs(env, &counts, ready);
  Check(env, status, &error);
}

NATIVE(void, rank)(JNIEnv *env, jclass c, jlong context, jint flags, jlong user, jbyteArray user_key,
                   jlong user_features, jlongArray items, jobjectArray item_keys,
                   jlong item_features, jlong pair_features, jlongArray history,
                   jobjectArray history_keys, jfloatArray out) {
  duomo_error error = DUOMO_ERROR_INIT;
  duomo_status status = DUOMO_OK;
  duomo_rank_request r = DUOMO_RANK_REQUEST_INIT;
  Longs i = {0}, h = {0};
  Texts ik = {0}, hk = {0};
  Floats o = {0};
  (void)c;
  char *key = user_key == NULL ? NULL : GetText(env, user_key);
  if ((key != NULL || user_key == NULL) && GetLongs(env, &i, items) && GetLongs(env, &h, history) &&
      GetTexts(env, &ik, item_keys) && GetTexts(env, &hk, history_keys) && MakeFloats(env, &o, out)) {
    r.flags = (uint32_t)flags;
    r.user_id = user;
    r.user_key = key;
    r.user_features = HANDLE(duomo_features, user_features);
    r.item_ids = (const int64_t *)i.data;
    r.item_keys = (const char *const *)ik.data;
    r.item_features = HANDLE(duomo_features, item_features);
    r.pair_features = HANDLE(duomo_features, pair_features);
    r.history_ids = (const int64_t *)h.data;
    r.history_keys = (const char *const *)hk.data;
    r.history_count = h.size + hk.size;
    r.n = o.size;
    status = duomo_rank(o.data, HANDLE(duomo_context, context), &r, &error);
  }
  free(key);
  ReleaseLongs(env, &i, 0);
  ReleaseLongs(env, &h, 0);
  ReleaseTexts(&ik);
  ReleaseTexts(&hk);
  ReleaseFloats(env, &o, status == DUOMO_OK);
  Check(env, status, &error);
}
