#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "converter/files.h"
#include "converter/npy.h"
#include "data/zip.h"
#include "description/json.h"

namespace duomo::convert {
namespace {

using namespace duomo::testing;

class ExportNpz : public ::testing::Test {
 protected:
  ExportNpz() {
    model::Save(path_, SoundContents(HybridDescription()));
    model_ = model::Model::Open(path_);
  }
  TemporaryFolder folder_;
  std::string path_ = folder_.File("model.duomo"), out_ = folder_.File("model.npz");
  std::shared_ptr<const model::Model> model_;
};

TEST_F(ExportNpz, HoldsEveryTensorAndTheDescription) {
  for (bool compress : {false, true}) {
    std::vector<std::string> command = {"export", "npz", path_, "-o", out_, "--json"};
    if (compress) command.push_back("--compress");
    Outcome o = Convert(command);
    ASSERT_EQ(o.code, 0) << o.err;
    data::Zip zip = data::Zip::Open(out_);
    auto json = nlohmann::json::parse(o.out);
    EXPECT_EQ(json["arrays"], zip.entries().size());
    EXPECT_EQ(json["size"], ReadText(out_).size());
    EXPECT_EQ(zip.entries().size(), model_->file().segments().size() + 1);
    for (const file::SegmentInfo& s : model_->file().segments()) {
      auto npy = ParseNpy(zip.Read(std::string(s.name) + ".npy"));
      ASSERT_TRUE(npy) << s.name;
      EXPECT_EQ(npy->shape, std::vector<uint64_t>(s.shape.begin(), s.shape.end())) << s.name;
      auto bytes = model_->file().Find(s.name)->bytes;
      EXPECT_EQ(npy->data, std::string(reinterpret_cast<const char*>(bytes.data()), bytes.size()))
          << s.name;
    }
    EXPECT_EQ(ParseNpy(zip.Read("parameters/tables/user.npy"))->descr, "<f4");
    EXPECT_EQ(ParseNpy(zip.Read("items/titles/text.npy"))->descr, "|u1");
    auto description = ParseNpy(zip.Read("description_json.npy"));
    ASSERT_TRUE(description);
    EXPECT_EQ(description->descr, "|u1");
    EXPECT_EQ(nlohmann::ordered_json::parse(description->data),
              description::ToJson(model_->description()));
  }
}

TEST_F(ExportNpz, TheSameInputGivesTheSameBytes) {
  ASSERT_EQ(Convert({"export", "npz", path_, "-o", out_}).code, 0);
  std::string first = ReadText(out_);
  ASSERT_EQ(Convert({"export", "npz", path_, "-o", out_}).code, 0);
  EXPECT_EQ(ReadText(out_), first);
}

TEST_F(ExportNpz, AFullDiskLeavesTheOldFileAndNothingElse) {
  WriteText(out_, "what was there before");
  for (bool compress : {false, true}) {
    for (long limit : {0L, 1000L, 100'000L, 1'000'000L}) {
      Surroundings full;
      full.largest_file = limit;
      // The limit holds for captured output as well, so that goes where limits do not reach.
      full.out = "/dev/null";
      std::vector<std::string> command = {"export", "npz", path_, "-o", out_};
      if (compress) command.push_back("--compress");
      Outcome o = Convert(command, full);
      EXPECT_EQ(o.code, 1) << limit;
      if (limit > 0) {
        EXPECT_NE(o.err.find("model.npz"), o.err.npos) << o.err;
      }
      EXPECT_EQ(ReadText(out_), "what was there before");
      EXPECT_EQ(folder_.Names().size(), 2u);
    }
  }
}

TEST_F(ExportNpz, AFolderThatMayNotBeWritten) {
  std::string closed = folder_.File("closed");
  std::filesystem::create_directory(closed);
  std::filesystem::permissions(
      closed, std::filesystem::perms::owner_read | std::filesystem::perms::owner_exec);
  Surroundings in;
  in.obey_permissions = true;
  Outcome o = Convert({"export", "npz", path_, "-o", closed + "/model.npz"}, in);
  std::filesystem::permissions(closed, std::filesystem::perms::owner_all);
  EXPECT_EQ(o.code, 1);
  EXPECT_NE(o.err.find("closed/model.npz"), o.err.npos) << o.err;
  EXPECT_NE(o.err.find("Permission denied"), o.err.npos) << o.err;
  EXPECT_TRUE(std::filesystem::is_empty(closed));
  o = Convert({"export", "npz", path_, "-o", folder_.File("missing") + "/model.npz"});
  EXPECT_EQ(o.code, 1);
  EXPECT_NE(o.err.find("No such file"), o.err.npos) << o.err;
}

TEST_F(ExportNpz, RefusesOutputsThatItMustNotReplace) {
  std::string before = ReadText(path_);
  std::filesystem::create_symlink(path_, folder_.File("link"));
  for (std::string output :
       {path_, folder_.File("link"), std::string("/dev/null"), folder_.path()}) {
    Outcome o = Convert({"export", "npz", path_, "-o", output});
    EXPECT_EQ(o.code, 1) << output;
    EXPECT_NE(o.err.find(output), o.err.npos) << o.err;
  }
  EXPECT_EQ(ReadText(path_), before);
  EXPECT_TRUE(std::filesystem::is_character_file("/dev/null"));
}

TEST_F(ExportNpz, ADamagedFileIsNotExported) {
  std::string bad = ReadText(path_);
  for (const auto& s : model_->file().segments()) {
    if (s.name == "parameters/tables/user") bad[s.offset + 5000] ^= 1;
  }
  model_.reset();
  WriteText(path_, bad);
  Outcome o = Convert({"export", "npz", path_, "-o", out_});
  EXPECT_EQ(o.code, 1);
  EXPECT_NE(o.err.find("parameters/tables/user"), o.err.npos) << o.err;
  EXPECT_FALSE(std::filesystem::exists(out_));
}

}  // namespace
}  // namespace duomo::convert
