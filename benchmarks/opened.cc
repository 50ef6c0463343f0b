#include "opened.h"

#include <errno.h>

#include <cstdio>
#include <cstdlib>

namespace duomo::bench {

void Die(const std::string& message) {
  std::fprintf(stderr, "%s: %s\n", program_invocation_short_name, message.c_str());
  std::exit(1);
}

void Opened::Open() {
  duomo_error error = DUOMO_ERROR_INIT;
  if (duomo_model_open(&model, path.c_str(), nullptr, &error) != DUOMO_OK ||
      duomo_context_create(&context, model, nullptr, &error) != DUOMO_OK) {
    Die(path + ": " + error.message);
  }
  Must(duomo_model_get_info(&info, model, &error), error);
  width = info.vector_width;
  users = info.user_count;
  items = info.item_count;
}

Opened::~Opened() {
  duomo_context_release(context);
  duomo_model_release(model);
}

}  // namespace duomo::bench
