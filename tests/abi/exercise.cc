#include "abi/exercise.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <string>
#include <vector>

#include "core/text.h"

namespace duomo::testing {
namespace {

constexpr size_t kRows = 3;  // users, items, pairs in one call
constexpr size_t kBest = 5;
constexpr uint64_t kInputs = 24;
constexpr uint64_t kWidest = 1 << 16;  // of vectors; wider ones are left alone

template <typename... Parts>
[[noreturn]] void Complain(const Parts&... parts) {
  std::string text;
  ((text += parts), ...);
  throw Misbehaviour(text);
}

template <typename T>
std::span<std::byte> Bytes(T& value) {
  return std::as_writable_bytes(std::span(&value, 1));
}

template <typename T>
std::span<std::byte> Bytes(std::vector<T>& values) {
  return std::as_writable_bytes(std::span(values));
}

struct Best {
  int64_t ids[kRows * kBest] = {};
  float scores[kRows * kBest] = {};
  size_t counts[kRows] = {};
  duomo_text keys[kRows * kBest] = {}, titles[kRows * kBest] = {};
};

// Values that small models of this project's tests have, and some that none has.
constexpr int64_t kIntegers[] = {0, 7, 20, 1000, -5, INT64_MAX};
constexpr const char* kStrings[] = {"free", "red", "Words of a title", "", "t0", "\xC3\x9F"};

// One of the four searches.
struct Kind {
  const char* name;
  decltype(&duomo_topk) call;
  bool of_users, finds_users, cosine;
};
constexpr Kind kKinds[] = {{"duomo_topk", duomo_topk, true, false, false},
                           {"duomo_similar", duomo_similar, false, false, true},
                           {"duomo_users_for", duomo_users_for, false, true, false},
                           {"duomo_similar_users", duomo_similar_users, true, true, true}};

class Exercise {
 public:
  explicit Exercise(Caller& caller) : caller_(caller), model_(caller.model()) {}
  Exercise(const Exercise&) = delete;
  ~Exercise() {
    for (duomo_features* f : features_) duomo_features_release(f);
  }

  void Run() {
    Describe();
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

 private:
  duomo_status Make(const char* name, std::span<std::byte> outputs, const Caller::Call& call) {
    return caller_.Make(name, outputs, call);
  }

  void Describe() {
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

  // Some rows of one side: their ids, and their keys and titles there and back.
  std::vector<int64_t> Side(bool item, uint64_t count) {
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

  void Keys() {
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
  void Attributes() {
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
        return duomo_attribute_integers(integers.data(), model_, name.c_str(), ids.data(),
                                        ids.size(), e);
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
          return duomo_attribute_set(&count, texts.data(), texts.size(), model_, name.c_str(), id,
                                     e);
        });
        if (status != DUOMO_OK) continue;
        for (size_t t = 0; t < std::min(count, texts.size()); ++t) {
          CheckText("a value of a set", texts[t]);
        }
      }
    }
  }

