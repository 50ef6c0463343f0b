// Users whom the file does not know: from raw features to vectors.
#include <random>
#include <string>

#include "bench.h"

namespace duomo::bench {
namespace {

// Some value for every input that users have, for n of them.
class Users {
 public:
  explicit Users(size_t n) : n_(n), numbers_(n, 1), strings_(n, "M"), offsets_(n + 1) {
    duomo_model* model = TheSetup().model;
    duomo_model_info info = DUOMO_MODEL_INFO_INIT;
    duomo_model_get_info(&info, model, nullptr);
    std::mt19937_64 random(1);
    for (uint64_t i = 0; i < info.input_count; ++i) {
      duomo_input_info about = DUOMO_INPUT_INFO_INIT;
      duomo_model_get_input(&about, model, i, nullptr);
      if (about.scope != DUOMO_USER) continue;
      Input input{std::string(about.name.data, about.name.size), about.kind,
                  about.keys == DUOMO_KEYS_STRING, std::vector<int64_t>(n, 25)};
      for (int64_t& value : input.integers) {
        if (about.keys == DUOMO_KEYS_RANGE)
          value = static_cast<int64_t>(random() % about.vocabulary_size);
      }
      inputs_.push_back(std::move(input));
    }
    for (size_t i = 0; i <= n; ++i) offsets_[i] = i;
  }
  ~Users() { duomo_features_release(features_); }

  duomo_status Create(duomo_error* error) {
    return duomo_features_create(&features_, TheSetup().model, DUOMO_USER, n_, error);
  }
  duomo_status Set(duomo_error* error) {
    duomo_status status = DUOMO_OK;
    for (const Input& input : inputs_) {
      const char* name = input.name.c_str();
      const int64_t* integers = input.integers.data();
      switch (input.kind) {
        case DUOMO_INPUT_CATEGORY:
          status = input.strings
                       ? duomo_features_set_strings(features_, name, strings_.data(), error)
                       : duomo_features_set_integers(features_, name, integers, error);
          break;
        case DUOMO_INPUT_CATEGORY_SET:
          status = input.strings ? duomo_features_set_string_lists(features_, name, offsets_.data(),
                                                                   strings_.data(), error)
                                 : duomo_features_set_integer_lists(
                                       features_, name, offsets_.data(), integers, error);
          break;
        case DUOMO_INPUT_TEXT:
          status = duomo_features_set_strings(features_, name, strings_.data(), error);
          break;
        case DUOMO_INPUT_HISTORY:
          status =
              duomo_features_set_integer_lists(features_, name, offsets_.data(), integers, error);
          break;
        case DUOMO_INPUT_NUMBER:
          status = duomo_features_set_numbers(features_, name, numbers_.data(), error);
          break;
      }
      if (status != DUOMO_OK) return status;
    }
    return status;
  }
  duomo_status Encode(float* vectors, duomo_error* error) {
    return duomo_encode_features(vectors, TheSetup().context, features_, error);
  }

 private:
  struct Input {
    std::string name;
    int32_t kind;
    bool strings;
    std::vector<int64_t> integers;
  };
  size_t n_;
  std::vector<Input> inputs_;
  std::vector<float> numbers_;
  std::vector<const char*> strings_;
  std::vector<size_t> offsets_;
  duomo_features* features_ = nullptr;
};

void ColdUser(benchmark::State& state, bool set) {
  auto n = static_cast<size_t>(state.range(0));
  Users users(n);
  std::vector<float> vectors(n * TheSetup().width);
  duomo_error error = DUOMO_ERROR_INIT;
  duomo_status status = users.Create(&error);
  if (status == DUOMO_OK) status = users.Set(&error);
  if (Failed(state, status, error)) return;
  Measure(state, [&] {
    if (set) status = users.Set(&error);
    if (status == DUOMO_OK) status = users.Encode(vectors.data(), &error);
    benchmark::DoNotOptimize(vectors.data());
    return !Failed(state, status, error);
  });
}
BENCHMARK_CAPTURE(ColdUser, set_and_encode, true)
    ->Name("cold_user/set_and_encode")
    ->Arg(1)
    ->Arg(256);
BENCHMARK_CAPTURE(ColdUser, encode, false)->Name("cold_user/encode")->Arg(1)->Arg(256);

}  // namespace
}  // namespace duomo::bench
