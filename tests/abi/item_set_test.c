/* Item sets: what is in them, and searches that they restrict, query by query. */
#include "check.h"
#include "results.h"

static int64_t id_of(size_t row) { return 1000 + 3 * (int64_t)row; } /* of the shop's items */

static duomo_item_set* set_of(duomo_model* model, const int64_t* ids, size_t n) {
  duomo_item_set* set = NULL;
  SUCCEEDS(duomo_item_set_from_ids(&set, model, ids, NULL, n, &error));
  return set;
}

static void test_making(void) {
  duomo_model *shop = open_model("shop"), *player = open_model("player");
  const int64_t ids[5] = {1003, 1000, 7, 1003, 1117};
  const char *keys[3] = {"i3", "nobody", "i5"}, *bad[2] = {"i3", "\xff"}, *null[2] = {"i3", NULL};
  const char* red[1] = {"red"};
  duomo_filter filter = DUOMO_FILTER_INIT;
  duomo_item_set *listed = set_of(shop, ids, 5), *none = set_of(shop, NULL, 0), *set = NULL;
  size_t row, reds = 0;
  CHECK(duomo_item_set_count(listed) == 3);
  CHECK(duomo_item_set_contains(listed, 1000) && duomo_item_set_contains(listed, 1117));
  CHECK(!duomo_item_set_contains(listed, 1006) && !duomo_item_set_contains(listed, 7));
  CHECK(!duomo_item_set_contains(listed, INT64_MIN) && !duomo_item_set_contains(listed, -1));
  CHECK(duomo_item_set_count(none) == 0 && !duomo_item_set_contains(none, 1000));
  CHECK(duomo_item_set_count(NULL) == 0 && !duomo_item_set_contains(NULL, 1000));

  SUCCEEDS(duomo_item_set_from_ids(&set, player, NULL, keys, 3, &error));
  CHECK(duomo_item_set_count(set) == 2);
  {
    int64_t id = -1;
    SUCCEEDS(duomo_item_id_of_key(&id, player, "i5", &error));
    CHECK(duomo_item_set_contains(set, id));
    SUCCEEDS(duomo_item_id_of_key(&id, player, "i4", &error));
    CHECK(!duomo_item_set_contains(set, id));
  }
  duomo_item_set_retain(set);
  duomo_item_set_release(set);
  CHECK(duomo_item_set_count(set) == 2);
  duomo_item_set_release(set);
  set = NULL;

  SUCCEEDS(duomo_item_set_from_filters(&set, shop, NULL, 0, &error));
  CHECK(duomo_item_set_count(set) == ITEMS);
  duomo_item_set_release(set);
  filter.input = "tags";
  filter.strings = red;
  filter.value_count = 1;
  SUCCEEDS(duomo_item_set_from_filters(&set, shop, &filter, 1, &error));
  for (row = 0; row < ITEMS; ++row) {
    reds += row % 3 == 0;
    CHECK(duomo_item_set_contains(set, id_of(row)) == (row % 3 == 0));
  }
  CHECK(duomo_item_set_count(set) == reds);
  duomo_item_set_release(set);
  set = NULL;

  FAILS(DUOMO_INVALID_ARGUMENT, "out", duomo_item_set_from_ids(NULL, shop, ids, NULL, 1, &error));
  FAILS(DUOMO_INVALID_ARGUMENT, "model", duomo_item_set_from_ids(&set, NULL, ids, NULL, 1, &error));
  FAILS(DUOMO_INVALID_ARGUMENT, "ids is NULL",
        duomo_item_set_from_ids(&set, shop, NULL, NULL, 1, &error));
  FAILS(DUOMO_INVALID_ARGUMENT, "one of them",
        duomo_item_set_from_ids(&set, player, ids, keys, 1, &error));
  FAILS(DUOMO_UNSUPPORTED, "integers", duomo_item_set_from_ids(&set, shop, NULL, keys, 1, &error));
  FAILS(DUOMO_INVALID_ARGUMENT, "keys[1] is not UTF-8",
        duomo_item_set_from_ids(&set, player, NULL, bad, 2, &error));
  FAILS(DUOMO_INVALID_ARGUMENT, "keys[1] is NULL",
        duomo_item_set_from_ids(&set, player, NULL, null, 2, &error));
  FAILS(DUOMO_INVALID_ARGUMENT, "filters is NULL",
        duomo_item_set_from_filters(&set, shop, NULL, 1, &error));
  filter.input = "nope";
  FAILS(DUOMO_NOT_FOUND, "filters[0]: the model has no attribute or input \"nope\"",
        duomo_item_set_from_filters(&set, shop, &filter, 1, &error));
  CHECK(set == NULL);
  duomo_item_set_release(NULL);
  duomo_item_set_retain(NULL);
  duomo_item_set_release(listed);
  duomo_item_set_release(none);
  duomo_model_release(shop);
  duomo_model_release(player);
}

