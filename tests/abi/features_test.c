/* Raw features and vectors: the same values as in the file give the same vector. */
#include "check.h"

/* The features of the shop's items at rows 0, 3 and 4, as fixtures.h tells them. */
static duomo_features* shop_items(duomo_model* shop) {
  duomo_features* f = make_features(shop, DUOMO_ITEM, 3);
  const int64_t ids[3] = {1000, 1009, 1012};
  const size_t tag_offsets[4] = {0, 1, 2, 3};
  const char* tags[3] = {"red", "red", "green"};
  const int64_t codes[3] = {9, 9, 7};
  const char* titles[3] = {"The  BLAU\tlamp",
                           "the gro\xC3\x9F"
                           "e chair",
                           "the blau lamp"};
  SUCCEEDS(duomo_features_set_integers(f, "id", ids, &error));
  SUCCEEDS(duomo_features_set_string_lists(f, "tags", tag_offsets, tags, &error));
  SUCCEEDS(duomo_features_set_integer_lists(f, "codes", tag_offsets, codes, &error));
  SUCCEEDS(duomo_features_set_strings(f, "title", titles, &error));
  return f;
}

static void check_close(const float* a, const float* b, size_t n) {
  size_t i;
  for (i = 0; i < n; ++i) CHECK(fabsf(a[i] - b[i]) < 1e-5f);
}

static void test_values(void) {
  duomo_model* shop = open_model("shop");
  duomo_context* context = make_context(shop, DUOMO_UNKNOWN_IS_ERROR);
  const int64_t item_ids[3] = {1000, 1009, 1012};
  float known[3][20], raw[3][20], again[3][20];
  duomo_features* f = shop_items(shop);
  SUCCEEDS(duomo_encode_items(known[0], context, item_ids, 3, &error));
  SUCCEEDS(duomo_encode_features(raw[0], context, f, &error));
  check_close(known[0], raw[0], 60);
  /* Repetition in a set does not matter; unknown values do. */
  {
    const size_t offsets[4] = {0, 3, 4, 5};
    const char* repeated[5] = {"red", "red", "red", "red", "green"};
    const char* unknown[5] = {"red", "mauve", "red", "red", "green"};
    SUCCEEDS(duomo_features_set_string_lists(f, "tags", offsets, repeated, &error));
    SUCCEEDS(duomo_encode_features(again[0], context, f, &error));
    check_close(known[0], again[0], 60);
    SUCCEEDS(duomo_features_set_string_lists(f, "tags", offsets, unknown, &error));
    SUCCEEDS(duomo_encode_features(again[0], context, f, &error));
    check_close(known[1], again[1], 40);
    CHECK(fabsf(known[0][0] - again[0][0]) > 1e-4f);
  }
  duomo_features_release(f);

  /* Users: a NULL string, an unknown string and one never set are all the unknown value. */
  f = make_features(shop, DUOMO_USER, 3);
  {
    const char* plans[3] = {NULL, "gold", ""};
    const int64_t ages[3] = {20, 20, 20};
    SUCCEEDS(duomo_features_set_integers(f, "age", ages, &error));
    SUCCEEDS(duomo_encode_features(known[0], context, f, &error));
    SUCCEEDS(duomo_features_set_strings(f, "plan", plans, &error));
    SUCCEEDS(duomo_encode_features(raw[0], context, f, &error));
    CHECK(memcmp(known, raw, sizeof(raw)) == 0);
    check_close(raw[0], raw[1], 20);
    check_close(raw[0], raw[2], 20);
  }
  duomo_features_release(f);
  f = make_features(shop, DUOMO_USER, 0);
  SUCCEEDS(duomo_features_set_strings(f, "plan", NULL, &error));
  SUCCEEDS(duomo_encode_features(NULL, context, f, &error));
  duomo_features_release(f);
  duomo_context_release(context);
  duomo_model_release(shop);
}

