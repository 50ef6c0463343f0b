/* Top-k for users of whom a history is known: as an input, and folded in. */
#include "check.h"
#include "results.h"

/* Histories: with ids they replace what the file remembers, alone they are all that is known. */
static void test_histories(void) {
  duomo_model* player = open_model("player");
  duomo_context* context = make_context(player, DUOMO_UNKNOWN_IS_ERROR);
  const int64_t ids[2] = {duomo_id_of_string("u3"), duomo_id_of_string("u4")};
  const int64_t i3 = duomo_id_of_string("i3"), i4 = duomo_id_of_string("i4");
  const int64_t i5 = duomo_id_of_string("i5"), history[5] = {i3, i4, i4, i5, 999};
  const int64_t other[2] = {duomo_id_of_string("i20"), duomo_id_of_string("i21")};
  const size_t offsets[3] = {0, 2, 5}, one[2] = {0, 2};
  results stored, said, alone;
  duomo_topk_result out = into(&stored);
  duomo_topk_request q = DUOMO_TOPK_REQUEST_INIT;
  size_t i;
  q.count = 2;
  q.ids = ids;
  q.k = ITEMS;
  SUCCEEDS(duomo_topk(&out, context, &q, &error));
  q.history_offsets = offsets;
  q.history_ids = history;
  out = into(&said);
  SUCCEEDS(duomo_topk(&out, context, &q, &error));
  CHECK(memcmp(&stored, &said, sizeof(said)) == 0);
  q.flags = DUOMO_EXCLUDE_SEEN;
  out = into(&said);
  SUCCEEDS(duomo_topk(&out, context, &q, &error));
  CHECK(said.counts[0] == ITEMS - 2 && said.counts[1] == ITEMS - 2);
  CHECK(!contains(said.ids, ITEMS - 2, i3) && !contains(said.ids + ITEMS, ITEMS - 2, i5));
  q.flags = 0;
  q.count = 1;
  q.history_offsets = one;
  q.history_ids = other;
  out = into(&said);
  SUCCEEDS(duomo_topk(&out, context, &q, &error));
  CHECK(memcmp(said.scores, stored.scores, ITEMS * sizeof(float)) != 0);

  q.ids = NULL;
  out = into(&alone);
  SUCCEEDS(duomo_topk(&out, context, &q, &error));
  {
    duomo_features* f = make_features(player, DUOMO_USER, 1);
    SUCCEEDS(duomo_features_set_integer_lists(f, "seen", one, other, &error));
    q.features = f;
    q.history_offsets = NULL;
    out = into(&said);
    SUCCEEDS(duomo_topk(&out, context, &q, &error));
    CHECK(said.counts[0] == ITEMS && memcmp(&alone, &said, sizeof(said)) == 0);
    duomo_features_release(f);
  }
  for (i = 1; i < ITEMS; ++i) CHECK(alone.scores[i - 1] >= alone.scores[i]);
  q.features = NULL;
  q.history_offsets = one;
  q.history_ids = NULL;
  FAILS(DUOMO_INVALID_ARGUMENT, "history_ids", duomo_topk(&out, context, &q, &error));
  duomo_context_release(context);
  duomo_model_release(player);
}

