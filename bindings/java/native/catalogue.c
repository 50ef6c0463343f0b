/* What a model knows of its items in bulk: keys, titles, values, attributes; and sets of items. */
#include "glue.h"

NATIVE(jlong, idOfString)(JNIEnv *env, jclass c, jbyteArray key) {
  (void)c;
  char *text = GetText(env, key);
  if (text == NULL) return 0;
  int64_t id = duomo_id_of_string(text);
  free(text);
  return id;
}

NATIVE(void, idsOfKeys)(JNIEnv *env, jclass c, jlong model, jint scope, jobjectArray keys,
                        jlongArray out) {
  duomo_error error = DUOMO_ERROR_INIT;
  duomo_status status = DUOMO_OK;
  Texts texts = {0};
  Longs ids = {0};
  (void)c;
  if (GetTexts(env, &texts, keys) && MakeLongs(env, &ids, out)) {
    status = duomo_ids_of_keys((int64_t *)ids.data, HANDLE(duomo_model, model), scope,
                               (const char *const *)texts.data, texts.size, &error);
  }
  ReleaseTexts(&texts);
  ReleaseLongs(env, &ids, status == DUOMO_OK);
  Check(env, status, &error);
}

/* which: 0 users' keys, 1 items', 2 their titles. */
NATIVE(void, textsOf)(JNIEnv *env, jclass c, jlong model, jint which, jlongArray ids,
                      jobjectArray out) {
  duomo_error error = DUOMO_ERROR_INIT;
  duomo_model *m = HANDLE(duomo_model, model);
  Longs longs = {0};
  (void)c;
  if (!GetLongs(env, &longs, ids)) return;
  const int64_t *data = (const int64_t *)longs.data;
  duomo_text *texts = calloc(longs.size + 1, sizeof *texts);
  if (texts == NULL) {
    ThrowOutOfMemory(env);
  } else {
    duomo_status status =
        which == 2 ? duomo_item_titles(texts, m, data, longs.size, &error)
                   : duomo_keys_of_ids(texts, m, which == 0 ? DUOMO_USER : DUOMO_ITEM, data,
                                       longs.size, &error);
    if (Check(env, status, &error)) SetTexts(env, out, 0, texts, longs.size);
  }
  free(texts);
  ReleaseLongs(env, &longs, 0);
}

/* Returns the text, empty where the value is an integer. */
NATIVE(jbyteArray, inputValue)(JNIEnv *env, jclass c, jlong model, jlong input, jlong index,
                               jlongArray integer) {
  duomo_error error = DUOMO_ERROR_INIT;
  duomo_text text = {NULL, 0};
  int64_t value = 0;
  (void)c;
  duomo_status status = duomo_model_get_input_value(&text, &value, HANDLE(duomo_model, model),
                                                    (uint64_t)input, (uint64_t)index, &error);
  if (!Check(env, status, &error)) return NULL;
  jlong number = value;
  (*env)->SetLongArrayRegion(env, integer, 0, 1, &number);
  return TextBytes(env, text);
}

/* entry[2]: key and value. */
NATIVE(void, metadata)(JNIEnv *env, jclass c, jlong model, jlong index, jobjectArray entry) {
  duomo_error error = DUOMO_ERROR_INIT;
  duomo_text texts[2] = {{NULL, 0}, {NULL, 0}};
  (void)c;
  duomo_status status = duomo_model_metadata_at(&texts[0], &texts[1], HANDLE(duomo_model, model),
                                                (uint64_t)index, &error);
  if (!Check(env, status, &error)) return;
  for (int i = 0; i < 2; ++i) {
    jbyteArray bytes = TextBytes(env, texts[i]);
    if (bytes == NULL) return;
    (*env)->SetObjectArrayElement(env, entry, i, bytes);
  }
}

/* numbers[2]: kind, number of values; returns the name. */
NATIVE(jbyteArray, attribute)(JNIEnv *env, jclass c, jlong model, jlong index, jlongArray numbers) {
  duomo_error error = DUOMO_ERROR_INIT;
  duomo_attribute_info a = DUOMO_ATTRIBUTE_INFO_INIT;
  (void)c;
  duomo_status status =
      duomo_model_get_attribute(&a, HANDLE(duomo_model, model), (uint64_t)index, &error);
  if (!Check(env, status, &error)) return NULL;
  jlong values[2] = {a.kind, (jlong)a.value_count};
  (*env)->SetLongArrayRegion(env, numbers, 0, 2, values);
  return TextBytes(env, a.name);
}

NATIVE(void, attributeNumbers)(JNIEnv *env, jclass c, jlong model, jbyteArray name,
                               jlongArray items, jdoubleArray out) {
  duomo_error error = DUOMO_ERROR_INIT;
  Longs ids = {0};
  (void)c;
  char *attribute = GetText(env, name);
  double *values = NULL;
  if (attribute != NULL && GetLongs(env, &ids, items)) {
    values = malloc((ids.size + 1) * sizeof *values);
    if (values == NULL) {
      ThrowOutOfMemory(env);
    } else if (Check(env,
                     duomo_attribute_numbers(values, HANDLE(duomo_model, model), attribute,
                                             (const int64_t *)ids.data, ids.size, &error),
                     &error)) {
      (*env)->SetDoubleArrayRegion(env, out, 0, (jsize)ids.size, values);
    }
  }
  free(values);
  free(attribute);
  ReleaseLongs(env, &ids, 0);
}

