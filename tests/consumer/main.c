/* A host program, as somebody who installed Duomo would write it: the best items of a user. */
#include <duomo/duomo.h>
#include <stdio.h>

static int failed(const duomo_error* error) {
  fprintf(stderr, "%s: %s\n", duomo_status_name(error->status), error->message);
  return 1;
}

int main(int argc, char** argv) {
  duomo_error error = DUOMO_ERROR_INIT;
  duomo_model* model = NULL;
  duomo_context* context = NULL;
  duomo_topk_request request = DUOMO_TOPK_REQUEST_INIT;
  duomo_topk_result result = DUOMO_TOPK_RESULT_INIT;
  int64_t user, items[5];
  float scores[5], prediction;
  size_t count = 0, i;
  if (argc != 2) return 2;
  if (duomo_model_open(&model, argv[1], NULL, &error) != DUOMO_OK) return failed(&error);
  if (duomo_context_create(&context, model, NULL, &error) != DUOMO_OK) return failed(&error);
  if (duomo_user_id_at(&user, model, 0, &error) != DUOMO_OK) return failed(&error);
  request.count = 1;
  request.ids = &user;
  request.k = 5;
  result.ids = items;
  result.scores = scores;
  result.counts = &count;
  if (duomo_topk(&result, context, &request, &error) != DUOMO_OK) return failed(&error);
  for (i = 0; i < count; ++i) {
    if (duomo_predict(&prediction, context, &user, &items[i], 1, &error) != DUOMO_OK) {
      return failed(&error);
    }
    if (prediction != scores[i] || (i > 0 && scores[i] > scores[i - 1])) return 3;
    printf("item %lld: %.3f\n", (long long)items[i], scores[i]);
  }
  duomo_context_release(context);
  duomo_model_release(model);
  printf("%s\n", duomo_build_info());
  return count > 0 ? 0 : 4;
}
