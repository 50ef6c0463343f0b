/* refused MODEL: on a machine with the other order of bytes a file is refused, in words that say so. */
#include <duomo/duomo.h>
#include <stdio.h>
#include <string.h>

int main(int argc, char** argv) {
  duomo_model* model = NULL;
  duomo_error error = DUOMO_ERROR_INIT;
  if (argc != 2) return 2;
  duomo_status status = duomo_model_open(&model, argv[1], NULL, &error);
  printf("%s: %s\n", duomo_status_name(status), error.message);
  return status == DUOMO_UNSUPPORTED && model == NULL &&
                 strstr(error.message, "this host is big-endian") != NULL
             ? 0
             : 1;
}
