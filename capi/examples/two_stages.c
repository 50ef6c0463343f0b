/* Candidates from one model, put in order by another: two_stages CANDIDATES RANKING ITEM…
 * The items are what somebody watched, oldest first; neither file needs to know that person. */
#include <duomo/duomo.h>
#include <stdio.h>
#include <stdlib.h>

enum { kCandidates = 200, kShown = 10, kRecent = 5 };

typedef struct stage {
  duomo_model *model;
  duomo_context *context;
} stage;

static duomo_status open_stage(stage *s, const char *path, duomo_error *error) {
  duomo_status status = duomo_model_open(&s->model, path, NULL, error);
  /* Items that a model does not know are left out, in histories and elsewhere. */
  duomo_context_options options = DUOMO_CONTEXT_OPTIONS_INIT;
  options.unknown_ids = DUOMO_UNKNOWN_IS_MARKED;
  return status ? status : duomo_context_create(&s->context, s->model, &options, error);
}

static void close_stage(stage *s) {
  duomo_context_release(s->context);
  duomo_model_release(s->model);
}

/* The best candidates that are not in the history. */
static duomo_status find(stage *s, const int64_t *history, size_t watched, int64_t *ids,
                         float *scores, size_t *count, duomo_error *error) {
  size_t offsets[2] = {0, 0};
  duomo_topk_request request = DUOMO_TOPK_REQUEST_INIT;
  duomo_topk_result result = DUOMO_TOPK_RESULT_INIT;
  offsets[1] = watched;
  request.count = 1;
  request.k = kCandidates;
  request.history_offsets = offsets;
  request.history_ids = history;
  request.exclude_offsets = offsets;
  request.exclude_ids = history;
  result.ids = ids;
  result.scores = scores;
  result.counts = count;
  return duomo_topk(&result, s->context, &request, error);
}

/* How like each candidate is to what was watched last, and to the latest kRecent: cosines. */
static duomo_status compare(stage *s, const int64_t *history, size_t watched, const int64_t *ids,
                            size_t count, float *last, float *recent, duomo_error *error) {
  int64_t found[kRecent * kCandidates];
  float cosines[kRecent * kCandidates];
  size_t counts[kRecent], i, j, at;
  duomo_topk_request request = DUOMO_TOPK_REQUEST_INIT;
  duomo_topk_result result = DUOMO_TOPK_RESULT_INIT;
  duomo_status status;
  request.count = watched < kRecent ? watched : kRecent;
  request.ids = history + watched - request.count;
  request.k = count;
  request.flags |= DUOMO_ALLOW_LISTED;
  request.allow_ids = ids;
  request.allow_count = count;
  result.ids = found;
  result.scores = cosines;
  result.counts = counts;
  status = duomo_similar(&result, s->context, &request, error);
  for (i = 0; i < count; ++i) last[i] = recent[i] = 0;
  for (j = 0; !status && j < request.count; ++j) {
    for (at = j * count; at < j * count + counts[j]; ++at) {
      for (i = 0; ids[i] != found[at]; ++i) continue;
      recent[i] += cosines[at] / (float)request.count;
      if (j + 1 == request.count) last[i] = cosines[at];
    }
  }
  return status;
}

/* The ranking model's output for every candidate. Pair inputs that are not set, such as the time
 * since the last watch, take their fallback. */
static duomo_status order(stage *s, const int64_t *history, size_t watched, const int64_t *ids,
                          const float *scores, const float *last, const float *recent,
                          size_t count, float *outputs, duomo_error *error) {
  duomo_features *user = NULL, *pairs = NULL;
  duomo_rank_request request = DUOMO_RANK_REQUEST_INIT;
  float relative[kCandidates];
  duomo_status status;
  size_t i;
  for (i = 0; i < count; ++i) relative[i] = scores[i] - scores[0];
  status = duomo_features_create(&user, s->model, DUOMO_USER, 1, error);
  if (!status) status = duomo_features_create(&pairs, s->model, DUOMO_PAIR, count, error);
  if (!status) status = duomo_features_set_numbers(pairs, "candidate_score", relative, error);
  if (!status) status = duomo_features_set_numbers(pairs, "like_last", last, error);
  if (!status) status = duomo_features_set_numbers(pairs, "like_recent", recent, error);
  request.user_features = user; /* nothing is known of the user but the history */
  request.item_ids = ids;
  request.pair_features = pairs;
  request.history_ids = history;
  request.history_count = watched;
  request.n = count;
  if (!status) status = duomo_rank(outputs, s->context, &request, error);
  duomo_features_release(pairs);
  duomo_features_release(user);
  return status;
}

int main(int argc, char **argv) {
  duomo_error error = DUOMO_ERROR_INIT;
  stage candidates = {NULL, NULL}, ranking = {NULL, NULL};
  int64_t history[100], ids[kCandidates];
  float scores[kCandidates], last[kCandidates], recent[kCandidates], outputs[kCandidates];
  size_t watched = 0, count = 0, shown, i;
  int failed;
  if (argc < 4) return fprintf(stderr, "two_stages CANDIDATES RANKING ITEM…\n"), 2;
  while (watched < 100 && watched + 3 < (size_t)argc) {
    history[watched] = atoll(argv[watched + 3]);
    ++watched;
  }
  failed = open_stage(&candidates, argv[1], &error) || open_stage(&ranking, argv[2], &error) ||
           find(&candidates, history, watched, ids, scores, &count, &error) ||
           (count > 0 &&
            (compare(&candidates, history, watched, ids, count, last, recent, &error) ||
             order(&ranking, history, watched, ids, scores, last, recent, count, outputs,
                   &error)));
  if (failed) fprintf(stderr, "%s\n", error.message);
  for (shown = 0; !failed && shown < kShown && shown < count; ++shown) {
    size_t best = 0;
    duomo_text title = {"", 0};
    for (i = 1; i < count; ++i) {
      if (outputs[i] > outputs[best]) best = i;
    }
    duomo_item_title(&title, candidates.model, ids[best], NULL);
    printf("%2u. %8.4f  %.*s\n", (unsigned)shown + 1, outputs[best], (int)title.size, title.data);
    outputs[best] = -1; /* expected watch times are positive */
  }
  close_stage(&ranking);
  close_stage(&candidates);
  return failed;
}
