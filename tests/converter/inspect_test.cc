#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <sstream>

#include "converter/files.h"
#include "converter/output.h"
#include "description/json.h"
#include "file/crc.h"

namespace duomo::convert {
namespace {

using namespace duomo::testing;

class Inspect : public ::testing::Test {
 protected:
  std::string Make(const model::Description& d) {
    std::string path = folder_.File(d.name + ".duomo");
    model::Save(path, SoundContents(d));
    return path;
  }
  TemporaryFolder folder_;
};

TEST_F(Inspect, HelpAndVersion) {
  Outcome help = Convert({"--help"});
  EXPECT_EQ(help.code, 0);
  for (const char* name : {"inspect", "verify", "export"}) {
    EXPECT_NE(help.out.find(name), help.out.npos) << help.out;
  }
  for (std::vector<std::string> command :
       {std::vector<std::string>{"inspect"}, {"verify"}, {"export"}, {"export", "npz"}}) {
    command.push_back("--help");
    Outcome o = Convert(command);
    EXPECT_EQ(o.code, 0) << command[0];
    EXPECT_NE(o.out.find("Usage"), o.out.npos) << o.out;
    EXPECT_EQ(o.err, "");
  }
  EXPECT_EQ(Convert({"--version"}).out.rfind("duomo-convert ", 0), 0u);
}

TEST_F(Inspect, WrongUsageIsTwo) {
  std::string path = Make(CosineDescription());
  using Words = std::vector<std::string>;
  for (const Words& command : {Words{},
                               {"inspect"},
                               {"frobnicate"},
                               {"inspect", path, "--no-such"},
                               {"inspect", path, "another"},
                               {"export"},
                               {"export", "npz", path},
                               {"export", "pickle", path}}) {
    Outcome o = Convert(command);
    EXPECT_EQ(o.code, 2);
    EXPECT_EQ(o.out, "");
    EXPECT_NE(o.err.find("--help"), o.err.npos) << o.err;
  }
}

TEST_F(Inspect, FailureIsOneAndSaysWhatAndWhere) {
  Outcome missing = Convert({"inspect", folder_.File("none.duomo")});
  EXPECT_EQ(missing.code, 1);
  EXPECT_EQ(missing.out, "");
  EXPECT_NE(missing.err.find("none.duomo"), missing.err.npos);
  EXPECT_NE(missing.err.find("No such file"), missing.err.npos);
  WriteText(folder_.File("text"), "this is not a model");
  Outcome text = Convert({"inspect", folder_.File("text")});
  EXPECT_EQ(text.code, 1);
  EXPECT_NE(text.err.find("text"), text.err.npos);
  EXPECT_EQ(Convert({"inspect", folder_.path()}).code, 1);
}

TEST_F(Inspect, CountsTheParametersOfHybrid) {
  Outcome o = Convert({"inspect", "--json", Make(HybridDescription())});
  ASSERT_EQ(o.code, 0) << o.err;
  EXPECT_EQ(o.err, "");
  Json json = Json::parse(o.out);
  EXPECT_EQ(json["parameters"]["known"], 528096);
  // One more row in each of seven tables.
  EXPECT_EQ(json["parameters"]["unknown_rows"], 32 + 16 + 16 + 16 + 32 + 32 + 32);
  EXPECT_EQ(json["vector_width"], 200);
  uint64_t known = 0;
  for (const Json& layer : json["parameters"]["layers"]) known += layer["known"].get<uint64_t>();
  EXPECT_EQ(known, 528096u);
}

TEST_F(Inspect, JsonIsComplete) {
  for (const model::Description& d : AllDescriptions()) {
    std::string path = Make(d);
    Outcome o = Convert({"inspect", "--json", path});
    ASSERT_EQ(o.code, 0) << o.err;
    Json json = Json::parse(o.out);
    std::string bytes = ReadText(path);
    EXPECT_EQ(json["size"], bytes.size());
    EXPECT_EQ(json["container_version"], 4);
    EXPECT_EQ(json["producer"].get<std::string>().rfind("duomo ", 0), 0u);
    EXPECT_EQ(json["description"], description::ToJson(d)) << d.name;
    EXPECT_EQ(json["users"]["count"], 5);
    EXPECT_EQ(json["items"]["count"], 4);
    EXPECT_EQ(json["users"]["keys"], d.name == "history" ? "string" : "integer");
    EXPECT_EQ(json["items"]["frozen_vectors"], !model::IsJoint(d));
    EXPECT_EQ(json["history"].is_null(), d.name != "history");
    EXPECT_EQ(json["report"]["metrics"]["test_rmse"], 0.75);
    EXPECT_EQ(json["report"]["settings"]["seed"], 1);
    auto model = model::Model::Open(path);
    ASSERT_EQ(json["segments"].size(), model->file().segments().size());
    for (const Json& s : json["segments"]) {
      auto tensor = model->file().Find(s["name"].get<std::string>());
      ASSERT_TRUE(tensor);
      EXPECT_EQ(s["size"], tensor->bytes.size());
      EXPECT_EQ(s["dtype"], file::NameOf(tensor->dtype));
      EXPECT_EQ(s["crc32"], Hex(file::Crc32(tensor->bytes)));
      EXPECT_EQ(s["shape"], std::vector<uint64_t>(tensor->shape.begin(), tensor->shape.end()));
    }
  }
}

TEST_F(Inspect, SaysHowUsersAreFoldedIn) {
  model::Contents contents = testing::ContentsOf(testing::CosineDescription());
  contents.fold_in = model::FoldIn{.l2 = 0.5, .nu = 1};
  std::string path = folder_.File("folds.duomo");
  model::Save(path, contents);
  EXPECT_EQ(Json::parse(Convert({"inspect", "--json", path}).out)["fold_in"]["l2"], 0.5);
  EXPECT_NE(Convert({"inspect", path}).out.find("folded in with l2 0.5, nu 1"), std::string::npos);
}

TEST_F(Inspect, TextFitsAHundredColumns) {
  std::vector<model::Description> all = AllDescriptions();
  all.push_back(HybridDescription());
  all.push_back(CosineDescription());
  all.back().name = "long";
  all.back().inputs[0].name = std::string(150, 'n');  // a name that must be cut
  for (const model::Description& d : all) {
    Outcome o = Convert({"inspect", Make(d)});
    ASSERT_EQ(o.code, 0) << o.err;
    std::istringstream lines(o.out);
    for (std::string line; std::getline(lines, line);) {
      if (line.find(folder_.path()) != line.npos) continue;  // the file's name is what it is
      EXPECT_LE(DisplayWidth(line), 100u) << line;
    }
    for (const char* text : {"output", "users", "items", "parameters/", "crc32", "test_rmse"}) {
      EXPECT_NE(o.out.find(text), o.out.npos) << text << " in\n" << o.out;
    }
  }
}

TEST_F(Inspect, TextDrawsTheTowers) {
  Outcome o = Convert({"inspect", Make(HybridDescription())});
  for (const char* text :
       {"user tower: concatenated 80 → dense 200 tanh",
        "item tower: concatenated 96 → dense 200 tanh", "embedding 32 → dense 32 tanh",
        "multi-hot → dense 32 tanh", "embedding 32 → windows of 3 × 32 tanh → max",
        "head    5 · cos(user, item)", "output  0.5 · head + 2.5  [stars]", "528,096"}) {
    EXPECT_NE(o.out.find(text), o.out.npos) << text << " in\n" << o.out;
  }
}

TEST_F(Inspect, AFullDiskBehindStdoutIsAnError) {
  std::string path = Make(CosineDescription());
  for (std::vector<std::string> command :
       {std::vector<std::string>{"inspect", path}, {"inspect", "--json", path}, {"verify", path}}) {
    Surroundings full;
    full.out = "/dev/full";
    Outcome o = Convert(command, full);
    EXPECT_EQ(o.code, 1) << command[0];
    EXPECT_NE(o.err.find("standard output"), o.err.npos) << o.err;
  }
}

// A report may hold any text; one that is JSON of endless depth must not exhaust the stack.
TEST_F(Inspect, SettingsThatAreNoSettings) {
  for (const std::string& settings : {std::string("{not json"), std::string(200000, '['),
                                      std::string(200000, '[') + std::string(200000, ']')}) {
    model::Contents contents = SoundContents(CosineDescription());
    contents.report.settings = settings;
    std::string path = folder_.File("odd.duomo");
    model::Save(path, contents);
    EXPECT_EQ(Convert({"inspect", path}).code, 0);
    EXPECT_EQ(Convert({"inspect", "--json", path}).code, 0);
    EXPECT_EQ(Convert({"verify", path}).signal, 0);
  }
}

}  // namespace
}  // namespace duomo::convert
