/* The calls: predict, encode, top-k, similar, rank. */
#include "glue.h"

/* Java's long[] is read as size_t[] and int64_t[]. */
_Static_assert(sizeof(size_t) == sizeof(jlong), "the glue is for 64-bit systems");

/* Up to so many elements an array is used where it lies, which holds up the garbage collector for
 * well under a millisecond; larger ones are copied. */
enum { kInPlace = 1 << 16 };

NATIVE(jlong, createContext)(JNIEnv *env, jclass c, jlong model, jint unknown_ids,
                             jint threads) {
  duomo_error error = DUOMO_ERROR_INIT;
  duomo_context_options options = DUOMO_CONTEXT_OPTIONS_INIT;
  duomo_context *context = NULL;
  (void)c;
  options.unknown_ids = unknown_ids;
  options.threads = (uint32_t)threads;
  Check(env, duomo_context_create(&context, HANDLE(duomo_model, model), &options, &error), &error);
  return (jlong)(intptr_t)context;
}

NATIVE(void, releaseContext)(JNIEnv *env, jclass c, jlong context) {
  (void)env, (void)c;
  duomo_context_release(HANDLE(duomo_context, context));
}

NATIVE(jfloat, predictOne)(JNIEnv *env, jclass c, jlong context, jlong user, jlong item) {
  duomo_error error;
  float prediction = 0;
  int64_t u = user, i = item;
  (void)c;
  error.struct_size = sizeof error; /* the 500 bytes behind are the library's to write */
  Check(env, duomo_predict(&prediction, HANDLE(duomo_context, context), &u, &i, 1, &error), &error);
  return prediction;
}

NATIVE(void, predict)(JNIEnv *env, jclass c, jlong context, jlongArray users, jlongArray items,
                      jfloatArray out) {
  duomo_error error = DUOMO_ERROR_INIT;
  duomo_status status = DUOMO_OK;
  duomo_context *d = HANDLE(duomo_context, context);
  size_t n = (size_t)(*env)->GetArrayLength(env, users);
  (void)c;
  if (n <= kInPlace) {
    void *u = (*env)->GetPrimitiveArrayCritical(env, users, NULL);
    void *i = u ? (*env)->GetPrimitiveArrayCritical(env, items, NULL) : NULL;
    void *o = i ? (*env)->GetPrimitiveArrayCritical(env, out, NULL) : NULL;
    if (o) status = duomo_predict(o, d, u, i, n, &error);
    if (o) (*env)->ReleasePrimitiveArrayCritical(env, out, o, 0);
    if (i) (*env)->ReleasePrimitiveArrayCritical(env, items, i, JNI_ABORT);
    if (u) (*env)->ReleasePrimitiveArrayCritical(env, users, u, JNI_ABORT);
    if (!o) ThrowOutOfMemory(env);
  } else {
    Longs u = {0}, i = {0};
    Floats o = {0};
    if (GetLongs(env, &u, users) && GetLongs(env, &i, items) && MakeFloats(env, &o, out)) {
      status = duomo_predict(o.data, d, (int64_t *)u.data, (int64_t *)i.data, n, &error);
    }
    ReleaseLongs(env, &u, 0);
    ReleaseLongs(env, &i, 0);
    ReleaseFloats(env, &o, status == DUOMO_OK);
  }
  Check(env, status, &error);
}

/* Direct buffers from their positions on; nothing is copied and the collector is not held up. */
NATIVE(void, predictDirect)(JNIEnv *env, jclass c, jlong context, jobject users, jint users_at,
                            jobject items, jint items_at, jobject out, jint out_at, jint n) {
  duomo_error error = DUOMO_ERROR_INIT;
  const int64_t *u = (*env)->GetDirectBufferAddress(env, users);
  const int64_t *i = (*env)->GetDirectBufferAddress(env, items);
  float *o = (*env)->GetDirectBufferAddress(env, out);
  (void)c;
  Check(env,
        duomo_predict(o + out_at, HANDLE(duomo_context, context), u + users_at, i + items_at,
                      (size_t)n, &error),
        &error);
}

NATIVE(void, predictVectors)(JNIEnv *env, jclass c, jlong context, jfloatArray users,
                             jfloatArray items, jfloatArray out) {
  duomo_error error = DUOMO_ERROR_INIT;
  duomo_status status = DUOMO_OK;
  Floats u = {0}, i = {0}, o = {0};
  (void)c;
  if (GetFloats(env, &u, users) && GetFloats(env, &i, items) && MakeFloats(env, &o, out)) {
    status = duomo_predict_vectors(o.data, HANDLE(duomo_context, context), u.data, i.data, o.size,
                                   &error);
  }
  ReleaseFloats(env, &u, 0);
  ReleaseFloats(env, &i, 0);
  ReleaseFloats(env, &o, status == DUOMO_OK);
  Check(env, status, &error);
}

