/* Opening, reference counts, information, inputs, struct sizes. */
#include "check.h"

static void* read_file(const char* path, size_t* size) {
  FILE* file = fopen(path, "rb");
  char* data;
  if (file == NULL) exit(1);
  fseek(file, 0, SEEK_END);
  *size = (size_t)ftell(file);
  rewind(file);
  data = malloc(*size + 128);
  if (data == NULL || fread(data, 1, *size, file) != *size) exit(1);
  fclose(file);
  return data;
}

static void test_open_errors(void) {
  duomo_model* model = NULL;
  duomo_open_options options = DUOMO_OPEN_OPTIONS_INIT;
  char long_name[1200];
  FAILS(DUOMO_INVALID_ARGUMENT, "out is NULL", duomo_model_open(NULL, "x", NULL, &error));
  FAILS(DUOMO_INVALID_ARGUMENT, "path is NULL", duomo_model_open(&model, NULL, NULL, &error));
  FAILS(DUOMO_IO_ERROR, "missing", duomo_model_open(&model, path_of("missing"), NULL, &error));
  FAILS(DUOMO_CORRUPT, "", duomo_model_open(&model, path_of("truncated"), NULL, &error));
  FAILS(DUOMO_CORRUPT, "", duomo_model_open(&model, path_of("short"), NULL, &error));
  FAILS(DUOMO_CORRUPT, "", duomo_model_open(&model, path_of("corrupt"), NULL, &error));
  FAILS(DUOMO_UNSUPPORTED_VERSION, "container version 99 and this Duomo reads up to version 4",
        duomo_model_open(&model, path_of("newer"), NULL, &error));
  if (sizeof(size_t) == 4) { /* elsewhere it is merely corrupt, after 4 GB of work */
    FAILS(DUOMO_OUT_OF_MEMORY, "4294967360 bytes",
          duomo_model_open(&model, path_of("vast"), NULL, &error));
  }
  options.flags = 64;
  FAILS(DUOMO_INVALID_ARGUMENT, "64", duomo_model_open(&model, path_of("shop"), &options, &error));
  options.flags = 0;
  options.backend = 3;
  FAILS(DUOMO_INVALID_ARGUMENT, "backend",
        duomo_model_open(&model, path_of("shop"), &options, &error));
  options.backend = 0;
  options.reserved = 1;
  FAILS(DUOMO_INVALID_ARGUMENT, "reserved",
        duomo_model_open(&model, path_of("shop"), &options, &error));
  CHECK(model == NULL);
  CHECK(duomo_model_open(&model, path_of("missing"), NULL, NULL) == DUOMO_IO_ERROR);
  SUCCEEDS(duomo_model_open(&model,
                            path_of("gr\xC3\xB6\xC3\x9F"
                                    "e-\xE6\xA8\xA1\xE5\x9E\x8B"),
                            NULL, &error));
  duomo_model_release(model);
  model = NULL;
  FAILS(DUOMO_IO_ERROR, "gr\xC3\xB6\xC3\x9F",
        duomo_model_open(&model, path_of("gr\xC3\xB6\xC3\x9F"), NULL, &error));

  /* A message that does not fit is cut between characters, and is UTF-8 whatever the path. */
  memset(long_name, 0, sizeof(long_name));
  strcpy(long_name, "/");
  while (strlen(long_name) < 1000) strcat(long_name, "\xC3\xA4");
  {
    duomo_error error = DUOMO_ERROR_INIT;
    size_t n;
    CHECK(duomo_model_open(&model, long_name, NULL, &error) == DUOMO_IO_ERROR);
    n = strlen(error.message);
    CHECK(n == 503 || n == 502);
    CHECK(strcmp(error.message + n - 2, "\xC3\xA4") == 0);
    CHECK(duomo_model_open(&model, "\xFF\xFE", NULL, &error) == DUOMO_IO_ERROR);
    CHECK(strstr(error.message, "??") != NULL);
  }
}

