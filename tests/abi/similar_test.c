/* Items like an item: cosines of item vectors. */
#include "check.h"
#include "results.h"

void test_similar(void) {
  duomo_model* player = open_model("player");
  duomo_context* context = make_context(player, DUOMO_UNKNOWN_IS_ERROR);
  const int64_t i4 = duomo_id_of_string("i4"), i17 = duomo_id_of_string("i17");
  const int64_t items[2] = {i4, i17}, unknown = 40;
  float vectors[2 * 9], all[ITEMS * 9];
  int64_t every[ITEMS];
  results by_id, by_vector;
  duomo_topk_result out = into(&by_id);
  duomo_topk_request q = DUOMO_TOPK_REQUEST_INIT;
  size_t i, j;
  q.count = 2;
  q.ids = items;
  q.k = ITEMS;
  SUCCEEDS(duomo_similar(&out, context, &q, &error));
  CHECK(by_id.counts[0] == ITEMS - 1 && !contains(by_id.ids, ITEMS - 1, i4));
  CHECK(by_id.counts[1] == ITEMS - 1 && !contains(by_id.ids + ITEMS, ITEMS - 1, i17));
  SUCCEEDS(duomo_encode_items(vectors, context, items, 2, &error));
  for (i = 0; i < ITEMS; ++i) SUCCEEDS(duomo_item_id_at(&every[i], player, i, &error));
  SUCCEEDS(duomo_encode_items(all, context, every, ITEMS, &error));
  for (i = 0; i < ITEMS - 1; ++i) {
    double dot = 0, a = 0, b = 0;
    const float* x = all;
    while (every[(x - all) / 9] != by_id.ids[i]) x += 9;
    for (j = 0; j < 7; ++j) { /* without the two bias columns */
      dot += (double)vectors[j] * x[j];
      a += (double)vectors[j] * vectors[j];
      b += (double)x[j] * x[j];
    }
    CHECK(fabs(dot / sqrt(a * b) - by_id.scores[i]) < 1e-6);
    CHECK(i == 0 || by_id.scores[i] <= by_id.scores[i - 1]);
  }
  q.ids = NULL;
  q.vectors = vectors;
  out = into(&by_vector);
  SUCCEEDS(duomo_similar(&out, context, &q, &error));
  CHECK(by_vector.counts[0] == ITEMS && by_vector.ids[0] == i4);
  CHECK(fabsf(by_vector.scores[0] - 1) < 1e-6f);
  CHECK(memcmp(by_vector.ids + 1, by_id.ids, (ITEMS - 1) * sizeof(int64_t)) == 0);
  {
    duomo_features* f = make_features(player, DUOMO_ITEM, 2);
    const char* names[2] = {"i4", "i17"};
    SUCCEEDS(duomo_features_set_strings(f, "item", names, &error));
    q.vectors = NULL;
    q.features = f;
    out = into(&by_vector);
    SUCCEEDS(duomo_similar(&out, context, &q, &error));
    CHECK(by_vector.ids[0] == i4 && by_vector.ids[ITEMS] == i17);
    duomo_features_release(f);
  }
  q.features = NULL;
  q.ids = items;
  q.flags = DUOMO_EXCLUDE_SEEN;
  out = into(&by_id);
  FAILS(DUOMO_INVALID_ARGUMENT, "duomo_topk", duomo_similar(&out, context, &q, &error));
  q.flags = 0;
  q.ids = &unknown;
  q.count = 1;
  FAILS(DUOMO_NOT_FOUND, "ids[0]: the model has no item 40",
        duomo_similar(&out, context, &q, &error));
  q.ids = items;
  {
    const size_t offsets[2] = {0, 1};
    q.history_offsets = offsets;
    q.history_ids = items;
    FAILS(DUOMO_INVALID_ARGUMENT, "histories", duomo_similar(&out, context, &q, &error));
  }
  CHECK(poisoned(&by_id, sizeof(by_id)));
  duomo_context_release(context);
  { /* marked: no results for it, and the others have theirs, wherever it stands */
    const char* models[2] = {"player", "shop"};
    size_t m;
    for (m = 0; m < 2; ++m) {
      duomo_model* model = open_model(models[m]);
      const int64_t known = m == 0 ? i17 : 1051;
      int64_t mixed[3];
      context = make_context(model, DUOMO_UNKNOWN_IS_MARKED);
      for (i = 0; i < 3; ++i) {
        duomo_topk_request marked = DUOMO_TOPK_REQUEST_INIT;
        mixed[0] = mixed[1] = mixed[2] = known;
        mixed[i] = -40;
        marked.ids = mixed;
        marked.k = 5;
        for (marked.count = 1; marked.count <= 3; ++marked.count) {
          out = into(&by_id);
          SUCCEEDS(duomo_similar(&out, context, &marked, &error));
          for (j = 0; j < marked.count; ++j) CHECK(by_id.counts[j] == (i == j ? 0u : 5u));
        }
      }
      duomo_context_release(context);
      duomo_model_release(model);
    }
  }
  duomo_model_release(player);
}
