/* Top-k: equal to predicting and sorting, and every way to say what to leave out. */
#include <float.h>

#include "check.h"
#include "results.h"

/* Checks one query against predictions of all items: `left_out` and what is below `minimum` must be
 * missing, the rest in order; what lies behind the results must be untouched. */
static void check_against_predictions(duomo_context* context, duomo_model* model, int64_t user,
                                      const results* r, size_t query, size_t k,
                                      const int64_t* left_out, size_t left_out_count,
                                      float minimum) {
  int64_t users[ITEMS], items[ITEMS];
  float scores[ITEMS];
  int taken[ITEMS] = {0};
  size_t i, place;
  const int64_t* ids = r->ids + query * k;
  for (i = 0; i < ITEMS; ++i) {
    users[i] = user;
    SUCCEEDS(duomo_item_id_at(&items[i], model, i, &error));
  }
  SUCCEEDS(duomo_predict(scores, context, users, items, ITEMS, &error));
  for (place = 0; place < k; ++place) {
    size_t best = ITEMS;
    for (i = 0; i < ITEMS; ++i) {
      if (taken[i] || scores[i] < minimum || contains(left_out, left_out_count, items[i])) continue;
      if (best == ITEMS || scores[i] > scores[best]) best = i;
    }
    if (best == ITEMS) break;
    taken[best] = 1;
    CHECK(place < r->counts[query]);
    CHECK(ids[place] == items[best]);
    CHECK(bits_of(r->scores[query * k + place]) == bits_of(scores[best]));
  }
  CHECK(r->counts[query] == place);
  CHECK(poisoned(ids + place, (k - place) * sizeof(*ids)));
  CHECK(poisoned(r->scores + query * k + place, (k - place) * sizeof(float)));
}

static void test_sources(void) {
  duomo_model* shop = open_model("shop");
  duomo_context* context = make_context(shop, DUOMO_UNKNOWN_IS_ERROR);
  const int64_t users[3] = {5, 2, 5};
  size_t ks[] = {1, 10, ITEMS, MAX_K}, i, q;
  results by_id, by_vector;
  float vectors[3 * 20];
  duomo_topk_result out;
  duomo_topk_request request = DUOMO_TOPK_REQUEST_INIT;
  CHECK(request.k == 10);
  request.count = 3;
  SUCCEEDS(duomo_encode_users(vectors, context, users, 3, &error));
  for (i = 0; i < sizeof(ks) / sizeof(ks[0]); ++i) {
    request.k = ks[i];
    request.ids = users;
    request.vectors = NULL;
    out = into(&by_id);
    SUCCEEDS(duomo_topk(&out, context, &request, &error));
    for (q = 0; q < 3; ++q) {
      check_against_predictions(context, shop, users[q], &by_id, q, ks[i], NULL, 0, -INFINITY);
    }
    request.ids = NULL;
    request.vectors = vectors;
    out = into(&by_vector);
    SUCCEEDS(duomo_topk(&out, context, &request, &error));
    CHECK(memcmp(&by_id, &by_vector, sizeof(by_id)) == 0);
  }
  request.k = (size_t)-1; /* one query may ask for everything that there is */
  request.count = 1;
  out = into(&by_id);
  SUCCEEDS(duomo_topk(&out, context, &request, &error));
  CHECK(by_id.counts[0] == ITEMS && poisoned(by_id.ids + ITEMS, sizeof(int64_t)));
  request.count = 0;
  request.k = 1;
  SUCCEEDS(duomo_topk(&out, context, &request, &error));
  duomo_context_release(context);
  duomo_model_release(shop);
}

