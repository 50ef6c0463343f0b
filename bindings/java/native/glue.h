/* What the parts of the JNI glue share. dev.duomo.Native declares the functions; it checks lengths
 * and lifetimes before it calls, so that the glue only translates. Text crosses as UTF-8 bytes,
 * because JNI's own strings are a dialect of it. */
#ifndef DUOMO_JAVA_GLUE_H_
#define DUOMO_JAVA_GLUE_H_

#include <duomo/duomo.h>
#include <jni.h>
#include <stdlib.h>
#include <string.h>

#define NATIVE(type, name) JNIEXPORT type JNICALL Java_dev_duomo_Native_##name
#define HANDLE(type, value) ((type *)(intptr_t)(value))

/* Java's long[] is read as size_t[] and int64_t[]. */
_Static_assert(sizeof(size_t) == sizeof(jlong), "the glue is for 64-bit systems");

/* Throws a DuomoException where the status is not DUOMO_OK; returns whether it is. */
int Check(JNIEnv *env, duomo_status status, const duomo_error *error);
void ThrowOutOfMemory(JNIEnv *env);

/* Get…: the elements of an array that is read, NULL for a null array. Make…: room for those of an
 * array that is written, to be filled; Release… copies them there where it is told to. */
typedef struct Longs { jlongArray array; jlong *data; size_t size; int made; } Longs;
typedef struct Floats { jfloatArray array; jfloat *data; size_t size; int made; } Floats;
int GetLongs(JNIEnv *env, Longs *out, jlongArray array);
int GetFloats(JNIEnv *env, Floats *out, jfloatArray array);
int MakeLongs(JNIEnv *env, Longs *out, jlongArray array);
int MakeFloats(JNIEnv *env, Floats *out, jfloatArray array);
void ReleaseLongs(JNIEnv *env, Longs *longs, int write);
void ReleaseFloats(JNIEnv *env, Floats *floats, int write);

/* NUL-terminated copies of byte[]; release with free. A null array gives no texts, null in it NULL. */
char *GetText(JNIEnv *env, jbyteArray bytes);
typedef struct Texts { char **data; size_t size; } Texts;
int GetTexts(JNIEnv *env, Texts *out, jobjectArray array);
void ReleaseTexts(Texts *texts);

/* Filters, with what they point to; release in any case. modes: mode and flags, in turn; lists:
 * byte[][], long[], or double[] of a range's bounds. */
typedef struct FilterValues { char *input; Texts texts; Longs longs; } FilterValues;
typedef struct Filters { duomo_filter *filters; FilterValues *values; size_t size; } Filters;
int GetFilters(JNIEnv *env, Filters *out, jintArray modes, jobjectArray inputs, jobjectArray lists);
void ReleaseFilters(JNIEnv *env, Filters *filters);

jbyteArray ToBytes(JNIEnv *env, const char *data, size_t size);
jbyteArray TextBytes(JNIEnv *env, duomo_text text);
/* Texts into a byte[][] from `first` on. */
int SetTexts(JNIEnv *env, jobjectArray out, size_t first, const duomo_text *texts, size_t n);

#endif /* DUOMO_JAVA_GLUE_H_ */
