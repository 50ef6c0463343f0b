// The JSON form of a model description (see README.md beside this file), and the built-in presets.
#pragma once

#include <string>
#include <vector>

#include "description/fields.h"
#include "model/description.h"

namespace duomo::description {

// Throws Error(kInvalidArgument) that points at the field, for JSON that is not a description
// and for descriptions that are not valid. The result is not bound to data yet.
model::Description FromJson(const Json& json);

// The same form; FromJson(ToJson(d)) is d, with vocabulary sizes where d is bound.
Json ToJson(const model::Description& description);

// A model file: {"model": description, "split": default split, "training": settings that suit it}.
struct Recipe {
  model::Description model;
  std::string split = "paddle";    // read by data::ParseSplit
  Json training = Json::object();  // read by training::OptionsFromJson
  Json data = Json();              // how the tables were read, as `duomo describe` writes it
  std::string preset = {};         // its name, for one that is built in and not bound to data yet
};
Recipe RecipeFromText(const std::string& text, const std::string& source);

std::vector<std::string> PresetNames();
// Throws Error(kNotFound) that lists the presets.
Recipe Preset(const std::string& name);

}  // namespace duomo::description
