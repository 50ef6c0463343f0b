// Fuzz target: a model file from memory, and every function of the C ABI on what opens.
#include <duomo/duomo.h>

#include <cstdio>
#include <cstdlib>

#include "abi/exercise.h"
#include "core/array.h"
#include "fuzz/fuzz.h"
#include "fuzz/reseal.h"

namespace {

using duomo::AlignedVector;

constexpr size_t kLargest = 1 << 18;

// What may be said of bytes that are no model.
void CheckRefusal(duomo_status status, const duomo_error& error) {
  bool fine =
      status == DUOMO_CORRUPT || status == DUOMO_UNSUPPORTED_VERSION || status == DUOMO_UNSUPPORTED;
  if (!fine)
    duomo::fuzz::Die("opening fails with ", duomo_status_name(status), ": ", error.message);
}

duomo_model* Open(std::span<const std::byte> bytes, uint32_t flags) {
  duomo_model* model = nullptr;
  duomo_error error = DUOMO_ERROR_INIT;
  duomo_open_options options = DUOMO_OPEN_OPTIONS_INIT;
  options.flags = flags;
  duomo_status status =
      duomo_model_open_buffer(&model, bytes.data(), bytes.size(), &options, &error);
  if (status != DUOMO_OK) CheckRefusal(status, error);
  return model;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size > kLargest) return 0;
  auto given = std::as_bytes(std::span(data, size));
  duomo_model_release(Open(given, DUOMO_OPEN_VERIFY | DUOMO_OPEN_COPY | DUOMO_OPEN_PREPARE));

  AlignedVector<std::byte> bytes(given.begin(), given.end());
  duomo::testing::Reseal(bytes);
  duomo_model* model = Open(bytes, DUOMO_OPEN_PREPARE);
  if (model == nullptr) return 0;
  try {
    duomo::testing::Caller caller(model);
    duomo::testing::ExerciseModel(caller);
  } catch (const duomo::testing::Misbehaviour& e) {
    duomo::fuzz::Die(e.what());
  }
  duomo_model_release(model);
  return 0;
}
