#include "abi/exercise.h"

#include <algorithm>
#include <cmath>

#include "abi/exercise_parts.h"
#include "core/text.h"

namespace duomo::testing {
namespace {

constexpr uint64_t kWidest = 1 << 16;  // of vectors; wider ones are left alone

}  // namespace

void Exercise::Run() {
  Describe();
  Metadata();
  Slot();
  if (info_.vector_width > kWidest) return;
  Keys();
  Attributes();
  for (int32_t scope : {DUOMO_USER, DUOMO_ITEM, DUOMO_PAIR}) SetFeatures(scope);
  Encode();
  Predict();
  Search();
  Sets();
  Rank();
}

void Exercise::Describe() {
  Make("duomo_model_get_info", Bytes(info_),
       [&](duomo_context*, duomo_error* e) { return duomo_model_get_info(&info_, model_, e); });
  CheckText("the model's name", info_.name);
  CheckText("the model's unit", info_.unit);
  if (!(info_.minimum_output <= info_.maximum_output)) Complain("the range of outputs is empty");
  inputs_.resize(std::min(info_.input_count, kInputs), DUOMO_INPUT_INFO_INIT);
  for (uint64_t i = 0; i < inputs_.size(); ++i) {
    Make("duomo_model_get_input", Bytes(inputs_[i]), [&](duomo_context*, duomo_error* e) {
      return duomo_model_get_input(&inputs_[i], model_, i, e);
    });
    names_.emplace_back(inputs_[i].name.data, inputs_[i].name.size);
  }
}

// What people wrote into the file, by number and by key.
void Exercise::Metadata() {
  for (uint64_t i = 0; i <= std::min(info_.metadata_count, kInputs); ++i) {
    std::vector<duomo_text> pair(2), value(1);
    const duomo_status status =
        Make("duomo_model_metadata_at", Bytes(pair), [&](duomo_context*, duomo_error* e) {
          return duomo_model_metadata_at(&pair[0], &pair[1], model_, i, e);
        });
    if ((status == DUOMO_OK) != (i < info_.metadata_count)) Complain("metadata and count disagree");
    if (status != DUOMO_OK) continue;
    CheckText("a key of metadata", pair[0]);
    CheckText("a value of metadata", pair[1]);
    const std::string key(pair[0].data, pair[0].size);
    Make("duomo_model_metadata", Bytes(value), [&](duomo_context*, duomo_error* e) {
      return duomo_model_metadata(&value[0], model_, key.c_str(), e);
    });
  }
}

// A slot that has the model, has nothing, and has it again.
void Exercise::Slot() {
  duomo_model_slot* slot = nullptr;
  const duomo_status status = Make(
      "duomo_model_slot_create", Bytes(slot),
      [&](duomo_context*, duomo_error* e) { return duomo_model_slot_create(&slot, model_, e); });
  if (status != DUOMO_OK) return;
  for (duomo_model* model : {model_, static_cast<duomo_model*>(nullptr), model_}) {
    Make("duomo_model_slot_set", {},
         [&](duomo_context*, duomo_error* e) { return duomo_model_slot_set(slot, model, e); });
    duomo_model* got = duomo_model_slot_get(slot);
    if (got != model) Complain("a slot has another model than was put in");
    duomo_model_release(got);
  }
  duomo_model_slot_release(slot);
}

// Some rows of one side: their ids, and their keys and titles there and back.
std::vector<int64_t> Exercise::Side(bool item, uint64_t count) {
  std::vector<int64_t> ids;
  for (uint64_t row : {uint64_t{0}, count / 2, count - 1, count}) {
    int64_t id = 0;
    duomo_status status = Make("duomo_…_id_at", Bytes(id), [&](duomo_context*, duomo_error* e) {
      return item ? duomo_item_id_at(&id, model_, row, e) : duomo_user_id_at(&id, model_, row, e);
    });
    if ((status == DUOMO_OK) != (row < count)) Complain("rows and counts disagree");
    if (status != DUOMO_OK) continue;
    if (ids.size() < kRows) ids.push_back(id);
    duomo_text key = {nullptr, 0}, title = {nullptr, 0};
    status = Make("duomo_…_key", Bytes(key), [&](duomo_context*, duomo_error* e) {
      return item ? duomo_item_key(&key, model_, id, e) : duomo_user_key(&key, model_, id, e);
    });
    if (status == DUOMO_OK) {
      CheckText("a key", key);
      std::string text(key.data, key.size);
      Make("duomo_…_id_of_key", Bytes(id), [&](duomo_context*, duomo_error* e) {
        return item ? duomo_item_id_of_key(&id, model_, text.c_str(), e)
                    : duomo_user_id_of_key(&id, model_, text.c_str(), e);
      });
    }
    if (!item) continue;
    status = Make("duomo_item_title", Bytes(title), [&](duomo_context*, duomo_error* e) {
      return duomo_item_title(&title, model_, id, e);
    });
    if (status == DUOMO_OK) CheckText("a title", title);
  }
  return ids;
}

void Exercise::Keys() {
  users_ = Side(false, info_.user_count);
  items_ = Side(true, info_.item_count);
  for (int32_t scope : {DUOMO_USER, DUOMO_ITEM}) {
    std::vector<int64_t> ids = scope == DUOMO_USER ? users_ : items_, found(kRows);
    ids.insert(ids.end(), {-1, 0, duomo_id_of_string("t0")});
    std::vector<duomo_text> keys(ids.size()), titles(ids.size());
    Make("duomo_ids_of_keys", Bytes(found), [&](duomo_context*, duomo_error* e) {
      return duomo_ids_of_keys(found.data(), model_, scope, kStrings, kRows, e);
    });
    duomo_status status =
        Make("duomo_keys_of_ids", Bytes(keys), [&](duomo_context*, duomo_error* e) {
          return duomo_keys_of_ids(keys.data(), model_, scope, ids.data(), ids.size(), e);
        });
    for (const duomo_text& key : keys) {
      if (status == DUOMO_OK) CheckText("a key", key);
    }
    status = Make("duomo_item_titles", Bytes(titles), [&](duomo_context*, duomo_error* e) {
      return duomo_item_titles(titles.data(), model_, ids.data(), ids.size(), e);
    });
    for (const duomo_text& title : titles) {
      if (status == DUOMO_OK) CheckText("a title", title);
    }
  }
}

// What every attribute says of some items, and of one that there is not.
void Exercise::Attributes() {
  std::vector<int64_t> ids = items_;
  ids.push_back(INT64_MIN);
  for (uint64_t i = 0; i < std::min(info_.attribute_count, kInputs); ++i) {
    duomo_attribute_info& a = attributes_.emplace_back();
    a = DUOMO_ATTRIBUTE_INFO_INIT;
    Make("duomo_model_get_attribute", Bytes(a), [&](duomo_context*, duomo_error* e) {
      return duomo_model_get_attribute(&a, model_, i, e);
    });
    CheckText("an attribute's name", a.name);
    const std::string name(a.name.data, a.name.size);
    std::vector<double> numbers(ids.size());
    Make("duomo_attribute_numbers", Bytes(numbers), [&](duomo_context*, duomo_error* e) {
      return duomo_attribute_numbers(numbers.data(), model_, name.c_str(), ids.data(), ids.size(),
                                     e);
    });
    std::vector<int64_t> integers(ids.size());
    Make("duomo_attribute_integers", Bytes(integers), [&](duomo_context*, duomo_error* e) {
      return duomo_attribute_integers(integers.data(), model_, name.c_str(), ids.data(), ids.size(),
                                      e);
    });
    std::vector<duomo_text> texts(ids.size());
    duomo_status status =
        Make("duomo_attribute_texts", Bytes(texts), [&](duomo_context*, duomo_error* e) {
          return duomo_attribute_texts(texts.data(), model_, name.c_str(), ids.data(), ids.size(),
                                       e);
        });
    if (status == DUOMO_OK) {
      for (const duomo_text& text : texts) CheckText("an attribute's value", text);
    }
    for (int64_t id : ids) {
      size_t count = 0;
      status = Make("duomo_attribute_set", Bytes(count), [&](duomo_context*, duomo_error* e) {
        return duomo_attribute_set(&count, texts.data(), texts.size(), model_, name.c_str(), id, e);
      });
      if (status != DUOMO_OK) continue;
      for (size_t t = 0; t < std::min(count, texts.size()); ++t) {
        CheckText("a value of a set", texts[t]);
      }
    }
  }
}

void Exercise::SetFeatures(int32_t scope) {
  duomo_features*& features = features_[scope];
  duomo_status status =
      Make("duomo_features_create", Bytes(features), [&](duomo_context*, duomo_error* e) {
        return duomo_features_create(&features, model_, scope, kRows, e);
      });
  if (status != DUOMO_OK) return;
  const float numbers[kRows] = {0.5f, NAN, -3e38f};
  const size_t offsets[kRows + 1] = {0, 2, 2, std::size(kIntegers)};
  for (size_t i = 0; i < inputs_.size(); ++i) {
    if (inputs_[i].scope != scope) continue;
    const char* name = names_[i].c_str();
    // All five: those that do not fit the input say so.
    auto set = [&](const char* function, const Caller::Call& call) { Make(function, {}, call); };
    set("duomo_features_set_integers", [&](duomo_context*, duomo_error* e) {
      return duomo_features_set_integers(features, name, kIntegers, e);
    });
    set("duomo_features_set_strings", [&](duomo_context*, duomo_error* e) {
      return duomo_features_set_strings(features, name, kStrings, e);
    });
    set("duomo_features_set_numbers", [&](duomo_context*, duomo_error* e) {
      return duomo_features_set_numbers(features, name, numbers, e);
    });
    bool history = inputs_[i].kind == DUOMO_INPUT_HISTORY && items_.size() == kRows;
    const size_t seen[kRows + 1] = {0, 1, 3, 3};
    set("duomo_features_set_integer_lists", [&](duomo_context*, duomo_error* e) {
      return duomo_features_set_integer_lists(features, name, history ? seen : offsets,
                                              history ? items_.data() : kIntegers, e);
    });
    set("duomo_features_set_string_lists", [&](duomo_context*, duomo_error* e) {
      return duomo_features_set_string_lists(features, name, offsets, kStrings, e);
    });
  }
}

void Exercise::Encode() {
  auto encode = [&](const char* name, std::vector<float>& out, const auto& call) {
    out.assign(kRows * info_.vector_width, 0);
    duomo_status status = Make(
        name, Bytes(out), [&](duomo_context* c, duomo_error* e) { return call(out.data(), c, e); });
    if (status != DUOMO_OK) out.assign(out.size(), 0.25f);
  };
  encode("duomo_encode_users", user_vectors_, [&](float* out, duomo_context* c, duomo_error* e) {
    return duomo_encode_users(out, c, users_.data(), users_.size(), e);
  });
  encode("duomo_encode_items", item_vectors_, [&](float* out, duomo_context* c, duomo_error* e) {
    return duomo_encode_items(out, c, items_.data(), items_.size(), e);
  });
  for (int32_t scope : {DUOMO_USER, DUOMO_ITEM}) {
    if (features_[scope] == nullptr) continue;
    std::vector<float> vectors;
    encode("duomo_encode_features", vectors, [&](float* out, duomo_context* c, duomo_error* e) {
      return duomo_encode_features(out, c, features_[scope], e);
    });
    for (float v : vectors) {
      if (!std::isfinite(v)) Complain("duomo_encode_features: a vector is not finite");
    }
  }
}

void Exercise::Predict() {
  size_t n = std::min(users_.size(), items_.size());
  for (size_t pairs : {size_t{1}, n}) {
    if (pairs > n) continue;
    std::vector<float> out(pairs);
    duomo_status status = Make("duomo_predict", Bytes(out), [&](duomo_context* c, duomo_error* e) {
      return duomo_predict(out.data(), c, users_.data(), items_.data(), pairs, e);
    });
    if (status == DUOMO_OK) CheckPredictions("duomo_predict", out);
  }
  std::vector<float> out(kRows);
  duomo_status status =
      Make("duomo_predict_vectors", Bytes(out), [&](duomo_context* c, duomo_error* e) {
        return duomo_predict_vectors(out.data(), c, user_vectors_.data(), item_vectors_.data(),
                                     kRows, e);
      });
  if (status == DUOMO_OK) CheckPredictions("duomo_predict_vectors", out);
}

void Exercise::Rank() {
  duomo_rank_request r = DUOMO_RANK_REQUEST_INIT;
  r.flags = DUOMO_RANK_USER_ID;
  r.user_id = users_.empty() ? 0 : users_[0];
  r.item_ids = items_.data();
  r.n = items_.size();
  Rank(r);
  r.history_ids = items_.data();
  r.history_count = items_.size();
  Rank(r);
  r.pair_features = features_[DUOMO_PAIR];
  if (r.n == kRows) Rank(r);
  if (features_[DUOMO_ITEM] == nullptr) return;
  r.item_ids = nullptr;
  r.item_features = features_[DUOMO_ITEM];
  r.n = kRows;
  Rank(r);
  // Of one row, unlike those above; nothing is set.
  duomo_features* user = nullptr;
  if (duomo_features_create(&user, model_, DUOMO_USER, 1, nullptr) != DUOMO_OK) return;
  r.flags = 0;
  r.user_id = 0;
  r.user_features = user;
  Rank(r);
  duomo_features_release(user);
}

void Exercise::Rank(const duomo_rank_request& request) {
  std::vector<float> out(request.n);
  duomo_status status = Make("duomo_rank", Bytes(out), [&](duomo_context* c, duomo_error* e) {
    return duomo_rank(out.data(), c, &request, e);
  });
  if (status == DUOMO_OK) CheckPredictions("duomo_rank", out);
}

void Exercise::CheckPredictions(const char* name, std::span<const float> values) const {
  for (float v : values) {
    if (!std::isfinite(v)) Complain(name, ": a prediction is not finite");
    if (v < info_.minimum_output || v > info_.maximum_output) {
      Complain(name, ": ", std::to_string(v), " is outside of the stated range");
    }
  }
}

void Exercise::CheckText(const char* what, const duomo_text& text) {
  if (!IsUtf8({text.data, text.size})) Complain(what, " is not UTF-8");
}

Caller::Caller(duomo_model* model) : model_(model) {}
Caller::~Caller() { duomo_context_release(context_); }

duomo_status Caller::Once(const char* name, std::span<std::byte> outputs, duomo_context* context,
                          const Call& call) {
  std::vector<std::byte> before(outputs.begin(), outputs.end());
  duomo_error error = DUOMO_ERROR_INIT;
  duomo_status status = call(context, &error);
  if (status == DUOMO_OK) {
    if (error.status != DUOMO_OK) Complain(name, ": succeeds with an error");
    return status;
  }
  if (error.status != status || error.message[0] == '\0')
    Complain(name, ": fails without an error");
  if (!std::equal(before.begin(), before.end(), outputs.begin())) {
    Complain(name, ": has failed and written: ", error.message);
  }
  if (status == DUOMO_INTERNAL || duomo_status_name(status) == std::string("unknown status")) {
    Complain(name, ": ", error.message);
  }
  return status;
}

duomo_status Caller::Make(const char* name, std::span<std::byte> outputs, const Call& call) {
  if (context_ == nullptr) (void)duomo_context_create(&context_, model_, nullptr, nullptr);
  duomo_status status = Once(name, outputs, context_, call);
  // Small calls on a small file: memory cannot be short.
  if (status == DUOMO_OUT_OF_MEMORY) Complain(name, ": out of memory");
  return status;
}

void ExerciseModel(Caller& caller) { Exercise(caller).Run(); }

}  // namespace duomo::testing
