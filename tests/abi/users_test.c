/* The other way round: users for an item, users like a user; and at most so many of a value. */
#include "check.h"
#include "results.h"

enum { MEMBERS = 300, ALL = MEMBERS };

static int64_t member(size_t n) {
  char key[32];
  sprintf(key, "member-%d", (int)n);
  return duomo_id_of_string(key);
}
static int64_t book(size_t n) {
  char key[32];
  sprintf(key, "book-%d", (int)n);
  return duomo_id_of_string(key);
}

typedef struct everyone {
  int64_t ids[ALL];
  float scores[ALL];
  size_t counts[1];
} everyone;

static duomo_topk_result all_into(everyone* r) {
  duomo_topk_result out = DUOMO_TOPK_RESULT_INIT;
  poison(r, sizeof(*r));
  out.ids = r->ids;
  out.scores = r->scores;
  out.counts = r->counts;
  return out;
}

/* The users for whom keep[row] holds, by score, ties by row: what a search must give. */
static void check_order(const everyone* r, const float* scores, const int* keep, size_t k) {
  size_t place, row;
  int taken[MEMBERS] = {0};
  for (place = 0; place < k; ++place) {
    size_t best = MEMBERS;
    for (row = 0; row < MEMBERS; ++row) {
      if (taken[row] || !keep[row]) continue;
      if (best == MEMBERS || scores[row] > scores[best]) best = row;
    }
    if (best == MEMBERS) break;
    taken[best] = 1;
    CHECK(place < r->counts[0] && r->ids[place] == member(best));
    CHECK(bits_of(r->scores[place]) == bits_of(scores[best]));
  }
  CHECK(r->counts[0] == place);
}

static void test_users_for(void) {
  duomo_model* club = open_model("club");
  duomo_context* context = make_context(club, DUOMO_UNKNOWN_IS_ERROR);
  int64_t users[MEMBERS], items[MEMBERS], query, left_out[3], allowed[4];
  float scores[MEMBERS];
  int keep[MEMBERS];
  const char *town[1] = {"t2"}, *key = "book-7";
  const size_t offsets[2] = {0, 3};
  duomo_filter filter = DUOMO_FILTER_INIT;
  everyone r;
  duomo_text keys[ALL], titles[ALL];
  duomo_topk_result out = all_into(&r);
  size_t row, n, round;
  for (row = 0; row < MEMBERS; ++row) users[row] = member(row);
  left_out[0] = member(3), left_out[1] = 12345, left_out[2] = member(200);
  allowed[0] = member(3), allowed[1] = member(50), allowed[2] = member(7), allowed[3] = -1;
  filter.input = "town";
  filter.strings = town;
  filter.value_count = 1;
  for (n = 0; n < ITEMS; n += 7) {
    query = book(n);
    for (row = 0; row < MEMBERS; ++row) items[row] = query;
    SUCCEEDS(duomo_predict(scores, context, users, items, MEMBERS, &error));
    for (round = 0; round < 32; ++round) {
      duomo_topk_request q = DUOMO_TOPK_REQUEST_INIT;
      q.count = 1;
      q.ids = &query;
      q.k = round % 3 == 0 ? 10 : ALL;
      if (round & 1) q.exclude_offsets = offsets, q.exclude_ids = left_out;
      if (round & 2) q.flags |= DUOMO_EXCLUDE_SEEN;
      if (round & 4) q.filters = &filter, q.filter_count = 1;
      if (round & 8) q.flags |= DUOMO_ALLOW_LISTED, q.allow_ids = allowed, q.allow_count = 4;
      if (round & 16) q.flags |= DUOMO_MINIMUM_SCORE, q.minimum_score = 2;
      for (row = 0; row < MEMBERS; ++row) {
        keep[row] = 1;
        if (round & 1) keep[row] &= row != 3 && row != 200;
        if (round & 2) keep[row] &= !(row % ITEMS <= n && n < row % ITEMS + 3);
        if (round & 4) keep[row] &= row % 4 == 2;
        if (round & 8) keep[row] &= row == 3 || row == 50 || row == 7;
        if (round & 16) keep[row] &= scores[row] >= 2;
      }
      out = all_into(&r);
      SUCCEEDS(duomo_users_for(&out, context, &q, &error));
      check_order(&r, scores, keep, q.k);
    }
  }
  { /* by key, with keys and titles */
    duomo_topk_request q = DUOMO_TOPK_REQUEST_INIT;
    q.count = 1;
    q.keys = &key;
    q.k = ALL;
    out = all_into(&r);
    out.keys = keys;
    out.titles = titles;
    SUCCEEDS(duomo_users_for(&out, context, &q, &error));
    CHECK(r.counts[0] == MEMBERS);
    for (row = 0; row < MEMBERS; ++row) {
      CHECK(memcmp(keys[row].data, "member-", 7) == 0 &&
            memcmp(titles[row].data, "Member ", 7) == 0);
      CHECK(memcmp(keys[row].data + 7, titles[row].data + 7, keys[row].size - 7) == 0);
    }
  }
  { /* by the item's vector */
    duomo_topk_request q = DUOMO_TOPK_REQUEST_INIT;
    everyone other;
    float vector[8];
    query = book(7);
    SUCCEEDS(duomo_encode_items(vector, context, &query, 1, &error));
    q.count = 1;
    q.vectors = vector;
    q.k = ALL;
    out = all_into(&other);
    SUCCEEDS(duomo_users_for(&out, context, &q, &error));
    CHECK(memcmp(&r, &other, sizeof(r)) == 0);
    q.flags = DUOMO_EXCLUDE_SEEN;
    FAILS(DUOMO_INVALID_ARGUMENT, "needs ids or keys", duomo_users_for(&out, context, &q, &error));
  }
  duomo_context_release(context);
  duomo_model_release(club);
}

