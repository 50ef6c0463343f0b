/* The layout of version 1 on 64-bit machines, frozen: a change that fails here breaks every program
 * that was compiled against an earlier header. Structs grow at the end; then the sizes here turn
 * into lower bounds, and offsets and values stay. */
#include <duomo/duomo.h>

#define FROZEN(name, condition) typedef char frozen_##name[(condition) ? 1 : -1]
#define OFFSET(type, field, at) FROZEN(type##_##field, offsetof(type, field) == (at))

FROZEN(pointers, sizeof(void*) == 8 && sizeof(size_t) == 8);
FROZEN(status, sizeof(duomo_status) == 4);

FROZEN(error, sizeof(duomo_error) == 528);
OFFSET(duomo_error, struct_size, 0);
OFFSET(duomo_error, status, 4);
OFFSET(duomo_error, message, 8);
OFFSET(duomo_error, kind, 512);
OFFSET(duomo_error, argument, 516);
OFFSET(duomo_error, position, 520);

FROZEN(allocator, sizeof(duomo_allocator) == 24);
OFFSET(duomo_allocator, allocate, 0);
OFFSET(duomo_allocator, release, 8);
OFFSET(duomo_allocator, data, 16);

FROZEN(open_options, sizeof(duomo_open_options) == 24);
OFFSET(duomo_open_options, struct_size, 0);
OFFSET(duomo_open_options, flags, 4);
OFFSET(duomo_open_options, backend, 8);
OFFSET(duomo_open_options, reserved, 12);
OFFSET(duomo_open_options, allocator, 16);

FROZEN(text, sizeof(duomo_text) == 16);
OFFSET(duomo_text, data, 0);
OFFSET(duomo_text, size, 8);

FROZEN(model_info, sizeof(duomo_model_info) == 128);
OFFSET(duomo_model_info, struct_size, 0);
OFFSET(duomo_model_info, head, 4);
OFFSET(duomo_model_info, user_count, 8);
OFFSET(duomo_model_info, item_count, 16);
OFFSET(duomo_model_info, vector_width, 24);
OFFSET(duomo_model_info, input_count, 32);
OFFSET(duomo_model_info, file_size, 40);
OFFSET(duomo_model_info, has_user_vectors, 48);
OFFSET(duomo_model_info, has_history, 52);
OFFSET(duomo_model_info, has_titles, 56);
OFFSET(duomo_model_info, copied, 60);
OFFSET(duomo_model_info, name, 64);
OFFSET(duomo_model_info, unit, 80);
OFFSET(duomo_model_info, minimum_output, 96);
OFFSET(duomo_model_info, maximum_output, 100);
OFFSET(duomo_model_info, fingerprint, 104);
OFFSET(duomo_model_info, attribute_count, 112);
OFFSET(duomo_model_info, metadata_count, 120);

FROZEN(input_info, sizeof(duomo_input_info) == 40);
OFFSET(duomo_input_info, struct_size, 0);
OFFSET(duomo_input_info, scope, 4);
OFFSET(duomo_input_info, kind, 8);
OFFSET(duomo_input_info, keys, 12);
OFFSET(duomo_input_info, vocabulary_size, 16);
OFFSET(duomo_input_info, name, 24);

FROZEN(attribute_info, sizeof(duomo_attribute_info) == 32);
OFFSET(duomo_attribute_info, struct_size, 0);
OFFSET(duomo_attribute_info, kind, 4);
OFFSET(duomo_attribute_info, value_count, 8);
OFFSET(duomo_attribute_info, name, 16);

FROZEN(filter, sizeof(duomo_filter) == 64);
OFFSET(duomo_filter, struct_size, 0);
OFFSET(duomo_filter, mode, 4);
OFFSET(duomo_filter, input, 8);
OFFSET(duomo_filter, strings, 16);
OFFSET(duomo_filter, integers, 24);
OFFSET(duomo_filter, value_count, 32);
OFFSET(duomo_filter, minimum, 40);
OFFSET(duomo_filter, maximum, 48);
OFFSET(duomo_filter, flags, 56);
OFFSET(duomo_filter, reserved, 60);