/* Clients older and newer than the library. */
static void test_struct_sizes(void) {
  duomo_model* model = NULL;
  struct {
    duomo_open_options known;
    uint64_t unknown;
  } newer = {DUOMO_OPEN_OPTIONS_INIT, 0};
  duomo_error error = DUOMO_ERROR_INIT;
  duomo_model_info info = DUOMO_MODEL_INFO_INIT;
  newer.known.struct_size = sizeof(newer);
  SUCCEEDS(duomo_model_open(&model, path_of("shop"), &newer.known, &error));
  duomo_model_release(model);
  model = NULL;
  newer.unknown = 1;
  /* Which library, and how far apart the two headers are. */
  FAILS(DUOMO_UNSUPPORTED_VERSION, grown("duomo_open_options", sizeof(newer), sizeof(newer.known)),
        duomo_model_open(&model, path_of("shop"), &newer.known, &error));
  newer.known.struct_size = 0;
  FAILS(DUOMO_INVALID_ARGUMENT, "_INIT",
        duomo_model_open(&model, path_of("shop"), &newer.known, &error));
  newer.known.struct_size = sizeof(duomo_open_options) - 1;
  FAILS(DUOMO_INVALID_ARGUMENT, "_INIT",
        duomo_model_open(&model, path_of("shop"), &newer.known, &error));
  newer.known.struct_size = UINT32_MAX;
  FAILS(DUOMO_INVALID_ARGUMENT, "_INIT",
        duomo_model_open(&model, path_of("shop"), &newer.known, &error));
  CHECK(model == NULL);

  error.struct_size = sizeof(error) - 1; /* nothing is done, not even what would succeed */
  poison(error.message, sizeof(error.message));
  CHECK(duomo_model_open(&model, path_of("shop"), NULL, &error) == DUOMO_INVALID_ARGUMENT);
  CHECK(model == NULL && poisoned(error.message, sizeof(error.message)));

  model = open_model("shop");
  info.struct_size = sizeof(info) - 4;
  FAILS(DUOMO_INVALID_ARGUMENT, "_INIT", duomo_model_get_info(&info, model, &error));
  {
    struct {
      duomo_model_info known;
      uint64_t unknown;
    } wide;
    poison(&wide, sizeof(wide));
    wide.known.struct_size = sizeof(wide);
    SUCCEEDS(duomo_model_get_info(&wide.known, model, &error));
    CHECK(wide.known.struct_size == sizeof(wide) && wide.known.item_count == ITEMS);
    CHECK(poisoned(&wide.unknown, sizeof(wide.unknown)));
  }
  duomo_model_release(model);
}

static void test_info(void) {
  duomo_model* model = open_model("shop");
  duomo_model_info info = DUOMO_MODEL_INFO_INIT;
  duomo_input_info input = DUOMO_INPUT_INFO_INIT;
  SUCCEEDS(duomo_model_get_info(&info, model, &error));
  CHECK(info.head == DUOMO_HEAD_COSINE && info.user_count == USERS && info.item_count == ITEMS);
  CHECK(info.vector_width == 20 && info.input_count == 6 && info.file_size > 1000);
  CHECK(info.has_user_vectors == 1 && info.has_history == 1 && info.has_titles == 1);
  CHECK(info.copied == 0);
  CHECK(info.name.size == 4 && memcmp(info.name.data, "shop", 4) == 0);
  CHECK(info.unit.size == 5 && memcmp(info.unit.data, "stars", 5) == 0);
  CHECK(info.minimum_output == 0.0f && info.maximum_output == 5.0f);
  FAILS(DUOMO_INVALID_ARGUMENT, "out", duomo_model_get_info(NULL, model, &error));
  FAILS(DUOMO_INVALID_ARGUMENT, "model", duomo_model_get_info(&info, NULL, &error));

  SUCCEEDS(duomo_model_get_input(&input, model, 0, &error));
  CHECK(input.scope == DUOMO_USER && input.kind == DUOMO_INPUT_CATEGORY);
  CHECK(input.keys == DUOMO_KEYS_STRING && input.vocabulary_size == 2);
  CHECK(input.name.size == 4 && memcmp(input.name.data, "plan", 4) == 0);
  SUCCEEDS(duomo_model_get_input(&input, model, 5, &error));
  CHECK(input.scope == DUOMO_ITEM && input.kind == DUOMO_INPUT_TEXT);
  poison(&input.name, sizeof(input.name));
  FAILS(DUOMO_NOT_FOUND, "6", duomo_model_get_input(&input, model, 6, &error));
  FAILS(DUOMO_INVALID_ARGUMENT, "out", duomo_model_get_input(NULL, model, 0, &error));
  FAILS(DUOMO_INVALID_ARGUMENT, "model", duomo_model_get_input(&input, NULL, 0, &error));
  CHECK(poisoned(&input.name, sizeof(input.name)));
  input.struct_size = 3;
  FAILS(DUOMO_INVALID_ARGUMENT, "_INIT", duomo_model_get_input(&input, model, 0, &error));
  duomo_model_release(model);

  model = open_model("joint");
  SUCCEEDS(duomo_model_get_info(&info, model, &error));
  CHECK(info.head == DUOMO_HEAD_LOGISTIC && info.vector_width == 0 && info.has_user_vectors == 0);
  CHECK(info.has_history == 0 && info.has_titles == 0);
  CHECK(info.minimum_output == 0.0f && isinf(info.maximum_output));
  input.struct_size = sizeof(input);
  SUCCEEDS(duomo_model_get_input(&input, model, 2, &error));
  CHECK(input.scope == DUOMO_PAIR && input.kind == DUOMO_INPUT_NUMBER &&
        input.vocabulary_size == 0);
  duomo_model_release(model);
}

