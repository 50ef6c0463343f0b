// The built-in presets: their exact numbers, and that no damage to their text does any harm.
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "core/random.h"
#include "description/json.h"
#include "model/parameters.h"

namespace duomo::description {
namespace {

TEST(Preset, NamesAreListed) {
  std::vector<std::string> names = PresetNames();
  EXPECT_NE(std::find(names.begin(), names.end(), "hybrid"), names.end());
  for (const std::string& name : names) EXPECT_EQ(Preset(name).model.name, name);
  try {
    Preset("hybird");
    FAIL() << "an unknown preset must be an error";
  } catch (const Error& error) {
    EXPECT_EQ(error.status(), Status::kNotFound);
    EXPECT_NE(error.message().find("\"hybird\"; possible: "), std::string::npos);
    for (const std::string& name : names) {
      EXPECT_NE(error.message().find(name), std::string::npos) << error.message();
    }
  }
}

TEST(Preset, HybridHasExactlyItsParameters) {
  model::Description d = Preset("hybrid").model;
  const uint64_t sizes[] = {6041, 2, 7, 21, 3953, 18, 5174};
  ASSERT_EQ(d.vocabularies.size(), std::size(sizes));
  for (size_t i = 0; i < std::size(sizes); ++i) d.vocabularies[i].size = sizes[i];
  model::Validate(d, true);
  uint64_t known = 0, unknown = 0;
  for (const model::Parameter& p : model::ParametersOf(d)) {
    known += p.known_size();
    unknown += p.size() - p.known_size();
  }
  EXPECT_EQ(known, 528096u);
  EXPECT_EQ(unknown, 32u + 16 + 16 + 16 + 32 + 32 + 32);
  EXPECT_EQ(model::ConcatenatedWidth(d, d.towers[0]), 80u);
  EXPECT_EQ(model::ConcatenatedWidth(d, d.towers[1]), 96u);
  EXPECT_EQ(model::VectorWidth(d), 200u);
}

// A dot product pairs numbers by position: in every member (an eighth of the vector) what a user
// knows of movies, of genres and of itself must face the movie, its genres and its audience.
TEST(Preset, HybridBestPairsItsMembers) {
  Recipe recipe = Preset("hybrid-best");
  model::Description d = recipe.model;
  for (model::Vocabulary& v : d.vocabularies) v.size = 30;
  model::Validate(d, true);
  const size_t members = recipe.training.at("members");
  EXPECT_EQ(members, 8u);
  std::string sides[2];  // the input of every number of the vector, a letter each
  for (size_t side = 0; side < 2; ++side) {
    EXPECT_TRUE(d.towers[side].layers.empty());
    for (const model::Encoder& e : d.towers[side].encoders) {
      sides[side] += std::string(model::EncoderWidth(d, e), d.inputs[e.input].name[0]);
    }
  }
  std::string user, item;
  for (size_t m = 0; m < members; ++m) {
    user += std::string(30, 'u') + "ga";         // ids, gender, age
    item += std::string(28, 'm') + "gg" + "mm";  // ids, genres, ids
  }
  EXPECT_EQ(sides[0], user);
  EXPECT_EQ(sides[1], item);
}

// Damaged text is refused with an Error or read as some valid description; nothing else happens.
// The sanitizer builds make this a memory check as well.
class Mutated : public testing::Test {
 protected:
  void Try(const std::string& text) {
    try {
      Recipe recipe = RecipeFromText(text, "damaged");
      EXPECT_TRUE(FromJson(ToJson(recipe.model)) == recipe.model) << text;
      ++read_;
    } catch (const Error& error) {
      EXPECT_EQ(error.status(), Status::kInvalidArgument) << error.message() << '\n' << text;
      EXPECT_TRUE(error.message().starts_with("damaged")) << error.message();
      ++refused_;
    }
  }
  int read_ = 0, refused_ = 0;
};

TEST_F(Mutated, TextNeverCrashes) {
  Recipe recipe = Preset("hybrid");
  const std::string text =
      Json{{"model", ToJson(recipe.model)}, {"training", recipe.training}}.dump();
  Random random(1);
  auto below = [&](size_t n) { return static_cast<size_t>(random.Below(n)); };
  for (int round = 0; round < 3000; ++round) {
    std::string damaged = text;
    for (size_t n = 1 + below(3); n > 0; --n) {
      size_t at = below(damaged.size()), length = std::min(below(20), damaged.size() - at);
      switch (below(4)) {
        case 0:
          damaged[at] = static_cast<char>(below(256));
          break;
        case 1:
          damaged.erase(at, length);
          break;
        case 2:
          damaged.insert(at, damaged.substr(below(damaged.size()), length));
          break;
        default:
          damaged[at] = "0123456789-.e{}[]\":,"[below(20)];
      }
      if (damaged.empty()) damaged = " ";
    }
    Try(damaged);
  }
  EXPECT_GT(refused_, 1000);
}

// Damage that stays valid JSON reaches deeper: values swapped for others of any type.
TEST_F(Mutated, ValuesNeverCrash) {
  Recipe recipe = Preset("hybrid");
  const Json flat = Json{{"model", ToJson(recipe.model)}}.flatten();
  const char* strange[] = {
      "null",       "true",    "-1",       "0",          "1e300",     "18446744073709551615",
      "4294967296", "\"\"",    "\"item\"", "\"number\"", "\"joint\"", "[]",
      "{}",         "[[]]",    "3.5",      "\"job\"",    "[0]",       "\"a/b\"",
      "64",         "\"mean\""};
  std::vector<std::string> paths;
  for (const auto& [path, value] : flat.items()) paths.push_back(path);
  for (const std::string& path : paths) {
    for (const char* value : strange) {
      Json json = flat.unflatten();
      json[Json::json_pointer(path)] = Json::parse(value);
      Try(json.dump());
    }
  }
  EXPECT_GT(refused_, 1000);
  EXPECT_GT(read_, 10);
}

}  // namespace
}  // namespace duomo::description
