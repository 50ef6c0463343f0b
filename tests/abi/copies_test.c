/* Two versions of the library in one process, as two plugins of one host would bring them:
 * copies_test LIBRARY FOLDER MODEL. The second is a copy that says another version. Each has its
 * own code and memory, even where the first lends its names to all: what one prints, frees or fails
 * at is its own, and it goes on when the other is unloaded. */
#include <dlfcn.h>
#include <duomo/duomo.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int failures = 0;

static void expect(int right, const char* what) {
  if (right) return;
  printf("FAILED: %s\n", what);
  ++failures;
}

/* The library with "x.y.z" in it made "x.y.Z", Z being another digit. */
static void copy(const char* from, const char* to, const char* version) {
  FILE* file = fopen(from, "rb");
  size_t length = strlen(version) + 1, size = 0, found = 0, i;
  char* bytes = malloc(64u << 20);
  if (file == NULL || bytes == NULL) exit(2);
  size = fread(bytes, 1, 64u << 20, file);
  fclose(file);
  for (i = 0; i + length <= size; ++i) {
    if (memcmp(bytes + i, version, length) != 0) continue;
    bytes[i + length - 2] ^= 1;
    ++found;
  }
  expect(found > 0, "the version is a text in the library");
  file = fopen(to, "wb");
  if (file == NULL || fwrite(bytes, 1, size, file) != size || fclose(file) != 0) exit(2);
  free(bytes);
}

typedef struct {
  void* library;
  const char* (*version)(void);
  duomo_status (*open)(duomo_model**, const char*, const duomo_open_options*, duomo_error*);
  duomo_status (*context)(duomo_context**, duomo_model*, const duomo_context_options*,
                          duomo_error*);
  duomo_status (*user)(int64_t*, const duomo_model*, uint64_t, duomo_error*);
  duomo_status (*item)(int64_t*, const duomo_model*, uint64_t, duomo_error*);
  duomo_status (*predict)(float*, duomo_context*, const int64_t*, const int64_t*, size_t,
                          duomo_error*);
  void (*release_context)(duomo_context*);
  void (*release_model)(duomo_model*);
  duomo_model* m;
  duomo_context* c;
} Copy;

static void find(Copy* copy, void* out, size_t size, const char* name) {
  void* found = dlsym(copy->library, name);
  if (found == NULL || size != sizeof(found)) {
    printf("%s\n", dlerror());
    exit(2);
  }
  memcpy(out, &found, size);
}
#define FIND(copy, member, name) find(copy, &(copy)->member, sizeof((copy)->member), name)

static void load(Copy* copy, const char* path, int visible, const char* model) {
  duomo_error error = DUOMO_ERROR_INIT;
  copy->library = dlopen(path, RTLD_NOW | visible);
  if (copy->library == NULL) {
    printf("%s\n", dlerror());
    exit(2);
  }
  FIND(copy, version, "duomo_version");
  FIND(copy, open, "duomo_model_open");
  FIND(copy, context, "duomo_context_create");
  FIND(copy, user, "duomo_user_id_at");
  FIND(copy, item, "duomo_item_id_at");
  FIND(copy, predict, "duomo_predict");
  FIND(copy, release_context, "duomo_context_release");
  FIND(copy, release_model, "duomo_model_release");
  expect(copy->open(&copy->m, model, NULL, &error) == DUOMO_OK, error.message);
  expect(copy->context(&copy->c, copy->m, NULL, &error) == DUOMO_OK, error.message);
}

static float first_score(Copy* copy) {
  duomo_error error = DUOMO_ERROR_INIT;
  int64_t user = 0, item = 0;
  float score = 0;
  expect(copy->user(&user, copy->m, 0, &error) == DUOMO_OK &&
             copy->item(&item, copy->m, 0, &error) == DUOMO_OK &&
             copy->predict(&score, copy->c, &user, &item, 1, &error) == DUOMO_OK,
         error.message);
  expect(copy->predict(&score, copy->c, &user, &user, 1, NULL) == DUOMO_NOT_FOUND,
         "it throws inside");
  return score;
}

static void unload(Copy* copy) {
  copy->release_context(copy->c);
  copy->release_model(copy->m);
  expect(dlclose(copy->library) == 0, "dlclose");
}

int main(int argc, char** argv) {
  Copy one = {0}, two = {0};
  char path[4096];
  float a, b;
  if (argc != 4) return 2;
  load(&one, argv[1], RTLD_GLOBAL, argv[3]);
  snprintf(path, sizeof(path), "%s/libduomo_other.so", argv[2]);
  copy(argv[1], path, one.version());
  load(&two, path, RTLD_LOCAL, argv[3]);
  expect(strcmp(one.version(), two.version()) != 0, "each says its own version");
  a = first_score(&one);
  b = first_score(&two);
  expect(memcmp(&a, &b, sizeof(a)) == 0, "both say the same");
  unload(&one);
  expect(dlopen(argv[1], RTLD_NOW | RTLD_NOLOAD) == NULL, "the second calls nothing of the first");
  b = first_score(&two);
  expect(memcmp(&a, &b, sizeof(a)) == 0, "the second goes on");
  unload(&two);
  printf("two copies: %d failures\n", failures);
  return failures == 0 ? 0 : 1;
}
