#define _POSIX_C_SOURCE 200809L /* fileno, posix_memalign */
/* What hosts bring along: file descriptors, memory, a wish to stop; and what they get back as
 * numbers. */
#include <fcntl.h>
#include <math.h>
#include <unistd.h>

#include "check.h"

#ifdef _WIN32
#include <io.h>
#include <malloc.h>
#define pipe(ends) _pipe(ends, 256, _O_BINARY)
#define posix_memalign(out, alignment, size) ((*(out) = _aligned_malloc(size, alignment)) == NULL)
#define free_aligned _aligned_free
#else
#define O_BINARY 0
#define free_aligned free
#endif

/* ---- Numbers in errors ---- */

#define NUMBERS(kind_, argument_, position_, call)  \
  do {                                              \
    duomo_error error = DUOMO_ERROR_INIT;           \
    CHECK((call) != DUOMO_OK);                      \
    CHECK(error.kind == (kind_));                   \
    CHECK(error.argument == (argument_));           \
    CHECK(error.position == (uint64_t)(position_)); \
  } while (0)

/* Of searches; and of what is looked up. */
static void test_error_numbers_of_searches(void) {
  duomo_model* model = open_model("shop");
  duomo_context* context = make_context(model, DUOMO_UNKNOWN_IS_ERROR);
  duomo_features* features = make_features(model, DUOMO_USER, 2);
  static float vectors[3 * 20];
  const int64_t users[3] = {1, 2, 3};
  int64_t ids[30], id;
  float scores[30];
  size_t counts[3];
  duomo_text text;
  duomo_input_info input = DUOMO_INPUT_INFO_INIT;
  duomo_topk_result result = DUOMO_TOPK_RESULT_INIT;
  duomo_topk_request request = DUOMO_TOPK_REQUEST_INIT;
  result.ids = ids;
  result.scores = scores;
  result.counts = counts;
  request.count = 3;
  request.vectors = vectors;
  vectors[2 * 20 + 5] = INFINITY;
  NUMBERS(DUOMO_KIND_NOT_FINITE, DUOMO_ARGUMENT_QUERIES, 2,
          duomo_topk(&result, context, &request, &error));
  request.vectors = NULL;
  request.ids = users;
  request.k = 0;
  NUMBERS(DUOMO_KIND_VALUE, DUOMO_ARGUMENT_REQUEST, DUOMO_NO_POSITION,
          duomo_topk(&result, context, &request, &error));
  /* Arrays of more bytes than any program has. */
  request.k = SIZE_MAX / 8;
  NUMBERS(DUOMO_KIND_VALUE, DUOMO_ARGUMENT_OUT, DUOMO_NO_POSITION,
          duomo_topk(&result, context, &request, &error));
  request.k = 10;
  request.flags = DUOMO_MINIMUM_SCORE;
  request.minimum_score = NAN;
  NUMBERS(DUOMO_KIND_NOT_FINITE, DUOMO_ARGUMENT_REQUEST, DUOMO_NO_POSITION,
          duomo_topk(&result, context, &request, &error));
  request.flags = 0;
  request.ids = NULL;
  request.features = features;
  NUMBERS(DUOMO_KIND_CONFLICT, DUOMO_ARGUMENT_FEATURES, DUOMO_NO_POSITION,
          duomo_topk(&result, context, &request, &error));
  NUMBERS(DUOMO_KIND_UNKNOWN_ID, DUOMO_ARGUMENT_ITEMS, DUOMO_NO_POSITION,
          duomo_item_title(&text, model, 99, &error));
  NUMBERS(DUOMO_KIND_VALUE, 0, DUOMO_NO_POSITION, duomo_user_id_at(&id, model, 99, &error));
  NUMBERS(DUOMO_KIND_VALUE, 0, DUOMO_NO_POSITION, duomo_model_get_input(&input, model, 6, &error));
  duomo_features_release(features);
  duomo_context_release(context);
  duomo_model_release(model);
}

