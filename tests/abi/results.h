/* The caller's arrays of a top-k, poisoned so that a test sees what was written. */
#ifndef DUOMO_TESTS_ABI_RESULTS_H_
#define DUOMO_TESTS_ABI_RESULTS_H_

#include "check.h"

enum { MAX_K = 64 };

typedef struct results {
  int64_t ids[4 * MAX_K];
  float scores[4 * MAX_K];
  size_t counts[4];
} results;

static inline duomo_topk_result into(results* r) {
  duomo_topk_result out = DUOMO_TOPK_RESULT_INIT;
  poison(r, sizeof(*r));
  out.ids = r->ids;
  out.scores = r->scores;
  out.counts = r->counts;
  return out;
}

static inline int contains(const int64_t* ids, size_t n, int64_t id) {
  size_t i;
  for (i = 0; i < n; ++i) {
    if (ids[i] == id) return 1;
  }
  return 0;
}

#endif
