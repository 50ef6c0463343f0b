/* Predictions: one number for a pair in every call, and what an unknown id does. */
#include <float.h>

#include "check.h"

static void test_pairs(const char* name) {
  duomo_model* model = open_model(name);
  duomo_context* context = make_context(model, DUOMO_UNKNOWN_IS_ERROR);
  duomo_model_info info = DUOMO_MODEL_INFO_INIT;
  static int64_t users[USERS * ITEMS], items[USERS * ITEMS];
  static float together[USERS * ITEMS], vectors[2][USERS * ITEMS * 20], from_vectors[USERS * ITEMS];
  size_t i, n = USERS * ITEMS;
  SUCCEEDS(duomo_model_get_info(&info, model, &error));
  for (i = 0; i < n; ++i) {
    SUCCEEDS(duomo_user_id_at(&users[i], model, i / ITEMS, &error));
    SUCCEEDS(duomo_item_id_at(&items[i], model, i % ITEMS, &error));
  }
  SUCCEEDS(duomo_predict(together, context, users, items, n, &error));
  SUCCEEDS(duomo_encode_users(vectors[0], context, users, n, &error));
  SUCCEEDS(duomo_encode_items(vectors[1], context, items, n, &error));
  SUCCEEDS(duomo_predict_vectors(from_vectors, context, vectors[0], vectors[1], n, &error));
  for (i = 0; i < n; ++i) {
    float alone = -1;
    CHECK(together[i] >= info.minimum_output && together[i] <= info.maximum_output);
    SUCCEEDS(duomo_predict(&alone, context, &users[i], &items[i], 1, &error));
    if (info.has_user_vectors) {
      CHECK(bits_of(alone) == bits_of(together[i]));
      CHECK(bits_of(from_vectors[i]) == bits_of(together[i]));
    } else {
      CHECK(fabsf(alone - together[i]) < 1e-5f && fabsf(from_vectors[i] - together[i]) < 1e-5f);
    }
  }
  duomo_context_release(context);
  duomo_model_release(model);
}

/* The number is what the description says: 5·cos / 2 + 2.5 stars. */
static void test_formula(void) {
  duomo_model* model = open_model("shop");
  duomo_context* context = make_context(model, DUOMO_UNKNOWN_IS_ERROR);
  const int64_t user = 2, item = 1009;
  float u[20], v[20], prediction = 0;
  double dot = 0;
  int i;
  SUCCEEDS(duomo_encode_users(u, context, &user, 1, &error));
  SUCCEEDS(duomo_encode_items(v, context, &item, 1, &error));
  SUCCEEDS(duomo_predict(&prediction, context, &user, &item, 1, &error));
  for (i = 0; i < 20; ++i) dot += (double)u[i] * v[i];
  CHECK(fabs(5 * dot / 2 + 2.5 - prediction) < 1e-6);
  duomo_context_release(context);
  duomo_model_release(model);
}

