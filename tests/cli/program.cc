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

void ModelOfKeys(const std::string& file, const std::vector<std::string>& users,
                 const std::vector<std::string>& items) {
  TemporaryFolder folder;
  auto write = [&](const std::string& name, const std::vector<std::string>& keys) {
    std::string ids, vectors;
    for (size_t i = 0; i < keys.size(); ++i) {
      ids += keys[i] + "\n";
      int32_t width = 2;  // as .fvecs has it before every vector
      float numbers[2] = {1, 1 / static_cast<float>(i + 1)};
      vectors.append(reinterpret_cast<const char*>(&width), sizeof(width));
      vectors.append(reinterpret_cast<const char*>(numbers), sizeof(numbers));
    }
    WriteText(folder.File(name + ".txt"), ids);
    WriteText(folder.File(name + ".fvecs"), vectors);
  };
  write("users", users);
  write("items", items);
  Outcome o =
      RunProgram({DUOMO_CONVERT, "import", "vectors", "--users", folder.File("users.fvecs"),
                  "--items", folder.File("items.fvecs"), "--user-ids", folder.File("users.txt"),
                  "--item-ids", folder.File("items.txt"), "--head", "dot", "-o", file});
  EXPECT_EQ(o.code, 0) << o.err;
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