static void test_similar_users(void) {
  duomo_model* club = open_model("club");
  duomo_context* context = make_context(club, DUOMO_UNKNOWN_IS_ERROR);
  int64_t query = member(12), users[MEMBERS];
  float vectors[MEMBERS * 8];
  everyone r, again;
  duomo_topk_result out = all_into(&r);
  duomo_topk_request q = DUOMO_TOPK_REQUEST_INIT;
  const char* key = "member-12";
  size_t row, i;
  for (row = 0; row < MEMBERS; ++row) users[row] = member(row);
  SUCCEEDS(duomo_encode_users(vectors, context, users, MEMBERS, &error));
  q.count = 1;
  q.ids = &query;
  q.k = ALL;
  SUCCEEDS(duomo_similar_users(&out, context, &q, &error));
  CHECK(r.counts[0] == MEMBERS - 1 && !contains(r.ids, MEMBERS - 1, query));
  for (i = 0; i < r.counts[0]; ++i) {
    double dot = 0, a = 0, b = 0;
    const float *x = vectors, *y = vectors + (size_t)12 * 8;
    size_t j;
    while (users[(x - vectors) / 8] != r.ids[i]) x += 8;
    for (j = 0; j < 8; ++j) {
      dot += (double)x[j] * y[j];
      a += (double)x[j] * x[j];
      b += (double)y[j] * y[j];
    }
    CHECK(fabs(dot / sqrt(a * b) - r.scores[i]) < 1e-6);
    CHECK(i == 0 || r.scores[i] <= r.scores[i - 1]);
  }
  q.ids = NULL;
  q.keys = &key;
  out = all_into(&again);
  SUCCEEDS(duomo_similar_users(&out, context, &q, &error));
  CHECK(memcmp(&r, &again, sizeof(r)) == 0);
  q.flags = DUOMO_EXCLUDE_SEEN;
  FAILS(DUOMO_INVALID_ARGUMENT, "duomo_users_for", duomo_similar_users(&out, context, &q, &error));
  duomo_context_release(context);
  duomo_model_release(club);
}