NATIVE(void, predictVectorsDirect)(JNIEnv *env, jclass c, jlong context, jobject users,
                                   jint users_at, jobject items, jint items_at, jobject out,
                                   jint out_at, jint n) {
  duomo_error error = DUOMO_ERROR_INIT;
  const float *u = (*env)->GetDirectBufferAddress(env, users);
  const float *i = (*env)->GetDirectBufferAddress(env, items);
  float *o = (*env)->GetDirectBufferAddress(env, out);
  (void)c;
  Check(env,
        duomo_predict_vectors(o + out_at, HANDLE(duomo_context, context), u + users_at,
                              i + items_at, (size_t)n, &error),
        &error);
}

NATIVE(void, encodeDirect)(JNIEnv *env, jclass c, jlong context, jboolean of_users, jobject ids,
                           jint ids_at, jobject out, jint out_at, jint n) {
  duomo_error error = DUOMO_ERROR_INIT;
  const int64_t *i = (*env)->GetDirectBufferAddress(env, ids);
  float *o = (*env)->GetDirectBufferAddress(env, out);
  (void)c;
  Check(env,
        (of_users ? duomo_encode_users : duomo_encode_items)(
            o + out_at, HANDLE(duomo_context, context), i + ids_at, (size_t)n, &error),
        &error);
}

NATIVE(void, encodeFeaturesDirect)(JNIEnv *env, jclass c, jlong context, jlong features,
                                   jobject out, jint out_at) {
  duomo_error error = DUOMO_ERROR_INIT;
  float *o = (*env)->GetDirectBufferAddress(env, out);
  (void)c;
  Check(env,
        duomo_encode_features(o + out_at, HANDLE(duomo_context, context),
                              HANDLE(duomo_features, features), &error),
        &error);
}

NATIVE(void, encode)(JNIEnv *env, jclass c, jlong context, jboolean of_users, jlongArray ids,
                     jfloatArray out) {
  duomo_error error = DUOMO_ERROR_INIT;
  duomo_status status = DUOMO_OK;
  Longs i = {0};
  Floats o = {0};
  (void)c;
  if (GetLongs(env, &i, ids) && MakeFloats(env, &o, out)) {
    status = (of_users ? duomo_encode_users : duomo_encode_items)(
        o.data, HANDLE(duomo_context, context), (int64_t *)i.data, i.size, &error);
  }
  ReleaseLongs(env, &i, 0);
  ReleaseFloats(env, &o, status == DUOMO_OK);
  Check(env, status, &error);
}

NATIVE(void, encodeFeatures)(JNIEnv *env, jclass c, jlong context, jlong features,
                             jfloatArray out) {
  duomo_error error = DUOMO_ERROR_INIT;
  Floats o = {0};
  (void)c;
  if (!MakeFloats(env, &o, out)) return;
  duomo_status status = duomo_encode_features(o.data, HANDLE(duomo_context, context),
                                              HANDLE(duomo_features, features), &error);
  ReleaseFloats(env, &o, status == DUOMO_OK);
  Check(env, status, &error);
}

/* A filter's name and values, as the request points to them. */
typedef struct Values { char *input; Texts texts; Longs longs; } Values;

static int GetFilters(JNIEnv *env, duomo_filter *filters, Values *values, size_t n, jintArray modes,
                      jobjectArray inputs, jobjectArray lists) {
  jclass of_longs = (*env)->FindClass(env, "[J");
  for (size_t f = 0; of_longs && f < n; ++f) {
    duomo_filter filter = DUOMO_FILTER_INIT;
    jint mode = 0;
    (*env)->GetIntArrayRegion(env, modes, (jsize)f, 1, &mode);
    filter.mode = mode;
    values[f].input = GetText(env, (*env)->GetObjectArrayElement(env, inputs, (jsize)f));
    if (values[f].input == NULL) return 0;
    filter.input = values[f].input;
    jobject list = (*env)->GetObjectArrayElement(env, lists, (jsize)f);
    if ((*env)->IsInstanceOf(env, list, of_longs)) {
      if (!GetLongs(env, &values[f].longs, list)) return 0;
      filter.integers = (const int64_t *)values[f].longs.data;
      filter.value_count = values[f].longs.size;
    } else {
      if (!GetTexts(env, &values[f].texts, list)) return 0;
      filter.strings = (const char *const *)values[f].texts.data;
      filter.value_count = values[f].texts.size;
    }
    if (filter.value_count == 0) filter.integers = NULL, filter.strings = NULL;
    filters[f] = filter;
  }
  return of_longs != NULL;
}

