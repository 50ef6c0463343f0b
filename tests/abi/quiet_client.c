/* A host that uses the library and does nothing else: quiet_client MODEL SUM [LOCALE].
 * Between two marks, which a tracer sees as access("/duomo-begin") and access("/duomo-end"), it
 * opens the model, asks, and closes. Exit code: 0 where everything it was answered has the checksum
 * SUM; with SUM "-" it prints the checksum instead. Counts what asks for the environment meanwhile.
 */
#include <duomo/duomo.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { ROWS = 100, BEST = 10 };

/* The program's own come before libc's, for the library and for what it stands on. */
static int asked;
char* getenv(const char* name) {
  (void)name;
  ++asked;
  return NULL;
}
char* secure_getenv(const char* name);
char* secure_getenv(const char* name) { return getenv(name); }

static uint64_t sum = UINT64_C(14695981039346656037); /* FNV-1a of all answers */
static void add(const void* data, size_t size) {
  const unsigned char* bytes = data;
  while (size-- > 0) sum = (sum ^ *bytes++) * UINT64_C(1099511628211);
}

static int64_t users[ROWS], items[ROWS], best[BEST];
static float out[ROWS], scores[BEST], vector[4096];

static int use(const char* path) {
  duomo_error error = DUOMO_ERROR_INIT;
  duomo_model* model = NULL;
  duomo_context* context = NULL;
  duomo_model_info info = DUOMO_MODEL_INFO_INIT;
  duomo_topk_request request = DUOMO_TOPK_REQUEST_INIT;
  duomo_topk_result result = DUOMO_TOPK_RESULT_INIT;
  duomo_rank_request rank = DUOMO_RANK_REQUEST_INIT;
  const int64_t nobody = -77;
  size_t count = 0, i;
  if (duomo_model_open(&model, path, NULL, &error)) return 10;
  if (duomo_context_create(&context, model, NULL, &error)) return 11;
  if (duomo_model_get_info(&info, model, &error) || info.vector_width > 4096) return 12;
  for (i = 0; i < ROWS; ++i) {
    if (duomo_user_id_at(&users[i], model, i % info.user_count, &error)) return 13;
    if (duomo_item_id_at(&items[i], model, i % info.item_count, &error)) return 14;
  }
  rank.flags = DUOMO_RANK_USER_ID;
  rank.user_id = users[0];
  rank.item_ids = items;
  rank.n = ROWS;
  if (duomo_rank(out, context, &rank, &error)) return 15;
  add(out, sizeof(out));
  if (info.vector_width > 0) {
    if (duomo_predict(out, context, users, items, ROWS, &error)) return 16;
    add(out, sizeof(out));
    if (duomo_encode_users(vector, context, users, 1, &error)) return 17;
    add(vector, info.vector_width * sizeof(float));
    request.count = 1;
    request.ids = users;
    request.k = BEST;
    result.ids = best;
    result.scores = scores;
    result.counts = &count;
    if (duomo_topk(&result, context, &request, &error)) return 18;
    add(best, sizeof(best));
    add(scores, sizeof(scores));
  }
  rank.user_id = nobody; /* what a failure says is an answer, too */
  if (duomo_rank(out, context, &rank, &error) != DUOMO_NOT_FOUND) return 19;
  add(error.message, strlen(error.message));
  duomo_model_release(model);
  duomo_context_release(context);
  return 0;
}

int main(int argc, char** argv) {
  int code;
  char text[32];
  if (argc < 3) return 2;
  if (argc > 3 &&
      (setlocale(LC_ALL, argv[3]) == NULL || strcmp(localeconv()->decimal_point, ",") != 0)) {
    return 3;
  }
  free(malloc(100)); /* the allocator starts up */
  asked = 0;
  access("/duomo-begin", F_OK);
  code = use(argv[1]);
  access("/duomo-end", F_OK);
  if (code != 0) return code;
  if (asked != 0) return 4;
  if (getenv("") != NULL || asked != 1) return 5; /* the counting works */
  sprintf(text, "%016llx", (unsigned long long)sum);
  if (strcmp(argv[2], "-") == 0) return puts(text) < 0;
  return strcmp(argv[2], text) == 0 ? 0 : 6;
}
