/* cost MODEL: nanoseconds of a call for one known pair, of a pair in a call for 4,096, and of a
 * user in a call for the top 10 of 4,096: the least of many repetitions. The C that the other
 * languages' programs of this folder are measured against. */
#define _POSIX_C_SOURCE 200809L
#include <duomo/duomo.h>
#include <stdio.h>
#include <time.h>

enum { kPairs = 4096, kBest = 10, kCalls = 10000, kRepetitions = 40 };

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

int main(int argc, char** argv) {
  static int64_t users[kPairs], items[kPairs];
  static float out[kPairs];
  static int64_t ids[kPairs * kBest];
  static float scores[kPairs * kBest];
  static size_t counts[kPairs];
  duomo_topk_request request = DUOMO_TOPK_REQUEST_INIT;
  duomo_topk_result result = {sizeof result, 0, ids, scores, counts, NULL, NULL};
  duomo_error error = DUOMO_ERROR_INIT;
  duomo_model* model = NULL;
  duomo_context* context = NULL;
  double one = 1e18, batch = 1e18, top = 1e18;
  int i, r;
  if (argc != 2 || duomo_model_open(&model, argv[1], NULL, &error) ||
      duomo_context_create(&context, model, NULL, &error))
    return fprintf(stderr, "%s\n", error.message), 1;
  for (i = 0; i < kPairs; ++i) {
    users[i] = i % 12 + 1;
    items[i] = 1000 + 3 * (i % 40);
  }
  for (r = 0; r < kRepetitions; ++r) {
    double begin = now(), time;
    for (i = 0; i < kCalls; ++i)
      if (duomo_predict(out, context, &users[i % 64], &items[i % 64], 1, &error)) return 1;
    time = (now() - begin) / kCalls;
    if (time < one) one = time;
  }
  for (r = 0; r < 5 * kRepetitions; ++r) {
    double begin = now(), time;
    if (duomo_predict(out, context, users, items, kPairs, &error)) return 1;
    time = (now() - begin) / kPairs;
    if (time < batch) batch = time;
  }
  request.count = kPairs;
  request.ids = users;
  request.k = kBest;
  for (r = 0; r < kRepetitions; ++r) {
    double begin = now(), time;
    if (duomo_topk(&result, context, &request, &error)) return 1;
    time = (now() - begin) / kPairs;
    if (time < top) top = time;
  }
  printf("%.2f %.3f %.2f\n", one, batch, top);
  duomo_context_release(context);
  duomo_model_release(model);
  return 0;
}
