/* Ranking: the joint tower with features of pairs, and two towers as duomo_predict has them. */
#include "check.h"

static void test_joint(void) {
  duomo_model* joint = open_model("joint");
  duomo_context* context = make_context(joint, DUOMO_UNKNOWN_IS_ERROR);
  duomo_context* marking = make_context(joint, DUOMO_UNKNOWN_IS_MARKED);
  duomo_features* pairs = make_features(joint, DUOMO_PAIR, 3);
  duomo_features* user = make_features(joint, DUOMO_USER, 1);
  duomo_features* items = make_features(joint, DUOMO_ITEM, 3);
  const int64_t ids[3] = {7, 0, 39}, user_id = 5, some_unknown[3] = {7, 40, 39};
  const float delays[3] = {1, NAN, 30}, shown[3] = {0, 2, 5}, fallback[3] = {3, 3, 3};
  float plain[3], with_pairs[3], raw[3], out[3];
  duomo_rank_request q = DUOMO_RANK_REQUEST_INIT;
  int i;
  q.flags = DUOMO_RANK_USER_ID;
  q.user_id = 5;
  q.item_ids = ids;
  q.n = 3;
  SUCCEEDS(duomo_rank(plain, context, &q, &error));
  for (i = 0; i < 3; ++i) CHECK(plain[i] > 0 && isfinite(plain[i]));
  SUCCEEDS(duomo_features_set_numbers(pairs, "delay", fallback, &error));
  q.pair_features = pairs;
  SUCCEEDS(duomo_rank(with_pairs, context, &q, &error));
  CHECK(memcmp(plain, with_pairs, sizeof(plain)) == 0); /* unset numbers are the fallback */
  SUCCEEDS(duomo_features_set_numbers(pairs, "delay", delays, &error));
  SUCCEEDS(duomo_features_set_numbers(pairs, "shown", shown, &error));
  SUCCEEDS(duomo_rank(with_pairs, context, &q, &error));
  for (i = 0; i < 3; ++i) CHECK(with_pairs[i] != plain[i]);
  /* The order given is the order returned. */
  {
    duomo_features* one = make_features(joint, DUOMO_PAIR, 1);
    duomo_rank_request single = q;
    single.pair_features = one;
    single.n = 1;
    for (i = 0; i < 3; ++i) {
      single.item_ids = ids + i;
      SUCCEEDS(duomo_features_set_numbers(one, "delay", delays + i, &error));
      SUCCEEDS(duomo_features_set_numbers(one, "shown", shown + i, &error));
      SUCCEEDS(duomo_rank(out, context, &single, &error));
      CHECK(fabsf(out[0] - with_pairs[i]) < 1e-4f * with_pairs[i]);
    }
    duomo_features_release(one);
  }
  /* The same user and items from raw features. */
  SUCCEEDS(duomo_features_set_integers(user, "user", &user_id, &error));
  SUCCEEDS(duomo_features_set_integers(items, "item", ids, &error));
  q.flags = 0;
  q.user_features = user;
  q.item_ids = NULL;
  q.item_features = items;
  SUCCEEDS(duomo_rank(raw, context, &q, &error));
  for (i = 0; i < 3; ++i) CHECK(fabsf(raw[i] - with_pairs[i]) < 1e-4f * with_pairs[i]);

  q.user_features = NULL;
  q.item_features = NULL;
  q.flags = DUOMO_RANK_USER_ID;
  q.item_ids = some_unknown;
  poison(out, sizeof(out));
  FAILS(DUOMO_NOT_FOUND, "item_ids[1]: the model has no item 40",
        duomo_rank(out, context, &q, &error));
  CHECK(poisoned(out, sizeof(out)));
  SUCCEEDS(duomo_rank(out, marking, &q, &error));
  CHECK(isnan(out[1]));
  CHECK(fabsf(out[0] - with_pairs[0]) < 1e-4f * with_pairs[0]);
  CHECK(fabsf(out[2] - with_pairs[2]) < 1e-4f * with_pairs[2]); /* its own pair features */
  q.item_ids = ids;
  q.user_id = 12;
  FAILS(DUOMO_NOT_FOUND, "no user 12", duomo_rank(out, context, &q, &error));
  SUCCEEDS(duomo_rank(out, marking, &q, &error));
  for (i = 0; i < 3; ++i) CHECK(isnan(out[i]));

  q.user_id = 5;
  poison(out, sizeof(out));
  FAILS(DUOMO_INVALID_ARGUMENT, "predictions", duomo_rank(NULL, context, &q, &error));
  FAILS(DUOMO_INVALID_ARGUMENT, "context", duomo_rank(out, NULL, &q, &error));
  FAILS(DUOMO_INVALID_ARGUMENT, "request", duomo_rank(out, context, NULL, &error));
  q.user_features = user;
  FAILS(DUOMO_INVALID_ARGUMENT, "user_features", duomo_rank(out, context, &q, &error));
  q.flags = 0;
  q.user_features = NULL;
  FAILS(DUOMO_INVALID_ARGUMENT, "DUOMO_RANK_USER_ID", duomo_rank(out, context, &q, &error));
  q.flags = DUOMO_RANK_USER_ID;
  q.item_features = items;
  FAILS(DUOMO_INVALID_ARGUMENT, "give one of item_ids", duomo_rank(out, context, &q, &error));
  q.item_ids = NULL;
  q.item_features = NULL;
  FAILS(DUOMO_INVALID_ARGUMENT, "item_ids", duomo_rank(out, context, &q, &error));
  q.item_ids = ids;
  q.n = 2;
  FAILS(DUOMO_INVALID_ARGUMENT, "pair_features has 3 rows, expected 2",
        duomo_rank(out, context, &q, &error));
  q.n = 3;
  q.pair_features = items;
  FAILS(DUOMO_INVALID_ARGUMENT, "DUOMO_PAIR", duomo_rank(out, context, &q, &error));
  q.pair_features = NULL;
  q.flags = 7;
  FAILS(DUOMO_INVALID_ARGUMENT, "flags", duomo_rank(out, context, &q, &error));
  q.flags = DUOMO_RANK_USER_ID;
  q.history_ids = ids;
  q.history_count = 1;
  FAILS(DUOMO_UNSUPPORTED, "history", duomo_rank(out, context, &q, &error));
  q.history_ids = NULL;
  FAILS(DUOMO_INVALID_ARGUMENT, "history_ids", duomo_rank(out, context, &q, &error));
  q.history_count = 0;
  q.struct_size = 1;
  FAILS(DUOMO_INVALID_ARGUMENT, "_INIT", duomo_rank(out, context, &q, &error));
  CHECK(poisoned(out, sizeof(out)));
  duomo_features_release(pairs);
  duomo_features_release(user);
  duomo_features_release(items);
  duomo_context_release(context);
  duomo_context_release(marking);
  duomo_model_release(joint);
}

