// annotate: metadata in a file, kept by whatever makes a file of a file.
#include <gtest/gtest.h>

#include "converter/output.h"
#include "converter/shrinking.h"

namespace duomo::convert {
namespace {

using namespace duomo::testing;

class Annotate : public ::testing::Test {
 protected:
  void SetUp() override { model::Save(path_, SoundContents(HistoryDescription())); }
  Json Metadata(const std::string& path) { return ConvertJson({"inspect", path})["metadata"]; }

  TemporaryFolder folder_;
  std::string path_ = folder_.File("model.duomo"), out_ = folder_.File("out.duomo");
};

TEST_F(Annotate, SetsReplacesAndTakesOut) {
  EXPECT_EQ(Metadata(path_), Json::object());
  auto first = ConvertJson({"annotate", path_, "-o", out_, "--set", "name=shop = music", "--set",
                            "licence=MIT\nno warranty", "--set", "größe=", "--set", "name=shop"});
  EXPECT_EQ(first["metadata"],
            Json({{"größe", ""}, {"licence", "MIT\nno warranty"}, {"name", "shop"}}));
  EXPECT_EQ(Metadata(out_), first["metadata"]);
  auto opened = OpenEngine(out_);
  EXPECT_EQ(opened->model().metadata().Find("name"), "shop");
  EXPECT_NE(first["fingerprint"], first["fingerprint_before"]);
  EXPECT_EQ(ConvertJson({"inspect", out_})["fingerprint"], first["fingerprint"]);
  EXPECT_EQ(ConvertJson({"inspect", path_})["fingerprint"], first["fingerprint_before"]);
  ExpectVerified(out_);

  std::string again = folder_.File("again.duomo");
  ConvertJson({"annotate", out_, "-o", again, "--unset", "licence", "--unset", "größe", "--set",
               "name=shop = music"});
  EXPECT_EQ(Metadata(again), Json({{"name", "shop = music"}}));

  std::string back = folder_.File("back.duomo");
  ConvertJson({"annotate", again, "-o", back, "--unset", "name"});
  EXPECT_EQ(ReadText(back), ReadText(path_));
}

TEST_F(Annotate, PeopleSeeIt) {
  ConvertJson({"annotate", path_, "-o", out_, "--set", "licence=MIT\nno warranty"});
  Outcome seen = Convert({"inspect", out_});
  EXPECT_NE(seen.out.find("metadata\n  licence  MIT …\n"), std::string::npos) << seen.out;
  EXPECT_NE(seen.out.find("  fingerprint  "), std::string::npos) << seen.out;
  Outcome diff = Convert({"diff", path_, out_});
  EXPECT_EQ(diff.code, 1);
  EXPECT_NE(diff.out.find("metadata\n  licence  -  \"MIT"), std::string::npos) << diff.out;
}

TEST_F(Annotate, WhateverMakesAFileOfAFileKeepsIt) {
  std::string named = folder_.File("named.duomo");
  ConvertJson({"annotate", path_, "-o", named, "--set", "name=shop"});
  const Json expected = {{"name", "shop"}};
  for (std::vector<std::string> command :
       std::vector<std::vector<std::string>>{{"compress"},
                                             {"decompress"},
                                             {"upgrade"},
                                             {"index"},
                                             {"prune", "--no-titles"},
                                             {"quantize", "--vectors", "fp16"}}) {
    command.insert(command.begin() + 1, {named, "-o", out_});
    ConvertJson(command);
    EXPECT_EQ(Metadata(out_), expected) << command[0];
  }
  std::string json = folder_.File("named.json");
  ConvertJson({"dump", named, "-o", json});
  ConvertJson({"build", json, "-o", out_});
  EXPECT_EQ(ReadText(out_), ReadText(named));
}

TEST_F(Annotate, WrongWishesAreExplained) {
  auto says = [&](std::vector<std::string> options, int code, const std::string& text) {
    options.insert(options.begin(), {"annotate", path_, "-o", out_});
    Outcome outcome = Convert(options);
    EXPECT_EQ(outcome.code, code) << outcome.err;
    EXPECT_NE(outcome.err.find(text), std::string::npos) << outcome.err;
    EXPECT_FALSE(std::filesystem::exists(out_));
  };
  says({}, 2, "nothing to do");
  says({"--set", "name"}, 2, "NAME=VALUE");
  says({"--set", "=shop"}, 2, "NAME=VALUE");
  says({"--unset", "nmae"}, 1, "--unset nmae: the file has no such key; it has none");
  says({"--set", "name=\xFF"}, 1, "the value of \"name\"");
  says({"--set", "a\tb=c"}, 1, "a key is 1 to 255 bytes");
}

}  // namespace
}  // namespace duomo::convert