FROZEN(context_options, sizeof(duomo_context_options) == 48);
OFFSET(duomo_context_options, struct_size, 0);
OFFSET(duomo_context_options, unknown_ids, 4);
OFFSET(duomo_context_options, threads, 8);
OFFSET(duomo_context_options, reserved, 12);
OFFSET(duomo_context_options, parallel_for, 16);
OFFSET(duomo_context_options, parallel_data, 24);
OFFSET(duomo_context_options, allocator, 32);
OFFSET(duomo_context_options, cancelled, 40);

FROZEN(limit, sizeof(duomo_limit) == 16);
OFFSET(duomo_limit, struct_size, 0);
OFFSET(duomo_limit, at_most, 4);
OFFSET(duomo_limit, input, 8);

FROZEN(topk_request, sizeof(duomo_topk_request) == 232);
OFFSET(duomo_topk_request, struct_size, 0);
OFFSET(duomo_topk_request, flags, 4);
OFFSET(duomo_topk_request, count, 8);
OFFSET(duomo_topk_request, ids, 16);
OFFSET(duomo_topk_request, vectors, 24);
OFFSET(duomo_topk_request, features, 32);
OFFSET(duomo_topk_request, history_offsets, 40);
OFFSET(duomo_topk_request, history_ids, 48);
OFFSET(duomo_topk_request, k, 56);
OFFSET(duomo_topk_request, exclude_offsets, 64);
OFFSET(duomo_topk_request, exclude_ids, 72);
OFFSET(duomo_topk_request, allow_ids, 80);
OFFSET(duomo_topk_request, allow_count, 88);
OFFSET(duomo_topk_request, filters, 96);
OFFSET(duomo_topk_request, filter_count, 104);
OFFSET(duomo_topk_request, minimum_score, 112);
OFFSET(duomo_topk_request, reserved, 116);
OFFSET(duomo_topk_request, probes, 120);
OFFSET(duomo_topk_request, keys, 128);
OFFSET(duomo_topk_request, history_keys, 136);
OFFSET(duomo_topk_request, exclude_keys, 144);
OFFSET(duomo_topk_request, allow_keys, 152);
OFFSET(duomo_topk_request, history_weights, 160);
OFFSET(duomo_topk_request, shared_exclude_ids, 168);
OFFSET(duomo_topk_request, shared_exclude_keys, 176);
OFFSET(duomo_topk_request, shared_exclude_count, 184);
OFFSET(duomo_topk_request, k_each, 192);
OFFSET(duomo_topk_request, allow_set, 200);
OFFSET(duomo_topk_request, allow_sets, 208);
OFFSET(duomo_topk_request, limits, 216);
OFFSET(duomo_topk_request, limit_count, 224);

FROZEN(topk_result, sizeof(duomo_topk_result) == 48);
OFFSET(duomo_topk_result, struct_size, 0);
OFFSET(duomo_topk_result, reserved, 4);
OFFSET(duomo_topk_result, ids, 8);
OFFSET(duomo_topk_result, scores, 16);
OFFSET(duomo_topk_result, counts, 24);
OFFSET(duomo_topk_result, keys, 32);
OFFSET(duomo_topk_result, titles, 40);

FROZEN(rank_request, sizeof(duomo_rank_request) == 96);
OFFSET(duomo_rank_request, struct_size, 0);
OFFSET(duomo_rank_request, flags, 4);
OFFSET(duomo_rank_request, user_id, 8);
OFFSET(duomo_rank_request, user_features, 16);
OFFSET(duomo_rank_request, item_ids, 24);
OFFSET(duomo_rank_request, item_features, 32);
OFFSET(duomo_rank_request, pair_features, 40);
OFFSET(duomo_rank_request, history_ids, 48);
OFFSET(duomo_rank_request, history_count, 56);
OFFSET(duomo_rank_request, n, 64);
OFFSET(duomo_rank_request, user_key, 72);
OFFSET(duomo_rank_request, item_keys, 80);
OFFSET(duomo_rank_request, history_keys, 88);