static void test_setter_errors(void) {
  duomo_model *shop = open_model("shop"), *joint = open_model("joint");
  duomo_context* context = make_context(shop, DUOMO_UNKNOWN_IS_ERROR);
  duomo_features *f = NULL, *g, *pairs;
  const int64_t integers[3] = {1, 2, 3};
  const char* strings[3] = {"a", "b", "c"};
  const char* bad_strings[3] = {"a", "\xFF", "c"};
  const char* null_strings[3] = {"a", NULL, "c"};
  const size_t offsets[4] = {0, 1, 2, 3}, descending[4] = {0, 2, 1, 3}, late[4] = {1, 1, 2, 3};
  const float infinite[1] = {INFINITY}, nan[1] = {NAN};
  float before[3][20], after[3][20];
  FAILS(DUOMO_INVALID_ARGUMENT, "out", duomo_features_create(NULL, shop, 0, 1, &error));
  FAILS(DUOMO_INVALID_ARGUMENT, "model", duomo_features_create(&f, NULL, 0, 1, &error));
  FAILS(DUOMO_INVALID_ARGUMENT, "scope", duomo_features_create(&f, shop, 3, 1, &error));
  FAILS(DUOMO_UNSUPPORTED, "pairs", duomo_features_create(&f, shop, DUOMO_PAIR, 1, &error));
  CHECK(f == NULL);
  f = shop_items(shop);
  SUCCEEDS(duomo_encode_features(before[0], context, f, &error));
  FAILS(DUOMO_INVALID_ARGUMENT, "features",
        duomo_features_set_integers(NULL, "id", integers, &error));
  FAILS(DUOMO_INVALID_ARGUMENT, "input", duomo_features_set_integers(f, NULL, integers, &error));
  FAILS(DUOMO_INVALID_ARGUMENT, "values", duomo_features_set_integers(f, "id", NULL, &error));
  FAILS(DUOMO_NOT_FOUND, "\"nope\"", duomo_features_set_integers(f, "nope", integers, &error));
  FAILS(DUOMO_INVALID_ARGUMENT, "users", duomo_features_set_integers(f, "age", integers, &error));
  FAILS(DUOMO_INVALID_ARGUMENT, "duomo_features_set_integers",
        duomo_features_set_strings(f, "id", strings, &error));
  FAILS(DUOMO_INVALID_ARGUMENT, "duomo_features_set_string_lists",
        duomo_features_set_integer_lists(f, "tags", offsets, integers, &error));
  FAILS(DUOMO_INVALID_ARGUMENT, "duomo_features_set_integer_lists",
        duomo_features_set_string_lists(f, "codes", offsets, strings, &error));
  FAILS(DUOMO_INVALID_ARGUMENT, "duomo_features_set_strings",
        duomo_features_set_numbers(f, "title", infinite, &error));
  FAILS(DUOMO_INVALID_ARGUMENT, "values[1] is not UTF-8",
        duomo_features_set_strings(f, "title", bad_strings, &error));
  FAILS(DUOMO_INVALID_ARGUMENT, "values[1] is not UTF-8",
        duomo_features_set_string_lists(f, "tags", offsets, bad_strings, &error));
  FAILS(DUOMO_INVALID_ARGUMENT, "values[1] is NULL",
        duomo_features_set_string_lists(f, "tags", offsets, null_strings, &error));
  FAILS(DUOMO_INVALID_ARGUMENT, "[2] is 1",
        duomo_features_set_integer_lists(f, "codes", descending, integers, &error));
  FAILS(DUOMO_INVALID_ARGUMENT, "[0] is 1",
        duomo_features_set_integer_lists(f, "codes", late, integers, &error));
  FAILS(DUOMO_INVALID_ARGUMENT, "offsets",
        duomo_features_set_integer_lists(f, "codes", NULL, integers, &error));
  FAILS(DUOMO_INVALID_ARGUMENT, "values",
        duomo_features_set_integer_lists(f, "codes", offsets, NULL, &error));
  SUCCEEDS(duomo_encode_features(after[0], context, f, &error));
  CHECK(memcmp(before, after, sizeof(after)) == 0); /* failed calls left the values alone */
  g = make_features(joint, DUOMO_USER, 1);
  pairs = make_features(joint, DUOMO_PAIR, 1);
  FAILS(DUOMO_INVALID_ARGUMENT, "infinite",
        duomo_features_set_numbers(pairs, "delay", infinite, &error));
  SUCCEEDS(duomo_features_set_numbers(pairs, "delay", nan, &error));

  poison(after, sizeof(after));
  FAILS(DUOMO_INVALID_ARGUMENT, "another model",
        duomo_encode_features(after[0], context, g, &error));
  FAILS(DUOMO_INVALID_ARGUMENT, "context", duomo_encode_features(after[0], NULL, f, &error));
  FAILS(DUOMO_INVALID_ARGUMENT, "features", duomo_encode_features(after[0], context, NULL, &error));
  FAILS(DUOMO_INVALID_ARGUMENT, "vectors", duomo_encode_features(NULL, context, f, &error));
  duomo_context_release(context);
  context = make_context(joint, DUOMO_UNKNOWN_IS_ERROR);
  FAILS(DUOMO_UNSUPPORTED, "duomo_rank", duomo_encode_features(after[0], context, g, &error));
  CHECK(poisoned(after, sizeof(after)));
  duomo_features_release(f);
  duomo_features_release(g);
  duomo_features_release(pairs);
  duomo_context_release(context);
  duomo_model_release(shop);
  duomo_model_release(joint);
}

