#include "glue.h"

static jclass exception_class;
static jmethodID exception_constructor;

JNIEXPORT jint JNICALL JNI_OnLoad(JavaVM *vm, void *unused) {
  JNIEnv *env = NULL;
  (void)unused;
  if ((*vm)->GetEnv(vm, (void **)&env, JNI_VERSION_1_8) != JNI_OK) return JNI_ERR;
  jclass found = (*env)->FindClass(env, "dev/duomo/DuomoException");
  if (found == NULL) return JNI_ERR;
  exception_class = (*env)->NewGlobalRef(env, found);
  exception_constructor = (*env)->GetMethodID(env, found, "<init>", "(I[BIIJ)V");
  return exception_class && exception_constructor ? JNI_VERSION_1_8 : JNI_ERR;
}

int Check(JNIEnv *env, duomo_status status, const duomo_error *error) {
  if (status == DUOMO_OK) return 1;
  jbyteArray message = ToBytes(env, error->message, strlen(error->message));
  jobject exception = message == NULL ? NULL
                                      : (*env)->NewObject(env, exception_class,
                                                          exception_constructor, status, message,
                                                          (jint)error->kind, (jint)error->argument,
                                                          (jlong)error->position);
  if (exception != NULL) (*env)->Throw(env, (jthrowable)exception);
  return 0;
}

void ThrowOutOfMemory(JNIEnv *env) {
  jclass found = (*env)->FindClass(env, "java/lang/OutOfMemoryError");
  if (found != NULL) (*env)->ThrowNew(env, found, "in Duomo's glue");
}

int GetLongs(JNIEnv *env, Longs *out, jlongArray array) {
  memset(out, 0, sizeof *out);
  if (array == NULL) return 1;
  out->array = array;
  out->size = (size_t)(*env)->GetArrayLength(env, array);
  out->data = (*env)->GetLongArrayElements(env, array, NULL);
  if (out->data == NULL) ThrowOutOfMemory(env);
  return out->data != NULL;
}

int GetFloats(JNIEnv *env, Floats *out, jfloatArray array) {
  memset(out, 0, sizeof *out);
  if (array == NULL) return 1;
  out->array = array;
  out->size = (size_t)(*env)->GetArrayLength(env, array);
  out->data = (*env)->GetFloatArrayElements(env, array, NULL);
  if (out->data == NULL) ThrowOutOfMemory(env);
  return out->data != NULL;
}

int MakeLongs(JNIEnv *env, Longs *out, jlongArray array) {
  out->array = array;
  out->size = (size_t)(*env)->GetArrayLength(env, array);
  out->made = 1;
  out->data = malloc((out->size + 1) * sizeof *out->data);
  if (out->data == NULL) ThrowOutOfMemory(env);
  return out->data != NULL;
}

int MakeFloats(JNIEnv *env, Floats *out, jfloatArray array) {
  out->array = array;
  out->size = (size_t)(*env)->GetArrayLength(env, array);
  out->made = 1;
  out->data = malloc((out->size + 1) * sizeof *out->data);
  if (out->data == NULL) ThrowOutOfMemory(env);
  return out->data != NULL;
}

void ReleaseLongs(JNIEnv *env, Longs *longs, int write) {
  if (longs->data == NULL) return;
  if (!longs->made) {
    (*env)->ReleaseLongArrayElements(env, longs->array, longs->data, JNI_ABORT);
    return;
  }
  if (write) (*env)->SetLongArrayRegion(env, longs->array, 0, (jsize)longs->size, longs->data);
  free(longs->data);
}

void ReleaseFloats(JNIEnv *env, Floats *floats, int write) {
  if (floats->data == NULL) return;
  if (!floats->made) {
    (*env)->ReleaseFloatArrayElements(env, floats->array, floats->data, JNI_ABORT);
    return;
  }
  if (write) (*env)->SetFloatArrayRegion(env, floats->array, 0, (jsize)floats->size, floats->data);
  free(floats->data);
}

char *GetText(JNIEnv *env, jbyteArray bytes) {
  size_t size = (size_t)(*env)->GetArrayLength(env, bytes);
  char *text = malloc(size + 1);
  if (text == NULL) return ThrowOutOfMemory(env), NULL;
  (*env)->GetByteArrayRegion(env, bytes, 0, (jsize)size, (jbyte *)text);
  text[size] = 0;
  return text;
}

