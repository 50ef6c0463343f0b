/* A program of the first release: compiled against capi/baseline/duomo.h, linked to the library of
 * today, run on files of then (tests/golden) and of now: baseline_client FILE… It calls every
 * function of that header and uses every struct. Add nothing to it that version 1 did not have. */
#include <duomo/duomo.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char* file = "";

#define REQUIRE(condition)                                                     \
  do {                                                                         \
    if (!(condition)) {                                                        \
      printf("%s:%d: %s: failed: %s\n", __FILE__, __LINE__, file, #condition); \
      exit(1);                                                                 \
    }                                                                          \
  } while (0)

/* Succeeds, or fails as version 1 said it may. */
static int allowed(duomo_status status, const duomo_error* error, duomo_status may) {
  if (status == DUOMO_OK) return 1;
  if (status != may) printf("%s: %s: %s\n", file, duomo_status_name(status), error->message);
  REQUIRE(status == may && error->status == may && error->message[0] != '\0');
  return 0;
}

typedef struct client {
  duomo_model* model;
  duomo_context* context;
  duomo_model_info info;
  int64_t user, item;
} client;

static void keys_and_titles(client* c) {
  duomo_error error = DUOMO_ERROR_INIT;
  duomo_text text = {NULL, 0};
  char key[256];
  int64_t id = -1;
  int titled =
      allowed(duomo_item_title(&text, c->model, c->item, &error), &error, DUOMO_UNSUPPORTED);
  REQUIRE(titled == c->info.has_titles);
  if (allowed(duomo_item_key(&text, c->model, c->item, &error), &error, DUOMO_UNSUPPORTED)) {
    REQUIRE(text.size < sizeof(key));
    memcpy(key, text.data, text.size);
    key[text.size] = '\0';
    REQUIRE(duomo_item_id_of_key(&id, c->model, key, NULL) == DUOMO_OK && id == c->item);
  } else {
    allowed(duomo_item_id_of_key(&id, c->model, "1", &error), &error, DUOMO_UNSUPPORTED);
  }
  if (allowed(duomo_user_key(&text, c->model, c->user, &error), &error, DUOMO_UNSUPPORTED)) {
    REQUIRE(text.size < sizeof(key));
    memcpy(key, text.data, text.size);
    key[text.size] = '\0';
    REQUIRE(duomo_user_id_of_key(&id, c->model, key, NULL) == DUOMO_OK && id == c->user);
  } else {
    allowed(duomo_user_id_of_key(&id, c->model, "1", &error), &error, DUOMO_UNSUPPORTED);
  }
}

/* Sets every input of one scope to one value; NULL where the model has no such input. */
static duomo_features* features_of(client* c, int32_t scope) {
  duomo_error error = DUOMO_ERROR_INIT;
  duomo_features* features = NULL;
  const size_t offsets[2] = {0, 1};
  const int64_t integer = c->item;
  const char* const text = "a word";
  const float number = 0.5f;
  uint64_t i;
  duomo_status status = duomo_features_create(&features, c->model, scope, 1, &error);
  if (!allowed(status, &error, DUOMO_UNSUPPORTED)) return NULL;
  REQUIRE(duomo_features_set_strict(features, 0, &error) == DUOMO_OK);
  for (i = 0; i < c->info.input_count; ++i) {
    duomo_input_info input = DUOMO_INPUT_INFO_INIT;
    char name[256];
    REQUIRE(duomo_model_get_input(&input, c->model, i, NULL) == DUOMO_OK);
    if (input.scope != scope) continue;
    if (input.vocabulary_size > 0) {
      duomo_text value_text = {NULL, 0};
      int64_t value = 0;
      REQUIRE(duomo_model_get_input_value(&value_text, &value, c->model, i, 0, NULL) == DUOMO_OK);
    }
    REQUIRE(input.name.size < sizeof(name));
    memcpy(name, input.name.data, input.name.size);
    name[input.name.size] = '\0';
    if (input.kind == DUOMO_INPUT_NUMBER) {
      status = duomo_features_set_numbers(features, name, &number, &error);
    } else if (input.kind == DUOMO_INPUT_HISTORY) {
      status = duomo_features_set_integer_lists(features, name, offsets, &integer, &error);
    } else if (input.kind == DUOMO_INPUT_TEXT) {
      status = duomo_features_set_strings(features, name, &text, &error);
    } else if (input.kind == DUOMO_INPUT_CATEGORY) {
      status = input.keys == DUOMO_KEYS_STRING
                   ? duomo_features_set_strings(features, name, &text, &error)
                   : duomo_features_set_integers(features, name, &integer, &error);
    } else {
      REQUIRE(input.kind == DUOMO_INPUT_CATEGORY_SET);
      status = input.keys == DUOMO_KEYS_STRING
                   ? duomo_features_set_string_lists(features, name, offsets, &text, &error)
                   : duomo_features_set_integer_lists(features, name, offsets, &integer, &error);
    }
    allowed(status, &error, DUOMO_OK);
  }
  return features;
}

static void vectors_and_searches(client* c) {
  duomo_error error = DUOMO_ERROR_INIT;
  size_t width = (size_t)c->info.vector_width, count = 0;
  float *user = malloc(width * sizeof(float)), *item = malloc(width * sizeof(float));
  float predicted = -1, same = -2, best = -3;
  int64_t id = -1;
  duomo_filter filter = DUOMO_FILTER_INIT;
  duomo_topk_request request = DUOMO_TOPK_REQUEST_INIT;
  duomo_topk_result result = DUOMO_TOPK_RESULT_INIT;
  REQUIRE(user != NULL && item != NULL);
  REQUIRE(duomo_predict(&predicted, c->context, &c->user, &c->item, 1, &error) == DUOMO_OK);
  REQUIRE(predicted >= c->info.minimum_output && predicted <= c->info.maximum_output);
  REQUIRE(duomo_encode_users(user, c->context, &c->user, 1, &error) == DUOMO_OK);
  REQUIRE(duomo_encode_items(item, c->context, &c->item, 1, &error) == DUOMO_OK);
  REQUIRE(duomo_predict_vectors(&same, c->context, user, item, 1, &error) == DUOMO_OK);
  REQUIRE(memcmp(&same, &predicted, sizeof(same)) == 0);

  result.ids = &id;
  result.scores = &best;
  result.counts = &count;
  request.count = 1;
  request.k = 1;
  request.ids = &c->user;
  request.allow_ids = &c->item;
  request.allow_count = 1;
  request.flags = DUOMO_MINIMUM_SCORE | DUOMO_ALLOW_LISTED;
  request.minimum_score = predicted;
  REQUIRE(duomo_topk(&result, c->context, &request, &error) == DUOMO_OK);
  REQUIRE(count == 1 && id == c->item && memcmp(&best, &predicted, sizeof(best)) == 0);
  filter.input = "no such input";
  request.filters = &filter;
  request.filter_count = 1;
  REQUIRE(duomo_topk(&result, c->context, &request, &error) == DUOMO_NOT_FOUND);

  memset(&request, 0, sizeof(request));
  request.struct_size = sizeof(request);
  request.count = 1;
  request.k = 1;
  request.ids = &c->item;
  REQUIRE(duomo_similar(&result, c->context, &request, &error) == DUOMO_OK);
  REQUIRE(count <= 1 && (count == 0 || (id != c->item && best >= -1 && best <= 1)));
  free(item);
  free(user);
}

static void sets(client* c) {
  duomo_error error = DUOMO_ERROR_INIT;
  duomo_item_set *one = NULL, *all = NULL, *others = NULL;
  REQUIRE(duomo_item_set_from_ids(&one, c->model, &c->item, NULL, 1, &error) == DUOMO_OK);
  REQUIRE(duomo_item_set_from_filters(&all, c->model, NULL, 0, &error) == DUOMO_OK);
  REQUIRE(duomo_item_set_combine(&others, DUOMO_NONE, (const duomo_item_set* const*)&one, 1,
                                 &error) == DUOMO_OK);
  REQUIRE(duomo_item_set_count(one) == 1 && duomo_item_set_count(all) == c->info.item_count);
  REQUIRE(duomo_item_set_count(others) == c->info.item_count - 1);
  REQUIRE(duomo_item_set_contains(one, c->item) && !duomo_item_set_contains(others, c->item));
  duomo_item_set_retain(one);
  duomo_item_set_release(one);
  duomo_item_set_release(one);
  duomo_item_set_release(all);
  duomo_item_set_release(others);
}

static void users_searched(client* c) {
  duomo_error error = DUOMO_ERROR_INIT;
  size_t count = 0;
  int64_t id = -1;
  float best = -3;
  duomo_limit limit = DUOMO_LIMIT_INIT;
  duomo_topk_request request = DUOMO_TOPK_REQUEST_INIT;
  duomo_topk_result result = DUOMO_TOPK_RESULT_INIT;
  result.ids = &id;
  result.scores = &best;
  result.counts = &count;
  request.count = 1;
  request.k = 1;
  request.ids = &c->item;
  if (allowed(duomo_users_for(&result, c->context, &request, &error), &error, DUOMO_UNSUPPORTED)) {
    REQUIRE(count == 1 && best >= c->info.minimum_output && best <= c->info.maximum_output);
  }
  request.ids = &c->user;
  allowed(duomo_similar_users(&result, c->context, &request, &error), &error, DUOMO_UNSUPPORTED);
  limit.input = "no such input";
  request.limits = &limit;
  request.limit_count = 1;
  REQUIRE(duomo_topk(&result, c->context, &request, &error) == DUOMO_NOT_FOUND);
  REQUIRE(error.kind == DUOMO_KIND_UNKNOWN_NAME && error.argument == DUOMO_ARGUMENT_LIMITS);
}

static void what_the_file_says(client* c) {
  duomo_error error = DUOMO_ERROR_INIT;
  duomo_attribute_info attribute = DUOMO_ATTRIBUTE_INFO_INIT;
  duomo_text text, texts[2];
  const char* const key = "1";
  double number = 0;
  int64_t integer = 0, id = 0;
  size_t n = 0;
  REQUIRE(duomo_id_of_string("1") == duomo_id_of_string("1"));
  REQUIRE(duomo_id_of_string("1") != duomo_id_of_string("2"));
  allowed(duomo_ids_of_keys(&id, c->model, DUOMO_ITEM, &key, 1, &error), &error, DUOMO_UNSUPPORTED);
  allowed(duomo_keys_of_ids(&text, c->model, DUOMO_ITEM, &c->item, 1, &error), &error,
          DUOMO_UNSUPPORTED);
  allowed(duomo_item_titles(&text, c->model, &c->item, 1, &error), &error, DUOMO_UNSUPPORTED);
  REQUIRE(duomo_model_metadata(&text, c->model, "no such entry", &error) == DUOMO_NOT_FOUND);
  REQUIRE(duomo_model_metadata_at(&text, texts, c->model, c->info.metadata_count, &error) ==
          DUOMO_NOT_FOUND);
  REQUIRE(duomo_model_get_attribute(&attribute, c->model, c->info.attribute_count, &error) ==
          DUOMO_NOT_FOUND);
  REQUIRE(duomo_attribute_numbers(&number, c->model, "none", &c->item, 1, &error) ==
          DUOMO_NOT_FOUND);
  REQUIRE(duomo_attribute_integers(&integer, c->model, "none", &c->item, 1, &error) ==
          DUOMO_NOT_FOUND);
  REQUIRE(duomo_attribute_texts(&text, c->model, "none", &c->item, 1, &error) == DUOMO_NOT_FOUND);
  REQUIRE(duomo_attribute_set(&n, texts, 2, c->model, "none", c->item, &error) == DUOMO_NOT_FOUND);
}

static void slot_and_descriptor(client* c) {
  duomo_error error = DUOMO_ERROR_INIT;
  duomo_model_slot* slot = NULL;
  duomo_model* model = NULL;
  REQUIRE(duomo_model_slot_create(&slot, NULL, &error) == DUOMO_OK);
  REQUIRE(duomo_model_slot_set(slot, c->model, &error) == DUOMO_OK);
  model = duomo_model_slot_get(slot);
  REQUIRE(model == c->model);
  duomo_model_release(model);
  duomo_model_slot_release(slot);
  model = NULL;
  REQUIRE(duomo_model_open_descriptor(&model, -1, 0, 0, NULL, &error) == DUOMO_IO_ERROR);
  duomo_context_trim(c->context);
}

static void rank_and_features(client* c) {
  duomo_error error = DUOMO_ERROR_INIT;
  duomo_rank_request request = DUOMO_RANK_REQUEST_INIT;
  duomo_features* features[3];
  float scores[2] = {-1, -1};
  int32_t scope;
  request.flags = DUOMO_RANK_USER_ID;
  request.user_id = c->user;
  request.item_ids = &c->item;
  request.n = 1;
  for (scope = DUOMO_USER; scope <= DUOMO_PAIR; ++scope) features[scope] = features_of(c, scope);
  request.pair_features = features[DUOMO_PAIR];
  REQUIRE(duomo_rank(scores, c->context, &request, &error) == DUOMO_OK);
  REQUIRE(scores[0] >= c->info.minimum_output && scores[0] <= c->info.maximum_output);
  REQUIRE(scores[1] == -1);
  for (scope = DUOMO_USER; scope <= DUOMO_ITEM && c->info.vector_width > 0; ++scope) {
    float* vector = malloc((size_t)c->info.vector_width * sizeof(float));
    REQUIRE(vector != NULL && features[scope] != NULL);
    REQUIRE(duomo_encode_features(vector, c->context, features[scope], &error) == DUOMO_OK);
    free(vector);
  }
  for (scope = DUOMO_USER; scope <= DUOMO_PAIR; ++scope) duomo_features_release(features[scope]);
}

static void use(client* c) {
  duomo_context_options options = DUOMO_CONTEXT_OPTIONS_INIT;
  duomo_model_info info = DUOMO_MODEL_INFO_INIT;
  options.unknown_ids = DUOMO_UNKNOWN_IS_MARKED;
  REQUIRE(duomo_model_get_info(&info, c->model, NULL) == DUOMO_OK);
  REQUIRE(info.struct_size == sizeof(info) && info.user_count > 0 && info.item_count > 0);
  c->info = info;
  REQUIRE(duomo_user_id_at(&c->user, c->model, 0, NULL) == DUOMO_OK);
  REQUIRE(duomo_item_id_at(&c->item, c->model, info.item_count - 1, NULL) == DUOMO_OK);
  REQUIRE(duomo_context_create(&c->context, c->model, &options, NULL) == DUOMO_OK);
  keys_and_titles(c);
  if (info.head != DUOMO_HEAD_LOGISTIC) {
    vectors_and_searches(c);
    users_searched(c);
  }
  sets(c);
  what_the_file_says(c);
  slot_and_descriptor(c);
  rank_and_features(c);
  duomo_context_release(c->context);
}

int main(int argc, char** argv) {
  int i;
  for (i = 1; i < argc; ++i) {
    duomo_error error = DUOMO_ERROR_INIT;
    duomo_open_options options = DUOMO_OPEN_OPTIONS_INIT;
    client c;
    FILE* stream = fopen(argv[i], "rb");
    char* data = malloc(1 << 20);
    size_t size;
    file = argv[i];
    memset(&c, 0, sizeof(c));
    options.flags = DUOMO_OPEN_COPY | DUOMO_OPEN_VERIFY;
    allowed(duomo_model_open(&c.model, file, &options, &error), &error, DUOMO_OK);
    use(&c);
    duomo_model_release(c.model);

    REQUIRE(stream != NULL && data != NULL);
    size = fread(data, 1, 1 << 20, stream);
    REQUIRE(size < 1 << 20 && fclose(stream) == 0);
    REQUIRE(duomo_model_open_buffer(&c.model, data, size, NULL, NULL) == DUOMO_OK);
    duomo_model_retain(c.model);
    duomo_model_release(c.model);
    use(&c);
    duomo_model_release(c.model);
    free(data);
  }
  printf("compiled against %d.%d.%d, runs with %s (%s), %d files\n", DUOMO_VERSION_MAJOR,
         DUOMO_VERSION_MINOR, DUOMO_VERSION_PATCH, duomo_version(), duomo_build_info(), argc - 1);
  return argc > 1 ? 0 : 2;
}