/* What the file remembers, said again by the host, gives the stored user's vector. */
static void test_histories(void) {
  duomo_model* player = open_model("player");
  duomo_context* context = make_context(player, DUOMO_UNKNOWN_IS_ERROR);
  duomo_features* f = make_features(player, DUOMO_USER, 2);
  const int64_t users[2] = {duomo_id_of_string("u3"), duomo_id_of_string("u4")};
  const int64_t i3 = duomo_id_of_string("i3"), i4 = duomo_id_of_string("i4");
  const int64_t history[6] = {i3, i4, 777, -1, i4, duomo_id_of_string("i5")};
  const char* keys[6] = {"i3", "i4", "nothing", "", "i4", "i5"};
  const size_t offsets[3] = {0, 4, 6};
  const char* names[2] = {"u3", "u4"};
  float known[2][9], raw[2][9];
  SUCCEEDS(duomo_features_set_strings(f, "user", names, &error));
  SUCCEEDS(duomo_features_set_integer_lists(f, "seen", offsets, history, &error));
  SUCCEEDS(duomo_encode_users(known[0], context, users, 2, &error));
  SUCCEEDS(duomo_encode_features(raw[0], context, f, &error));
  check_close(known[0], raw[0], 18);
  SUCCEEDS(
      duomo_features_set_string_lists(f, "seen", offsets, keys, &error)); /* items by their keys */
  SUCCEEDS(duomo_encode_features(known[0], context, f, &error));
  CHECK(memcmp(known, raw, sizeof(raw)) == 0);
  duomo_features_release(f);
  { /* an input's values that are items are told by their ids */
    duomo_input_info info = DUOMO_INPUT_INFO_INIT;
    int64_t value = 0;
    SUCCEEDS(duomo_model_get_input(&info, player, 1, &error));
    CHECK(info.kind == DUOMO_INPUT_HISTORY && info.keys != DUOMO_KEYS_STRING);
    SUCCEEDS(duomo_model_get_input_value(NULL, &value, player, 1, 5, &error));
    CHECK(value == duomo_id_of_string("i5"));
  }
  duomo_context_release(context);
  duomo_model_release(player);
}

