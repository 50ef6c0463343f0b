// Fuzz target: the JSON of a description with its split and training settings, there and back.
#include "core/error.h"
#include "data/split.h"
#include "description/json.h"
#include "fuzz/fuzz.h"
#include "training/options.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace duomo;
  std::string text(reinterpret_cast<const char*>(data), size);
  description::Recipe recipe;
  try {
    recipe = description::RecipeFromText(text, "fuzz.json");
  } catch (const Error& error) {
    if (error.status() != Status::kInvalidArgument)
      fuzz::Die("refused otherwise: ", error.message());
    return 0;
  }
  try {
    (void)data::ParseSplit(recipe.split);
    (void)training::OptionsFromJson(recipe.training);
  } catch (const Error& error) {
    if (error.status() != Status::kInvalidArgument)
      fuzz::Die("refused otherwise: ", error.message());
  }
  description::Json json = description::ToJson(recipe.model);
  model::Description again = description::FromJson(json);
  if (!(again == recipe.model)) fuzz::Die("a description comes back changed: ", json.dump());
  return 0;
}