int GetTexts(JNIEnv *env, Texts *out, jobjectArray array) {
  memset(out, 0, sizeof *out);
  if (array == NULL) return 1;
  size_t size = (size_t)(*env)->GetArrayLength(env, array);
  out->size = size;
  out->data = calloc(size + 1, sizeof *out->data);
  if (out->data == NULL) return ThrowOutOfMemory(env), 0;
  for (size_t i = 0; i < size; ++i) {
    jbyteArray one = (*env)->GetObjectArrayElement(env, array, (jsize)i);
    if (one == NULL) continue; /* not set */
    out->data[i] = GetText(env, one);
    (*env)->DeleteLocalRef(env, one);
    if (out->data[i] == NULL) return ReleaseTexts(out), 0;
  }
  return 1;
}

void ReleaseTexts(Texts *texts) {
  for (size_t i = 0; texts->data != NULL && i < texts->size; ++i) free(texts->data[i]);
  free(texts->data);
  texts->data = NULL;
}

jbyteArray ToBytes(JNIEnv *env, const char *data, size_t size) {
  jbyteArray bytes = (*env)->NewByteArray(env, (jsize)size);
  if (bytes != NULL) (*env)->SetByteArrayRegion(env, bytes, 0, (jsize)size, (const jbyte *)data);
  return bytes;
}

jbyteArray TextBytes(JNIEnv *env, duomo_text text) { return ToBytes(env, text.data, text.size); }

int SetTexts(JNIEnv *env, jobjectArray out, size_t first, const duomo_text *texts, size_t n) {
  for (size_t i = 0; i < n; ++i) {
    if (texts[i].data == NULL) continue; /* null there, too */
    jbyteArray bytes = TextBytes(env, texts[i]);
    if (bytes == NULL) return 0;
    (*env)->SetObjectArrayElement(env, out, (jsize)(first + i), bytes);
    (*env)->DeleteLocalRef(env, bytes);
  }
  return 1;
}

int GetFilters(JNIEnv *env, Filters *out, jintArray modes, jobjectArray inputs, jobjectArray lists) {
  size_t n = (size_t)(*env)->GetArrayLength(env, inputs);
  jclass of_longs = (*env)->FindClass(env, "[J"), of_doubles = (*env)->FindClass(env, "[D");
  memset(out, 0, sizeof *out);
  out->filters = calloc(n + 1, sizeof *out->filters);
  out->values = calloc(n + 1, sizeof *out->values);
  if (out->filters == NULL || out->values == NULL) return ThrowOutOfMemory(env), 0;
  out->size = n;
  if (of_longs == NULL || of_doubles == NULL) return 0;
  for (size_t f = 0; f < n; ++f) {
    FilterValues *values = &out->values[f];
    duomo_filter filter = DUOMO_FILTER_INIT;
    jint mode[2] = {0, 0};
    (*env)->GetIntArrayRegion(env, modes, (jsize)(2 * f), 2, mode);
    filter.mode = mode[0];
    filter.flags = (uint32_t)mode[1];
    values->input = GetText(env, (*env)->GetObjectArrayElement(env, inputs, (jsize)f));
    if (values->input == NULL) return 0;
    filter.input = values->input;
    jobject list = (*env)->GetObjectArrayElement(env, lists, (jsize)f);
    if ((*env)->IsInstanceOf(env, list, of_doubles)) {
      jdouble bounds[2] = {0, 0};
      (*env)->GetDoubleArrayRegion(env, list, 0, 2, bounds);
      filter.minimum = bounds[0];
      filter.maximum = bounds[1];
    } else if ((*env)->IsInstanceOf(env, list, of_longs)) {
      if (!GetLongs(env, &values->longs, list)) return 0;
      filter.integers = (const int64_t *)values->longs.data;
      filter.value_count = values->longs.size;
    } else {
      if (!GetTexts(env, &values->texts, list)) return 0;
      filter.strings = (const char *const *)values->texts.data;
      filter.value_count = values->texts.size;
    }
    if (filter.value_count == 0) filter.integers = NULL, filter.strings = NULL;
    out->filters[f] = filter;
  }
  return 1;
}

void ReleaseFilters(JNIEnv *env, Filters *filters) {
  for (size_t f = 0; f < filters->size; ++f) {
    free(filters->values[f].input);
    ReleaseTexts(&filters->values[f].texts);
    ReleaseLongs(env, &filters->values[f].longs, 0);
  }
  free(filters->filters);
  free(filters->values);
}