  // Sets of each way to make one, and searches that they restrict, by themselves and with others.
  void Sets() {
    std::vector<const duomo_item_set*> sets;
    auto make = [&](const char* name, const auto& call) {
      duomo_item_set* set = nullptr;
      duomo_status status =
          Make(name, Bytes(set), [&](duomo_context*, duomo_error* e) { return call(&set, e); });
      if (status != DUOMO_OK) return;
      if (duomo_item_set_count(set) > info_.item_count)
        Complain(name, ": more items than there are");
      for (int64_t id : items_) duomo_item_set_contains(set, id);
      sets.push_back(set);
    };
    make("duomo_item_set_from_ids", [&](duomo_item_set** out, duomo_error* e) {
      return duomo_item_set_from_ids(out, model_, items_.data(), nullptr, items_.size(), e);
    });
    make("duomo_item_set_from_ids", [&](duomo_item_set** out, duomo_error* e) {
      return duomo_item_set_from_ids(out, model_, nullptr, kStrings, std::size(kStrings), e);
    });
    for (const duomo_attribute_info& a : attributes_) {
      const std::string name(a.name.data, a.name.size);
      duomo_filter filter = DUOMO_FILTER_INIT;
      filter.input = name.c_str();
      filter.mode = DUOMO_RANGE;
      filter.minimum = 1990;
      filter.maximum = INFINITY;
      filter.flags = DUOMO_ABOVE_MINIMUM;
      if (a.kind <= DUOMO_ATTRIBUTE_SET) {
        filter = DUOMO_FILTER_INIT;
        filter.input = name.c_str();
        filter.mode = a.kind == DUOMO_ATTRIBUTE_SET ? DUOMO_NONE : DUOMO_ANY;
        filter.strings = kStrings;
        filter.value_count = std::size(kStrings);
      }
      make("duomo_item_set_from_filters", [&](duomo_item_set** out, duomo_error* e) {
        return duomo_item_set_from_filters(out, model_, &filter, 1, e);
      });
    }
    for (int32_t mode : {DUOMO_ANY, DUOMO_ALL, DUOMO_NONE}) {
      if (sets.empty()) break;
      const auto parts = sets;
      make("duomo_item_set_combine", [&](duomo_item_set** out, duomo_error* e) {
        return duomo_item_set_combine(out, mode, parts.data(), parts.size(), e);
      });
    }
    duomo_topk_request r = DUOMO_TOPK_REQUEST_INIT;
    r.k = kBest;
    r.count = users_.size();
    r.ids = users_.data();
    for (const duomo_item_set* set : sets) {
      r.allow_set = set;
      Search(kKinds[0], r);
    }
    if (!sets.empty()) {
      const std::vector<const duomo_item_set*> each(r.count, sets.back());
      const std::vector<size_t> ks(r.count, 2);
      r.allow_set = sets.front();
      r.allow_sets = each.data();
      r.k_each = ks.data();
      r.shared_exclude_ids = items_.data();
      r.shared_exclude_count = items_.empty() ? 0 : 1;
      r.flags = DUOMO_APPROXIMATE;
      Search(kKinds[0], r);
    }
    for (const duomo_item_set* set : sets) {
      duomo_item_set_release(const_cast<duomo_item_set*>(set));
    }
  }