static void test_error_numbers(void) {
  duomo_model* model = open_model("shop");
  duomo_context* context = make_context(model, DUOMO_UNKNOWN_IS_ERROR);
  duomo_features* features = make_features(model, DUOMO_USER, 2);
  const int64_t users[3] = {1, 2, 99}, items[3] = {1000, 1003, 1006};
  const int64_t ages[2] = {20, 77};
  const size_t offsets[3] = {0, 2, 1};
  const int64_t codes[2] = {7, 8};
  const char* const plans[2] = {"free", "\xFF"};
  float predictions[3];
  duomo_open_options options = DUOMO_OPEN_OPTIONS_INIT;
  duomo_model* none = NULL;
  options.flags = 64;
  NUMBERS(DUOMO_KIND_UNKNOWN_ID, DUOMO_ARGUMENT_USERS, 2,
          duomo_predict(predictions, context, users, items, 3, &error));
  NUMBERS(DUOMO_KIND_NULL, DUOMO_ARGUMENT_ITEMS, DUOMO_NO_POSITION,
          duomo_predict(predictions, context, users, NULL, 3, &error));
  NUMBERS(DUOMO_KIND_NULL, DUOMO_ARGUMENT_CONTEXT, DUOMO_NO_POSITION,
          duomo_predict(predictions, NULL, users, items, 3, &error));
  NUMBERS(DUOMO_KIND_VALUE, DUOMO_ARGUMENT_OPTIONS, DUOMO_NO_POSITION,
          duomo_model_open(&none, path_of("shop"), &options, &error));
  NUMBERS(DUOMO_KIND_UNKNOWN_NAME, DUOMO_ARGUMENT_NAME, DUOMO_NO_POSITION,
          duomo_features_set_integers(features, "aeg", ages, &error));
  NUMBERS(DUOMO_KIND_CONFLICT, DUOMO_ARGUMENT_NAME, DUOMO_NO_POSITION,
          duomo_features_set_strings(features, "age", plans, &error));
  NUMBERS(DUOMO_KIND_NOT_UTF8, DUOMO_ARGUMENT_VALUES, 1,
          duomo_features_set_strings(features, "plan", plans, &error));
  SUCCEEDS(duomo_features_set_strict(features, 1, &error));
  NUMBERS(DUOMO_KIND_UNKNOWN_VALUE, DUOMO_ARGUMENT_VALUES, 1,
          duomo_features_set_integers(features, "age", ages, &error));
  duomo_features_release(features);
  features = make_features(model, DUOMO_ITEM, 2);
  NUMBERS(DUOMO_KIND_OFFSETS, DUOMO_ARGUMENT_VALUES, 2,
          duomo_features_set_integer_lists(features, "codes", offsets, codes, &error));
  {
    /* What is known of an error does not stay for the next. */
    duomo_error error = DUOMO_ERROR_INIT;
    CHECK(duomo_predict(predictions, context, users, items, 3, &error) == DUOMO_NOT_FOUND);
    CHECK(error.kind == DUOMO_KIND_UNKNOWN_ID);
    CHECK(duomo_model_open(&none, path_of("missing"), NULL, &error) == DUOMO_IO_ERROR);
    CHECK(error.kind == 0 && error.argument == DUOMO_ARGUMENT_FILE);
    CHECK(error.position == DUOMO_NO_POSITION);
  }
  duomo_features_release(features);
  duomo_context_release(context);
  duomo_model_release(model);
}

/* ---- Descriptors ---- */

static size_t size_of_file(int descriptor) { return (size_t)lseek(descriptor, 0, SEEK_END); }

/* The model as it lies in an archive: after `before` other bytes, with some behind. */
static int archive(const char* path, size_t before, size_t* size) {
  FILE* out = tmpfile();
  int descriptor = open(path, O_RDONLY | O_BINARY);
  size_t n = size_of_file(descriptor);
  void* data = malloc(n);
  if (out == NULL || data == NULL || lseek(descriptor, 0, SEEK_SET) != 0) exit(1);
  if (read(descriptor, data, (unsigned)n) != (int)n) exit(1);
  close(descriptor);
  while (before-- > 0) fputc('x', out);
  fwrite(data, 1, n, out);
  fputs("behind", out);
  fflush(out);
  free(data);
  *size = n;
  descriptor = dup(fileno(out));
  fclose(out);
  return descriptor;
}

static float prediction_of(duomo_model* model) {
  duomo_context* context = make_context(model, DUOMO_UNKNOWN_IS_ERROR);
  const int64_t user = 1, item = 1000;
  float out = -1;
  SUCCEEDS(duomo_predict(&out, context, &user, &item, 1, &error));
  duomo_context_release(context);
  return out;
}

