/* Ids that are functions of the key, and keys that go straight in and come straight out. */
#include "check.h"
#include "results.h"

enum { MEMBERS = 300 };

static int same(duomo_text text, const char* expected) {
  return text.data != NULL && text.size == strlen(expected) &&
         memcmp(text.data, expected, text.size) == 0;
}

/* A stored id means the same item in every file of the catalogue, or nothing; so does its key. */
static void test_stored_ids(void) {
  const char* files[3] = {"club", "club_old", "club_later"};
  size_t f, n;
  CHECK(duomo_id_of_string("user-8") == INT64_C(8642984408374746898));
  CHECK(duomo_id_of_string("") == INT64_C(8056974233673738534));
  CHECK(duomo_id_of_string(NULL) == 0);
  for (f = 0; f < 3; ++f) {
    duomo_model* club = open_model(files[f]);
    duomo_context* marking = make_context(club, DUOMO_UNKNOWN_IS_MARKED);
    duomo_model_info info = DUOMO_MODEL_INFO_INIT;
    uint64_t row;
    SUCCEEDS(duomo_model_get_info(&info, club, &error));
    for (n = 0; n < ITEMS + 10; ++n) {
      char key[32], title[32];
      duomo_text text = {NULL, 0};
      int64_t id, found = -5;
      float vector[8];
      const int here = f < 2 ? n < ITEMS : n < ITEMS + 7 && n % 4 != 0;
      sprintf(key, "book-%d", (int)n);
      sprintf(title, "Book %d", (int)n);
      id = duomo_id_of_string(key);
      SUCCEEDS(duomo_encode_items(vector, marking, &id, 1, &error));
      CHECK(isnan(vector[0]) == !here);
      if (here) {
        SUCCEEDS(duomo_item_key(&text, club, id, &error));
        CHECK(same(text, key));
        SUCCEEDS(duomo_item_title(&text, club, id, &error));
        CHECK(same(text, title));
        SUCCEEDS(duomo_item_id_of_key(&found, club, key, &error));
        CHECK(found == id);
      } else {
        FAILS(DUOMO_NOT_FOUND, "the model has no item", duomo_item_key(&text, club, id, &error));
        FAILS(DUOMO_NOT_FOUND, key, duomo_item_id_of_key(&found, club, key, &error));
      }
    }
    for (row = 0; row < info.user_count; ++row) {
      int64_t id = -1;
      duomo_text text = {NULL, 0};
      char key[32] = "";
      SUCCEEDS(duomo_user_id_at(&id, club, row, &error));
      SUCCEEDS(duomo_user_key(&text, club, id, &error));
      memcpy(key, text.data, text.size < 31 ? text.size : 31);
      CHECK(duomo_id_of_string(key) == id);
    }
    for (row = 0; row < 100; ++row) { /* rows are no ids */
      duomo_text text = {NULL, 0};
      FAILS(DUOMO_NOT_FOUND, "has no user", duomo_user_key(&text, club, (int64_t)row, &error));
    }
    duomo_context_release(marking);
    duomo_model_release(club);
  }
}

