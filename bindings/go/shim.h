// What cgo cannot say by itself: requests are put together here, on C's stack, so that every Go
// pointer crosses as an argument of its own and none lies inside another piece of Go memory.
#ifndef DUOMO_GO_SHIM_H_
#define DUOMO_GO_SHIM_H_

#include <duomo/duomo.h>
#include <stdlib.h>

static inline duomo_open_options duomo_go_options(uint32_t flags, int32_t backend) {
  duomo_open_options options = DUOMO_OPEN_OPTIONS_INIT;
  options.flags = flags;
  options.backend = backend;
  return options;
}

static inline duomo_status duomo_go_open(duomo_model** out, const char* path, uint32_t flags,
                                         int32_t backend, duomo_error* error) {
  duomo_open_options options = duomo_go_options(flags, backend);
  return duomo_model_open(out, path, &options, error);
}

static inline duomo_status duomo_go_open_buffer(duomo_model** out, const void* data, size_t size,
                                                uint32_t flags, int32_t backend,
                                                duomo_error* error) {
  duomo_open_options options = duomo_go_options(flags, backend);
  return duomo_model_open_buffer(out, data, size, &options, error);
}

static inline duomo_status duomo_go_open_descriptor(duomo_model** out, int descriptor,
                                                    uint64_t offset, uint64_t length,
                                                    uint32_t flags, int32_t backend,
                                                    duomo_error* error) {
  duomo_open_options options = duomo_go_options(flags, backend);
  return duomo_model_open_descriptor(out, descriptor, offset, length, &options, error);
}

/* known: what of the request lies in C's memory, or is no pointer at all. */
static inline duomo_status duomo_go_search(
    int search, int64_t* ids, float* scores, size_t* counts, duomo_text* keys, duomo_text* titles,
    duomo_context* context, const duomo_topk_request* known, const int64_t* queries,
    const float* vectors, const size_t* history_offsets, const int64_t* history_ids,
    const float* history_weights, const int64_t* shared_exclude_ids, const size_t* exclude_offsets,
    const int64_t* exclude_ids, const int64_t* allow_ids, duomo_item_set* const* allow_sets,
    const size_t* k_each, duomo_error* error) {
  duomo_topk_result result = DUOMO_TOPK_RESULT_INIT;
  duomo_topk_request request = *known;
  result.ids = ids;
  result.scores = scores;
  result.counts = counts;
  result.keys = keys;
  result.titles = titles;
  request.ids = queries;
  request.vectors = vectors;
  request.history_offsets = history_offsets;
  request.history_ids = history_ids;
  request.history_weights = history_weights;
  request.shared_exclude_ids = shared_exclude_ids;
  request.exclude_offsets = exclude_offsets;
  request.exclude_ids = exclude_ids;
  request.allow_ids = allow_ids;
  request.allow_sets = (const duomo_item_set* const*)allow_sets;
  request.k_each = k_each;
  switch (search) {
    case 0: return duomo_topk(&result, context, &request, error);
    case 1: return duomo_similar(&result, context, &request, error);
    case 2: return duomo_users_for(&result, context, &request, error);
    default: return duomo_similar_users(&result, context, &request, error);
  }
}

/* user_key, item_keys and history_keys lie in C's memory. */
static inline duomo_status duomo_go_rank(
    float* predictions, duomo_context* context, uint32_t flags, int64_t user_id,
    const char* user_key, const duomo_features* user_features, const int64_t* item_ids,
    char* const* item_keys, const duomo_features* item_features,
    const duomo_features* pair_features, const int64_t* history_ids, char* const* history_keys,
    size_t history_count, size_t n, duomo_error* error) {
  duomo_rank_request request = DUOMO_RANK_REQUEST_INIT;
  request.flags = flags;
  request.user_id = user_id;
  request.user_key = user_key;
  request.user_features = user_features;
  request.item_ids = item_ids;
  request.item_keys = (const char* const*)item_keys;
  request.item_features = item_features;
  request.pair_features = pair_features;
  request.history_ids = history_ids;
  request.history_keys = (const char* const*)history_keys;
  request.history_count = history_count;
  request.n = n;
  return duomo_rank(predictions, context, &request, error);
}

#endif  // DUOMO_GO_SHIM_H_