/* Where keys begin ranges every number is known, as the greatest key that is not above it. */
static void test_ranges(void) {
  duomo_model* model = open_model("ages");
  duomo_context* context = make_context(model, DUOMO_UNKNOWN_IS_ERROR);
  const int64_t keys[4] = {20, 10, 30, 20}, ages[4] = {24, -7, INT64_MAX, 20};
  float said[4][20], found[4][20];
  duomo_features* f = make_features(model, DUOMO_USER, 4);
  duomo_model_info info = DUOMO_MODEL_INFO_INIT;
  SUCCEEDS(duomo_model_get_info(&info, model, &error));
  CHECK(info.vector_width <= 20);
  SUCCEEDS(duomo_features_set_integers(f, "age", keys, &error));
  SUCCEEDS(duomo_encode_features(said[0], context, f, &error));
  SUCCEEDS(duomo_features_set_strict(f, 1, &error));
  SUCCEEDS(duomo_features_set_integers(f, "age", ages, &error));
  SUCCEEDS(duomo_encode_features(found[0], context, f, &error));
  CHECK(memcmp(said, found, 4 * (size_t)info.vector_width * sizeof(float)) == 0);
  CHECK(memcmp(said[0], said[0] + info.vector_width, (size_t)info.vector_width * sizeof(float)) !=
        0);
  duomo_features_release(f);
  duomo_context_release(context);
  duomo_model_release(model);
}

/* Strict: what training did not meet is named, and the input keeps its earlier value. */
static void test_strict(void) {
  duomo_model* shop = open_model("shop");
  duomo_model* player = open_model("player");
  const int64_t ages[3] = {10, 24, 30}, known[3] = {10, 20, 30}, codes[3] = {9, 9, 4};
  const int64_t seen[3] = {duomo_id_of_string("i4"), 77, duomo_id_of_string("i5")};
  const char* seen_keys[3] = {"i4", "i77", "i5"};
  const size_t offsets[4] = {0, 1, 2, 3};
  const char* plans[3] = {"free", NULL, "fre"};
  const char* titles[3] = {"words that nobody knows", "lamp", NULL};
  const char* tags[3] = {"red", "mauve", "red"};
  duomo_features* users = make_features(shop, DUOMO_USER, 3);
  duomo_features* items = make_features(shop, DUOMO_ITEM, 3);
  duomo_features* players = make_features(player, DUOMO_USER, 3);
  SUCCEEDS(duomo_features_set_integers(users, "age", ages, &error));
  SUCCEEDS(duomo_features_set_strict(users, 1, &error));
  SUCCEEDS(duomo_features_set_strict(items, 1, &error));
  SUCCEEDS(duomo_features_set_strict(players, 1, &error));
  FAILS(DUOMO_NOT_FOUND, "input \"age\": values[1] is 24, which the model does not know",
        duomo_features_set_integers(users, "age", ages, &error));
  SUCCEEDS(duomo_features_set_integers(users, "age", known, &error));
  FAILS(DUOMO_NOT_FOUND, "input \"plan\": values[2] is \"fre\"",
        duomo_features_set_strings(users, "plan", plans, &error));
  plans[2] = "paid"; /* unset is not unknown */
  SUCCEEDS(duomo_features_set_strings(users, "plan", plans, &error));
  FAILS(DUOMO_NOT_FOUND, "input \"codes\": values[2] is 4",
        duomo_features_set_integer_lists(items, "codes", offsets, codes, &error));
  FAILS(DUOMO_NOT_FOUND, "input \"tags\": values[1] is \"mauve\"",
        duomo_features_set_string_lists(items, "tags", offsets, tags, &error));
  SUCCEEDS(duomo_features_set_strings(items, "title", titles, &error));
  FAILS(DUOMO_NOT_FOUND, "input \"seen\": values[1] is 77",
        duomo_features_set_integer_lists(players, "seen", offsets, seen, &error));
  FAILS(DUOMO_NOT_FOUND, "input \"seen\": values[1] is \"i77\"",
        duomo_features_set_string_lists(players, "seen", offsets, seen_keys, &error));
  SUCCEEDS(duomo_features_set_strict(users, 0, &error));
  SUCCEEDS(duomo_features_set_integers(users, "age", ages, &error));
  FAILS(DUOMO_INVALID_ARGUMENT, "strict is 2", duomo_features_set_strict(users, 2, &error));
  FAILS(DUOMO_INVALID_ARGUMENT, "features is NULL", duomo_features_set_strict(NULL, 1, &error));
  duomo_features_release(users);
  duomo_features_release(items);
  duomo_features_release(players);
  duomo_model_release(shop);
  duomo_model_release(player);
}