/* Histories for a model without a history input: the vector that fits the items. */
static void test_folding(void) {
  duomo_model* shop = open_model("shop");
  duomo_model* unfrozen = open_model("unfrozen");
  duomo_context* context = make_context(shop, DUOMO_UNKNOWN_IS_MARKED);
  duomo_context* towers = make_context(unfrozen, DUOMO_UNKNOWN_IS_ERROR);
  const int64_t ids[3] = {2, 999, 5}, history[5] = {1009, 77, 1030, 1030, 1003};
  const size_t offsets[4] = {0, 3, 4, 5}, none[2] = {0, 0};
  results alone, named, again;
  duomo_topk_result out = into(&alone);
  duomo_topk_request q = DUOMO_TOPK_REQUEST_INIT;
  size_t i, j;
  q.count = 3;
  q.k = ITEMS;
  q.history_offsets = offsets;
  q.history_ids = history;
  SUCCEEDS(duomo_topk(&out, context, &q, &error));
  for (i = 0; i < 3; ++i) CHECK(alone.counts[i] == ITEMS);
  /* One item's nearest is itself; of two, both are nearer than the mean. */
  CHECK(alone.ids[ITEMS] == 1030 && alone.ids[2 * ITEMS] == 1003);
  CHECK(contains(alone.ids, ITEMS / 2, 1009) && contains(alone.ids, ITEMS / 2, 1030));
  /* Beside ids they stand in for what the file knows; unknown users have no results. */
  q.ids = ids;
  out = into(&named);
  SUCCEEDS(duomo_topk(&out, context, &q, &error));
  CHECK(named.counts[1] == 0 && named.counts[0] == ITEMS && named.counts[2] == ITEMS);
  CHECK(memcmp(named.scores, alone.scores, ITEMS * sizeof(float)) == 0);
  CHECK(memcmp(named.ids + 2 * ITEMS, alone.ids + 2 * ITEMS, ITEMS * sizeof(int64_t)) == 0);
  q.flags = DUOMO_EXCLUDE_SEEN;
  out = into(&again);
  SUCCEEDS(duomo_topk(&out, context, &q, &error));
  CHECK(again.counts[0] == ITEMS - 2 && again.counts[2] == ITEMS - 1);
  CHECK(!contains(again.ids, ITEMS - 2, 1009) && !contains(again.ids, ITEMS - 2, 1030));
  q.flags = 0;
  /* A weight says how much an item counts: much of the first is nearly that alone. */
  q.ids = NULL;
  {
    float weights[5] = {1e6f, 1, 1, 1, 1};
    q.history_weights = weights;
    out = into(&again);
    SUCCEEDS(duomo_topk(&out, context, &q, &error));
    CHECK(again.ids[0] == 1009 && again.scores[0] > alone.scores[0]);
    CHECK(again.ids[2 * ITEMS] == 1003);
    weights[3] = 0;
    FAILS(DUOMO_INVALID_ARGUMENT, "history_weights[3] is 0", duomo_topk(&out, context, &q, &error));
    weights[3] = NAN;
    FAILS(DUOMO_INVALID_ARGUMENT, "history_weights[3]", duomo_topk(&out, context, &q, &error));
    weights[3] = -1;
    FAILS(DUOMO_INVALID_ARGUMENT, "history_weights[3] is -1",
          duomo_topk(&out, context, &q, &error));
    weights[3] = 1;
    q.history_offsets = NULL;
    q.ids = ids;
    FAILS(DUOMO_INVALID_ARGUMENT, "history_weights without", duomo_topk(&out, context, &q, &error));
    q.history_offsets = offsets;
    q.history_weights = NULL;
  }
  /* duomo_rank says the same. */
  {
    duomo_rank_request r = DUOMO_RANK_REQUEST_INIT;
    float ranked[ITEMS];
    r.flags = DUOMO_RANK_USER_ID;
    r.user_id = 2;
    r.history_ids = history;
    r.history_count = 3;
    r.item_ids = alone.ids;
    r.n = ITEMS;
    SUCCEEDS(duomo_rank(ranked, context, &r, &error));
    for (j = 0; j < ITEMS; ++j) CHECK(bits_of(ranked[j]) == bits_of(alone.scores[j]));
  }
  /* Nobody knows anything of somebody without items: an unknown user. */
  {
    duomo_features* f = make_features(shop, DUOMO_USER, 1);
    q.count = 1;
    q.ids = NULL;
    q.history_offsets = none;
    out = into(&alone);
    SUCCEEDS(duomo_topk(&out, context, &q, &error));
    q.history_offsets = NULL;
    q.history_ids = NULL;
    q.features = f;
    out = into(&again);
    SUCCEEDS(duomo_topk(&out, context, &q, &error));
    CHECK(memcmp(alone.scores, again.scores, ITEMS * sizeof(float)) == 0);
    duomo_features_release(f);
    q.features = NULL;
  }
  q.history_offsets = offsets;
  q.history_ids = history;
  FAILS(DUOMO_UNSUPPORTED, "item", duomo_topk(&out, towers, &q, &error));
  duomo_context_release(context);
  duomo_context_release(towers);
  duomo_model_release(shop);
  duomo_model_release(unfrozen);
}

void test_histories_of_users(void) {
  test_histories();
  test_folding();
}
