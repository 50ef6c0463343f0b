// Exercise: what exercise.cc and exercise_search.cc share. See exercise.h.
#pragma once

#include <cstring>
#include <span>
#include <sstream>
#include <string>
#include <vector>

#include "abi/exercise.h"

namespace duomo::testing {

inline constexpr size_t kRows = 3;  // users, items, pairs in one call
inline constexpr size_t kBest = 5;
inline constexpr uint64_t kInputs = 24;

// Values that small models of this project's tests have, and some that none has.
inline constexpr int64_t kIntegers[] = {0, 7, 20, 1000, -5, INT64_MAX};
inline constexpr const char* kStrings[] = {"free", "red", "Words of a title", "", "t0", "\xC3\x9F"};

template <typename... Parts>
[[noreturn]] void Complain(const Parts&... parts) {
  std::ostringstream text;
  text.precision(9);  // tells floats apart
  (text << ... << parts);
  throw Misbehaviour(text.str());
}

template <typename T>
std::span<std::byte> Bytes(T& value) {
  return std::as_writable_bytes(std::span(&value, 1));
}

template <typename T>
std::span<std::byte> Bytes(std::vector<T>& values) {
  return std::as_writable_bytes(std::span(values));
}

// One of the four searches.
struct SearchKind {
  const char* name;
  decltype(&duomo_topk) call;
  bool of_users, finds_users, cosine;
};

// All calls on one model, in order: later ones use what earlier ones found.
class Exercise {
 public:
  explicit Exercise(Caller& caller) : caller_(caller), model_(caller.model()) {}
  Exercise(const Exercise&) = delete;
  ~Exercise() {
    for (duomo_features* f : features_) duomo_features_release(f);
  }

  void Run();

 private:
  duomo_status Make(const char* name, std::span<std::byte> outputs, const Caller::Call& call) {
    return caller_.Make(name, outputs, call);
  }

  void Describe();
  void Metadata();
  void Slot();
  std::vector<int64_t> Side(bool item, uint64_t count);
  void Keys();
  void Attributes();
  void SetFeatures(int32_t scope);
  void Encode();
  void Predict();
  void Rank();
  void Rank(const duomo_rank_request& request);

  // exercise_search.cc:
  void Search();
  void SearchAll(const SearchKind& kind);
  void Filters(const SearchKind& kind, duomo_topk_request request, size_t input);
  void Limits(const SearchKind& kind, duomo_topk_request request, size_t input);
  void Search(const SearchKind& kind, const duomo_topk_request& request, bool texts = false);
  void Sets();

  void CheckPredictions(const char* name, std::span<const float> values) const;
  static void CheckText(const char* what, const duomo_text& text);

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

}  // namespace duomo::testing
