// Bad data and bad descriptions: a message that says where, exit code 1, and nothing left behind.
#include "cli/program.h"

namespace duomo::testing {
namespace {

class BadData : public ::testing::Test {
 protected:
  // Trains on `data` (with `more`), which must fail and leave nothing in the output folder.
  void ExpectRefused(const std::string& data, const std::vector<std::string>& parts,
                     const std::vector<std::string>& more = {}) {
    std::vector<std::string> words = {"train", data, "-o", out_.File("m.duomo"), "--steps", "2"};
    words.insert(words.end(), more.begin(), more.end());
    ExpectFailure(1, words, parts);
    EXPECT_TRUE(out_.Names().empty()) << out_.Names()[0];
  }

  TemporaryFolder out_;
};

TEST_F(BadData, MissingFolderOrFile) {
  TemporaryFolder folder;
  ExpectRefused(folder.File("nope"), {folder.File("nope"), "does not exist"});
  ExpectRefused(folder.path(), {folder.path(), "ratings.dat"});
  ExpectFailure(1, {"evaluate", SmallModel(), folder.File("nope")}, {"does not exist"});
  DataFolder data;
  std::filesystem::remove(data.path() + "/users.dat");
  ExpectRefused(data.path(), {"users.dat"});
}

// An archive without ratings: an empty one is 22 bytes, its end-of-directory record.
TEST_F(BadData, AZipWithoutRatings) {
  TemporaryFolder folder;
  std::string end("PK\5\6", 4);
  WriteText(folder.File("empty.zip"), end + std::string(18, '\0'));
  ExpectRefused(folder.File("empty.zip"), {"empty.zip", "ratings.dat"});
  ExpectFailure(1, {"evaluate", SmallModel(), folder.File("empty.zip")}, {"ratings.dat"});
}

TEST_F(BadData, ADamagedZip) {
  TemporaryFolder folder;
  std::string good = ReadText(SmallData());
  WriteText(folder.File("short.zip"), good.substr(0, good.size() / 2));
  ExpectRefused(folder.File("short.zip"), {"short.zip"});
  std::string flipped = good;
  flipped[good.size() / 2] ^= 0x10;
  WriteText(folder.File("flipped.zip"), flipped);
  ExpectRefused(folder.File("flipped.zip"), {"flipped.zip"});
}

TEST_F(BadData, ARatingOfEleven) {
  DataFolder data;
  data.Replace("ratings.dat", "1::1::5::978300760\n1::2::11::978300761\n2::1::3::978300762\n");
  ExpectRefused(data.path(), {"ratings.dat, line 2", "rating 11"});
  ExpectFailure(1, {"evaluate", SmallModel(), data.path()}, {"ratings.dat, line 2", "rating 11"});
}

TEST_F(BadData, EmptyDataSets) {
  for (const char* file : {"users.dat", "movies.dat", "ratings.dat"}) {
    DataFolder data;
    data.Replace(file, "");
    // Where all users or movies are gone, the first rating has an unknown one.
    ExpectRefused(data.path(), {".dat"});
  }
  DataFolder data;
  for (const char* file : {"users.dat", "movies.dat", "ratings.dat"}) data.Replace(file, "");
  ExpectRefused(data.path(), {"no "});
}

TEST_F(BadData, BadLinesAreNamedOrSkippedWithACount) {
  DataFolder data;
  std::string ratings = data.Text("ratings.dat"), users = data.Text("users.dat");
  data.Replace("ratings.dat", ratings + "1::1\n1::1::4::later\n1::999::4::978300760\n");
  data.Replace("users.dat", users + "61::Q::25::3::12345\n");
  ExpectRefused(data.path(), {"users.dat, line 61"});
  TemporaryFolder folder;
  Outcome o = Duomo({"train", data.path(), "-o", folder.File("m.duomo"), "--steps", "2",
                     "--threads", "1", "--skip-bad-lines"});
  EXPECT_EQ(o.code, 0) << o.err;
  EXPECT_NE(o.err.find("left out 4 bad lines"), o.err.npos) << o.err;
  // What is left is what there was before: so is the model, but for the data set's name.
  EXPECT_NE(o.err.find("60 users, 40 items, 900 ratings"), o.err.npos) << o.err;
}

TEST_F(BadData, SplitsThatLeaveNothing) {
  DataFolder data;
  data.Replace("ratings.dat", "1::1::5::978300760\n");
  ExpectRefused(data.path(), {"time:0.5"}, {"--split", "time:0.5"});
  data.Replace("ratings.dat", "1::1::5::0\n1::2::4::978300760\n");
  ExpectRefused(data.path(), {"1", "timestamp"}, {"--split", "leave-last"});
}

TEST_F(BadData, BadDescriptionsPointAtTheField) {
  TemporaryFolder folder;
  const Json good = Json::parse(ReadText(std::string(DUOMO_PRESETS) + "/hybrid.json"));
  auto refuse = [&](const Json& recipe, const std::vector<std::string>& parts) {
    WriteText(folder.File("model.json"), recipe.dump());
    ExpectRefused(SmallData(), parts, {"--model", folder.File("model.json")});
  };
  Json bad = good;
  bad["model"]["colour"] = "red";
  refuse(bad, {"model.json", "colour"});
  bad = good;
  bad["model"]["towers"][1]["encoders"][2]["stride"] = 2;
  refuse(bad, {"model.json", "towers[1].encoders[2].stride"});
  bad = good;
  bad["training"]["inertia"] = 0.9;
  refuse(bad, {"training.inertia"});
  bad = good;
  bad["model"]["inputs"][3]["vocabulary"] = "nope";
  refuse(bad, {"model.json", "inputs", "nope"});
  bad = good;
  bad["model"]["head"]["kind"] = "guess";
  refuse(bad, {"model.json", "head", "guess"});
  refuse(Json::array(), {"model.json"});
  WriteText(folder.File("model.json"), "{\"model\": ");
  ExpectRefused(SmallData(), {"model.json"}, {"--model", folder.File("model.json")});
  ExpectRefused(SmallData(), {"nope.json", "No such file"}, {"--model", folder.File("nope.json")});
}

}  // namespace
}  // namespace duomo::testing
