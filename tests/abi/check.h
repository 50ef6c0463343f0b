/* The checks of the C test: counts failures and prints where they are. Plain C99, one thread. */
#ifndef DUOMO_TESTS_ABI_CHECK_H_
#define DUOMO_TESTS_ABI_CHECK_H_

#include <duomo/duomo.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

extern int failures;
extern const char* folder; /* of the models that make_fixtures wrote */

void check_failed(const char* file, int line, const char* what);
void check_success(const char* file, int line, const char* call, duomo_status status,
                   const duomo_error* error);
void check_failure(const char* file, int line, const char* call, duomo_status status,
                   const duomo_error* error, duomo_status expected, const char* fragment);

#define CHECK(condition)                                            \
  do {                                                              \
    if (!(condition)) check_failed(__FILE__, __LINE__, #condition); \
  } while (0)

/* `call` passes &error. */
#define SUCCEEDS(call)                                         \
  do {                                                         \
    duomo_error error = DUOMO_ERROR_INIT;                      \
    duomo_status status_ = (call);                             \
    check_success(__FILE__, __LINE__, #call, status_, &error); \
  } while (0)

/* The message must contain `fragment`. */
#define FAILS(expected, fragment, call)                                            \
  do {                                                                             \
    duomo_error error = DUOMO_ERROR_INIT;                                          \
    duomo_status status_ = (call);                                                 \
    check_failure(__FILE__, __LINE__, #call, status_, &error, expected, fragment); \
  } while (0)

/* "folder/name.duomo", in a static buffer. */
const char* path_of(const char* name);
/* What is said of a struct that the client's header made larger, whatever size a pointer has here;
 * in a static buffer. */
const char* grown(const char* name, size_t there, size_t here);
/* Opens, and ends the program where that fails. */
duomo_model* open_model(const char* name);
duomo_context* make_context(duomo_model* model, int32_t unknown_ids);
duomo_features* make_features(duomo_model* model, int32_t scope, size_t count);
uint32_t bits_of(float x);
/* Fills with a pattern; tells whether it is still there. */
void poison(void* data, size_t size);
int poisoned(const void* data, size_t size);

#if defined(__EMSCRIPTEN__)
enum { HAS_THREADS = 0 };
#else
enum { HAS_THREADS = 1 };
#endif
enum { USERS = 12, ITEMS = 40 }; /* of the models, as in fixtures.h */

void test_model(void);
void test_keys(void);
void test_by_key(void);
void test_users(void);
void test_features(void);
void test_vectors(void);
void test_predict(void);
void test_topk(void);
void test_topk_threads(void);
void test_histories_of_users(void);
void test_similar(void);
void test_attributes(void);
void test_item_sets(void);
void test_rank(void);
void test_host(void);

#endif