static void test_two_towers(const char* name, int has_history_input) {
  duomo_model* model = open_model(name);
  duomo_context* context = make_context(model, DUOMO_UNKNOWN_IS_ERROR);
  duomo_context* marking = make_context(model, DUOMO_UNKNOWN_IS_MARKED);
  int64_t users[ITEMS], items[ITEMS], user = 0;
  float predicted[ITEMS], ranked[ITEMS];
  duomo_rank_request q = DUOMO_RANK_REQUEST_INIT;
  int i;
  SUCCEEDS(duomo_user_id_at(&user, model, 3, &error));
  for (i = 0; i < ITEMS; ++i) {
    users[i] = user;
    SUCCEEDS(duomo_item_id_at(&items[i], model, (uint64_t)i, &error));
  }
  SUCCEEDS(duomo_predict(predicted, context, users, items, ITEMS, &error));
  q.flags = DUOMO_RANK_USER_ID;
  q.user_id = user;
  q.item_ids = items;
  q.n = ITEMS;
  SUCCEEDS(duomo_rank(ranked, context, &q, &error));
  for (i = 0; i < ITEMS; ++i) CHECK(fabsf(ranked[i] - predicted[i]) < 1e-5f);
  if (has_history_input) {
    const int64_t same[2] = {items[3], items[4]}, other[2] = {items[30], items[31]};
    q.history_ids = same;
    q.history_count = 2;
    SUCCEEDS(duomo_rank(ranked, context, &q, &error));
    for (i = 0; i < ITEMS; ++i) CHECK(fabsf(ranked[i] - predicted[i]) < 1e-5f);
    q.history_ids = other;
    SUCCEEDS(duomo_rank(ranked, context, &q, &error));
    CHECK(memcmp(ranked, predicted, sizeof(ranked)) != 0);
    q.history_ids = NULL;
    q.history_count = 0;
  } else {
    CHECK(memcmp(ranked, predicted, sizeof(ranked)) == 0); /* frozen vectors: the same bits */
  }
  items[1] = -9;
  SUCCEEDS(duomo_rank(ranked, marking, &q, &error));
  CHECK(isnan(ranked[1]) && fabsf(ranked[2] - predicted[2]) < 1e-5f);
  q.n = 0;
  q.item_ids = NULL;
  SUCCEEDS(duomo_rank(NULL, context, &q, &error));
  duomo_context_release(context);
  duomo_context_release(marking);
  duomo_model_release(model);
}

static void test_two_towers_raw(void) {
  duomo_model* shop = open_model("shop");
  duomo_context* context = make_context(shop, DUOMO_UNKNOWN_IS_ERROR);
  duomo_features* user = make_features(shop, DUOMO_USER, 1);
  duomo_features* items = make_features(shop, DUOMO_ITEM, 2);
  float user_vector[20], item_vectors[40], expected, ranked[2];
  const char* plan = "paid";
  duomo_rank_request q = DUOMO_RANK_REQUEST_INIT;
  const int64_t ids[2] = {1003, 1};
  SUCCEEDS(duomo_features_set_strings(user, "plan", &plan, &error));
  SUCCEEDS(duomo_features_set_integers(items, "id", ids, &error));
  SUCCEEDS(duomo_encode_features(user_vector, context, user, &error));
  SUCCEEDS(duomo_encode_features(item_vectors, context, items, &error));
  q.user_features = user;
  q.item_features = items;
  q.n = 2;
  SUCCEEDS(duomo_rank(ranked, context, &q, &error));
  SUCCEEDS(duomo_predict_vectors(&expected, context, user_vector, item_vectors + 20, 1, &error));
  CHECK(fabsf(ranked[1] - expected) < 1e-5f && ranked[0] != ranked[1]);
  duomo_features_release(user);
  duomo_features_release(items);
  duomo_context_release(context);
  duomo_model_release(shop);
}

void test_rank(void) {
  test_joint();
  test_two_towers("shop", 0);
  test_two_towers("player", 1);
  test_two_towers_raw();
}
