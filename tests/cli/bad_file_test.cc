// Bad .duomo files: every command that opens one says what is wrong, exits with 1, never crashes.
#include "cli/program.h"

namespace duomo::testing {
namespace {

class BadFile : public ::testing::Test {
 protected:
  // Every command on a file with these bytes.
  void ExpectRefused(const std::string& bytes, const std::vector<std::string>& parts) {
    std::string file = folder_.File("bad.duomo");
    WriteText(file, bytes);
    std::vector<std::string> all = parts;
    all.push_back(file);
    ExpectFailure(1, {"predict", file, "--user", "1", "--item", "1"}, all);
    ExpectFailure(1, {"topk", file, "--user", "1"}, all);
    ExpectFailure(1, {"similar", file, "--item", "1"}, all);
    ExpectFailure(1, {"evaluate", file, SmallData()}, all);
  }

  TemporaryFolder folder_;
  const std::string good_ = ReadText(SmallModel());
};

TEST_F(BadFile, Missing) {
  std::string file = folder_.File("nope.duomo");
  for (std::vector<std::string> words :
       std::vector<std::vector<std::string>>{{"predict", file, "--user", "1", "--item", "1"},
                                             {"topk", file, "--user", "1"},
                                             {"similar", file, "--item", "1"},
                                             {"evaluate", file, SmallData()}}) {
    ExpectFailure(1, words, {file, "No such file"});
  }
  ExpectFailure(1, {"topk", folder_.path(), "--user", "1"}, {folder_.path(), "not a regular file"});
}

TEST_F(BadFile, EmptyAndTruncated) {
  ExpectRefused("", {});
  for (size_t size :
       {size_t{1}, size_t{63}, size_t{64}, size_t{1000}, good_.size() / 2, good_.size() - 1}) {
    ExpectRefused(good_.substr(0, size), {});
  }
}

TEST_F(BadFile, WrongMagic) {
  ExpectRefused(std::string("PK\3\4") + good_.substr(4), {"not a .duomo file"});
  ExpectRefused(ReadText(SmallData()), {"not a .duomo file"});
}

TEST_F(BadFile, NewerVersion) {
  // Golden files of what this version must refuse live in tests/golden; this one is the released
  // golden file of a newer container.
  ExpectRefused(ReadText(DUOMO_GOLDEN "/v1/bad/newer.duomo"), {"newer", "version"});
}

// Opening checks the preamble, the header and segments up to 64 KiB; duomo-convert verify the rest.
TEST_F(BadFile, AFlippedByteInAnySection) {
  ASSERT_FALSE(good_.empty());
  std::string file = folder_.File("bad.duomo");
  auto flip = [&](size_t place) {
    std::string bad = good_;
    bad[place] = static_cast<char>(bad[place] ^ 0x10);
    WriteText(file, bad);
  };
  for (size_t place : {0, 9, 17, 33, 62, 64, 100, 900}) {
    flip(place);
    ExpectFailure(1, {"topk", file, "--user", "1"}, {file});
  }
  Json segments =
      Json::parse(RunProgram({DUOMO_CONVERT, "inspect", SmallModel(), "--json"}).out)["segments"];
  size_t at_opening = 0, by_verify = 0;
  for (const Json& segment : segments) {
    std::string name = segment["name"];
    size_t offset = segment["offset"], size = segment["size"];
    if (size == 0) continue;
    flip(offset + size / 2);
    if (size <= 64 * 1024) {
      ExpectFailure(1, {"topk", file, "--user", "1"}, {file, name});
      ++at_opening;
      continue;
    }
    Outcome o = RunProgram({DUOMO_CONVERT, "verify", file});
    EXPECT_EQ(o.code, 1) << name;
    EXPECT_NE((o.out + o.err).find(name), std::string::npos) << o.out << o.err;
    ++by_verify;
  }
  EXPECT_GE(at_opening, 40u);
  EXPECT_GE(by_verify, 1u);
}

}  // namespace
}  // namespace duomo::testing