static void test_buffers(void) {
  size_t size = 0;
  char* data = read_file(path_of("shop"), &size);
  char* aligned = data + (64 - ((uintptr_t)data & 63)) % 64;
  duomo_model* model = NULL;
  duomo_model_info info = DUOMO_MODEL_INFO_INIT;
  duomo_open_options options = DUOMO_OPEN_OPTIONS_INIT;
  memmove(aligned, data, size);
  SUCCEEDS(duomo_model_open_buffer(&model, aligned, size, NULL, &error));
  SUCCEEDS(duomo_model_get_info(&info, model, &error));
  CHECK(info.copied == 0 && info.file_size == size);
  duomo_model_release(model);
  options.flags = DUOMO_OPEN_COPY | DUOMO_OPEN_VERIFY;
  SUCCEEDS(duomo_model_open_buffer(&model, aligned, size, &options, &error));
  SUCCEEDS(duomo_model_get_info(&info, model, &error));
  CHECK(info.copied == 1);
  duomo_model_release(model);
  model = NULL;
  FAILS(DUOMO_CORRUPT, "", duomo_model_open_buffer(&model, aligned, size - 1, NULL, &error));
  FAILS(DUOMO_CORRUPT, "", duomo_model_open_buffer(&model, NULL, 0, NULL, &error));
  FAILS(DUOMO_INVALID_ARGUMENT, "data is NULL",
        duomo_model_open_buffer(&model, NULL, 5, NULL, &error));
  FAILS(DUOMO_INVALID_ARGUMENT, "out", duomo_model_open_buffer(NULL, data, size, NULL, &error));
  CHECK(model == NULL);
  memmove(aligned + 1, aligned, size);
  SUCCEEDS(duomo_model_open_buffer(&model, aligned + 1, size, NULL, &error));
  SUCCEEDS(duomo_model_get_info(&info, model, &error));
  CHECK(info.copied == 1);
  duomo_model_release(model);
  free(data);
  options.flags = DUOMO_OPEN_COPY;
  SUCCEEDS(duomo_model_open(&model, path_of("shop"), &options, &error));
  SUCCEEDS(duomo_model_get_info(&info, model, &error));
  CHECK(info.copied == 1);
  duomo_model_release(model);
}

/* Whatever the order of releases, what still has a reference works. */
static void test_references(void) {
  duomo_model* model = open_model("shop");
  duomo_context* context = NULL;
  duomo_features* features = NULL;
  duomo_context_options options = DUOMO_CONTEXT_OPTIONS_INIT;
  int64_t user = 1, item = 1000;
  float prediction = 0;
  duomo_model_retain(NULL);
  duomo_model_release(NULL);
  duomo_context_release(NULL);
  duomo_features_release(NULL);
  FAILS(DUOMO_INVALID_ARGUMENT, "out", duomo_context_create(NULL, model, NULL, &error));
  FAILS(DUOMO_INVALID_ARGUMENT, "model", duomo_context_create(&context, NULL, NULL, &error));
  options.unknown_ids = 2;
  FAILS(DUOMO_INVALID_ARGUMENT, "unknown_ids",
        duomo_context_create(&context, model, &options, &error));
  options.struct_size = 2;
  FAILS(DUOMO_INVALID_ARGUMENT, "_INIT", duomo_context_create(&context, model, &options, &error));
  CHECK(context == NULL);
  duomo_model_retain(model);
  duomo_model_release(model);
  SUCCEEDS(duomo_context_create(&context, model, NULL, &error));
  SUCCEEDS(duomo_features_create(&features, model, DUOMO_USER, 1, &error));
  duomo_model_release(model); /* the last of ours */
  SUCCEEDS(duomo_predict(&prediction, context, &user, &item, 1, &error));
  duomo_context_release(context);
  {
    const char* plan = "paid";
    SUCCEEDS(duomo_features_set_strings(features, "plan", &plan, &error));
  }
  duomo_features_release(features);
}

/* Both backends say nearly the same; one that is not built in says so. */
static void test_backends(void) {
  duomo_open_options options = DUOMO_OPEN_OPTIONS_INIT;
  duomo_model* models[2] = {NULL, NULL};
  float vectors[2][20];
  int64_t user = 3;
  int i, has_onednn = strstr(duomo_build_info(), "oneDNN ") != NULL;
  options.backend = DUOMO_BACKEND_PORTABLE;
  SUCCEEDS(duomo_model_open(&models[0], path_of("shop_towers"), &options, &error));
  options.backend = DUOMO_BACKEND_ONEDNN;
  if (has_onednn) {
    SUCCEEDS(duomo_model_open(&models[1], path_of("shop_towers"), &options, &error));
  } else {
    FAILS(DUOMO_UNSUPPORTED, "oneDNN",
          duomo_model_open(&models[1], path_of("shop_towers"), &options, &error));
    models[1] = open_model("shop_towers");
  }
  for (i = 0; i < 2; ++i) {
    duomo_context* context = make_context(models[i], DUOMO_UNKNOWN_IS_ERROR);
    SUCCEEDS(duomo_encode_users(vectors[i], context, &user, 1, &error));
    duomo_context_release(context);
    duomo_model_release(models[i]);
  }
  for (i = 0; i < 20; ++i) CHECK(fabsf(vectors[0][i] - vectors[1][i]) < 1e-5f);
}

void test_model(void) {
  test_open_errors();
  test_struct_sizes();
  test_info();
  test_buffers();
  test_references();
  test_backends();
}