static void test_limits(void) {
  duomo_model* shop = open_model("shop");
  duomo_context* context = make_context(shop, DUOMO_UNKNOWN_IS_MARKED);
  const int64_t users[3] = {5, 99, 7}, excluded[4] = {1000, 1117, 55, 1030};
  const size_t offsets[4] = {0, 3, 3, 4};
  const int64_t seen5[2] = {1012, 1015}, allow[5] = {1003, 1003, 8, 1000, 1117};
  int64_t not_allowed[ITEMS];
  const char* tags[2] = {"blue", "green"};
  const int64_t codes[1] = {9};
  results r;
  duomo_topk_result out = into(&r);
  duomo_topk_request request = DUOMO_TOPK_REQUEST_INIT;
  duomo_filter filters[2] = {DUOMO_FILTER_INIT, DUOMO_FILTER_INIT};
  size_t i, n = 0;
  request.count = 3;
  request.ids = users;
  request.k = ITEMS;
  request.exclude_offsets = offsets;
  request.exclude_ids = excluded;
  SUCCEEDS(duomo_topk(&out, context, &request, &error));
  check_against_predictions(context, shop, 5, &r, 0, ITEMS, excluded, 3, -INFINITY);
  check_against_predictions(context, shop, 7, &r, 2, ITEMS, excluded + 3, 1, -INFINITY);
  CHECK(r.counts[1] == 0 && poisoned(r.ids + ITEMS, ITEMS * sizeof(int64_t))); /* marked */

  request.exclude_offsets = NULL;
  request.exclude_ids = NULL;
  request.flags = DUOMO_EXCLUDE_SEEN | DUOMO_MINIMUM_SCORE;
  request.minimum_score = 2.5f;
  out = into(&r);
  SUCCEEDS(duomo_topk(&out, context, &request, &error));
  check_against_predictions(context, shop, 5, &r, 0, ITEMS, seen5, 2, 2.5f);
  CHECK(r.counts[0] > 0 && r.counts[0] < ITEMS);
  request.minimum_score = 6; /* nothing is that good: no error */
  out = into(&r);
  SUCCEEDS(duomo_topk(&out, context, &request, &error));
  CHECK(r.counts[0] == 0 && r.counts[1] == 0 && r.counts[2] == 0);

  request.flags = DUOMO_EXCLUDE_SEEN | DUOMO_ALLOW_LISTED;
  request.allow_ids = allow;
  request.allow_count = 5;
  for (i = 0; i < ITEMS; ++i) {
    int64_t id = 1000 + 3 * (int64_t)i;
    if (!contains(allow, 5, id)) not_allowed[n++] = id;
  }
  out = into(&r);
  SUCCEEDS(duomo_topk(&out, context, &request, &error));
  check_against_predictions(context, shop, 5, &r, 0, ITEMS, not_allowed, n, -INFINITY);
  CHECK(r.counts[0] == 3);
  request.allow_count = 0; /* an empty list allows nothing */
  out = into(&r);
  SUCCEEDS(duomo_topk(&out, context, &request, &error));
  CHECK(r.counts[0] == 0);

  /* Blue or green (row % 3 is 1 or 2), and then not code 9 (row % 3 is 0): two thirds. */
  request.flags = 0;
  request.allow_ids = NULL;
  filters[0].input = "tags";
  filters[0].strings = tags;
  filters[0].value_count = 2;
  filters[1].input = "codes";
  filters[1].mode = DUOMO_NONE;
  filters[1].integers = codes;
  filters[1].value_count = 1;
  request.filters = filters;
  request.filter_count = 2;
  for (i = 0, n = 0; i < ITEMS; i += 3) not_allowed[n++] = 1000 + 3 * (int64_t)i;
  out = into(&r);
  SUCCEEDS(duomo_topk(&out, context, &request, &error));
  check_against_predictions(context, shop, 7, &r, 2, ITEMS, not_allowed, n, -INFINITY);
  filters[0].mode = DUOMO_ALL; /* no item is both */
  out = into(&r);
  SUCCEEDS(duomo_topk(&out, context, &request, &error));
  CHECK(r.counts[0] == 0);
  duomo_context_release(context);
  duomo_model_release(shop);
}