  void SetFeatures(int32_t scope) {
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

  void Encode() {
    auto encode = [&](const char* name, std::vector<float>& out, const auto& call) {
      out.assign(kRows * info_.vector_width, 0);
      duomo_status status = Make(name, Bytes(out), [&](duomo_context* c, duomo_error* e) {
        return call(out.data(), c, e);
      });
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

  void Predict() {
    size_t n = std::min(users_.size(), items_.size());
    for (size_t pairs : {size_t{1}, n}) {
      if (pairs > n) continue;
      std::vector<float> out(pairs);
      duomo_status status =
          Make("duomo_predict", Bytes(out), [&](duomo_context* c, duomo_error* e) {
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

  void Search() {
    for (const Kind& kind : kKinds) SearchAll(kind);
  }

  void SearchAll(const Kind& kind) {
    const std::vector<int64_t>& ids = kind.of_users ? users_ : items_;
    const std::vector<int64_t>& listed = kind.finds_users ? users_ : items_;
    const size_t offsets[kRows + 1] = {0, 2, 2, listed.size()};
    duomo_topk_request plain = DUOMO_TOPK_REQUEST_INIT, r = plain;
    plain.k = r.k = kBest;
    r.ids = ids.data();
    r.count = ids.size();
    Search(kind, r);
    Search(kind, r, true);
    for (size_t i = 0; i < inputs_.size(); ++i) {
      Filters(kind, r, i);
      Limits(kind, r, i);
    }
    if (listed.size() == kRows) {
      r.exclude_offsets = offsets;
      r.exclude_ids = listed.data();
      r.flags = DUOMO_ALLOW_LISTED;
      r.allow_ids = listed.data();
      r.allow_count = listed.size();
    }
    r.flags |= DUOMO_MINIMUM_SCORE | (kind.cosine ? 0u : uint32_t{DUOMO_EXCLUDE_SEEN});
    r.minimum_score = -1e30f;
    Search(kind, r);
    r = plain;
    r.count = kRows;
    r.keys = kStrings;
    r.shared_exclude_keys = kStrings;
    r.shared_exclude_count = kRows;
    Search(kind, r);
    r = plain;
    r.count = kRows;
    r.vectors = (kind.of_users ? user_vectors_ : item_vectors_).data();
    Search(kind, r);
    r.flags = DUOMO_APPROXIMATE;
    Search(kind, r);
    r.probes = 1;
    Search(kind, r);
    r.flags = 0;
    r.probes = 0;
    r.vectors = nullptr;
    r.features = features_[kind.of_users ? DUOMO_USER : DUOMO_ITEM];
    if (r.features != nullptr) Search(kind, r);
    if (items_.size() < kRows) return;
    r = plain;
    r.count = kRows;
    r.history_offsets = offsets;
    r.history_ids = items_.data();
    r.flags = DUOMO_EXCLUDE_SEEN;
    Search(kind, r);
    if (users_.size() < kRows) return;
    r.ids = users_.data();
    Search(kind, r);
  }

  void Filters(const Kind& kind, duomo_topk_request r, size_t input) {
    duomo_filter filter = DUOMO_FILTER_INIT;
    filter.input = names_[input].c_str();
    r.filters = &filter;
    r.filter_count = 1;
    for (int32_t mode : {DUOMO_ANY, DUOMO_ALL, DUOMO_NONE}) {
      filter.mode = mode;
      filter.value_count = 0;
      filter.strings = nullptr;
      filter.integers = nullptr;
      Search(kind, r);
      filter.value_count = 1;
      bool strings = inputs_[input].keys == DUOMO_KEYS_STRING;
      filter.strings = strings ? &kStrings[1] : nullptr;
      filter.integers = strings ? nullptr : kIntegers;
      Search(kind, r);
    }
  }

  void Limits(const Kind& kind, duomo_topk_request r, size_t input) {
    duomo_limit limit = DUOMO_LIMIT_INIT;
    limit.input = names_[input].c_str();
    r.limits = &limit;
    r.limit_count = 1;
    Search(kind, r);
    limit.at_most = 2;
    r.k = 1;
    Search(kind, r);
  }

  void Search(const Kind& kind, const duomo_topk_request& request, bool texts = false) {
    const char* name = kind.name;
    Best best;
    duomo_topk_result result = DUOMO_TOPK_RESULT_INIT;
    result.ids = best.ids;
    result.scores = best.scores;
    result.counts = best.counts;
    result.keys = texts ? best.keys : nullptr;
    result.titles = texts ? best.titles : nullptr;
    duomo_status status = Make(name, Bytes(best), [&](duomo_context* c, duomo_error* e) {
      return kind.call(&result, c, &request, e);
    });
    if (status != DUOMO_OK) return;
    const uint64_t most = kind.finds_users ? info_.user_count : info_.item_count;
    for (size_t i = 0; i < request.count; ++i) {
      if (best.counts[i] > std::min<uint64_t>(request.k, most)) {
        Complain(name, ": more results than there are");
      }
      std::span<const float> scores(best.scores + i * request.k, best.counts[i]);
      if (!std::is_sorted(scores.rbegin(), scores.rend())) Complain(name, ": out of order");
      if (!kind.cosine) CheckPredictions(name, scores);
      for (float s : scores) {
        if (kind.cosine && !(s >= -1 && s <= 1)) Complain(name, ": a cosine outside of -1 … 1");
      }
      for (size_t j = 0; texts && j < scores.size(); ++j) {
        CheckText("a result's key", best.keys[i * request.k + j]);
        CheckText("a result's title", best.titles[i * request.k + j]);
      }
    }
  }

  void Rank() {
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

  void Rank(const duomo_rank_request& request) {
    std::vector<float> out(request.n);
    duomo_status status = Make("duomo_rank", Bytes(out), [&](duomo_context* c, duomo_error* e) {
      return duomo_rank(out.data(), c, &request, e);
    });
    if (status == DUOMO_OK) CheckPredictions("duomo_rank", out);
  }

  void CheckPredictions(const char* name, std::span<const float> values) const {
    for (float v : values) {
      if (!std::isfinite(v)) Complain(name, ": a prediction is not finite");
      if (v < info_.minimum_output || v > info_.maximum_output) {
        Complain(name, ": ", std::to_string(v), " is outside of the stated range");
      }
    }
  }

  static void CheckText(const char* what, const duomo_text& text) {
    if (!IsUtf8({text.data, text.size})) Complain(what, " is not UTF-8");
  }

  Caller& caller_;
  duomo_model* model_;
  duomo_model_info info_ = DUOMO_MODEL_INFO_INIT;
  std::vector<duomo_attribute_info> attributes_;
  std::vector<duomo_input_info> inputs_;
  std::vector<std::string> names_;
  std::vector<int64_t> users_, items_;
  duomo_features* features_[3] = {};
  std::vector<float> user_vectors_, item_vectors_;
};

}  // namespace

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
