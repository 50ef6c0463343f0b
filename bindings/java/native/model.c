/* Models, their ids and texts, and features. */
#include "glue.h"

NATIVE(jbyteArray, version)(JNIEnv *env, jclass c) {
  (void)c;
  return ToBytes(env, duomo_version(), strlen(duomo_version()));
}

NATIVE(jbyteArray, buildInfo)(JNIEnv *env, jclass c) {
  (void)c;
  return ToBytes(env, duomo_build_info(), strlen(duomo_build_info()));
}

NATIVE(jlong, open)(JNIEnv *env, jclass c, jbyteArray path, jint flags, jint backend) {
  duomo_error error = DUOMO_ERROR_INIT;
  duomo_open_options options = DUOMO_OPEN_OPTIONS_INIT;
  duomo_model *model = NULL;
  (void)c;
  options.flags = (uint32_t)flags;
  options.backend = backend;
  char *name = GetText(env, path);
  if (name == NULL) return 0;
  Check(env, duomo_model_open(&model, name, &options, &error), &error);
  free(name);
  return (jlong)(intptr_t)model;
}

NATIVE(jlong, openBuffer)(JNIEnv *env, jclass c, jobject buffer, jlong offset, jlong size,
                          jint flags, jint backend) {
  duomo_error error = DUOMO_ERROR_INIT;
  duomo_open_options options = DUOMO_OPEN_OPTIONS_INIT;
  duomo_model *model = NULL;
  (void)c;
  options.flags = (uint32_t)flags;
  options.backend = backend;
  char *data = (*env)->GetDirectBufferAddress(env, buffer);
  Check(env, duomo_model_open_buffer(&model, data + offset, (size_t)size, &options, &error), &error);
  return (jlong)(intptr_t)model;
}

NATIVE(void, releaseModel)(JNIEnv *env, jclass c, jlong model) {
  (void)env, (void)c;
  duomo_model_release(HANDLE(duomo_model, model));
}

/* numbers[13] in the order of ModelInfo, range[2], texts[2]: name and unit. */
NATIVE(void, info)(JNIEnv *env, jclass c, jlong model, jlongArray numbers, jfloatArray range,
                   jobjectArray texts) {
  duomo_error error = DUOMO_ERROR_INIT;
  duomo_model_info i = DUOMO_MODEL_INFO_INIT;
  (void)c;
  if (!Check(env, duomo_model_get_info(&i, HANDLE(duomo_model, model), &error), &error)) return;
  jlong values[13] = {i.head, (jlong)i.user_count, (jlong)i.item_count, (jlong)i.vector_width,
                      (jlong)i.input_count, (jlong)i.file_size, i.has_user_vectors, i.has_history,
                      i.has_titles, i.copied, (jlong)i.fingerprint, (jlong)i.attribute_count,
                      (jlong)i.metadata_count};
  jfloat bounds[2] = {i.minimum_output, i.maximum_output};
  (*env)->SetLongArrayRegion(env, numbers, 0, 13, values);
  (*env)->SetFloatArrayRegion(env, range, 0, 2, bounds);
  jbyteArray name = ToBytes(env, i.name.data, i.name.size);
  jbyteArray unit = name ? ToBytes(env, i.unit.data, i.unit.size) : NULL;
  if (unit == NULL) return;
  (*env)->SetObjectArrayElement(env, texts, 0, name);
  (*env)->SetObjectArrayElement(env, texts, 1, unit);
}

/* numbers[4]: scope, kind, keys, vocabulary size; returns the name. */
NATIVE(jbyteArray, input)(JNIEnv *env, jclass c, jlong model, jlong index, jlongArray numbers) {
  duomo_error error = DUOMO_ERROR_INIT;
  duomo_input_info i = DUOMO_INPUT_INFO_INIT;
  (void)c;
  duomo_status status =
      duomo_model_get_input(&i, HANDLE(duomo_model, model), (uint64_t)index, &error);
  if (!Check(env, status, &error)) return NULL;
  jlong values[4] = {i.scope, i.kind, i.keys, (jlong)i.vocabulary_size};
  (*env)->SetLongArrayRegion(env, numbers, 0, 4, values);
  return ToBytes(env, i.name.data, i.name.size);
}

NATIVE(void, ids)(JNIEnv *env, jclass c, jlong model, jboolean users, jlongArray out) {
  duomo_error error = DUOMO_ERROR_INIT;
  Longs ids = {0};
  (void)c;
  if (!MakeLongs(env, &ids, out)) return;
  duomo_status status = DUOMO_OK;
  for (size_t i = 0; i < ids.size && status == DUOMO_OK; ++i) {
    int64_t id = 0;
    status = (users ? duomo_user_id_at : duomo_item_id_at)(&id, HANDLE(duomo_model, model), i, &error);
    ids.data[i] = id;
  }
  ReleaseLongs(env, &ids, status == DUOMO_OK);
  Check(env, status, &error);
}