FROZEN(DUOMO_OK, DUOMO_OK == 0);
FROZEN(DUOMO_INVALID_ARGUMENT, DUOMO_INVALID_ARGUMENT == 1);
FROZEN(DUOMO_NOT_FOUND, DUOMO_NOT_FOUND == 2);
FROZEN(DUOMO_OUT_OF_MEMORY, DUOMO_OUT_OF_MEMORY == 3);
FROZEN(DUOMO_IO_ERROR, DUOMO_IO_ERROR == 4);
FROZEN(DUOMO_CORRUPT, DUOMO_CORRUPT == 5);
FROZEN(DUOMO_UNSUPPORTED_VERSION, DUOMO_UNSUPPORTED_VERSION == 6);
FROZEN(DUOMO_UNSUPPORTED, DUOMO_UNSUPPORTED == 7);
FROZEN(DUOMO_INTERNAL, DUOMO_INTERNAL == 8);
FROZEN(DUOMO_CANCELLED, DUOMO_CANCELLED == 9);
FROZEN(DUOMO_KIND_NULL, DUOMO_KIND_NULL == 1);
FROZEN(DUOMO_KIND_STRUCT_SIZE, DUOMO_KIND_STRUCT_SIZE == 2);
FROZEN(DUOMO_KIND_VALUE, DUOMO_KIND_VALUE == 3);
FROZEN(DUOMO_KIND_CONFLICT, DUOMO_KIND_CONFLICT == 4);
FROZEN(DUOMO_KIND_OFFSETS, DUOMO_KIND_OFFSETS == 5);
FROZEN(DUOMO_KIND_NOT_UTF8, DUOMO_KIND_NOT_UTF8 == 6);
FROZEN(DUOMO_KIND_NOT_FINITE, DUOMO_KIND_NOT_FINITE == 7);
FROZEN(DUOMO_KIND_UNKNOWN_ID, DUOMO_KIND_UNKNOWN_ID == 8);
FROZEN(DUOMO_KIND_UNKNOWN_NAME, DUOMO_KIND_UNKNOWN_NAME == 9);
FROZEN(DUOMO_KIND_UNKNOWN_VALUE, DUOMO_KIND_UNKNOWN_VALUE == 10);
FROZEN(DUOMO_KIND_LACKING, DUOMO_KIND_LACKING == 11);
FROZEN(DUOMO_ARGUMENT_OUT, DUOMO_ARGUMENT_OUT == 1);
FROZEN(DUOMO_ARGUMENT_MODEL, DUOMO_ARGUMENT_MODEL == 2);
FROZEN(DUOMO_ARGUMENT_CONTEXT, DUOMO_ARGUMENT_CONTEXT == 3);
FROZEN(DUOMO_ARGUMENT_OPTIONS, DUOMO_ARGUMENT_OPTIONS == 4);
FROZEN(DUOMO_ARGUMENT_FILE, DUOMO_ARGUMENT_FILE == 5);
FROZEN(DUOMO_ARGUMENT_REQUEST, DUOMO_ARGUMENT_REQUEST == 6);
FROZEN(DUOMO_ARGUMENT_USERS, DUOMO_ARGUMENT_USERS == 7);
FROZEN(DUOMO_ARGUMENT_ITEMS, DUOMO_ARGUMENT_ITEMS == 8);
FROZEN(DUOMO_ARGUMENT_QUERIES, DUOMO_ARGUMENT_QUERIES == 9);
FROZEN(DUOMO_ARGUMENT_FEATURES, DUOMO_ARGUMENT_FEATURES == 10);
FROZEN(DUOMO_ARGUMENT_HISTORY, DUOMO_ARGUMENT_HISTORY == 11);
FROZEN(DUOMO_ARGUMENT_EXCLUDE, DUOMO_ARGUMENT_EXCLUDE == 12);
FROZEN(DUOMO_ARGUMENT_ALLOW, DUOMO_ARGUMENT_ALLOW == 13);
FROZEN(DUOMO_ARGUMENT_FILTERS, DUOMO_ARGUMENT_FILTERS == 14);
FROZEN(DUOMO_ARGUMENT_LIMITS, DUOMO_ARGUMENT_LIMITS == 15);
FROZEN(DUOMO_ARGUMENT_NAME, DUOMO_ARGUMENT_NAME == 16);
FROZEN(DUOMO_ARGUMENT_VALUES, DUOMO_ARGUMENT_VALUES == 17);
FROZEN(DUOMO_OPEN_COPY, DUOMO_OPEN_COPY == 1);
FROZEN(DUOMO_OPEN_VERIFY, DUOMO_OPEN_VERIFY == 2);
FROZEN(DUOMO_OPEN_PREPARE, DUOMO_OPEN_PREPARE == 4);
FROZEN(DUOMO_BACKEND_DEFAULT, DUOMO_BACKEND_DEFAULT == 0);
FROZEN(DUOMO_BACKEND_ONEDNN, DUOMO_BACKEND_ONEDNN == 1);
FROZEN(DUOMO_BACKEND_PORTABLE, DUOMO_BACKEND_PORTABLE == 2);
FROZEN(DUOMO_HEAD_COSINE, DUOMO_HEAD_COSINE == 0);
FROZEN(DUOMO_HEAD_DOT, DUOMO_HEAD_DOT == 1);
FROZEN(DUOMO_HEAD_LOGISTIC, DUOMO_HEAD_LOGISTIC == 2);
FROZEN(DUOMO_USER, DUOMO_USER == 0);
FROZEN(DUOMO_ITEM, DUOMO_ITEM == 1);
FROZEN(DUOMO_PAIR, DUOMO_PAIR == 2);
FROZEN(DUOMO_INPUT_CATEGORY, DUOMO_INPUT_CATEGORY == 0);
FROZEN(DUOMO_INPUT_CATEGORY_SET, DUOMO_INPUT_CATEGORY_SET == 1);
FROZEN(DUOMO_INPUT_TEXT, DUOMO_INPUT_TEXT == 2);
FROZEN(DUOMO_INPUT_HISTORY, DUOMO_INPUT_HISTORY == 3);
FROZEN(DUOMO_INPUT_NUMBER, DUOMO_INPUT_NUMBER == 4);
FROZEN(DUOMO_KEYS_RANGE, DUOMO_KEYS_RANGE == 0);
FROZEN(DUOMO_KEYS_INTEGER, DUOMO_KEYS_INTEGER == 1);
FROZEN(DUOMO_KEYS_STRING, DUOMO_KEYS_STRING == 2);
FROZEN(DUOMO_ATTRIBUTE_CATEGORY, DUOMO_ATTRIBUTE_CATEGORY == 0);
FROZEN(DUOMO_ATTRIBUTE_SET, DUOMO_ATTRIBUTE_SET == 1);
FROZEN(DUOMO_ATTRIBUTE_INTEGER, DUOMO_ATTRIBUTE_INTEGER == 2);
FROZEN(DUOMO_ATTRIBUTE_NUMBER, DUOMO_ATTRIBUTE_NUMBER == 3);
FROZEN(DUOMO_ATTRIBUTE_TIME, DUOMO_ATTRIBUTE_TIME == 4);
FROZEN(DUOMO_ANY, DUOMO_ANY == 0);
FROZEN(DUOMO_ALL, DUOMO_ALL == 1);
FROZEN(DUOMO_NONE, DUOMO_NONE == 2);
FROZEN(DUOMO_RANGE, DUOMO_RANGE == 3);
FROZEN(DUOMO_ABOVE_MINIMUM, DUOMO_ABOVE_MINIMUM == 1);
FROZEN(DUOMO_BELOW_MAXIMUM, DUOMO_BELOW_MAXIMUM == 2);
FROZEN(DUOMO_STRICT_VALUES, DUOMO_STRICT_VALUES == 4);
FROZEN(DUOMO_UNKNOWN_IS_ERROR, DUOMO_UNKNOWN_IS_ERROR == 0);
FROZEN(DUOMO_UNKNOWN_IS_MARKED, DUOMO_UNKNOWN_IS_MARKED == 1);
FROZEN(DUOMO_EXCLUDE_SEEN, DUOMO_EXCLUDE_SEEN == 1);
FROZEN(DUOMO_MINIMUM_SCORE, DUOMO_MINIMUM_SCORE == 2);
FROZEN(DUOMO_APPROXIMATE, DUOMO_APPROXIMATE == 4);
FROZEN(DUOMO_ALLOW_LISTED, DUOMO_ALLOW_LISTED == 8);
FROZEN(DUOMO_RANK_USER_ID, DUOMO_RANK_USER_ID == 1);
FROZEN(no_position, DUOMO_NO_POSITION == UINT64_MAX);

int duomo_layout_v1(void);
int duomo_layout_v1(void) { return 1; }
