// A user whom the file does not know: from raw features to a vector.
#include <string>

#include "bench.h"

namespace duomo::bench {
namespace {

// Sets what inputs users have to something; which values they are costs the same.
duomo_status SetAll(duomo_features* features, const std::vector<std::string>& names,
                    const std::vector<duomo_input_info>& inputs, duomo_error* error) {
  static constexpr int64_t kInteger = 25;
  static constexpr float kNumber = 1;
  static const char* const kString = "M";
  static constexpr size_t kOffsets[2] = {0, 1};
  for (size_t i = 0; i < inputs.size(); ++i) {
    if (inputs[i].scope != DUOMO_USER) continue;
    const char* name = names[i].c_str();
    bool strings = inputs[i].keys == DUOMO_KEYS_STRING;
    duomo_status status = DUOMO_OK;
    switch (inputs[i].kind) {
      case DUOMO_INPUT_CATEGORY:
        status = strings ? duomo_features_set_strings(features, name, &kString, error)
                         : duomo_features_set_integers(features, name, &kInteger, error);
        break;
      case DUOMO_INPUT_CATEGORY_SET:
        status = strings
                     ? duomo_features_set_string_lists(features, name, kOffsets, &kString, error)
                     : duomo_features_set_integer_lists(features, name, kOffsets, &kInteger, error);
        break;
      case DUOMO_INPUT_TEXT:
        status = duomo_features_set_strings(features, name, &kString, error);
        break;
      case DUOMO_INPUT_HISTORY:
        status = duomo_features_set_integer_lists(features, name, kOffsets, &kInteger, error);
        break;
      case DUOMO_INPUT_NUMBER:
        status = duomo_features_set_numbers(features, name, &kNumber, error);
        break;
    }
    if (status != DUOMO_OK) return status;
  }
  return DUOMO_OK;
}

void ColdUser(benchmark::State& state, bool set_features) {
  const Setup& s = TheSetup();
  duomo_error error = DUOMO_ERROR_INIT;
  duomo_model_info info = DUOMO_MODEL_INFO_INIT;
  duomo_model_get_info(&info, s.model, nullptr);
  std::vector<std::string> names;
  std::vector<duomo_input_info> inputs;
  for (uint64_t i = 0; i < info.input_count; ++i) {
    duomo_input_info input = DUOMO_INPUT_INFO_INIT;
    duomo_model_get_input(&input, s.model, i, nullptr);
    names.emplace_back(input.name.data, input.name.size);
    inputs.push_back(input);
  }
  duomo_features* features = nullptr;
  if (Failed(state, duomo_features_create(&features, s.model, DUOMO_USER, 1, &error), error))
    return;
  std::vector<float> vector(s.width);
  duomo_status status = SetAll(features, names, inputs, &error);
  for (auto _ : state) {
    if (status == DUOMO_OK && set_features) status = SetAll(features, names, inputs, &error);
    if (status == DUOMO_OK)
      status = duomo_encode_features(vector.data(), s.context, features, &error);
    if (Failed(state, status, error)) break;
    benchmark::DoNotOptimize(vector.data());
  }
  duomo_features_release(features);
}
BENCHMARK_CAPTURE(ColdUser, set_and_encode, true)->Name("cold_user/set_and_encode");
BENCHMARK_CAPTURE(ColdUser, encode, false)->Name("cold_user/encode");

}  // namespace
}  // namespace duomo::bench