NATIVE(void, search)(JNIEnv *env, jclass c, jlong context, jboolean similar, jint flags, jint count,
                     jlongArray ids, jfloatArray vectors, jlong features, jlongArray history_offsets,
                     jlongArray history_ids, jint k, jlongArray exclude_offsets,
                     jlongArray exclude_ids, jlongArray allow, jintArray modes, jobjectArray inputs,
                     jobjectArray lists, jfloat minimum, jint probes, jlongArray out_ids, jfloatArray out_scores,
                     jlongArray out_counts) {
  duomo_error error = DUOMO_ERROR_INIT;
  duomo_status status = DUOMO_OK;
  duomo_topk_request r = DUOMO_TOPK_REQUEST_INIT;
  duomo_topk_result result = DUOMO_TOPK_RESULT_INIT;
  Longs in[6] = {{0}}, best = {0}, counts = {0};
  jlongArray arrays[6] = {ids, history_offsets, history_ids, exclude_offsets, exclude_ids, allow};
  Floats v = {0}, scores = {0};
  size_t n = (size_t)(*env)->GetArrayLength(env, inputs);
  duomo_filter *filters = calloc(n + 1, sizeof *filters);
  Values *values = calloc(n + 1, sizeof *values);
  int ready = filters != NULL && values != NULL;
  (void)c;
  if (!ready) ThrowOutOfMemory(env);
  for (int i = 0; ready && i < 6; ++i) ready = GetLongs(env, &in[i], arrays[i]);
  ready = ready && GetFilters(env, filters, values, n, modes, inputs, lists);
  ready = ready && GetFloats(env, &v, vectors) && MakeLongs(env, &best, out_ids) &&
          MakeFloats(env, &scores, out_scores) && MakeLongs(env, &counts, out_counts);
  if (ready) {
    best.size = scores.size = (size_t)count * (size_t)k; /* a result that is used again may be larger */
    counts.size = (size_t)count;
    r.flags = (uint32_t)flags;
    r.count = (size_t)count;
    r.ids = (const int64_t *)in[0].data;
    r.vectors = v.data;
    r.features = HANDLE(duomo_features, features);
    r.history_offsets = (const size_t *)in[1].data;
    r.history_ids = (const int64_t *)in[2].data;
    r.k = (size_t)k;
    r.exclude_offsets = (const size_t *)in[3].data;
    r.exclude_ids = (const int64_t *)in[4].data;
    r.allow_ids = (const int64_t *)in[5].data;
    r.allow_count = in[5].size;
    if (r.allow_ids != NULL) r.flags |= DUOMO_ALLOW_LISTED;
    r.filters = n > 0 ? filters : NULL;
    r.filter_count = n;
    r.minimum_score = minimum;
    r.probes = (size_t)probes;
    result.ids = (int64_t *)best.data;
    result.scores = scores.data;
    result.counts = (size_t *)counts.data;
    status = (similar ? duomo_similar : duomo_topk)(&result, HANDLE(duomo_context, context), &r,
                                                    &error);
    for (size_t q = 0; status == DUOMO_OK && q < r.count; ++q) { /* what lies behind the results */
      size_t found = result.counts[q], rest = r.k - found;
      memset(result.ids + q * r.k + found, 0, rest * sizeof *result.ids);
      memset(result.scores + q * r.k + found, 0, rest * sizeof *result.scores);
    }
  }
  for (int i = 0; i < 6; ++i) ReleaseLongs(env, &in[i], 0);
  for (size_t f = 0; values != NULL && f < n; ++f) {
    free(values[f].input);
    ReleaseTexts(&values[f].texts);
    ReleaseLongs(env, &values[f].longs, 0);
  }
  free(filters);
  free(values);
  ReleaseFloats(env, &v, 0);
  ReleaseLongs(env, &best, ready && status == DUOMO_OK);
  ReleaseFloats(env, &scores, ready && status == DUOMO_OK);
  ReleaseLongs(env, &counts, ready && status == DUOMO_OK);
  Check(env, status, &error);
}

NATIVE(void, rank)(JNIEnv *env, jclass c, jlong context, jint flags, jlong user,
                   jlong user_features, jlongArray items, jlong item_features, jlong pair_features,
                   jlongArray history, jfloatArray out) {
  duomo_error error = DUOMO_ERROR_INIT;
  duomo_status status = DUOMO_OK;
  duomo_rank_request r = DUOMO_RANK_REQUEST_INIT;
  Longs i = {0}, h = {0};
  Floats o = {0};
  (void)c;
  if (GetLongs(env, &i, items) && GetLongs(env, &h, history) && MakeFloats(env, &o, out)) {
    r.flags = (uint32_t)flags;
    r.user_id = user;
    r.user_features = HANDLE(duomo_features, user_features);
    r.item_ids = (const int64_t *)i.data;
    r.item_features = HANDLE(duomo_features, item_features);
    r.pair_features = HANDLE(duomo_features, pair_features);
    r.history_ids = (const int64_t *)h.data;
    r.history_count = h.size;
    r.n = o.size;
    status = duomo_rank(o.data, HANDLE(duomo_context, context), &r, &error);
  }
  ReleaseLongs(env, &i, 0);
  ReleaseLongs(env, &h, 0);
  ReleaseFloats(env, &o, status == DUOMO_OK);
  Check(env, status, &error);
}