static void test_unknown(void) {
  duomo_model *model = open_model("shop"), *joint = open_model("joint");
  duomo_context* strict = make_context(model, DUOMO_UNKNOWN_IS_ERROR);
  duomo_context* marking = make_context(model, DUOMO_UNKNOWN_IS_MARKED);
  duomo_context* logistic = make_context(joint, DUOMO_UNKNOWN_IS_ERROR);
  const int64_t users[4] = {1, 2, 777, 4}, items[4] = {1000, 1001, 1003, 1006};
  float good = 0, out[4], vectors[40] = {0};
  SUCCEEDS(duomo_predict(&good, strict, users, items, 1, &error));
  poison(out, sizeof(out));
  FAILS(DUOMO_NOT_FOUND, "user_ids[2]: the model has no user 777",
        duomo_predict(out, strict, users, items, 4, &error));
  FAILS(DUOMO_NOT_FOUND, "item_ids[1]: the model has no item 1001",
        duomo_predict(out, strict, users, items, 2, &error));
  FAILS(DUOMO_NOT_FOUND, "item_ids[0]: the model has no item 1001",
        duomo_predict(out, strict, users + 1, items + 1, 1, &error));
  FAILS(DUOMO_INVALID_ARGUMENT, "predictions",
        duomo_predict(NULL, strict, users, items, 1, &error));
  FAILS(DUOMO_INVALID_ARGUMENT, "context", duomo_predict(out, NULL, users, items, 1, &error));
  FAILS(DUOMO_INVALID_ARGUMENT, "user_ids", duomo_predict(out, strict, NULL, items, 1, &error));
  FAILS(DUOMO_INVALID_ARGUMENT, "item_ids", duomo_predict(out, strict, users, NULL, 1, &error));
  FAILS(DUOMO_UNSUPPORTED, "duomo_rank", duomo_predict(out, logistic, users, items, 1, &error));
  FAILS(DUOMO_UNSUPPORTED, "duomo_rank",
        duomo_predict_vectors(out, logistic, vectors, vectors, 1, &error));
  FAILS(DUOMO_INVALID_ARGUMENT, "user_vectors",
        duomo_predict_vectors(out, strict, NULL, vectors, 1, &error));
  FAILS(DUOMO_INVALID_ARGUMENT, "item_vectors",
        duomo_predict_vectors(out, strict, vectors, NULL, 1, &error));
  FAILS(DUOMO_INVALID_ARGUMENT, "predictions",
        duomo_predict_vectors(NULL, strict, vectors, vectors, 1, &error));
  FAILS(DUOMO_INVALID_ARGUMENT, "cannot exist",
        duomo_predict_vectors(out, strict, vectors, vectors, (size_t)-1, &error));
  CHECK(duomo_predict(out, strict, users, items, 4, NULL) == DUOMO_NOT_FOUND);
  SUCCEEDS(duomo_predict(NULL, strict, NULL, NULL, 0, &error));
  CHECK(poisoned(out, sizeof(out)));
  SUCCEEDS(duomo_predict(out, marking, users, items, 4, &error));
  CHECK(bits_of(out[0]) == bits_of(good));
  CHECK(isnan(out[1]) && isnan(out[2]) && !isnan(out[3]));
  SUCCEEDS(duomo_predict(out, marking, users + 1, items + 1, 1, &error));
  CHECK(isnan(out[0]));
  SUCCEEDS(duomo_predict_vectors(out, strict, vectors, vectors, 2, &error));
  CHECK(out[0] == 2.5f && out[1] == 2.5f); /* zero vectors score 0, never NaN */
  {
    const float bad[3] = {NAN, INFINITY, -INFINITY};
    float others[40] = {0};
    int i, side;
    for (i = 0; i < 6; ++i) {
      const float *users_given = others, *items_given = vectors;
      side = i % 2;
      if (side == 1) users_given = vectors, items_given = others;
      others[20 + i] = bad[i / 2];
      poison(out, sizeof(out));
      FAILS(DUOMO_INVALID_ARGUMENT, "pair 1 has NaN or infinity",
            duomo_predict_vectors(out, strict, users_given, items_given, 2, &error));
      CHECK(poisoned(out, sizeof(out)));
      SUCCEEDS(duomo_predict_vectors(out, marking, users_given, items_given, 2, &error));
      CHECK(out[0] == 2.5f && isnan(out[1]));
      others[20 + i] = 0;
    }
    for (i = 0; i < 20; ++i) others[i] = FLT_MAX; /* every finite number is fine */
    SUCCEEDS(duomo_predict_vectors(out, strict, others, others, 2, &error));
    CHECK(out[0] == 5 && out[1] == 2.5f);
  }
  duomo_context_release(strict);
  duomo_context_release(marking);
  duomo_context_release(logistic);
  duomo_model_release(model);
  duomo_model_release(joint);
}

void test_predict(void) {
  test_pairs("shop");
  test_pairs("shop_towers");
  test_pairs("unfrozen");
  test_pairs("player");
  test_formula();
  test_unknown();
}