static void test_descriptors(void) {
  const size_t places[] = {0, 64, 4096, 65536, 65600, 100, 7};
  duomo_model* whole = open_model("shop");
  const float expected = prediction_of(whole);
  size_t i, size;
  int descriptor;
  int pipes[2];
  duomo_model* model = NULL;
  for (i = 0; i < sizeof(places) / sizeof(places[0]); ++i) {
    duomo_model_info info = DUOMO_MODEL_INFO_INIT;
    descriptor = archive(path_of("shop"), places[i], &size);
    SUCCEEDS(duomo_model_open_descriptor(&model, descriptor, places[i], size, NULL, &error));
    close(descriptor);
    SUCCEEDS(duomo_model_get_info(&info, model, &error));
    CHECK(info.copied == (places[i] % 64 != 0));
    CHECK(info.file_size == size);
    CHECK(bits_of(prediction_of(model)) == bits_of(expected));
    duomo_model_release(model);
  }
  descriptor = open(path_of("shop"), O_RDONLY | O_BINARY);
  size = size_of_file(descriptor);
  SUCCEEDS(duomo_model_open_descriptor(&model, descriptor, 0, 0, NULL, &error));
  CHECK(bits_of(prediction_of(model)) == bits_of(expected));
  duomo_model_release(model);
  FAILS(DUOMO_INVALID_ARGUMENT, "file descriptor",
        duomo_model_open_descriptor(&model, descriptor, 64, size, NULL, &error));
  NUMBERS(DUOMO_KIND_VALUE, DUOMO_ARGUMENT_FILE, DUOMO_NO_POSITION,
          duomo_model_open_descriptor(&model, descriptor, 64, size, NULL, &error));
  FAILS(DUOMO_INVALID_ARGUMENT, "file descriptor",
        duomo_model_open_descriptor(&model, descriptor, size + 1, 0, NULL, &error));
  FAILS(DUOMO_INVALID_ARGUMENT, "file descriptor",
        duomo_model_open_descriptor(&model, descriptor, UINT64_MAX - 1, UINT64_MAX - 1, NULL,
                                    &error));
  FAILS(DUOMO_CORRUPT, "file descriptor",
        duomo_model_open_descriptor(&model, descriptor, 0, size - 64, NULL, &error));
  NUMBERS(0, DUOMO_ARGUMENT_FILE, DUOMO_NO_POSITION,
          duomo_model_open_descriptor(&model, descriptor, 0, size - 64, NULL, &error));
  FAILS(DUOMO_CORRUPT, "", duomo_model_open_descriptor(&model, descriptor, 64, 0, NULL, &error));
  close(descriptor);
  FAILS(DUOMO_IO_ERROR, "file descriptor",
        duomo_model_open_descriptor(&model, descriptor, 0, 0, NULL, &error));
  FAILS(DUOMO_IO_ERROR, "", duomo_model_open_descriptor(&model, -1, 0, 0, NULL, &error));
  if (pipe(pipes) != 0) exit(1);
  FAILS(DUOMO_IO_ERROR, "not a regular file",
        duomo_model_open_descriptor(&model, pipes[0], 0, 0, NULL, &error));
  close(pipes[0]);
  close(pipes[1]);
  duomo_model_release(whole);
}

/* ---- Memory ---- */

struct counted {
  size_t blocks, bytes, most, calls;
  int empty; /* no more is given */
};

static void* DUOMO_CALL allocate(void* data, size_t size, size_t alignment) {
  struct counted* c = data;
  void* memory = NULL;
  CHECK(size > 0);
  CHECK(alignment != 0 && (alignment & (alignment - 1)) == 0);
  if (c->empty ||
      posix_memalign(&memory, alignment < sizeof(void*) ? sizeof(void*) : alignment, size) != 0) {
    return NULL;
  }
  ++c->blocks;
  ++c->calls;
  c->bytes += size;
  if (c->bytes > c->most) c->most = c->bytes;
  return memory;
}

static void DUOMO_CALL release(void* data, void* memory, size_t size, size_t alignment) {
  struct counted* c = data;
  CHECK(memory != NULL && alignment != 0);
  --c->blocks;
  c->bytes -= size;
  free_aligned(memory);
}