static void test_many(void) {
  duomo_model *club = open_model("club"), *shop = open_model("shop"),
              *player = open_model("player");
  const char* keys[4] = {"book-3", "nothing", "book-39", "member-3"};
  const char* bad[2] = {"book-3", "\xC3"};
  const int64_t integers[2] = {1000, 1003};
  int64_t ids[4] = {7, 7, 7, 7};
  duomo_text texts[4] = {{NULL, 5}, {NULL, 5}, {NULL, 5}, {NULL, 5}};
  SUCCEEDS(duomo_ids_of_keys(ids, club, DUOMO_ITEM, keys, 4, &error));
  CHECK(ids[0] == duomo_id_of_string("book-3") && ids[1] == -1);
  CHECK(ids[2] == duomo_id_of_string("book-39") && ids[3] == -1);
  SUCCEEDS(duomo_keys_of_ids(texts, club, DUOMO_ITEM, ids, 4, &error));
  CHECK(same(texts[0], "book-3") && same(texts[2], "book-39"));
  CHECK(texts[1].data == NULL && texts[1].size == 0 && texts[3].data == NULL);
  SUCCEEDS(duomo_item_titles(texts, club, ids, 4, &error));
  CHECK(same(texts[0], "Book 3") && same(texts[2], "Book 39"));
  CHECK(texts[1].data == NULL && texts[1].size == 0);
  SUCCEEDS(duomo_ids_of_keys(ids, club, DUOMO_USER, keys, 4, &error));
  CHECK(ids[0] == -1 && ids[3] == duomo_id_of_string("member-3"));
  SUCCEEDS(duomo_ids_of_keys(NULL, club, DUOMO_USER, NULL, 0, &error));
  SUCCEEDS(duomo_item_titles(texts, shop, integers, 2, &error));
  CHECK(same(texts[0],
             "Gro\xC3\x9F"
             "e Lampe 0") &&
        same(texts[1],
             "Gro\xC3\x9F"
             "e Lampe 1"));
  ids[0] = 77;
  {
    duomo_error e = DUOMO_ERROR_INIT;
    CHECK(duomo_ids_of_keys(ids, club, DUOMO_ITEM, bad, 2, &e) == DUOMO_INVALID_ARGUMENT);
    CHECK(e.kind == DUOMO_KIND_NOT_UTF8 && e.position == 1);
    CHECK(e.argument == DUOMO_ARGUMENT_QUERIES);
  }
  bad[1] = NULL;
  FAILS(DUOMO_INVALID_ARGUMENT, "keys[1] is NULL",
        duomo_ids_of_keys(ids, club, DUOMO_ITEM, bad, 2, &error));
  FAILS(DUOMO_INVALID_ARGUMENT, "scope", duomo_ids_of_keys(ids, club, DUOMO_PAIR, keys, 1, &error));
  FAILS(DUOMO_UNSUPPORTED, "integers", duomo_ids_of_keys(ids, shop, DUOMO_ITEM, keys, 1, &error));
  FAILS(DUOMO_INVALID_ARGUMENT, "keys is NULL",
        duomo_ids_of_keys(ids, club, DUOMO_ITEM, NULL, 1, &error));
  FAILS(DUOMO_INVALID_ARGUMENT, "ids is NULL",
        duomo_ids_of_keys(NULL, club, DUOMO_ITEM, keys, 1, &error));
  CHECK(ids[0] == 77);
  texts[0].size = 5;
  FAILS(DUOMO_UNSUPPORTED, "integers",
        duomo_keys_of_ids(texts, shop, DUOMO_USER, integers, 1, &error));
  FAILS(DUOMO_INVALID_ARGUMENT, "scope", duomo_keys_of_ids(texts, club, 7, integers, 1, &error));
  FAILS(DUOMO_INVALID_ARGUMENT, "ids is NULL",
        duomo_keys_of_ids(texts, club, DUOMO_ITEM, NULL, 1, &error));
  FAILS(DUOMO_UNSUPPORTED, "titles", duomo_item_titles(texts, player, integers, 1, &error));
  FAILS(DUOMO_INVALID_ARGUMENT, "titles is NULL", duomo_item_titles(NULL, club, ids, 1, &error));
  FAILS(DUOMO_INVALID_ARGUMENT, "model", duomo_item_titles(texts, NULL, ids, 1, &error));
  CHECK(texts[0].size == 5);
  duomo_model_release(club);
  duomo_model_release(shop);
  duomo_model_release(player);
}