static void test_request_errors(void) {
  duomo_model *shop = open_model("shop"), *joint = open_model("joint"),
              *unfrozen = open_model("unfrozen");
  duomo_context* context = make_context(shop, DUOMO_UNKNOWN_IS_ERROR);
  duomo_context* logistic = make_context(joint, DUOMO_UNKNOWN_IS_ERROR);
  duomo_context* towers = make_context(unfrozen, DUOMO_UNKNOWN_IS_ERROR);
  duomo_features *items = make_features(shop, DUOMO_ITEM, 2),
                 *users = make_features(shop, DUOMO_USER, 3);
  const int64_t ids[2] = {5, 99};
  const size_t offsets[3] = {0, 1, 2}, descending[3] = {0, 2, 1};
  const char *tags[1] = {"mauve"}, *bad[1] = {"\x80"}, *null[1] = {NULL};
  float vectors[40] = {0};
  results r;
  duomo_topk_result out = into(&r);
  duomo_topk_request good = DUOMO_TOPK_REQUEST_INIT, q;
  duomo_filter filter = DUOMO_FILTER_INIT;
#define REQUEST_FAILS(status, fragment) \
  FAILS(status, fragment, duomo_topk(&out, context, &q, &error))
  good.count = 1;
  good.ids = ids;
  good.k = 5;
  FAILS(DUOMO_INVALID_ARGUMENT, "out is NULL", duomo_topk(NULL, context, &good, &error));
  FAILS(DUOMO_INVALID_ARGUMENT, "context", duomo_topk(&out, NULL, &good, &error));
  FAILS(DUOMO_INVALID_ARGUMENT, "request", duomo_topk(&out, context, NULL, &error));
  FAILS(DUOMO_UNSUPPORTED, "duomo_rank", duomo_topk(&out, logistic, &good, &error));
  FAILS(DUOMO_UNSUPPORTED, "item vectors", duomo_topk(&out, towers, &good, &error));
  q = good, q.k = 0;
  REQUEST_FAILS(DUOMO_INVALID_ARGUMENT, "k is 0");
  q = good, q.count = 2;
  REQUEST_FAILS(DUOMO_NOT_FOUND, "ids[1]: the model has no user 99");
  q = good, q.count = (size_t)-1;
  REQUEST_FAILS(DUOMO_INVALID_ARGUMENT, "cannot exist");
  q = good, q.ids = NULL;
  REQUEST_FAILS(DUOMO_INVALID_ARGUMENT, "exactly one");
  q = good, q.vectors = vectors;
  REQUEST_FAILS(DUOMO_INVALID_ARGUMENT, "exactly one");
  q = good, q.ids = NULL, q.features = items, q.count = 2;
  REQUEST_FAILS(DUOMO_INVALID_ARGUMENT, "DUOMO_ITEM");
  q.features = users;
  REQUEST_FAILS(DUOMO_INVALID_ARGUMENT, "3 rows");
  q = good, q.history_offsets = offsets, q.history_ids = ids;
  q.history_ids = NULL;
  REQUEST_FAILS(DUOMO_INVALID_ARGUMENT, "history_ids");
  q = good, q.flags = 16;
  REQUEST_FAILS(DUOMO_INVALID_ARGUMENT, "flags");
  q = good, q.reserved = 1;
  REQUEST_FAILS(DUOMO_INVALID_ARGUMENT, "reserved");
  q = good, q.struct_size = 8;
  REQUEST_FAILS(DUOMO_INVALID_ARGUMENT, "_INIT");
  q = good, q.flags = DUOMO_MINIMUM_SCORE, q.minimum_score = NAN;
  REQUEST_FAILS(DUOMO_INVALID_ARGUMENT, "NaN");
  q = good, q.ids = NULL, q.vectors = vectors, q.flags = DUOMO_EXCLUDE_SEEN;
  REQUEST_FAILS(DUOMO_INVALID_ARGUMENT, "needs ids, keys or histories");
  q = good, q.exclude_ids = ids;
  REQUEST_FAILS(DUOMO_INVALID_ARGUMENT, "exclude_offsets");
  q = good, q.exclude_offsets = offsets;
  REQUEST_FAILS(DUOMO_INVALID_ARGUMENT, "exclude_ids");
  q = good, q.count = 2, q.exclude_ids = ids, q.exclude_offsets = descending;
  REQUEST_FAILS(DUOMO_INVALID_ARGUMENT, "[2] is 1");
  q = good, q.allow_count = 1;
  REQUEST_FAILS(DUOMO_INVALID_ARGUMENT, "without DUOMO_ALLOW_LISTED");
  q.flags = DUOMO_ALLOW_LISTED;
  REQUEST_FAILS(DUOMO_INVALID_ARGUMENT, "allow_ids");
  q = good, q.filter_count = 1;
  REQUEST_FAILS(DUOMO_INVALID_ARGUMENT, "filters");
  q.filters = &filter;
  REQUEST_FAILS(DUOMO_INVALID_ARGUMENT, "request.filters[0].input is NULL");
  filter.input = "nope";
  REQUEST_FAILS(DUOMO_NOT_FOUND, "nope");
  filter.input = "tags";
  filter.integers = ids;
  REQUEST_FAILS(DUOMO_INVALID_ARGUMENT, "strings");
  filter.integers = NULL;
  filter.value_count = 1;
  REQUEST_FAILS(DUOMO_INVALID_ARGUMENT, "strings");
  filter.strings = tags;
  filter.flags = DUOMO_STRICT_VALUES;
  REQUEST_FAILS(DUOMO_NOT_FOUND, "\"mauve\"");
  filter.strings = bad;
  REQUEST_FAILS(DUOMO_INVALID_ARGUMENT, "UTF-8");
  filter.strings = null;
  REQUEST_FAILS(DUOMO_INVALID_ARGUMENT, "NULL");
  filter.value_count = 0;
  filter.mode = 4;
  REQUEST_FAILS(DUOMO_INVALID_ARGUMENT, "mode");
  filter.mode = DUOMO_ANY;
  filter.input = "title"; /* text cannot be filtered by, nor can what belongs to users */
  REQUEST_FAILS(DUOMO_INVALID_ARGUMENT, "title");
  filter.input = "plan";
  REQUEST_FAILS(DUOMO_INVALID_ARGUMENT, "plan");
  filter.struct_size = 1;
  REQUEST_FAILS(DUOMO_INVALID_ARGUMENT, "_INIT");
  q = good, q.flags = DUOMO_EXCLUDE_SEEN;
  FAILS(DUOMO_UNSUPPORTED, "seen", duomo_topk(&out, towers, &q, &error));
  out.struct_size = 0;
  FAILS(DUOMO_INVALID_ARGUMENT, "_INIT", duomo_topk(&out, context, &good, &error));
  out = into(&r), out.ids = NULL;
  FAILS(DUOMO_INVALID_ARGUMENT, "out.ids", duomo_topk(&out, context, &good, &error));
  out = into(&r), out.scores = NULL;
  FAILS(DUOMO_INVALID_ARGUMENT, "out.scores", duomo_topk(&out, context, &good, &error));
  out = into(&r), out.counts = NULL;
  FAILS(DUOMO_INVALID_ARGUMENT, "out.counts", duomo_topk(&out, context, &good, &error));
  {
    struct {
      duomo_topk_result known;
      int64_t* rows;
    } newer = {into(&r), NULL};
    newer.known.struct_size = sizeof(newer);
    newer.rows = newer.known.ids; /* what the library cannot fill must not look filled */
    FAILS(DUOMO_UNSUPPORTED_VERSION, grown("duomo_topk_result", sizeof(newer), sizeof(newer.known)),
          duomo_topk(&newer.known, context, &good, &error));
  }
  CHECK(poisoned(&r, sizeof(r)));
  duomo_features_release(items);
  duomo_features_release(users);
  duomo_context_release(context);
  duomo_context_release(logistic);
  duomo_context_release(towers);
  duomo_model_release(shop);
  duomo_model_release(joint);
  duomo_model_release(unfrozen);
}