static void test_memory(void) {
  struct counted of_model = {0, 0, 0, 0, 0}, of_context = {0, 0, 0, 0, 0};
  duomo_allocator models = {allocate, release, NULL}, contexts = {allocate, release, NULL};
  duomo_open_options open_options = DUOMO_OPEN_OPTIONS_INIT;
  duomo_context_options options = DUOMO_CONTEXT_OPTIONS_INIT;
  duomo_model* model = NULL;
  duomo_context* context = NULL;
  duomo_item_set* set = NULL;
  enum { N = 5000 };
  static int64_t users[N], items[N];
  static float predictions[N], again[N];
  size_t i, before;
  models.data = &of_model;
  contexts.data = &of_context;
  open_options.allocator = &models;
  open_options.flags = DUOMO_OPEN_COPY;
  options.allocator = &contexts;
  for (i = 0; i < N; ++i) {
    users[i] = (int64_t)(i % USERS) + 1;
    items[i] = 1000 + 3 * (int64_t)(i % ITEMS);
  }
  SUCCEEDS(duomo_model_open(&model, path_of("shop_towers"), &open_options, &error));
  CHECK(of_model.bytes > 1000); /* the file itself */
  before = of_model.calls;
  SUCCEEDS(duomo_context_create(&context, model, &options, &error));
  SUCCEEDS(duomo_predict(predictions, context, users, items, N, &error));
  CHECK(of_context.bytes > N * sizeof(float));
  duomo_context_trim(context);
  CHECK(of_context.bytes < 1000);
  SUCCEEDS(duomo_predict(again, context, users, items, N, &error));
  CHECK(memcmp(predictions, again, sizeof(again)) == 0);
  CHECK(of_model.calls == before);
  of_context.empty = 1;
  duomo_context_trim(context);
  FAILS(DUOMO_OUT_OF_MEMORY, "", duomo_predict(again, context, users, items, N, &error));
  of_context.empty = 0;
  SUCCEEDS(duomo_predict(again, context, users, items, N, &error));
  CHECK(memcmp(predictions, again, sizeof(again)) == 0);
  duomo_context_release(context);
  CHECK(of_context.blocks == 0 && of_context.bytes == 0);
  before = of_model.calls; /* sets have their memory from where the model has its own */
  SUCCEEDS(duomo_item_set_from_ids(&set, model, items, NULL, 10, &error));
  CHECK(of_model.calls > before);
  duomo_model_release(model);
  CHECK(of_model.blocks > 0 && duomo_item_set_count(set) == 10);
  duomo_item_set_release(set); /* and it held the model */
  CHECK(of_model.blocks == 0 && of_model.bytes == 0);

  of_model.empty = 1;
  FAILS(DUOMO_OUT_OF_MEMORY, "", duomo_model_open(&model, path_of("shop"), &open_options, &error));
  CHECK(of_model.blocks == 0);
  models.release = NULL;
  FAILS(DUOMO_INVALID_ARGUMENT, "options.allocator.release is NULL",
        duomo_model_open(&model, path_of("shop"), &open_options, &error));
  duomo_context_trim(NULL);
}

/* ---- Stopping ---- */

static void test_cancelled(void) {
  volatile int32_t flag = 0;
  duomo_context_options options = DUOMO_CONTEXT_OPTIONS_INIT;
  duomo_model* model = open_model("shop");
  duomo_context* context = NULL;
  const int64_t user = 1, item = 1000;
  int64_t ids[3];
  float scores[3], vector[64];
  size_t counts[1];
  duomo_topk_request request = DUOMO_TOPK_REQUEST_INIT;
  duomo_topk_result result = DUOMO_TOPK_RESULT_INIT;
  duomo_rank_request rank = DUOMO_RANK_REQUEST_INIT;
  duomo_features* features = make_features(model, DUOMO_USER, 1);
  options.cancelled = &flag;
  request.count = 1;
  request.ids = &user;
  request.k = 3;
  result.ids = ids;
  result.scores = scores;
  result.counts = counts;
  rank.flags = DUOMO_RANK_USER_ID;
  rank.user_id = user;
  rank.item_ids = &item;
  rank.n = 1;
  SUCCEEDS(duomo_context_create(&context, model, &options, &error));
  for (flag = 0; flag < 2; ++flag) {
    const duomo_status expected = flag == 0 ? DUOMO_OK : DUOMO_CANCELLED;
    CHECK(duomo_topk(&result, context, &request, NULL) == expected);
    CHECK(duomo_similar(&result, context, &request, NULL) != DUOMO_OK); /* no such item */
    CHECK(duomo_predict(scores, context, &user, &item, 1, NULL) == expected);
    CHECK(duomo_rank(scores, context, &rank, NULL) == expected);
    CHECK(duomo_encode_users(vector, context, &user, 1, NULL) == expected);
    CHECK(duomo_encode_features(vector, context, features, NULL) == expected);
  }
  FAILS(DUOMO_CANCELLED, "options.cancelled", duomo_topk(&result, context, &request, &error));
  flag = 0;
  SUCCEEDS(duomo_topk(&result, context, &request, &error));
  CHECK(strcmp(duomo_status_name(DUOMO_CANCELLED), "DUOMO_CANCELLED") == 0);
  duomo_features_release(features);
  duomo_context_release(context);
  duomo_model_release(model);
}

