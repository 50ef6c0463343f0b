#include "cli/program.h"

#include <sstream>

namespace duomo::testing {

namespace {

const TemporaryFolder& Shared() {
  static const TemporaryFolder folder;
  return folder;
}

void Synthesize(const std::string& path) {
  Outcome o = Duomo({"synth", "-o", path, "--users", "60", "--items", "40", "--ratings", "900"});
  EXPECT_EQ(o.code, 0) << o.err;
}

}  // namespace

Outcome Duomo(std::vector<std::string> arguments, const Surroundings& in) {
  arguments.insert(arguments.begin(), DUOMO_PROGRAM);
  return RunProgram(arguments, in);
}

Json DuomoJson(std::vector<std::string> arguments) {
  arguments.push_back("--json");
  Outcome o = Duomo(arguments);
  EXPECT_EQ(o.code, 0) << o.err;
  Json json = Json::parse(o.out, nullptr, false);
  EXPECT_FALSE(json.is_discarded()) << o.out;
  EXPECT_EQ(Lines(o.out).size(), 1u) << o.out;
  return json;
}

Outcome ExpectFailure(int code, std::vector<std::string> arguments,
                      const std::vector<std::string>& parts, const Surroundings& in) {
  Outcome o = Duomo(arguments, in);
  std::string line;
  for (const std::string& argument : arguments) line += argument + " ";
  EXPECT_EQ(o.code, code) << line << "\n" << o.err;
  EXPECT_EQ(o.out, "") << line;
  EXPECT_NE(o.err.find("duomo: "), o.err.npos) << line << "\n" << o.err;
  for (const std::string& part : parts) {
    EXPECT_NE(o.err.find(part), o.err.npos) << line << "\nno \"" << part << "\" in: " << o.err;
  }
  return o;
}

const std::string& SmallData() {
  static const std::string path = [] {
    std::string file = Shared().File("small.zip");
    Synthesize(file);
    return file;
  }();
  return path;
}

const std::string& SmallModel() {
  static const std::string path = [] {
    std::string file = Shared().File("small.duomo");
    TrainSmall(file, {"--store-history"});
    return file;
  }();
  return path;
}

Json TrainSmall(const std::string& file, std::vector<std::string> more) {
  auto given = [&](const char* name) {
    for (const std::string& word : more) {
      if (word == name) return true;
    }
    return false;
  };
  std::vector<std::string> arguments = {"train", SmallData(), "-o", file};
  if (!given("--threads")) arguments.insert(arguments.end(), {"--threads", "1"});
  if (!given("--steps") && !given("--passes")) {
    arguments.insert(arguments.end(), {"--steps", "30"});
  }
  arguments.insert(arguments.end(), more.begin(), more.end());
  return DuomoJson(arguments);
}

DataFolder::DataFolder() { Synthesize(folder_.path()); }

void DataFolder::Replace(const std::string& name, const std::string& text) const {
  WriteText(folder_.File(name), text);
}

std::vector<std::string> Lines(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

}  // namespace duomo::testing
