// Ids, string keys and titles.
#include "capi/arguments.h"
#include "capi/guard.h"
#include "capi/handles.h"
#include "capi/ids.h"
#include "core/key_hash.h"
#include "core/text.h"

namespace duomo::capi {
namespace {

using model::Entities;
using model::Side;

// What ArgumentOf() knows ids and keys of this side by.
std::string_view ArgumentName(Side side) { return side == Side::kItem ? "item_" : "user_"; }

void IdAt(int64_t* id, const duomo_model* model, Side side, uint64_t row) {
  Need(id, "id");
  const Entities& entities = Need(model, "model").model().side(side);
  if (row >= entities.count) {
    FailAbout(Status::kNotFound, Kind::kValue, {}, "row ", row, ": the model has ", entities.count,
              ' ', NameOf(side), "s");
  }
  *id = IdOfRow(entities, row);
}

void IdOfKey(int64_t* id, const duomo_model* model, Side side, const char* key) {
  Need(id, "id");
  const Entities& entities = Need(model, "model").model().side(side);
  std::string_view text = &Need(key, "key");
  if (!IsUtf8(text)) {
    FailAbout(Status::kInvalidArgument, Kind::kNotUtf8, ArgumentName(side), "key is not UTF-8");
  }
  RequireStringKeys(entities, side);
  std::optional<uint64_t> row = entities.ids.FindKey(text);
  if (!row) {
    FailAbout(Status::kNotFound, Kind::kUnknownId, ArgumentName(side), "the model has no ",
              NameOf(side), " \"", text, '"');
  }
  *id = IdOfRow(entities, *row);
}

uint64_t RowOrFail(const Entities& entities, Side side, int64_t id) {
  std::optional<uint64_t> row = RowOfId(entities, id);
  if (!row) {
    FailAbout(Status::kNotFound, Kind::kUnknownId, ArgumentName(side), "the model has no ",
              NameOf(side), ' ', id);
  }
  return *row;
}

void KeyOf(duomo_text* key, const duomo_model* model, Side side, int64_t id) {
  Need(key, "key");
  const Entities& entities = Need(model, "model").model().side(side);
  RequireStringKeys(entities, side);
  *key = CheckedText(entities.keys.StringAt(RowOrFail(entities, side, id)), "a key");
}

Side SideOf(int32_t scope) {
  CheckEnum(scope, DUOMO_ITEM, "scope");
  return scope == DUOMO_ITEM ? Side::kItem : Side::kUser;
}

// The text that text_of(row) gives for each id; {NULL, 0} where the id is unknown. Written when all
// are found sound.
template <typename TextOf>
void TextsOfIds(duomo_text* out, const Entities& entities, const int64_t* ids, size_t n,
                const char* what, const TextOf& text_of) {
  AlignedVector<uint32_t> rows(n);
  RowsOfIds(entities, {ids, n}, rows.data());
  for (uint32_t row : rows) {
    if (row != kNoRow) (void)CheckedText(text_of(row), what);
  }
  for (size_t i = 0; i < n; ++i) {
    std::string_view text = rows[i] == kNoRow ? std::string_view() : text_of(rows[i]);
    out[i] = {text.data(), text.size()};
  }
}

}  // namespace
}  // namespace duomo::capi

using namespace duomo;
using namespace duomo::capi;

int64_t duomo_id_of_string(const char* key) { return key == nullptr ? 0 : IdOfString(key); }

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
    *title = CheckedText(items.Title(RowOrFail(items, model::Side::kItem, id)), "a title");
  });
}

duomo_status duomo_ids_of_keys(int64_t* ids, const duomo_model* model, int32_t scope,
                               const char* const* keys, size_t n, duomo_error* error) {
  return Guard(error, [&] {
    const Entities& entities = Need(model, "model").model().side(SideOf(scope));
    auto out = NeedArray(ids, n, "ids");
    const MemoryScope memory(model->memory.get());
    AlignedVector<uint32_t> rows(n);
    RowsOfKeys(entities, NeedArray(keys, n, "keys"), "keys", rows.data());
    for (size_t i = 0; i < n; ++i) out[i] = rows[i] == kNoRow ? -1 : IdOfRow(entities, rows[i]);
  });
}

duomo_status duomo_keys_of_ids(duomo_text* keys, const duomo_model* model, int32_t scope,
                               const int64_t* ids, size_t n, duomo_error* error) {
  return Guard(error, [&] {
    const Side side = SideOf(scope);
    const Entities& entities = Need(model, "model").model().side(side);
    NeedArray(keys, n, "keys");
    NeedArray(ids, n, "ids");
    RequireStringKeys(entities, side);
    const MemoryScope memory(model->memory.get());
    TextsOfIds(keys, entities, ids, n, "a key",
               [&](uint32_t row) { return entities.keys.StringAt(row); });
  });
}

duomo_status duomo_item_titles(duomo_text* titles, const duomo_model* model, const int64_t* ids,
                               size_t n, duomo_error* error) {
  return Guard(error, [&] {
    const Entities& items = Need(model, "model").model().items();
    NeedArray(titles, n, "titles");
    NeedArray(ids, n, "ids");
    if (items.title_offsets.empty()) FailLacking("the file holds no titles");
    const MemoryScope memory(model->memory.get());
    TextsOfIds(titles, items, ids, n, "a title", [&](uint32_t row) { return items.Title(row); });
  });
}
