// What the file says and how it is written; that it computes the same is for onnx/check.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "converter/files.h"

namespace duomo::convert {
namespace {

using namespace duomo::testing;

class ExportOnnx : public ::testing::Test {
 protected:
  ExportOnnx() { model::Save(path_, SoundContents(HybridDescription())); }
  Outcome Export(std::vector<std::string> options = {}, const Surroundings& in = {}) {
    std::vector<std::string> command = {"export", "onnx", path_, "-o", out_};
    command.insert(command.end(), options.begin(), options.end());
    return Convert(command, in);
  }
  TemporaryFolder folder_;
  std::string path_ = folder_.File("model.duomo"), out_ = folder_.File("model.onnx");
};

TEST_F(ExportOnnx, SaysWhatGoesInAndOut) {
  Outcome o = Export({"--json"});
  ASSERT_EQ(o.code, 0) << o.err;
  auto json = nlohmann::json::parse(o.out);
  EXPECT_EQ(json["size"], ReadText(out_).size());
  EXPECT_FALSE(json.contains("data"));
  ASSERT_EQ(json["inputs"].size(), 7u);
  EXPECT_EQ(json["inputs"][0]["name"], "user");
  EXPECT_EQ(json["inputs"][0]["type"], "int64");
  EXPECT_EQ(json["inputs"][0]["dims"], nlohmann::json::parse(R"(["users"])"));
  EXPECT_EQ(json["inputs"][6]["dims"], nlohmann::json::parse(R"(["items", "title_length"])"));
  ASSERT_EQ(json["outputs"].size(), 3u);
  EXPECT_EQ(json["outputs"][0]["name"], "prediction");
  EXPECT_EQ(json["outputs"][1]["dims"], nlohmann::json::parse(R"(["users", 200])"));
  o = Export();
  EXPECT_NE(o.out.find("item_vector"), o.out.npos) << o.out;
  EXPECT_NE(o.out.find("int64 [items, title_length]"), o.out.npos) << o.out;
}

TEST_F(ExportOnnx, OneTowerAlone) {
  auto json = nlohmann::json::parse(Export({"--tower", "item", "--json"}).out);
  ASSERT_EQ(json["inputs"].size(), 3u);
  ASSERT_EQ(json["outputs"].size(), 1u);
  EXPECT_EQ(json["outputs"][0]["name"], "item_vector");
  EXPECT_EQ(Export({"--tower", "joint"}).code, 2);
  model::Save(path_, SoundContents(JointDescription()));
  EXPECT_EQ(Export().code, 0);
  Outcome o = Export({"--tower", "user"});
  EXPECT_EQ(o.code, 1);
  EXPECT_NE(o.err.find("joint tower"), o.err.npos) << o.err;
}

TEST_F(ExportOnnx, AttentionReadsAHistory) {
  model::Save(path_, SoundContents(AttentionDescription()));
  auto json = nlohmann::json::parse(Export({"--tower", "user", "--json"}).out);
  ASSERT_EQ(json["inputs"].size(), 1u);
  EXPECT_EQ(json["inputs"][0]["name"], "watched");
  EXPECT_EQ(json["inputs"][0]["dims"], nlohmann::json::parse(R"(["users", "watched_length"])"));
  ASSERT_EQ(json["outputs"].size(), 1u);
  EXPECT_EQ(json["outputs"][0]["name"], "user_vector");
}

TEST_F(ExportOnnx, LargeTensorsGoBesideTheModel) {
  Outcome o = Export({"--inline-limit", "100000", "--json"});
  ASSERT_EQ(o.code, 0) << o.err;
  auto json = nlohmann::json::parse(o.out);
  EXPECT_EQ(json["data"], out_ + ".data");
  EXPECT_EQ(json["data_size"], ReadText(out_ + ".data").size());
  EXPECT_GT(json["data_size"], 2'000'000);
  EXPECT_LT(json["size"], 20'000);
  EXPECT_NE(ReadText(out_).find("model.onnx.data"), std::string::npos);
  EXPECT_EQ(folder_.Names().size(), 3u);
  EXPECT_EQ(Export({"--inline-limit", "3000000000"}).code, 2);  // more than a message may have
}

TEST_F(ExportOnnx, TheSameInputGivesTheSameBytes) {
  for (const char* limit : {"1000000000", "0"}) {
    ASSERT_EQ(Export({"--inline-limit", limit}).code, 0);
    std::string first = ReadText(out_);
    ASSERT_EQ(Export({"--inline-limit", limit}).code, 0);
    EXPECT_EQ(ReadText(out_), first);
  }
}

TEST_F(ExportOnnx, AFullDiskLeavesTheOldFileAndNothingElse) {
  WriteText(out_, "what was there before");
  for (const char* inline_limit : {"1000000000", "0"}) {
    for (long limit : {0L, 1000L, 100'000L, 1'000'000L}) {
      Surroundings full;
      full.largest_file = limit;
      full.out = "/dev/null";
      Outcome o = Export({"--inline-limit", inline_limit}, full);
      EXPECT_EQ(o.code, 1) << limit;
      if (limit > 0) {
        EXPECT_NE(o.err.find("model.onnx"), o.err.npos) << o.err;
      }
      EXPECT_EQ(ReadText(out_), "what was there before");
      EXPECT_EQ(folder_.Names().size(), 2u);
    }
  }
}

TEST_F(ExportOnnx, RefusesWhatItMustNotReplaceOrCannotExport) {
  std::string before = ReadText(path_);
  for (std::string output : {path_, std::string("/dev/null"), folder_.path()}) {
    Outcome o = Convert({"export", "onnx", path_, "-o", output});
    EXPECT_EQ(o.code, 1) << output;
    EXPECT_NE(o.err.find(output), o.err.npos) << o.err;
  }
  EXPECT_EQ(ReadText(path_), before);
  // The data would take the place of the input.
  std::filesystem::copy(path_, out_ + ".data");
  Outcome o = Convert({"export", "onnx", out_ + ".data", "-o", out_});
  EXPECT_EQ(o.code, 1);
  EXPECT_EQ(ReadText(out_ + ".data"), before);

  std::string bad = before;
  auto model = model::Model::Open(path_);
  for (const auto& s : model->file().segments()) {
    if (s.name == "parameters/tables/user") bad[s.offset + 5000] ^= 1;
  }
  WriteText(path_, bad);
  o = Export();
  EXPECT_EQ(o.code, 1);
  EXPECT_NE(o.err.find("parameters/tables/user"), o.err.npos) << o.err;
  EXPECT_FALSE(std::filesystem::exists(out_));
}

TEST_F(ExportOnnx, AnInputThatIsCalledLikeAnOutput) {
  model::Description d = CosineDescription();
  d.inputs[0].name = "prediction";
  model::Save(path_, SoundContents(d));
  Outcome o = Export();
  EXPECT_EQ(o.code, 1);
  EXPECT_NE(o.err.find("\"prediction\""), o.err.npos) << o.err;
}

}  // namespace
}  // namespace duomo::convert
