/* The layout of version 1 on 64-bit machines, frozen: a change that fails here breaks every program
 * that was compiled against an earlier header. Structs grow at the end; then the sizes here turn
 * into lower bounds, and offsets and values stay. */
#include <duomo/duomo.h>

#define FROZEN(name, condition) typedef char frozen_##name[(condition) ? 1 : -1]
#define OFFSET(type, field, at) FROZEN(type##_##field, offsetof(type, field) == (at))

FROZEN(pointers, sizeof(void*) == 8 && sizeof(size_t) == 8);
FROZEN(status, sizeof(duomo_status) == 4);

FROZEN(error, sizeof(duomo_error) >= 512);
OFFSET(duomo_error, struct_size, 0);
OFFSET(duomo_error, status, 4);
OFFSET(duomo_error, message, 8);

FROZEN(open_options, sizeof(duomo_open_options) >= 16);
OFFSET(duomo_open_options, struct_size, 0);
OFFSET(duomo_open_options, flags, 4);
OFFSET(duomo_open_options, backend, 8);
OFFSET(duomo_open_options, reserved, 12);

FROZEN(text, sizeof(duomo_text) == 16);
OFFSET(duomo_text, data, 0);
OFFSET(duomo_text, size, 8);

FROZEN(model_info, sizeof(duomo_model_info) >= 104);
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

FROZEN(input_info, sizeof(duomo_input_info) == 40);
OFFSET(duomo_input_info, struct_size, 0);
OFFSET(duomo_input_info, scope, 4);
OFFSET(duomo_input_info, kind, 8);
OFFSET(duomo_input_info, keys, 12);
OFFSET(duomo_input_info, vocabulary_size, 16);
OFFSET(duomo_input_info, name, 24);

FROZEN(context_options, sizeof(duomo_context_options) >= 8);
OFFSET(duomo_context_options, struct_size, 0);
OFFSET(duomo_context_options, unknown_ids, 4);
OFFSET(duomo_context_options, threads, 8);
OFFSET(duomo_context_options, reserved, 12);
OFFSET(duomo_context_options, parallel_for, 16);
OFFSET(duomo_context_options, parallel_data, 24);

FROZEN(filter, sizeof(duomo_filter) >= 40);
OFFSET(duomo_filter, struct_size, 0);
OFFSET(duomo_filter, mode, 4);
OFFSET(duomo_filter, input, 8);
OFFSET(duomo_filter, strings, 16);
OFFSET(duomo_filter, integers, 24);
OFFSET(duomo_filter, value_count, 32);

FROZEN(topk_request, sizeof(duomo_topk_request) >= 120);
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

FROZEN(topk_result, sizeof(duomo_topk_result) >= 32);
OFFSET(duomo_topk_result, struct_size, 0);
OFFSET(duomo_topk_result, reserved, 4);
OFFSET(duomo_topk_result, ids, 8);
OFFSET(duomo_topk_result, scores, 16);
OFFSET(duomo_topk_result, counts, 24);

FROZEN(rank_request, sizeof(duomo_rank_request) >= 72);
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

FROZEN(status_values, DUOMO_OK == 0 && DUOMO_INVALID_ARGUMENT == 1 && DUOMO_NOT_FOUND == 2 &&
                          DUOMO_OUT_OF_MEMORY == 3 && DUOMO_IO_ERROR == 4 && DUOMO_CORRUPT == 5 &&
                          DUOMO_UNSUPPORTED_VERSION == 6 && DUOMO_UNSUPPORTED == 7 &&
                          DUOMO_INTERNAL == 8);
FROZEN(open_values, DUOMO_OPEN_COPY == 1 && DUOMO_OPEN_VERIFY == 2 &&
       DUOMO_OPEN_PREPARE == 4);
FROZEN(backend_values,
       DUOMO_BACKEND_DEFAULT == 0 && DUOMO_BACKEND_ONEDNN == 1 && DUOMO_BACKEND_PORTABLE == 2);
FROZEN(head_values, DUOMO_HEAD_COSINE == 0 && DUOMO_HEAD_DOT == 1 && DUOMO_HEAD_LOGISTIC == 2);
FROZEN(scope_values, DUOMO_USER == 0 && DUOMO_ITEM == 1 && DUOMO_PAIR == 2);
FROZEN(input_values, DUOMO_INPUT_CATEGORY == 0 && DUOMO_INPUT_CATEGORY_SET == 1 &&
                         DUOMO_INPUT_TEXT == 2 && DUOMO_INPUT_HISTORY == 3 &&
                         DUOMO_INPUT_NUMBER == 4);
FROZEN(keys_values, DUOMO_KEYS_RANGE == 0 && DUOMO_KEYS_INTEGER == 1 && DUOMO_KEYS_STRING == 2);
FROZEN(unknown_values, DUOMO_UNKNOWN_IS_ERROR == 0 && DUOMO_UNKNOWN_IS_MARKED == 1);
FROZEN(mode_values, DUOMO_ANY == 0 && DUOMO_ALL == 1 && DUOMO_NONE == 2);
FROZEN(topk_values, DUOMO_EXCLUDE_SEEN == 1 && DUOMO_MINIMUM_SCORE == 2 &&
       DUOMO_APPROXIMATE == 4);
FROZEN(rank_values, DUOMO_RANK_USER_ID == 1);

int duomo_layout_v1(void);
int duomo_layout_v1(void) { return 1; }