NATIVE(jlong, idOfKey)(JNIEnv *env, jclass c, jlong model, jboolean users, jbyteArray key) {
  duomo_error error = DUOMO_ERROR_INIT;
  int64_t id = 0;
  (void)c;
  char *text = GetText(env, key);
  if (text == NULL) return 0;
  Check(env,
        (users ? duomo_user_id_of_key : duomo_item_id_of_key)(&id, HANDLE(duomo_model, model), text,
                                                              &error),
        &error);
  free(text);
  return id;
}

/* which: 0 a user's key, 1 an item's, 2 its title. */
NATIVE(jbyteArray, text)(JNIEnv *env, jclass c, jlong model, jint which, jlong id) {
  duomo_error error = DUOMO_ERROR_INIT;
  duomo_text text = {NULL, 0};
  (void)c;
  duomo_status status = (which == 0   ? duomo_user_key
                         : which == 1 ? duomo_item_key
                                      : duomo_item_title)(&text, HANDLE(duomo_model, model), id, &error);
  return Check(env, status, &error) ? ToBytes(env, text.data, text.size) : NULL;
}

/* ---- Features ---- */

NATIVE(jlong, createFeatures)(JNIEnv *env, jclass c, jlong model, jint scope, jlong count) {
  duomo_error error = DUOMO_ERROR_INIT;
  duomo_features *features = NULL;
  (void)c;
  Check(env,
        duomo_features_create(&features, HANDLE(duomo_model, model), scope, (size_t)count, &error),
        &error);
  return (jlong)(intptr_t)features;
}

NATIVE(void, releaseFeatures)(JNIEnv *env, jclass c, jlong features) {
  (void)env, (void)c;
  duomo_features_release(HANDLE(duomo_features, features));
}

NATIVE(void, setStrict)(JNIEnv *env, jclass c, jlong features, jboolean strict) {
  duomo_error error = DUOMO_ERROR_INIT;
  (void)c;
  Check(env,
        duomo_features_set_strict(HANDLE(duomo_features, features), strict == JNI_TRUE, &error),
        &error);
}

NATIVE(void, setIntegers)(JNIEnv *env, jclass c, jlong features, jbyteArray input, jlongArray values) {
  duomo_error error = DUOMO_ERROR_INIT;
  Longs longs = {0};
  (void)c;
  char *name = GetText(env, input);
  if (name != NULL && GetLongs(env, &longs, values)) {
    Check(env,
          duomo_features_set_integers(HANDLE(duomo_features, features), name,
                                      (const int64_t *)longs.data, &error),
          &error);
    ReleaseLongs(env, &longs, 0);
  }
  free(name);
}

NATIVE(void, setNumbers)(JNIEnv *env, jclass c, jlong features, jbyteArray input, jfloatArray values) {
  duomo_error error = DUOMO_ERROR_INIT;
  Floats floats = {0};
  (void)c;
  char *name = GetText(env, input);
  if (name != NULL && GetFloats(env, &floats, values)) {
    Check(env,
          duomo_features_set_numbers(HANDLE(duomo_features, features), name, floats.data, &error),
          &error);
    ReleaseFloats(env, &floats, 0);
  }
  free(name);
}

/* offsets: null for a text a row, else lists. */
NATIVE(void, setStrings)(JNIEnv *env, jclass c, jlong features, jbyteArray input, jlongArray offsets,
                         jobjectArray values) {
  duomo_error error = DUOMO_ERROR_INIT;
  Longs starts = {0};
  Texts texts = {0};
  (void)c;
  char *name = GetText(env, input);
  if (name != NULL && GetTexts(env, &texts, values) && GetLongs(env, &starts, offsets)) {
    duomo_features *f = HANDLE(duomo_features, features);
    const char *const *strings = (const char *const *)texts.data;
    Check(env,
          offsets == NULL ? duomo_features_set_strings(f, name, strings, &error)
                          : duomo_features_set_string_lists(f, name, (const size_t *)starts.data,
                                                            strings, &error),
          &error);
  }
  ReleaseLongs(env, &starts, 0);
  ReleaseTexts(&texts);
  free(name);
}

NATIVE(void, setIntegerLists)(JNIEnv *env, jclass c, jlong features, jbyteArray input,
                              jlongArray offsets, jlongArray values) {
  duomo_error error = DUOMO_ERROR_INIT;
  Longs starts = {0}, longs = {0};
  (void)c;
  char *name = GetText(env, input);
  if (name != NULL && GetLongs(env, &starts, offsets) && GetLongs(env, &longs, values)) {
    Check(env,
          duomo_features_set_integer_lists(HANDLE(duomo_features, features), name,
                                           (const size_t *)starts.data,
                                           (const int64_t *)longs.data, &error),
          &error);
  }
  ReleaseLongs(env, &starts, 0);
  ReleaseLongs(env, &longs, 0);
  free(name);
}