static void test_combining(void) {
  duomo_model *shop = open_model("shop"), *other = open_model("shop");
  int64_t even[ITEMS / 2], third[ITEMS / 3 + 1];
  const duomo_item_set* both[2];
  duomo_item_set *set = NULL, *foreign;
  size_t row;
  int32_t mode;
  for (row = 0; row < ITEMS; ++row) {
    if (row % 2 == 0) even[row / 2] = id_of(row);
    if (row % 3 == 0) third[row / 3] = id_of(row);
  }
  both[0] = set_of(shop, even, ITEMS / 2);
  both[1] = set_of(shop, third, ITEMS / 3 + 1);
  for (mode = DUOMO_ANY; mode <= DUOMO_NONE; ++mode) {
    size_t count = 0;
    SUCCEEDS(duomo_item_set_combine(&set, mode, both, 2, &error));
    for (row = 0; row < ITEMS; ++row) {
      int any = row % 2 == 0 || row % 3 == 0, all = row % 6 == 0;
      int expected = mode == DUOMO_ANY ? any : mode == DUOMO_ALL ? all : !any;
      CHECK(duomo_item_set_contains(set, id_of(row)) == expected);
      count += (size_t)expected;
    }
    CHECK(duomo_item_set_count(set) == count);
    duomo_item_set_release(set);
    SUCCEEDS(duomo_item_set_combine(&set, mode, both, 1, &error));
    CHECK(duomo_item_set_count(set) == (mode == DUOMO_NONE ? ITEMS - ITEMS / 2 : ITEMS / 2));
    duomo_item_set_release(set);
  }
  set = NULL;
  foreign = set_of(other, even, 1);
  FAILS(DUOMO_INVALID_ARGUMENT, "at least one",
        duomo_item_set_combine(&set, DUOMO_ANY, both, 0, &error));
  FAILS(DUOMO_INVALID_ARGUMENT, "mode", duomo_item_set_combine(&set, 3, both, 2, &error));
  FAILS(DUOMO_INVALID_ARGUMENT, "sets is NULL",
        duomo_item_set_combine(&set, DUOMO_ANY, NULL, 2, &error));
  {
    const duomo_item_set* wrong[2];
    wrong[0] = both[0], wrong[1] = foreign;
    FAILS(DUOMO_INVALID_ARGUMENT, "sets[1] is of another model",
          duomo_item_set_combine(&set, DUOMO_ANY, wrong, 2, &error));
    wrong[1] = NULL;
    FAILS(DUOMO_INVALID_ARGUMENT, "sets[1] is NULL",
          duomo_item_set_combine(&set, DUOMO_ANY, wrong, 2, &error));
  }
  CHECK(set == NULL);
  duomo_item_set_release((duomo_item_set*)both[0]);
  duomo_item_set_release((duomo_item_set*)both[1]);
  duomo_model_release(shop); /* the sets were the last to hold it */
  duomo_model_release(other);
  CHECK(duomo_item_set_count(foreign) == 1 && duomo_item_set_contains(foreign, even[0]));
  duomo_item_set_release(foreign);
}

/* The results of query `q` are those of the whole list `all` that may be returned, in its order. */
static void check_subset(const results* all, const results* r, size_t q, size_t k, size_t want,
                         int (*may)(size_t row, const void* of), const void* of) {
  size_t i, found = 0;
  for (i = 0; i < ITEMS && found < want; ++i) {
    if (!may((size_t)(all->ids[q * ITEMS + i] - 1000) / 3, of)) continue;
    CHECK(found < r->counts[q]);
    CHECK(r->ids[q * k + found] == all->ids[q * ITEMS + i]);
    CHECK(bits_of(r->scores[q * k + found]) == bits_of(all->scores[q * ITEMS + i]));
    ++found;
  }
  CHECK(r->counts[q] == found);
  CHECK(poisoned(r->ids + q * k + found, (k - found) * sizeof(int64_t)));
}

struct rule {
  size_t modulus, left_out;
};
static int divides(size_t row, const void* of) {
  const struct rule* rule = of;
  return row % rule->modulus == 0 && row != rule->left_out;
}