/* ---- Slots ---- */

static void test_slots(void) {
  duomo_model* first = open_model("shop");
  duomo_model* second = open_model("player");
  duomo_model_slot* slot = NULL;
  int i;
  FAILS(DUOMO_INVALID_ARGUMENT, "out is NULL", duomo_model_slot_create(NULL, first, &error));
  SUCCEEDS(duomo_model_slot_create(&slot, NULL, &error));
  CHECK(duomo_model_slot_get(slot) == NULL);
  CHECK(duomo_model_slot_get(NULL) == NULL);
  FAILS(DUOMO_INVALID_ARGUMENT, "slot is NULL", duomo_model_slot_set(NULL, first, &error));
  for (i = 0; i < 100; ++i) {
    duomo_model* in = i % 3 == 0 ? first : i % 3 == 1 ? second : NULL;
    duomo_model* got;
    SUCCEEDS(duomo_model_slot_set(slot, in, &error));
    got = duomo_model_slot_get(slot);
    CHECK(got == in);
    duomo_model_release(got);
  }
  SUCCEEDS(duomo_model_slot_set(slot, second, &error));
  duomo_model_release(second); /* the slot's reference keeps it */
  second = duomo_model_slot_get(slot);
  duomo_model_slot_release(slot);
  {
    duomo_model_info info = DUOMO_MODEL_INFO_INIT;
    SUCCEEDS(duomo_model_get_info(&info, second, &error));
  }
  duomo_model_release(second);
  duomo_model_release(first);
  duomo_model_slot_release(NULL);
}

/* ---- Metadata ---- */

static int is(duomo_text text, const char* expected) {
  return text.size == strlen(expected) && memcmp(text.data, expected, text.size) == 0;
}

static uint64_t fingerprint_of(const char* name) {
  duomo_model* model = open_model(name);
  duomo_model_info info = DUOMO_MODEL_INFO_INIT;
  SUCCEEDS(duomo_model_get_info(&info, model, &error));
  duomo_model_release(model);
  return info.fingerprint;
}

static void test_metadata(void) {
  duomo_model* model = open_model("noted");
  duomo_model* without = open_model("shop");
  duomo_model_info info = DUOMO_MODEL_INFO_INIT;
  duomo_text key, value;
  SUCCEEDS(duomo_model_get_info(&info, model, &error));
  CHECK(info.metadata_count == 3);
  SUCCEEDS(duomo_model_metadata(&value, model, "name", &error));
  CHECK(is(value, "shop"));
  SUCCEEDS(duomo_model_metadata(&value, model, "empty", &error));
  CHECK(value.size == 0 && value.data != NULL);
  SUCCEEDS(duomo_model_metadata_at(&key, &value, model, 0, &error));
  CHECK(is(key, "empty"));
  SUCCEEDS(duomo_model_metadata_at(&key, &value, model, 1, &error));
  CHECK(is(key,
           "gr\xC3\xB6\xC3\x9F"
           "e") &&
        is(value, "gro\xC3\x9F"));
  FAILS(DUOMO_NOT_FOUND, "3 entries", duomo_model_metadata_at(&key, &value, model, 3, &error));
  FAILS(DUOMO_NOT_FOUND, "\"licence\"", duomo_model_metadata(&value, model, "licence", &error));
  FAILS(DUOMO_NOT_FOUND, "\"name\"", duomo_model_metadata(&value, without, "name", &error));
  FAILS(DUOMO_INVALID_ARGUMENT, "key is NULL", duomo_model_metadata(&value, model, NULL, &error));
  FAILS(DUOMO_INVALID_ARGUMENT, "value is NULL", duomo_model_metadata(NULL, model, "name", &error));
  NUMBERS(DUOMO_KIND_UNKNOWN_NAME, DUOMO_ARGUMENT_NAME, DUOMO_NO_POSITION,
          duomo_model_metadata(&value, model, "licence", &error));
  CHECK(fingerprint_of("noted") == info.fingerprint);
  CHECK(fingerprint_of("shop") != info.fingerprint);
  duomo_model_release(without);
  duomo_model_release(model);
}

void test_host(void) {
  test_metadata();
  test_error_numbers();
  test_error_numbers_of_searches();
  test_descriptors();
  test_memory();
  test_cancelled();
  test_slots();
}
