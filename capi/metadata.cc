// What the host has written into the file: pairs of text.
#include "model/metadata.h"

#include "capi/arguments.h"
#include "capi/guard.h"
#include "capi/handles.h"
#include "capi/ids.h"
#include "core/narrow.h"

using namespace duomo;
using namespace duomo::capi;

duomo_status duomo_model_metadata(duomo_text* value, const duomo_model* model, const char* key,
                                  duomo_error* error) {
  return Guard(error, [&] {
    Need(value, "value");
    const model::Model& m = Need(model, "model").model();
    const std::string_view name = &Need(key, "key");
    const auto found = m.metadata().Find(name);
    if (!found) {
      FailArgument(Status::kNotFound, Kind::kUnknownName, "key", ": the file has no metadata \"",
                   name, '"');
    }
    *value = TextOf(*found);
  });
}

duomo_status duomo_model_metadata_at(duomo_text* key, duomo_text* value, const duomo_model* model,
                                     uint64_t index, duomo_error* error) {
  return Guard(error, [&] {
    Need(key, "key");
    Need(value, "value");
    const model::Metadata metadata = Need(model, "model").model().metadata();
    const model::Metadata::Entry entry =
        metadata[NeedIndex("index", index, metadata.size(), "entries of metadata", "the file")];
    *key = TextOf(entry.key);
    *value = TextOf(entry.value);
  });
}
