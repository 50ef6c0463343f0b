/* Where fields lie on this target, for bindings/js/loader.js. */
#include <duomo/duomo.h>
#include <stdio.h>

#define AT(type, field) printf("\"%s\":%zu,", #field, offsetof(type, field))

int main(void) {
  printf("{\"error\":{");
  AT(duomo_error, status);
  AT(duomo_error, message);
  AT(duomo_error, kind);
  AT(duomo_error, argument);
  AT(duomo_error, position);
  printf("\"size\":%zu},\"topk_request\":{", sizeof(duomo_error));
  AT(duomo_topk_request, flags);
  AT(duomo_topk_request, count);
  AT(duomo_topk_request, ids);
  AT(duomo_topk_request, k);
  AT(duomo_topk_request, exclude_offsets);
  AT(duomo_topk_request, exclude_ids);
  printf("\"size\":%zu},\"topk_result\":{", sizeof(duomo_topk_request));
  AT(duomo_topk_result, ids);
  AT(duomo_topk_result, scores);
  AT(duomo_topk_result, counts);
  printf("\"size\":%zu}}\n", sizeof(duomo_topk_result));
  return 0;
}
