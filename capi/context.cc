// Contexts: made, released.
#include "capi/arguments.h"
#include "capi/guard.h"
#include "capi/handles.h"
#include "capi/memory.h"

using namespace duomo;
using namespace duomo::capi;

duomo_status duomo_context_create(duomo_context** out, duomo_model* model,
                                  const duomo_context_options* options, duomo_error* error) {
  return Guard(error, [&] {
    Need(out, "out");
    Need(model, "model");
    duomo_context_options known = DUOMO_CONTEXT_OPTIONS_INIT;
    if (options != nullptr) known = ReadStruct(options, "duomo_context_options");
    CheckEnum(known.unknown_ids, DUOMO_UNKNOWN_IS_MARKED, "options.unknown_ids");
    std::unique_ptr<const Memory> memory = MemoryOf(known.allocator);
    const MemoryScope scope(memory.get());
    *out = new duomo_context(std::move(memory), model, known.unknown_ids == DUOMO_UNKNOWN_IS_MARKED,
                             MakeThreads(known), Stop(known.cancelled));
  });
}

void duomo_context_release(duomo_context* context) { delete context; }

void duomo_context_trim(duomo_context* context) {
  if (context != nullptr) context->Trim();
}