/* What the inputs know: every value that is listed is one that strict features take. */
static void test_listed_values(void) {
  duomo_model* shop = open_model("shop");
  duomo_model* joint = open_model("joint");
  duomo_model_info model = DUOMO_MODEL_INFO_INIT;
  duomo_text text = {NULL, 0};
  int64_t integer = 77;
  uint64_t i, v, listed = 0;
  SUCCEEDS(duomo_model_get_info(&model, shop, &error));
  for (i = 0; i < model.input_count; ++i) {
    duomo_input_info input = DUOMO_INPUT_INFO_INIT;
    duomo_features* f;
    char name[32], value[32];
    SUCCEEDS(duomo_model_get_input(&input, shop, i, &error));
    memcpy(name, input.name.data, input.name.size);
    name[input.name.size] = '\0';
    f = make_features(shop, input.scope, 1);
    SUCCEEDS(duomo_features_set_strict(f, 1, &error));
    for (v = 0; v < input.vocabulary_size; ++v) {
      const size_t offsets[2] = {0, 1};
      const char* string = value;
      SUCCEEDS(duomo_model_get_input_value(&text, &integer, shop, i, v, &error));
      if (input.keys == DUOMO_KEYS_STRING) {
        memcpy(value, text.data, text.size);
        value[text.size] = '\0';
      }
      if (input.kind == DUOMO_INPUT_CATEGORY_SET && input.keys == DUOMO_KEYS_STRING) {
        SUCCEEDS(duomo_features_set_string_lists(f, name, offsets, &string, &error));
      } else if (input.kind == DUOMO_INPUT_CATEGORY_SET) {
        SUCCEEDS(duomo_features_set_integer_lists(f, name, offsets, &integer, &error));
      } else if (input.keys == DUOMO_KEYS_STRING) {
        SUCCEEDS(duomo_features_set_strings(f, name, &string, &error));
      } else {
        SUCCEEDS(duomo_features_set_integers(f, name, &integer, &error));
      }
      ++listed;
    }
    FAILS(DUOMO_NOT_FOUND, " values",
          duomo_model_get_input_value(&text, &integer, shop, i, v, &error));
    if (input.keys == DUOMO_KEYS_STRING) {
      SUCCEEDS(duomo_model_get_input_value(&text, NULL, shop, i, 0, &error));
      FAILS(DUOMO_INVALID_ARGUMENT, "text is NULL",
            duomo_model_get_input_value(NULL, &integer, shop, i, 0, &error));
    } else {
      SUCCEEDS(duomo_model_get_input_value(NULL, &integer, shop, i, 0, &error));
      FAILS(DUOMO_INVALID_ARGUMENT, "integer is NULL",
            duomo_model_get_input_value(&text, NULL, shop, i, 0, &error));
    }
    duomo_features_release(f);
  }
  CHECK(listed == 2 + 3 + 40 + 3 + 3 + 5);
  FAILS(DUOMO_NOT_FOUND, "inputs",
        duomo_model_get_input_value(&text, &integer, shop, model.input_count, 0, &error));
  FAILS(DUOMO_INVALID_ARGUMENT, "model is NULL",
        duomo_model_get_input_value(&text, &integer, NULL, 0, 0, &error));
  FAILS(DUOMO_UNSUPPORTED, "\"delay\" is a number",
        duomo_model_get_input_value(&text, &integer, joint, 2, 0, &error));
  duomo_model_release(shop);
  duomo_model_release(joint);
}