/* The same request by ids and by keys. */
static void test_requests(void) {
  duomo_model* club = open_model("club");
  duomo_context* context = make_context(club, DUOMO_UNKNOWN_IS_ERROR);
  const char *users[3] = {"member-5", "member-17", "member-250"}, *left_out[4], *allowed[6];
  const char* shared[2] = {"book-9", "who knows"};
  int64_t user_ids[3], left_out_ids[4], allowed_ids[6], shared_ids[2];
  const size_t offsets[4] = {0, 2, 2, 4};
  results by_id, by_key;
  duomo_text keys[4 * MAX_K], titles[4 * MAX_K];
  duomo_topk_result out = into(&by_id);
  duomo_topk_request q = DUOMO_TOPK_REQUEST_INIT;
  size_t i, round;
  left_out[0] = "book-3", left_out[1] = "no book", left_out[2] = "book-4", left_out[3] = "book-5";
  allowed[0] = "book-1", allowed[1] = "book-3", allowed[2] = "book-4", allowed[3] = "book-9";
  allowed[4] = "book-30", allowed[5] = "book-77";
  for (i = 0; i < 3; ++i) user_ids[i] = duomo_id_of_string(users[i]);
  for (i = 0; i < 4; ++i) left_out_ids[i] = duomo_id_of_string(left_out[i]);
  for (i = 0; i < 6; ++i) allowed_ids[i] = duomo_id_of_string(allowed[i]);
  for (i = 0; i < 2; ++i) shared_ids[i] = duomo_id_of_string(shared[i]);
  q.count = 3;
  q.k = MAX_K;
  for (round = 0; round < 16; ++round) {
    duomo_topk_request r = q;
    size_t expected = ITEMS;
    r.ids = user_ids;
    if (round & 1) r.exclude_offsets = offsets, r.exclude_ids = left_out_ids;
    if (round & 2) {
      r.flags |= DUOMO_ALLOW_LISTED;
      r.allow_ids = allowed_ids, r.allow_count = 6;
      expected = 5;
    }
    if (round & 4) r.shared_exclude_ids = shared_ids, r.shared_exclude_count = 2, --expected;
    if (round & 8) r.flags |= DUOMO_EXCLUDE_SEEN;
    out = into(&by_id);
    SUCCEEDS(duomo_topk(&out, context, &r, &error));
    CHECK(round & 8 || by_id.counts[1] == expected);
    r.ids = NULL, r.keys = users;
    r.exclude_ids = NULL, r.exclude_keys = round & 1 ? left_out : NULL;
    r.allow_ids = NULL, r.allow_keys = round & 2 ? allowed : NULL;
    r.shared_exclude_ids = NULL, r.shared_exclude_keys = round & 4 ? shared : NULL;
    out = into(&by_key);
    out.keys = keys;
    out.titles = titles;
    poison(keys, sizeof(keys));
    SUCCEEDS(duomo_topk(&out, context, &r, &error));
    CHECK(memcmp(&by_id, &by_key, sizeof(by_id)) == 0);
    for (i = 0; i < 3; ++i) {
      size_t j;
      for (j = 0; j < by_key.counts[i]; ++j) {
        const size_t at = i * MAX_K + j;
        char key[32] = "";
        memcpy(key, keys[at].data, keys[at].size);
        CHECK(duomo_id_of_string(key) == by_key.ids[at]);
        CHECK(titles[at].size == keys[at].size && memcmp(titles[at].data, "Book ", 5) == 0);
        CHECK(memcmp(titles[at].data + 5, keys[at].data + 5, keys[at].size - 5) == 0);
      }
      CHECK(poisoned(keys + i * MAX_K + j, (MAX_K - j) * sizeof(*keys)));
    }
  }
  /* items like items, leaving out themselves */
  q = (duomo_topk_request)DUOMO_TOPK_REQUEST_INIT;
  q.count = 3;
  q.k = 20;
  q.ids = allowed_ids;
  out = into(&by_id);
  SUCCEEDS(duomo_similar(&out, context, &q, &error));
  q.ids = NULL;
  q.keys = allowed;
  out = into(&by_key);
  SUCCEEDS(duomo_similar(&out, context, &q, &error));
  CHECK(memcmp(&by_id, &by_key, sizeof(by_id)) == 0);
  duomo_context_release(context);
  duomo_model_release(club);
}

