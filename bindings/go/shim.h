// What cgo cannot say by itself: requests are put together here, on C's stack, so that every Go
// pointer crosses as an argument of its own and none lies inside another piece of Go memory.
#ifndef DUOMO_GO_SHIM_H_
#define DUOMO_GO_SHIM_H_

#include <duomo/duomo.h>
#include <stdlib.h>

static inline duomo_status duomo_go_open(duomo_model** out, const char* path, const void* data,
                                         size_t size, uint32_t flags, int32_t backend,
                                         duomo_error* error) {
  duomo_open_options options = DUOMO_OPEN_OPTIONS_INIT;
  options.flags = flags;
  options.backend = backend;
  return path ? duomo_model_open(out, path, &options, error)
              : duomo_model_open_buffer(out, data, size, &options, error);
}

static inline duomo_status duomo_go_search(
    int similar, int64_t* ids, float* scores, size_t* counts, duomo_context* context,
    uint32_t flags, size_t count, size_t k, const int64_t* queries, const float* vectors,
    const duomo_features* features, const size_t* history_offsets, const int64_t* history_ids,
    const size_t* exclude_offsets, const int64_t* exclude_ids, const int64_t* allow_ids,
    size_t allow_count, const duomo_filter* filters, size_t filter_count, float minimum_score,
    size_t probes, duomo_error* error) {
  duomo_topk_result result = DUOMO_TOPK_RESULT_INIT;
  duomo_topk_request request = DUOMO_TOPK_REQUEST_INIT;
  result.ids = ids;
  result.scores = scores;
  result.counts = counts;
  request.flags = flags;
  request.count = count;
  request.k = k;
  request.ids = queries;
  request.vectors = vectors;
  request.features = features;
  request.history_offsets = history_offsets;
  request.history_ids = history_ids;
  request.exclude_offsets = exclude_offsets;
  request.exclude_ids = exclude_ids;
  request.allow_ids = allow_ids;
  request.allow_count = allow_count;
  if (allow_ids != NULL) request.flags |= DUOMO_ALLOW_LISTED;
  request.filters = filters;
  request.filter_count = filter_count;
  request.minimum_score = minimum_score;
  request.probes = probes;
  return similar ? duomo_similar(&result, context, &request, error)
                 : duomo_topk(&result, context, &request, error);
}

static inline duomo_status duomo_go_rank(float* predictions, duomo_context* context,
                                         uint32_t flags, int64_t user_id,
                                         const duomo_features* user_features,
                                         const int64_t* item_ids,
                                         const duomo_features* item_features,
                                         const duomo_features* pair_features,
                                         const int64_t* history_ids, size_t history_count,
                                         size_t n, duomo_error* error) {
  duomo_rank_request request = DUOMO_RANK_REQUEST_INIT;
  request.flags = flags;
  request.user_id = user_id;
  request.user_features = user_features;
  request.item_ids = item_ids;
  request.item_features = item_features;
  request.pair_features = pair_features;
  request.history_ids = history_ids;
  request.history_count = history_count;
  request.n = n;
  return duomo_rank(predictions, context, &request, error);
}

#endif  // DUOMO_GO_SHIM_H_
