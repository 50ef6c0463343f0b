/* Contexts: predict and encode; search.c has the rest. */
#include "glue.h"

/* Up to so many elements an array is used where it lies, which holds up the garbage collector for
 * well under a millisecond; larger ones are copied. */
enum { kInPlace = 1 << 16 };

NATIVE(jlong, createContext)(JNIEnv *env, jclass c, jlong model, jint unknown_ids, jint threads,
                             jobject cancelled) {
  duomo_error error = DUOMO_ERROR_INIT;
  duomo_context_options options = DUOMO_CONTEXT_OPTIONS_INIT;
  duomo_context *context = NULL;
  (void)c;
  options.unknown_ids = unknown_ids;
  options.threads = (uint32_t)threads;
  if (cancelled != NULL) options.cancelled = (*env)->GetDirectBufferAddress(env, cancelled);
  Check(env, duomo_context_create(&context, HANDLE(duomo_model, model), &options, &error), &error);
  return (jlong)(intptr_t)context;
}

NATIVE(void, releaseContext)(JNIEnv *env, jclass c, jlong context) {
  (void)env, (void)c;
  duomo_context_release(HANDLE(duomo_context, context));
}

NATIVE(void, trim)(JNIEnv *env, jclass c, jlong context) {
  (void)env, (void)c;
  duomo_context_trim(HANDLE(duomo_context, context));
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