static void test_what_is_wrong(void) {
  duomo_model *club = open_model("club"), *player = open_model("player"),
              *joint = open_model("joint");
  duomo_context* context = make_context(club, DUOMO_UNKNOWN_IS_ERROR);
  duomo_context* marking = make_context(club, DUOMO_UNKNOWN_IS_MARKED);
  duomo_context* towers = make_context(player, DUOMO_UNKNOWN_IS_ERROR);
  duomo_context* logistic = make_context(joint, DUOMO_UNKNOWN_IS_ERROR);
  int64_t items[2], i1 = duomo_id_of_string("i1"), zero = 0;
  const size_t offsets[3] = {0, 1, 1};
  duomo_item_set* set = NULL;
  const duomo_item_set* sets[2] = {NULL, NULL};
  duomo_filter filter = DUOMO_FILTER_INIT;
  results r;
  duomo_topk_result out = into(&r);
  duomo_topk_request q = DUOMO_TOPK_REQUEST_INIT, good;
  items[0] = book(3), items[1] = member(3);
  q.count = 2;
  q.ids = items;
  q.k = 4;
  good = q;
  FAILS(DUOMO_NOT_FOUND, "request.ids[1]: the model has no item",
        duomo_users_for(&out, context, &q, &error));
  FAILS(DUOMO_NOT_FOUND, "request.ids[0]: the model has no user",
        duomo_similar_users(&out, context, &q, &error));
  CHECK(poisoned(&r, sizeof(r)));
  SUCCEEDS(duomo_users_for(&out, marking, &q, &error));
  CHECK(r.counts[0] == 4 && r.counts[1] == 0);
  out = into(&r);
  q.history_offsets = offsets, q.history_ids = items;
  FAILS(DUOMO_INVALID_ARGUMENT, "histories", duomo_users_for(&out, context, &q, &error));
  FAILS(DUOMO_INVALID_ARGUMENT, "histories", duomo_similar_users(&out, context, &q, &error));
  SUCCEEDS(duomo_item_set_from_ids(&set, club, items, NULL, 1, &error));
  q = good, q.allow_set = set;
  FAILS(DUOMO_INVALID_ARGUMENT, "sets are of items", duomo_users_for(&out, context, &q, &error));
  q = good, q.allow_sets = sets;
  FAILS(DUOMO_INVALID_ARGUMENT, "sets are of items",
        duomo_similar_users(&out, context, &q, &error));
  duomo_item_set_release(set);
  filter.input = "author"; /* of items */
  q = good, q.count = 1, q.filters = &filter, q.filter_count = 1;
  FAILS(DUOMO_INVALID_ARGUMENT, "author", duomo_users_for(&out, context, &q, &error));
  {
    duomo_features* f = make_features(club, DUOMO_USER, 1);
    q = good, q.count = 1, q.ids = NULL, q.features = f;
    FAILS(DUOMO_INVALID_ARGUMENT, "DUOMO_USER, not DUOMO_ITEM",
          duomo_users_for(&out, context, &q, &error));
    duomo_features_release(f);
  }
  q = good, q.count = 1, q.ids = &i1;
  FAILS(DUOMO_UNSUPPORTED, "no user vectors", duomo_users_for(&out, towers, &q, &error));
  q.ids = &zero;
  FAILS(DUOMO_UNSUPPORTED, "duomo_rank", duomo_users_for(&out, logistic, &q, &error));
  FAILS(DUOMO_INVALID_ARGUMENT, "context", duomo_users_for(&out, NULL, &q, &error));
  FAILS(DUOMO_INVALID_ARGUMENT, "request", duomo_similar_users(&out, context, NULL, &error));
  FAILS(DUOMO_INVALID_ARGUMENT, "out", duomo_similar_users(NULL, context, &q, &error));
  CHECK(poisoned(&r, sizeof(r)));
  duomo_context_release(context);
  duomo_context_release(marking);
  duomo_context_release(towers);
  duomo_context_release(logistic);
  duomo_model_release(club);
  duomo_model_release(player);
  duomo_model_release(joint);
}

/* Walks through the order of a search without limits; `order` are numbers of books. */
static size_t greedy(const size_t* order, size_t n, size_t k, uint32_t authors, uint32_t genres,
                     size_t* out) {
  uint32_t author[5] = {0}, genre[3] = {0};
  size_t i, taken = 0;
  for (i = 0; i < n && taken < k; ++i) {
    const size_t b = order[i];
    if (authors > 0 && author[b % 5] >= authors) continue;
    if (genres > 0 && genre[b % 3] >= genres) continue;
    ++author[b % 5], ++genre[b % 3];
    out[taken++] = b;
  }
  return taken;
}