static void test_empty_catalogue(void) {
  duomo_model* empty = open_model("empty");
  duomo_context* context = make_context(empty, DUOMO_UNKNOWN_IS_ERROR);
  const int64_t user = 100;
  const char* tag = "t1";
  results r;
  duomo_topk_result out = into(&r);
  duomo_topk_request q = DUOMO_TOPK_REQUEST_INIT;
  duomo_filter filter = DUOMO_FILTER_INIT;
  filter.input = "tags";
  filter.strings = &tag;
  filter.value_count = 1;
  q.count = 1;
  q.ids = &user;
  q.filters = &filter;
  q.filter_count = 1;
  SUCCEEDS(duomo_topk(&out, context, &q, &error));
  CHECK(r.counts[0] == 0 && poisoned(r.ids, sizeof(r.ids)));
  duomo_context_release(context);
  duomo_model_release(empty);
}

/* Vectors handed in that are no numbers fail the call, or have no results and the others do. */
static void test_bad_vectors(void) {
  duomo_model* shop = open_model("shop");
  duomo_context* strict = make_context(shop, DUOMO_UNKNOWN_IS_ERROR);
  duomo_context* marking = make_context(shop, DUOMO_UNKNOWN_IS_MARKED);
  const float bad[3] = {NAN, INFINITY, -INFINITY};
  float vectors[3 * 20];
  size_t i, which;
  results r;
  duomo_topk_result out;
  duomo_topk_request q = DUOMO_TOPK_REQUEST_INIT;
  q.count = 3;
  q.vectors = vectors;
  q.k = 4;
  for (i = 0; i < 6; ++i) {
    for (which = 0; which < 60; ++which) vectors[which] = 0.25f;
    which = i % 3;
    vectors[which * 20 + i] = bad[i / 2];
    out = into(&r);
    FAILS(DUOMO_INVALID_ARGUMENT, "has NaN or infinity", duomo_topk(&out, strict, &q, &error));
    FAILS(DUOMO_INVALID_ARGUMENT, "has NaN or infinity", duomo_similar(&out, strict, &q, &error));
    CHECK(poisoned(&r, sizeof(r)));
    SUCCEEDS(duomo_topk(&out, marking, &q, &error));
    CHECK(r.counts[which] == 0 && r.counts[(which + 1) % 3] == 4 && r.counts[(which + 2) % 3] == 4);
    SUCCEEDS(duomo_similar(&out, marking, &q, &error));
    CHECK(r.counts[which] == 0 && r.counts[(which + 1) % 3] == 4 && r.counts[(which + 2) % 3] == 4);
  }
  for (i = 0; i < 60; ++i) vectors[i] = i % 2 ? FLT_MAX : -FLT_MAX;
  SUCCEEDS(duomo_topk(&out, strict, &q, &error));
  SUCCEEDS(duomo_similar(&out, strict, &q, &error));
  duomo_context_release(strict);
  duomo_context_release(marking);
  duomo_model_release(shop);
}

