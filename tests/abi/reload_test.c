/* Loads the library, uses it and unloads it again and again: reload_test LIBRARY MODEL BACKEND.
 * Resident memory stays flat, and afterwards the library is not mapped any more. */
#include <dlfcn.h>
#include <duomo/duomo.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { kWarm = 200, kRounds = 3000 };

static void* find(void* library, const char* name) {
  void* found = dlsym(library, name);
  if (found == NULL) {
    printf("%s\n", dlerror());
    exit(1);
  }
  return found;
}

/* A function pointer out of a data pointer, which ISO C has no cast for. */
#define FUNCTION(result, library, name, parameters) \
  result(*name) parameters;                         \
  do {                                              \
    void* found = find(library, #name);             \
    memcpy(&name, &found, sizeof(found));           \
  } while (0)

static int round_trip(const char* path, const char* file, int32_t backend) {
  void* library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
  duomo_error error = DUOMO_ERROR_INIT;
  duomo_open_options options = DUOMO_OPEN_OPTIONS_INIT;
  duomo_model* model = NULL;
  duomo_context* context = NULL;
  duomo_features* features = NULL;
  int64_t user = 0;
  float vector[64];
  int failed;
  options.backend = backend;
  if (library == NULL) {
    printf("%s\n", dlerror());
    exit(1);
  }
  {
    FUNCTION(duomo_status, library, duomo_model_open,
             (duomo_model**, const char*, const duomo_open_options*, duomo_error*));
    FUNCTION(duomo_status, library, duomo_context_create,
             (duomo_context**, duomo_model*, const duomo_context_options*, duomo_error*));
    FUNCTION(duomo_status, library, duomo_user_id_at,
             (int64_t*, const duomo_model*, uint64_t, duomo_error*));
    FUNCTION(duomo_status, library, duomo_encode_users,
             (float*, duomo_context*, const int64_t*, size_t, duomo_error*));
    FUNCTION(duomo_status, library, duomo_features_create,
             (duomo_features**, duomo_model*, int32_t, size_t, duomo_error*));
    FUNCTION(duomo_status, library, duomo_encode_features,
             (float*, duomo_context*, const duomo_features*, duomo_error*));
    FUNCTION(void, library, duomo_features_release, (duomo_features*));
    FUNCTION(void, library, duomo_context_release, (duomo_context*));
    FUNCTION(void, library, duomo_model_release, (duomo_model*));
    failed =
        duomo_model_open(&model, file, &options, &error) ||
        duomo_context_create(&context, model, NULL, &error) ||
        duomo_user_id_at(&user, model, 0, &error) ||
        duomo_encode_users(vector, context, &user, 1, &error) ||
        duomo_features_create(&features, model, DUOMO_USER, 1, &error) ||
        duomo_encode_features(vector, context, features, &error) ||
        duomo_user_id_at(&user, model, 1u << 30, NULL) != DUOMO_NOT_FOUND; /* it throws inside */
    if (failed) printf("%s\n", error.message);
    duomo_features_release(features);
    duomo_context_release(context);
    duomo_model_release(model);
  }
  return dlclose(library) != 0 || failed;
}

static long resident(void) {
  long pages = 0;
  FILE* statm = fopen("/proc/self/statm", "r");
  if (statm == NULL || fscanf(statm, "%*d %ld", &pages) != 1) exit(1);
  fclose(statm);
  return pages * sysconf(_SC_PAGESIZE);
}

static int is_mapped(const char* name) {
  char line[4096];
  int found = 0;
  FILE* maps = fopen("/proc/self/maps", "r");
  if (maps == NULL) exit(1);
  while (fgets(line, sizeof(line), maps) != NULL) found |= strstr(line, name) != NULL;
  fclose(maps);
  return found;
}

int main(int argc, char** argv) {
  long before, growth;
  int i, failed = 0, stays;
  int32_t backend;
  if (argc != 4) return 2;
  backend = strcmp(argv[3], "onednn") == 0 ? DUOMO_BACKEND_ONEDNN : DUOMO_BACKEND_PORTABLE;
  for (i = 0; i < kWarm && !failed; ++i) failed = round_trip(argv[1], argv[2], backend);
  before = resident();
  for (i = 0; i < kRounds && !failed; ++i) failed = round_trip(argv[1], argv[2], backend);
  growth = resident() - before;
  stays = is_mapped("libduomo");
  printf("%s, %d rounds: %ld bytes more; libduomo %s, oneDNN %s, libgomp %s\n", argv[3], i, growth,
         stays ? "stays" : "is gone", is_mapped("libdnnl") ? "stays" : "is gone",
         is_mapped("libgomp") ? "stays" : "is gone");
  return failed || stays || growth > 256 * 1024; /* 88 bytes a round would show */
}
