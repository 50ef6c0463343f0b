// Contexts: made, released.
#include "capi/arguments.h"
#include "capi/guard.h"
#include "capi/handles.h"

using namespace duomo;
using namespace duomo::capi;

duomo_status duomo_context_create(duomo_context** out, duomo_model* model,
                                  const duomo_context_options* options, duomo_error* error) {
  return Guard(error, [&] {
    Need(out, "out");
    Need(model, "model");
    bool marked = false;
    if (options != nullptr) {
      duomo_context_options known = ReadStruct(options, "duomo_context_options");
      CheckEnum(known.unknown_ids, DUOMO_UNKNOWN_IS_MARKED, "options.unknown_ids");
      marked = known.unknown_ids == DUOMO_UNKNOWN_IS_MARKED;
    }
    *out = new duomo_context(model, marked);
  });
}

void duomo_context_release(duomo_context* context) { delete context; }
