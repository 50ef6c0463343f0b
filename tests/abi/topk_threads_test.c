/* Top-k on threads of the context's own, and on the host's, which may break their contract. */
#include "check.h"
#include "results.h"

/* A host's parallel_for: backwards, on this thread; or broken ones, which forget an index (*data),
 * make a call twice, call for one that there is not, or do nothing. */
static void backwards(void* data, size_t count, duomo_work work, void* work_data) {
  ++*(int*)data;
  while (count > 0) work(work_data, --count);
}
static void forgetful(void* data, size_t count, duomo_work work, void* work_data) {
  size_t i;
  for (i = 0; i < count; ++i) {
    if (i != *(size_t*)data) work(work_data, i);
  }
}
static void repeating(void* data, size_t count, duomo_work work, void* work_data) {
  size_t i;
  for (i = 0; i < count; ++i) work(work_data, i);
  work(work_data, *(size_t*)data);
}
/* As many calls as there must be, one of them for another index. */
static void confused(void* data, size_t count, duomo_work work, void* work_data) {
  size_t i;
  for (i = 0; i < count; ++i) work(work_data, i == *(size_t*)data ? (i + 1) % count : i);
}
static void idle(void* data, size_t count, duomo_work work, void* work_data) {
  (void)data, (void)count, (void)work, (void)work_data;
}

static void test_broken_threads(void) {
  const duomo_parallel_for broken[4] = {forgetful, repeating, confused, idle};
  const char* complaints[4] = {
      "without calling its work for the index ", "called its work twice for the index ",
      "called its work twice for the index ", "without calling its work for the index 0"};
  const int64_t users[4] = {5, 2, 5, 1};
  duomo_model* shop = open_model("shop");
  size_t i, which, count;
  results r;
  duomo_topk_result out;
  duomo_topk_request q = DUOMO_TOPK_REQUEST_INIT;
  duomo_context_options options = DUOMO_CONTEXT_OPTIONS_INIT;
  q.ids = users;
  options.threads = 3;
  options.parallel_data = &which;
  for (i = 0; i < 4; ++i) {
    duomo_context* context = NULL;
    options.parallel_for = broken[i];
    SUCCEEDS(duomo_context_create(&context, shop, &options, &error));
    for (which = 0; which < 3; ++which) {
      for (count = 3; count <= 4; ++count) {
        q.count = count;
        out = into(&r);
        FAILS(DUOMO_INVALID_ARGUMENT, complaints[i], duomo_topk(&out, context, &q, &error));
        CHECK(poisoned(&r, sizeof(r)));
      }
    }
    if (broken[i] == repeating) { /* an index that there is not */
      which = 1000;
      out = into(&r);
      FAILS(DUOMO_INVALID_ARGUMENT, "called its work for the index 1000",
            duomo_topk(&out, context, &q, &error));
      CHECK(poisoned(&r, sizeof(r)));
    }
    duomo_context_release(context);
  }
  duomo_model_release(shop);
}

/* Threads of the context's own or of the host: the same bits. */
static void test_threads(void) {
  duomo_model* shop = open_model("shop");
  duomo_context* context = make_context(shop, DUOMO_UNKNOWN_IS_ERROR);
  duomo_context_options options = DUOMO_CONTEXT_OPTIONS_INIT;
  const int64_t users[4] = {5, 2, 5, 1};
  results alone, shared;
  int runs = 0;
  uint32_t threads;
  duomo_topk_result out;
  duomo_topk_request q = DUOMO_TOPK_REQUEST_INIT;
  q.count = 4;
  q.ids = users;
  q.flags = DUOMO_EXCLUDE_SEEN;
  out = into(&alone);
  SUCCEEDS(duomo_topk(&out, context, &q, &error));
  duomo_context_release(context);
  for (threads = 0; threads <= 9; ++threads) {
    int own;
    for (own = 0; own < 2; ++own) {
      options.threads = threads;
      options.parallel_for = own ? NULL : backwards;
      options.parallel_data = own ? NULL : &runs;
      if (!HAS_THREADS && own && threads > 1) {
        duomo_context* none = NULL;
        FAILS(DUOMO_OUT_OF_MEMORY, "the system starts no",
              duomo_context_create(&none, shop, &options, &error));
        CHECK(none == NULL);
        continue;
      }
      SUCCEEDS(duomo_context_create(&context, shop, &options, &error));
      q.flags = DUOMO_EXCLUDE_SEEN | (threads == 3 ? DUOMO_APPROXIMATE : 0); /* it has no lists */
      out = into(&shared);
      SUCCEEDS(duomo_topk(&out, context, &q, &error));
      CHECK(memcmp(&alone, &shared, sizeof(alone)) == 0);
      duomo_context_release(context);
    }
  }
  CHECK(runs > 0);
  context = NULL;
  options.threads = 257;
  FAILS(DUOMO_INVALID_ARGUMENT, "options.threads is 257, at most 256",
        duomo_context_create(&context, shop, &options, &error));
  options.threads = 2;
  options.reserved = 1;
  FAILS(DUOMO_INVALID_ARGUMENT, "reserved", duomo_context_create(&context, shop, &options, &error));
  CHECK(context == NULL);
  duomo_model_release(shop);
}

void test_topk_threads(void) {
  test_threads();
  test_broken_threads();
}
