/* The whole C interface from plain C99: what each function promises and every error it names. */
#include "check.h"

int failures = 0;
const char* folder = ".";

void check_failed(const char* file, int line, const char* what) {
  ++failures;
  printf("%s:%d: failed: %s\n", file, line, what);
}

void check_success(const char* file, int line, const char* call, duomo_status status,
                   const duomo_error* error) {
  if (status != DUOMO_OK) {
    check_failed(file, line, call);
    printf("  %s: %s\n", duomo_status_name(status), error->message);
  } else if (error->status != 0 || error->message[0] != '\0') {
    check_failed(file, line, call);
    printf("  success, but the error was written: %s\n", error->message);
  }
}

void check_failure(const char* file, int line, const char* call, duomo_status status,
                   const duomo_error* error, duomo_status expected, const char* fragment) {
  if (status == expected && error->status == expected && strstr(error->message, fragment) != NULL) {
    return;
  }
  check_failed(file, line, call);
  printf("  expected %s with \"%s\", got %s: %s\n", duomo_status_name(expected), fragment,
         duomo_status_name(status), error->message);
}

const char* path_of(const char* name) {
  static char path[4096];
  snprintf(path, sizeof(path), "%s/%s.duomo", folder, name);
  return path;
}

const char* grown(const char* name, size_t there, size_t here) {
  static char message[200];
  snprintf(message, sizeof(message),
           "the client is newer than the library: %s has %u bytes there, of which duomo %s knows "
           "the first %u,",
           name, (unsigned)there, duomo_version(), (unsigned)here);
  return message;
}

duomo_model* open_model(const char* name) {
  duomo_model* model = NULL;
  duomo_error error = DUOMO_ERROR_INIT;
  if (duomo_model_open(&model, path_of(name), NULL, &error) != DUOMO_OK) {
    printf("cannot open %s: %s\n", path_of(name), error.message);
    exit(1);
  }
  return model;
}

duomo_context* make_context(duomo_model* model, int32_t unknown_ids) {
  duomo_context_options options = DUOMO_CONTEXT_OPTIONS_INIT;
  duomo_context* context = NULL;
  options.unknown_ids = unknown_ids;
  if (duomo_context_create(&context, model, &options, NULL) != DUOMO_OK) exit(1);
  return context;
}

duomo_features* make_features(duomo_model* model, int32_t scope, size_t count) {
  duomo_features* features = NULL;
  if (duomo_features_create(&features, model, scope, count, NULL) != DUOMO_OK) exit(1);
  return features;
}

uint32_t bits_of(float x) {
  uint32_t bits;
  memcpy(&bits, &x, sizeof(bits));
  return bits;
}

void poison(void* data, size_t size) { memset(data, 0xA5, size); }

int poisoned(const void* data, size_t size) {
  const unsigned char* bytes = data;
  size_t i;
  for (i = 0; i < size; ++i) {
    if (bytes[i] != 0xA5) return 0;
  }
  return 1;
}

static void test_versions(void) {
  char version[32];
  int32_t i;
  snprintf(version, sizeof(version), "%d.%d.%d", DUOMO_VERSION_MAJOR, DUOMO_VERSION_MINOR,
           DUOMO_VERSION_PATCH);
  CHECK(strcmp(duomo_version(), version) == 0);
  CHECK(strstr(duomo_build_info(), version) != NULL);
  CHECK(strstr(duomo_build_info(), "oneDNN ") != NULL ||
        strstr(duomo_build_info(), ", portable, ") != NULL);
  CHECK(duomo_build_info() == duomo_build_info());
  CHECK(strcmp(duomo_status_name(DUOMO_OK), "DUOMO_OK") == 0);
  CHECK(strcmp(duomo_status_name(DUOMO_INTERNAL), "DUOMO_INTERNAL") == 0);
  for (i = 0; i <= 9; ++i) CHECK(strncmp(duomo_status_name(i), "DUOMO_", 6) == 0);
  CHECK(strcmp(duomo_status_name(10), "unknown status") == 0);
  CHECK(strcmp(duomo_status_name(-1), "unknown status") == 0);
}

int main(int argc, char** argv) {
  if (argc != 2) {
    printf("usage: %s FOLDER, which make_fixtures filled\n", argv[0]);
    return 2;
  }
  folder = argv[1];
  test_versions();
  test_model();
  test_keys();
  test_by_key();
  test_users();
  test_features();
  test_vectors();
  test_predict();
  test_topk_threads();
  test_topk();
  test_histories_of_users();
  test_similar();
  test_attributes();
  test_item_sets();
  test_rank();
  test_host();
  printf("%s, %d failures\n", duomo_build_info(), failures);
  return failures == 0 ? 0 : 1;
}