static void test_histories_and_rank(void) {
  duomo_model* player = open_model("player");
  duomo_context* context = make_context(player, DUOMO_UNKNOWN_IS_ERROR);
  duomo_context* marking = make_context(player, DUOMO_UNKNOWN_IS_MARKED);
  const char *seen[3] = {"i3", "unknown", "i8"}, *user = "u3", *items[3] = {"i1", "i2", "i39"};
  const char* missing = "u99";
  int64_t seen_ids[3], item_ids[3], user_id = duomo_id_of_string("u3");
  const size_t offsets[2] = {0, 3};
  results by_id, by_key;
  float ranked[3], expected[3];
  duomo_topk_result out = into(&by_id);
  duomo_topk_request q = DUOMO_TOPK_REQUEST_INIT;
  duomo_rank_request r = DUOMO_RANK_REQUEST_INIT;
  int i, alone;
  for (i = 0; i < 3; ++i) {
    seen_ids[i] = duomo_id_of_string(seen[i]);
    item_ids[i] = duomo_id_of_string(items[i]);
  }
  q.count = 1;
  q.k = ITEMS;
  q.history_offsets = offsets;
  q.flags = DUOMO_EXCLUDE_SEEN;
  for (alone = 0; alone < 2; ++alone) {
    q.ids = alone ? NULL : &user_id;
    q.keys = NULL;
    q.history_ids = seen_ids;
    q.history_keys = NULL;
    out = into(&by_id);
    SUCCEEDS(duomo_topk(&out, context, &q, &error));
    CHECK(by_id.counts[0] == ITEMS - 2);
    q.ids = NULL;
    q.keys = alone ? NULL : &user;
    q.history_ids = NULL;
    q.history_keys = seen;
    out = into(&by_key);
    SUCCEEDS(duomo_topk(&out, context, &q, &error));
    CHECK(memcmp(&by_id, &by_key, sizeof(by_id)) == 0);
  }
  r.flags = DUOMO_RANK_USER_ID;
  r.user_id = user_id;
  r.item_ids = item_ids;
  r.n = 3;
  r.history_ids = seen_ids;
  r.history_count = 3;
  SUCCEEDS(duomo_rank(expected, context, &r, &error));
  r.flags = 0;
  r.user_key = user;
  r.item_ids = NULL;
  r.item_keys = items;
  r.history_ids = NULL;
  r.history_keys = seen;
  SUCCEEDS(duomo_rank(ranked, context, &r, &error));
  CHECK(memcmp(ranked, expected, sizeof(ranked)) == 0);
  poison(ranked, sizeof(ranked));
  r.user_key = missing;
  FAILS(DUOMO_NOT_FOUND, "request.user_key: the model has no user \"u99\"",
        duomo_rank(ranked, context, &r, &error));
  r.user_key = "\xFF";
  FAILS(DUOMO_INVALID_ARGUMENT, "UTF-8", duomo_rank(ranked, context, &r, &error));
  r.user_key = user;
  r.flags = DUOMO_RANK_USER_ID;
  FAILS(DUOMO_INVALID_ARGUMENT, "exactly one", duomo_rank(ranked, context, &r, &error));
  r.flags = 0;
  r.item_ids = item_ids;
  FAILS(DUOMO_INVALID_ARGUMENT, "item_keys", duomo_rank(ranked, context, &r, &error));
  r.item_ids = NULL;
  r.history_ids = seen_ids;
  FAILS(DUOMO_INVALID_ARGUMENT, "history_keys", duomo_rank(ranked, context, &r, &error));
  r.history_ids = NULL;
  items[1] = "nobody";
  FAILS(DUOMO_NOT_FOUND, "request.item_keys[1]: the model has no item \"nobody\"",
        duomo_rank(ranked, context, &r, &error));
  CHECK(poisoned(ranked, sizeof(ranked)));
  SUCCEEDS(duomo_rank(ranked, marking, &r, &error));
  CHECK(isnan(ranked[1]) && !isnan(ranked[0]) && !isnan(ranked[2]));
  r.user_key = missing;
  SUCCEEDS(duomo_rank(ranked, marking, &r, &error));
  CHECK(isnan(ranked[0]) && isnan(ranked[2]));
  duomo_context_release(context);
  duomo_context_release(marking);
  duomo_model_release(player);
}

