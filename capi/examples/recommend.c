/* A user's best items and the forecast for one of them: recommend MODEL.duomo USER ITEM */
#include <duomo/duomo.h>
#include <stdio.h>
#include <stdlib.h>

int main(int argc, char **argv) {
  duomo_error error = DUOMO_ERROR_INIT;
  duomo_model *model = NULL;
  duomo_context *context = NULL;
  int64_t user = argc == 4 ? atoll(argv[2]) : 0, item = argc == 4 ? atoll(argv[3]) : 0, best[10];
  float rating, scores[10];
  size_t count, i;
  duomo_topk_request request = DUOMO_TOPK_REQUEST_INIT; /* k is 10 unless set */
  duomo_topk_result result = DUOMO_TOPK_RESULT_INIT;
  duomo_text title;
  request.count = 1, request.ids = &user;
  result.ids = best, result.scores = scores, result.counts = &count;
  if (argc != 4 || duomo_model_open(&model, argv[1], NULL, &error) ||
      duomo_context_create(&context, model, NULL, &error) ||
      duomo_predict(&rating, context, &user, &item, 1, &error) ||
      duomo_topk(&result, context, &request, &error))
    return fprintf(stderr, "%s\n", argc == 4 ? error.message : "MODEL USER ITEM"), 1;
  printf("user %lld, item %lld: %.2f\n", (long long)user, (long long)item, rating);
  for (i = 0; i < count && !duomo_item_title(&title, model, best[i], &error); ++i)
    printf("%2zu. %.2f  %.*s\n", i + 1, scores[i], (int)title.size, title.data);
  duomo_context_release(context);
  duomo_model_release(model);
  return 0;
}
