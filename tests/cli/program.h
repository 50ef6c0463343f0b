// `duomo` as a process, and small data and a small model to run it on.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "process.h"

namespace duomo::testing {

using Json = nlohmann::ordered_json;

// Runs duomo with these arguments.
Outcome Duomo(std::vector<std::string> arguments, const Surroundings& in = {});

// The same where it must succeed and print one JSON value, alone, on stdout.
Json DuomoJson(std::vector<std::string> arguments);

// Expects an exit with `code`, nothing on stdout, and on stderr a message that holds every one of
// `parts`. Gives the outcome back.
Outcome ExpectFailure(int code, std::vector<std::string> arguments,
                      const std::vector<std::string>& parts, const Surroundings& in = {});

// Made by the program itself, once a process: 60 users, 40 movies, 900 ratings as an archive, and
// a hybrid trained on it for 30 steps with one thread, seed 0, history and the "paddle" split.
const std::string& SmallData();
const std::string& SmallModel();

// Trains on SmallData() into `file`, 30 steps on one thread where `more` does not say otherwise;
// returns --json.
Json TrainSmall(const std::string& file, std::vector<std::string> more = {});

// A file with users and items of these keys, made by `duomo-convert import vectors`: scores are
// invented, higher for items that stand earlier. Titles: the keys.
void ModelOfKeys(const std::string& file, const std::vector<std::string>& users,
                 const std::vector<std::string>& items);

// SmallData() as three files in a folder of its own, for a test to damage.
class DataFolder {
 public:
  DataFolder();
  const std::string& path() const { return folder_.path(); }
  std::string Text(const std::string& name) const { return ReadText(folder_.File(name)); }
  void Replace(const std::string& name, const std::string& text) const;

 private:
  TemporaryFolder folder_;
};

// The lines of a text that ends in a newline.
std::vector<std::string> Lines(const std::string& text);

}  // namespace duomo::testing
