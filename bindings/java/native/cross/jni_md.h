/* What a JDK says of its own system, for all that the glue is compiled for. JNI fixes the sizes. */
#ifndef DUOMO_JNI_MD_H_
#define DUOMO_JNI_MD_H_

#include <stdint.h>

#ifdef _WIN32
#define JNIEXPORT __declspec(dllexport)
#define JNIIMPORT __declspec(dllimport)
#define JNICALL __stdcall
#else
#define JNIEXPORT __attribute__((visibility("default")))
#define JNIIMPORT __attribute__((visibility("default")))
#define JNICALL
#endif

typedef int32_t jint;
typedef int64_t jlong;
typedef signed char jbyte;

#endif /* DUOMO_JNI_MD_H_ */