void test_features(void) {
  test_strict();
  test_listed_values();
  test_values();
  test_setter_errors();
  test_histories();
  test_ranges();
}

void test_vectors(void) {
  duomo_model *frozen = open_model("shop"), *towers = open_model("shop_towers"),
              *unfrozen = open_model("unfrozen"), *joint = open_model("joint");
  duomo_context* contexts[3];
  int64_t users[USERS], items[2] = {1000, 1117};
  float vectors[3][USERS][20], item_vectors[3][2][20];
  int i, j;
  contexts[0] = make_context(frozen, DUOMO_UNKNOWN_IS_ERROR);
  contexts[1] = make_context(towers, DUOMO_UNKNOWN_IS_ERROR);
  contexts[2] = make_context(unfrozen, DUOMO_UNKNOWN_IS_MARKED);
  for (i = 0; i < USERS; ++i) users[i] = i + 1;
  for (i = 0; i < 3; ++i) {
    SUCCEEDS(duomo_encode_users(vectors[i][0], contexts[i], users, USERS, &error));
    SUCCEEDS(duomo_encode_items(item_vectors[i][0], contexts[i], items, 2, &error));
    check_close(vectors[0][0], vectors[i][0], USERS * 20);
    check_close(item_vectors[0][0], item_vectors[i][0], 2 * 20);
  }
  for (i = 0; i < USERS; ++i) {
    double squares = 0;
    for (j = 0; j < 20; ++j) squares += (double)vectors[1][i][j] * vectors[1][i][j];
    CHECK(fabs(squares - 1) < 1e-5);
  }
  users[4] = 99;
  poison(vectors[0], sizeof(vectors[0]));
  FAILS(DUOMO_NOT_FOUND, "user_ids[4]: the model has no user 99",
        duomo_encode_users(vectors[0][0], contexts[0], users, USERS, &error));
  FAILS(DUOMO_NOT_FOUND, "item_ids[0]: the model has no item 99",
        duomo_encode_items(vectors[0][0], contexts[0], users + 4, 1, &error));
  FAILS(DUOMO_INVALID_ARGUMENT, "vectors", duomo_encode_users(NULL, contexts[0], users, 1, &error));
  FAILS(DUOMO_INVALID_ARGUMENT, "user_ids",
        duomo_encode_users(vectors[0][0], contexts[0], NULL, 1, &error));
  FAILS(DUOMO_INVALID_ARGUMENT, "context",
        duomo_encode_items(vectors[0][0], NULL, users, 1, &error));
  SUCCEEDS(duomo_encode_users(NULL, contexts[0], NULL, 0, &error));
  CHECK(poisoned(vectors[0], sizeof(vectors[0])));
  SUCCEEDS(duomo_encode_users(vectors[0][0], contexts[2], users, USERS, &error));
  for (j = 0; j < 20; ++j) CHECK(isnan(vectors[0][4][j]));
  check_close(vectors[0][0], vectors[1][0], 4 * 20);
  check_close(vectors[0][5], vectors[1][5], (USERS - 5) * 20);
  for (i = 0; i < 3; ++i) duomo_context_release(contexts[i]);
  contexts[0] = make_context(joint, DUOMO_UNKNOWN_IS_ERROR);
  FAILS(DUOMO_UNSUPPORTED, "duomo_rank",
        duomo_encode_users(vectors[0][0], contexts[0], users, 1, &error));
  FAILS(DUOMO_UNSUPPORTED, "duomo_rank",
        duomo_encode_items(vectors[0][0], contexts[0], users, 1, &error));
  duomo_context_release(contexts[0]);
  duomo_model_release(frozen);
  duomo_model_release(towers);
  duomo_model_release(unfrozen);
  duomo_model_release(joint);
}
