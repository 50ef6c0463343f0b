// Ids, string keys and titles.
#include "capi/arguments.h"
#include "capi/guard.h"
#include "capi/handles.h"
#include "capi/ids.h"
#include "core/text.h"

namespace duomo::capi {
namespace {

using model::Entities;
using model::Side;

void IdAt(int64_t* id, const duomo_model* model, Side side, uint64_t row) {
  Need(id, "id");
  const Entities& entities = Need(model, "model").model().side(side);
  if (row >= entities.count) {
    Fail(Status::kNotFound, "row ", row, ": the model has ", entities.count, ' ', NameOf(side),
         "s");
  }
  *id = IdOfRow(entities, row);
}

void RequireStringKeys(const Entities& entities, Side side) {
  if (entities.count > 0 && entities.keys.kind() != model::KeyKind::kString) {
    FailLacking("the keys of this model's ", NameOf(side),
                "s are integers and are themselves the ids");
  }
}

void IdOfKey(int64_t* id, const duomo_model* model, Side side, const char* key) {
  Need(id, "id");
  const Entities& entities = Need(model, "model").model().side(side);
  std::string_view text = &Need(key, "key");
  if (!IsUtf8(text)) FailArgument(Status::kInvalidArgument, Kind::kNotUtf8, "key", " is not UTF-8");
  RequireStringKeys(entities, side);
  std::optional<uint64_t> row = entities.keys.Find(text);
  if (!row) Fail(Status::kNotFound, "the model has no ", NameOf(side), " \"", text, '"');
  *id = IdOfRow(entities, *row);
}

uint64_t RowOrFail(const Entities& entities, Side side, int64_t id) {
  std::optional<uint64_t> row = RowOfId(entities, id);
  if (!row) Fail(Status::kNotFound, "the model has no ", NameOf(side), ' ', id);
  return *row;
}

// Opening a file does not read its texts; the promise that they are UTF-8 is kept here.
duomo_text Checked(std::string_view text, const char* what) {
  if (!IsUtf8(text)) Fail(Status::kCorrupt, "the file holds ", what, " that is not UTF-8");
  return {text.data(), text.size()};
}

void KeyOf(duomo_text* key, const duomo_model* model, Side side, int64_t id) {
  Need(key, "key");
  const Entities& entities = Need(model, "model").model().side(side);
  RequireStringKeys(entities, side);
  *key = Checked(entities.keys.StringAt(RowOrFail(entities, side, id)), "a key");
}

}  // namespace
}  // namespace duomo::capi

using namespace duomo;
using namespace duomo::capi;

duomo_status duomo_item_id_at(int64_t* id, const duomo_model* model, uint64_t row,
                              duomo_error* error) {
  return Guard(error, [&] { IdAt(id, model, model::Side::kItem, row); });
}

duomo_status duomo_user_id_at(int64_t* id, const duomo_model* model, uint64_t row,
                              duomo_error* error) {
  return Guard(error, [&] { IdAt(id, model, model::Side::kUser, row); });
}

duomo_status duomo_item_id_of_key(int64_t* id, const duomo_model* model, const char* key,
                                  duomo_error* error) {
  return Guard(error, [&] { IdOfKey(id, model, model::Side::kItem, key); });
}

duomo_status duomo_user_id_of_key(int64_t* id, const duomo_model* model, const char* key,
                                  duomo_error* error) {
  return Guard(error, [&] { IdOfKey(id, model, model::Side::kUser, key); });
}

duomo_status duomo_item_key(duomo_text* key, const duomo_model* model, int64_t id,
                            duomo_error* error) {
  return Guard(error, [&] { KeyOf(key, model, model::Side::kItem, id); });
}

duomo_status duomo_user_key(duomo_text* key, const duomo_model* model, int64_t id,
                            duomo_error* error) {
  return Guard(error, [&] { KeyOf(key, model, model::Side::kUser, id); });
}

duomo_status duomo_item_title(duomo_text* title, const duomo_model* model, int64_t id,
                              duomo_error* error) {
  return Guard(error, [&] {
    Need(title, "title");
    const model::Entities& items = Need(model, "model").model().items();
    if (items.title_offsets.empty()) FailLacking("the file holds no titles");
    *title = Checked(items.Title(RowOrFail(items, model::Side::kItem, id)), "a title");
  });
}