static void test_limits(void) {
  duomo_model* club = open_model("club");
  duomo_context* context = make_context(club, DUOMO_UNKNOWN_IS_ERROR);
  duomo_limit limits[2] = {DUOMO_LIMIT_INIT, DUOMO_LIMIT_INIT};
  size_t user, a, g, i;
  results r;
  duomo_topk_result out = into(&r);
  duomo_topk_request q = DUOMO_TOPK_REQUEST_INIT;
  int64_t ids[2];
  limits[0].input = "author";
  limits[1].input = "genres";
  q.count = 1;
  q.ids = ids;
  for (user = 0; user < MEMBERS; user += 61) {
    size_t order[ITEMS], expected[ITEMS], n;
    ids[0] = member(user);
    q.limit_count = 0;
    q.k = ITEMS;
    out = into(&r);
    SUCCEEDS(duomo_topk(&out, context, &q, &error));
    for (i = 0; i < ITEMS; ++i) {
      for (n = 0; book(n) != r.ids[i]; ++n) continue;
      order[i] = n;
    }
    for (a = 0; a < 4; ++a) {
      for (g = 0; g < 4; ++g) {
        duomo_limit both[2];
        size_t count = 0;
        if (a > 0) limits[0].at_most = (uint32_t)a, both[count++] = limits[0];
        if (g > 0) limits[1].at_most = (uint32_t)g, both[count++] = limits[1];
        q.limits = both;
        q.limit_count = count;
        q.k = 10;
        out = into(&r);
        SUCCEEDS(duomo_topk(&out, context, &q, &error));
        n = greedy(order, ITEMS, 10, (uint32_t)a, (uint32_t)g, expected);
        CHECK(r.counts[0] == n);
        for (i = 0; i < n; ++i) CHECK(r.ids[i] == book(expected[i]));
      }
    }
  }
  /* users are limited by their values: one of each town */
  limits[0].input = "town";
  limits[0].at_most = 1;
  q.limits = limits;
  q.limit_count = 1;
  ids[0] = book(1), ids[1] = book(2);
  q.count = 2;
  out = into(&r);
  SUCCEEDS(duomo_users_for(&out, context, &q, &error));
  CHECK(r.counts[0] == 4 && r.counts[1] == 4);
  ids[0] = member(1), ids[1] = member(2);
  out = into(&r);
  SUCCEEDS(duomo_similar_users(&out, context, &q, &error));
  CHECK(r.counts[0] == 4 && r.counts[1] == 4);
  limits[0].input = "author";
  ids[0] = book(1), ids[1] = book(2);
  out = into(&r);
  SUCCEEDS(duomo_similar(&out, context, &q, &error));
  CHECK(r.counts[0] == 5 && r.counts[1] == 5);

  out = into(&r);
  ids[0] = member(1), ids[1] = member(2);
  limits[0].input = "town";
  FAILS(DUOMO_INVALID_ARGUMENT,
        "request.limits[0]: results cannot be limited by the input \"town\"",
        duomo_topk(&out, context, &q, &error));
  limits[0].input = "publisher";
  {
    duomo_error e = DUOMO_ERROR_INIT;
    CHECK(duomo_topk(&out, context, &q, &e) == DUOMO_NOT_FOUND);
    CHECK(e.kind == DUOMO_KIND_UNKNOWN_NAME && e.argument == DUOMO_ARGUMENT_LIMITS);
    CHECK(e.position == 0);
  }
  limits[0].input = NULL;
  FAILS(DUOMO_INVALID_ARGUMENT, "input is NULL", duomo_topk(&out, context, &q, &error));
  limits[0].input = "author";
  limits[0].at_most = 0;
  FAILS(DUOMO_INVALID_ARGUMENT, "at_most is 0", duomo_topk(&out, context, &q, &error));
  limits[0].at_most = 1;
  limits[0].struct_size = 3;
  FAILS(DUOMO_INVALID_ARGUMENT, "_INIT", duomo_topk(&out, context, &q, &error));
  q.limits = NULL;
  FAILS(DUOMO_INVALID_ARGUMENT, "request.limits is NULL", duomo_topk(&out, context, &q, &error));
  CHECK(poisoned(&r, sizeof(r)));
  duomo_context_release(context);
  duomo_model_release(club);
}

void test_users(void) {
  test_users_for();
  test_similar_users();
  test_what_is_wrong();
  test_limits();
}