static void test_searching(void) {
  duomo_model *shop = open_model("shop"), *other = open_model("shop");
  duomo_context* context = make_context(shop, DUOMO_UNKNOWN_IS_ERROR);
  const int64_t users[3] = {5, 2, 9};
  int64_t members[2][ITEMS], dropped[3];
  const size_t k_each[3] = {7, 0, 3}, too_many[3] = {1, 1, 41};
  const duomo_item_set* sets[3];
  duomo_item_set *even, *third, *foreign;
  results all, r;
  duomo_topk_result out = into(&all);
  duomo_topk_request q = DUOMO_TOPK_REQUEST_INIT;
  size_t row, n2 = 0, n3 = 0, i;
  struct rule rule = {1, ITEMS};
  for (row = 0; row < ITEMS; row += 2) members[0][n2++] = id_of(row);
  for (row = 0; row < ITEMS; row += 3) members[1][n3++] = id_of(row);
  even = set_of(shop, members[0], n2);
  third = set_of(shop, members[1], n3);
  foreign = set_of(other, members[0], n2);
  q.count = 3;
  q.ids = users;
  q.k = ITEMS;
  SUCCEEDS(duomo_topk(&out, context, &q, &error));

  q.allow_set = even; /* as it lies */
  out = into(&r);
  SUCCEEDS(duomo_topk(&out, context, &q, &error));
  rule.modulus = 2;
  for (i = 0; i < 3; ++i) check_subset(&all, &r, i, ITEMS, ITEMS, divides, &rule);

  q.k_each = k_each;
  out = into(&r);
  SUCCEEDS(duomo_topk(&out, context, &q, &error));
  for (i = 0; i < 3; ++i) check_subset(&all, &r, i, ITEMS, k_each[i], divides, &rule);

  q.allow_set = NULL; /* a set for each, or none */
  sets[0] = third, sets[1] = even, sets[2] = NULL;
  q.allow_sets = sets;
  out = into(&r);
  SUCCEEDS(duomo_topk(&out, context, &q, &error));
  rule.modulus = 3;
  check_subset(&all, &r, 0, ITEMS, 7, divides, &rule);
  rule.modulus = 1;
  check_subset(&all, &r, 2, ITEMS, 3, divides, &rule);

  q.k_each = NULL; /* both kinds, then a list besides, then what nobody shall have */
  q.allow_set = even;
  out = into(&r);
  SUCCEEDS(duomo_topk(&out, context, &q, &error));
  rule.modulus = 6;
  check_subset(&all, &r, 0, ITEMS, ITEMS, divides, &rule);
  rule.modulus = 2;
  check_subset(&all, &r, 1, ITEMS, ITEMS, divides, &rule);
  check_subset(&all, &r, 2, ITEMS, ITEMS, divides, &rule);

  dropped[0] = id_of(12), dropped[1] = 4, dropped[2] = id_of(12);
  q.shared_exclude_ids = dropped;
  q.shared_exclude_count = 3;
  rule.left_out = 12;
  out = into(&r);
  SUCCEEDS(duomo_topk(&out, context, &q, &error));
  rule.modulus = 6;
  check_subset(&all, &r, 0, ITEMS, ITEMS, divides, &rule);
  rule.modulus = 2;
  check_subset(&all, &r, 1, ITEMS, ITEMS, divides, &rule);
  q.allow_ids = members[1];
  q.allow_count = n3;
  q.flags = DUOMO_ALLOW_LISTED;
  out = into(&r);
  SUCCEEDS(duomo_topk(&out, context, &q, &error));
  rule.modulus = 6;
  for (i = 0; i < 3; ++i) check_subset(&all, &r, i, ITEMS, ITEMS, divides, &rule);

  q.allow_ids = NULL; /* an empty list allows nothing, whatever the pointer is */
  q.allow_count = 0;
  out = into(&r);
  SUCCEEDS(duomo_topk(&out, context, &q, &error));
  CHECK(r.counts[0] == 0 && r.counts[1] == 0 && r.counts[2] == 0);
  q.flags = 0;
  q.allow_ids = members[1];
  out = into(&r);
  SUCCEEDS(duomo_topk(&out, context, &q, &error)); /* no list is asked for */
  check_subset(&all, &r, 0, ITEMS, ITEMS, divides, &rule);
  q.allow_count = 1;
  FAILS(DUOMO_INVALID_ARGUMENT, "without DUOMO_ALLOW_LISTED",
        duomo_topk(&out, context, &q, &error));
  q.allow_count = 0;
  q.k_each = too_many;
  FAILS(DUOMO_INVALID_ARGUMENT, "request.k_each[2] is 41", duomo_topk(&out, context, &q, &error));
  q.k_each = NULL;
  sets[1] = foreign;
  FAILS(DUOMO_INVALID_ARGUMENT, "request.allow_sets[1] is a set of another model",
        duomo_topk(&out, context, &q, &error));
  sets[1] = even;
  q.allow_set = foreign;
  FAILS(DUOMO_INVALID_ARGUMENT, "request.allow_set is a set of another model",
        duomo_topk(&out, context, &q, &error));
  q.allow_set = NULL;
  q.shared_exclude_ids = NULL;
  FAILS(DUOMO_INVALID_ARGUMENT, "request.shared_exclude_ids is NULL",
        duomo_topk(&out, context, &q, &error));
  duomo_item_set_release(even);
  duomo_item_set_release(third);
  duomo_item_set_release(foreign);
  duomo_context_release(context);
  duomo_model_release(shop);
  duomo_model_release(other);
}

void test_item_sets(void) {
  test_making();
  test_combining();
  test_searching();
}