/* A batch of nobody is fine, whatever else is asked. */
static void test_empty_batch(void) {
  duomo_model* shop = open_model("shop");
  duomo_context* context = make_context(shop, DUOMO_UNKNOWN_IS_ERROR);
  const size_t none[1] = {0};
  const int64_t some[1] = {1003};
  results r;
  duomo_topk_result out = into(&r);
  duomo_topk_request q = DUOMO_TOPK_REQUEST_INIT;
  SUCCEEDS(duomo_topk(&out, context, &q, &error));
  SUCCEEDS(duomo_similar(&out, context, &q, &error));
  q.flags = DUOMO_EXCLUDE_SEEN | DUOMO_MINIMUM_SCORE | DUOMO_APPROXIMATE;
  SUCCEEDS(duomo_topk(&out, context, &q, &error));
  q.exclude_offsets = none;
  q.exclude_ids = some;
  q.flags |= DUOMO_ALLOW_LISTED;
  q.allow_ids = some;
  q.allow_count = 1;
  SUCCEEDS(duomo_topk(&out, context, &q, &error));
  q.ids = some;
  SUCCEEDS(duomo_topk(&out, context, &q, &error));
  out.ids = NULL, out.scores = NULL, out.counts = NULL;
  SUCCEEDS(duomo_topk(&out, context, &q, &error));
  CHECK(poisoned(&r, sizeof(r)));
  duomo_context_release(context);
  duomo_model_release(shop);
}

void test_topk(void) {
  test_bad_vectors();
  test_empty_batch();
  test_sources();
  test_limits();
  test_request_errors();
  test_empty_catalogue();
}