static void test_what_is_wrong(void) {
  duomo_model *club = open_model("club"), *shop = open_model("shop");
  duomo_context* context = make_context(club, DUOMO_UNKNOWN_IS_ERROR);
  duomo_context* marking = make_context(club, DUOMO_UNKNOWN_IS_MARKED);
  duomo_context* integers = make_context(shop, DUOMO_UNKNOWN_IS_ERROR);
  const char *users[3] = {"member-5", "stranger", "member-250"}, *books[2] = {"book-1", "\x80"};
  const int64_t ids[3] = {0, 1, 2};
  const size_t offsets[4] = {0, 0, 0, 2};
  results r;
  duomo_topk_result out = into(&r);
  duomo_topk_request q = DUOMO_TOPK_REQUEST_INIT, good;
  duomo_error e = DUOMO_ERROR_INIT;
  duomo_text texts[4 * MAX_K];
  q.count = 3;
  q.k = 5;
  q.keys = users;
  CHECK(duomo_topk(&out, context, &q, &e) == DUOMO_NOT_FOUND);
  CHECK(strstr(e.message, "request.keys[1]: the model has no user \"stranger\"") != NULL);
  CHECK(e.kind == DUOMO_KIND_UNKNOWN_ID && e.position == 1);
  CHECK(e.argument == DUOMO_ARGUMENT_QUERIES && poisoned(&r, sizeof(r)));
  SUCCEEDS(duomo_topk(&out, marking, &q, &error));
  CHECK(r.counts[0] == 5 && r.counts[1] == 0 && r.counts[2] == 5);
  out = into(&r);
  users[1] = "member-6";
  good = q;
  q.ids = ids;
  FAILS(DUOMO_INVALID_ARGUMENT, "exactly one", duomo_topk(&out, context, &q, &error));
  q = good, q.exclude_keys = books;
  FAILS(DUOMO_INVALID_ARGUMENT, "exclude_offsets", duomo_topk(&out, context, &q, &error));
  q = good, q.exclude_offsets = offsets, q.exclude_keys = books;
  CHECK(duomo_topk(&out, context, &q, &e) == DUOMO_INVALID_ARGUMENT);
  CHECK(strstr(e.message, "request.exclude_keys[1] is not UTF-8") != NULL);
  CHECK(e.position == 1 && e.argument == DUOMO_ARGUMENT_EXCLUDE && e.kind == DUOMO_KIND_NOT_UTF8);
  q.exclude_ids = ids;
  FAILS(DUOMO_INVALID_ARGUMENT, "one of them", duomo_topk(&out, context, &q, &error));
  q = good, q.exclude_offsets = offsets;
  FAILS(DUOMO_INVALID_ARGUMENT, "exclude_ids is NULL", duomo_topk(&out, context, &q, &error));
  books[1] = NULL;
  q = good, q.shared_exclude_keys = books, q.shared_exclude_count = 2;
  FAILS(DUOMO_INVALID_ARGUMENT, "request.shared_exclude_keys[1] is NULL",
        duomo_topk(&out, context, &q, &error));
  q = good, q.flags = DUOMO_ALLOW_LISTED, q.allow_keys = books, q.allow_count = 2;
  FAILS(DUOMO_INVALID_ARGUMENT, "request.allow_keys[1] is NULL",
        duomo_topk(&out, context, &q, &error));
  users[2] = NULL;
  q = good;
  FAILS(DUOMO_INVALID_ARGUMENT, "request.keys[2] is NULL", duomo_topk(&out, context, &q, &error));
  users[2] = "member-7";
  FAILS(DUOMO_UNSUPPORTED, "request.keys: the keys of this model are integers",
        duomo_topk(&out, integers, &q, &error));
  q.keys = NULL, q.ids = ids, q.flags = 0, q.count = 0;
  out.keys = texts;
  FAILS(DUOMO_UNSUPPORTED, "integers", duomo_topk(&out, integers, &q, &error));
  CHECK(poisoned(&r, sizeof(r)));
  duomo_context_release(context);
  duomo_context_release(marking);
  duomo_context_release(integers);
  duomo_model_release(club);
  duomo_model_release(shop);
}

void test_by_key(void) {
  test_stored_ids();
  test_many();
  test_requests();
  test_histories_and_rank();
  test_what_is_wrong();
}
