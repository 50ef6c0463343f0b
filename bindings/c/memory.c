/* memory MODEL: a million calls, right and wrong, in memory that does not grow. */
#define _POSIX_C_SOURCE 200809L
#include <duomo/duomo.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { kCalls = 1000000, kBound = 1 << 20 };

static void want(int holds, const char* what) {
  if (holds) return;
  fprintf(stderr, "FAILED: %s\n", what);
  exit(1);
}
#define WANT(condition) want(condition, #condition)

static long resident(void) {
  long size = 0, pages = 0;
  FILE* file = fopen("/proc/self/statm", "r");
  WANT(file != NULL && fscanf(file, "%ld %ld", &size, &pages) == 2);
  fclose(file);
  return pages * sysconf(_SC_PAGESIZE);
}

static void run(const char* path, duomo_model* model, int calls) {
  duomo_error error = DUOMO_ERROR_INIT;
  duomo_context* context = NULL;
  duomo_features* features = NULL;
  int64_t user, item = 1000, excluded[1] = {1003}, ids[5];
  size_t offsets[2] = {0, 1}, count;
  const char *red = "red", *plan = "paid";
  float score, scores[5], vector[20];
  duomo_filter filter = DUOMO_FILTER_INIT;
  duomo_topk_request request = DUOMO_TOPK_REQUEST_INIT;
  duomo_topk_result result = {sizeof result, 0, ids, scores, &count, NULL, NULL};
  int i;
  filter.input = "tags";
  filter.strings = &red;
  filter.value_count = 1;
  request.count = 1;
  request.ids = &user;
  request.k = 5;
  request.exclude_offsets = offsets;
  request.exclude_ids = excluded;
  request.filters = &filter;
  request.filter_count = 1;
  WANT(!duomo_context_create(&context, model, NULL, &error));
  WANT(!duomo_features_create(&features, model, DUOMO_USER, 1, &error));
  for (i = 0; i < calls; ++i) {
    user = i % 12 + 1;
    WANT(!duomo_predict(&score, context, &user, &item, 1, &error));
    if (i % 10 == 0) {
      WANT(!duomo_topk(&result, context, &request, &error) && count == 5);
      WANT(!duomo_features_set_strings(features, "plan", &plan, &error));
      WANT(!duomo_encode_features(vector, context, features, &error));
      user = 99;
      WANT(duomo_predict(&score, context, &user, &item, 1, &error) == DUOMO_NOT_FOUND);
    }
    if (i % 200 == 0) {
      duomo_model* other = NULL;
      duomo_context* of_other = NULL;
      WANT(!duomo_model_open(&other, path, NULL, &error));
      WANT(!duomo_context_create(&of_other, other, NULL, &error));
      duomo_model_release(other);
      user = 3;
      WANT(!duomo_predict(&score, of_other, &user, &item, 1, &error));
      duomo_context_release(of_other);
    }
  }
  duomo_features_release(features);
  duomo_context_release(context);
}

int main(int argc, char** argv) {
  duomo_error error = DUOMO_ERROR_INIT;
  duomo_model* model = NULL;
  long before, grown;
  WANT(argc == 2 && !duomo_model_open(&model, argv[1], NULL, &error));
  run(argv[1], model, kCalls / 20);
  before = resident();
  run(argv[1], model, kCalls);
  grown = resident() - before;
  duomo_model_release(model);
  printf("%ld bytes more after %d calls\n", grown, kCalls);
  return grown >= kBound;
}