NATIVE(void, attributeIntegers)(JNIEnv *env, jclass c, jlong model, jbyteArray name,
                                jlongArray items, jlongArray out) {
  duomo_error error = DUOMO_ERROR_INIT;
  duomo_status status = DUOMO_OK;
  Longs ids = {0}, values = {0};
  (void)c;
  char *attribute = GetText(env, name);
  if (attribute != NULL && GetLongs(env, &ids, items) && MakeLongs(env, &values, out)) {
    status = duomo_attribute_integers((int64_t *)values.data, HANDLE(duomo_model, model), attribute,
                                      (const int64_t *)ids.data, ids.size, &error);
  }
  free(attribute);
  ReleaseLongs(env, &ids, 0);
  ReleaseLongs(env, &values, status == DUOMO_OK);
  Check(env, status, &error);
}

NATIVE(void, attributeTexts)(JNIEnv *env, jclass c, jlong model, jbyteArray name, jlongArray items,
                             jobjectArray out) {
  duomo_error error = DUOMO_ERROR_INIT;
  Longs ids = {0};
  (void)c;
  char *attribute = GetText(env, name);
  duomo_text *texts = NULL;
  if (attribute != NULL && GetLongs(env, &ids, items)) {
    texts = calloc(ids.size + 1, sizeof *texts);
    if (texts == NULL) {
      ThrowOutOfMemory(env);
    } else if (Check(env,
                     duomo_attribute_texts(texts, HANDLE(duomo_model, model), attribute,
                                           (const int64_t *)ids.data, ids.size, &error),
                     &error)) {
      SetTexts(env, out, 0, texts, ids.size);
    }
  }
  free(texts);
  free(attribute);
  ReleaseLongs(env, &ids, 0);
}

NATIVE(jobjectArray, attributeSet)(JNIEnv *env, jclass c, jlong model, jbyteArray name, jlong item) {
  duomo_error error = DUOMO_ERROR_INIT;
  duomo_model *m = HANDLE(duomo_model, model);
  duomo_text few[16], *texts = few;
  size_t count = 0;
  jobjectArray out = NULL;
  (void)c;
  char *attribute = GetText(env, name);
  if (attribute == NULL) return NULL;
  duomo_status status = duomo_attribute_set(&count, texts, 16, m, attribute, item, &error);
  if (status == DUOMO_OK && count > 16) {
    texts = calloc(count, sizeof *texts);
    if (texts != NULL) status = duomo_attribute_set(&count, texts, count, m, attribute, item, &error);
  }
  free(attribute);
  if (texts == NULL) return ThrowOutOfMemory(env), NULL;
  jclass of_bytes = Check(env, status, &error) ? (*env)->FindClass(env, "[B") : NULL;
  if (of_bytes != NULL) out = (*env)->NewObjectArray(env, (jsize)count, of_bytes, NULL);
  for (size_t i = 0; i < count; ++i) { /* an empty text may be one of a set: not null */
    if (texts[i].data == NULL) texts[i].data = "";
  }
  if (out != NULL && !SetTexts(env, out, 0, texts, count)) out = NULL;
  if (texts != few) free(texts);
  return out;
}

/* ---- Sets ---- */

/* ids or keys; the other is null. */
NATIVE(jlong, setOfIds)(JNIEnv *env, jclass c, jlong model, jlongArray ids, jobjectArray keys) {
  duomo_error error = DUOMO_ERROR_INIT;
  duomo_item_set *set = NULL;
  Longs longs = {0};
  Texts texts = {0};
  (void)c;
  if (GetLongs(env, &longs, ids) && GetTexts(env, &texts, keys)) {
    Check(env,
          duomo_item_set_from_ids(&set, HANDLE(duomo_model, model), (const int64_t *)longs.data,
                                  (const char *const *)texts.data, longs.size + texts.size, &error),
          &error);
  }
  ReleaseLongs(env, &longs, 0);
  ReleaseTexts(&texts);
  return (jlong)(intptr_t)set;
}

NATIVE(jlong, setOfFilters)(JNIEnv *env, jclass c, jlong model, jintArray modes, jobjectArray inputs,
                            jobjectArray lists) {
  duomo_error error = DUOMO_ERROR_INIT;
  duomo_item_set *set = NULL;
  Filters filters;
  (void)c;
  if (GetFilters(env, &filters, modes, inputs, lists)) {
    Check(env,
          duomo_item_set_from_filters(&set, HANDLE(duomo_model, model), filters.filters, filters.size,
                                      &error),
          &error);
  }
  ReleaseFilters(env, &filters);
  return (jlong)(intptr_t)set;
}

NATIVE(jlong, combineSets)(JNIEnv *env, jclass c, jint mode, jlongArray sets) {
  duomo_error error = DUOMO_ERROR_INIT;
  duomo_item_set *set = NULL;
  Longs given = {0};
  (void)c;
  if (!GetLongs(env, &given, sets)) return 0;
  Check(env,
        duomo_item_set_combine(&set, mode, (const duomo_item_set *const *)given.data, given.size,
                               &error),
        &error);
  ReleaseLongs(env, &given, 0);
  return (jlong)(intptr_t)set;
}

NATIVE(void, releaseSet)(JNIEnv *env, jclass c, jlong set) {
  (void)env, (void)c;
  duomo_item_set_release(HANDLE(duomo_item_set, set));
}

NATIVE(jlong, setSize)(JNIEnv *env, jclass c, jlong set) {
  (void)env, (void)c;
  return (jlong)duomo_item_set_count(HANDLE(duomo_item_set, set));
}

NATIVE(jboolean, setContains)(JNIEnv *env, jclass c, jlong set, jlong item) {
  (void)env, (void)c;
  return duomo_item_set_contains(HANDLE(duomo_item_set, set), item) ? JNI_TRUE : JNI_FALSE;
}
