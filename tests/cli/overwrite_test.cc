// No command of either program overwrites what it reads.
#include "cli/program.h"

namespace duomo::testing {
namespace {

namespace fs = std::filesystem;

class Overwrite : public ::testing::Test {
 protected:
  void SetUp() override {
    fs::copy_file(SmallModel(), model_);
    fs::copy_file(SmallData(), data_);
    fs::create_hard_link(model_, folder_.File("hard.duomo"));
    fs::create_symlink(data_, folder_.File("soft.zip"));
  }
  // Refused, with both names, and every file as before.
  void Refused(const std::vector<std::string>& command, const std::string& output,
               const std::string& input) {
    std::string model = ReadText(model_), data = ReadText(data_);
    auto names = folder_.Names().size();
    Outcome o = RunProgram(command);
    std::string line;
    for (const std::string& word : command) line += word + " ";
    EXPECT_EQ(o.code, 1) << line << o.err;
    EXPECT_EQ(o.out, "") << line;
    EXPECT_NE(o.err.find(output + " is the input itself ("), o.err.npos) << line << o.err;
    EXPECT_NE(o.err.find(input), o.err.npos) << line << o.err;
    EXPECT_TRUE(ReadText(model_) == model) << line;
    EXPECT_TRUE(ReadText(data_) == data) << line;
    EXPECT_EQ(folder_.Names().size(), names) << line;
  }
  TemporaryFolder folder_;
  std::string model_ = folder_.File("m.duomo"), data_ = folder_.File("data.zip");
};

TEST_F(Overwrite, CommandsOfDuomo) {
  std::string duomo = DUOMO_PROGRAM, list = folder_.File("list.csv");
  WriteText(list, "7\n");
  fs::create_symlink(list, folder_.File("again.csv"));
  Refused({duomo, "train", data_, "-o", data_}, "--output " + data_, "DATA " + data_);
  std::string soft = folder_.File("soft.zip");
  Refused({duomo, "train", data_, "-o", soft}, "--output " + soft, data_);
  Refused({duomo, "train", soft, "-o", "x", "--log", data_}, "--log " + data_, soft);
  Refused({duomo, "train", data_, "-o", "x", "--plot", data_}, "--plot " + data_, data_);
  Refused({duomo, "train", data_, "-o", model_, "--candidates", model_}, "--output " + model_,
          "--candidates " + model_);
  Refused({duomo, "baseline", "popularity", data_, "-o", soft}, "--output " + soft, data_);
  Refused({duomo, "describe", data_, "-o", data_}, "--output " + data_, data_);
  Refused({duomo, "compare", data_, model_, "--html", model_}, "--html " + model_, model_);
  Refused({duomo, "topk", model_, "--users", list, "-o", folder_.File("again.csv")},
          "--output " + folder_.File("again.csv"), "--users " + list);
}

TEST_F(Overwrite, CommandsOfDuomoConvert) {
  std::string convert = DUOMO_CONVERT, hard = folder_.File("hard.duomo");
  for (const std::vector<std::string>& command : std::vector<std::vector<std::string>>{
           {"quantize", model_, "--vectors", "fp16"},
           {"compress", model_},
           {"decompress", model_},
           {"prune", model_, "--no-titles"},
           {"merge", model_, "--items", "x"},
           {"index", model_},
           {"upgrade", model_},
           {"dump", model_},
           {"build", model_},
           {"export", "npz", model_},
           {"export", "onnx", model_},
           {"export", "safetensors", model_},
           {"export", "paddle-v2", model_},
           {"import", "onnx", "x", "--like", model_},
           {"import", "npz", "x", "--like", model_},
           {"import", "vectors", "--items", model_},
           {"import", "paddle-inference", "x", "--like", model_}}) {
    for (const std::string& output : {model_, hard}) {
      std::vector<std::string> words = command;
      words.insert(words.begin(), convert);
      words.insert(words.end(), {"-o", output});
      Refused(words, "--output " + output, model_);
    }
  }
}

TEST_F(Overwrite, TwoOutputsInOneFile) {
  std::string out = folder_.File("out");
  ExpectFailure(1, {"train", data_, "-o", out, "--log", out}, {"--output", "--log", "same file"});
  ExpectFailure(1, {"train", data_, "-o", out, "--plot", folder_.path() + "/./out"},
                {"--output", "--plot", "same file"});
  ExpectFailure(1, {"train", data_, "-o", out, "--log", model_, "--plot", model_},
                {"--log", "--plot", "same file"});
  EXPECT_FALSE(fs::exists(out));
}

// The data beside a network are part of it.
TEST_F(Overwrite, FilesThatBelongToOthers) {
  fs::rename(model_, folder_.File("n.onnx.data"));
  Outcome o = RunProgram(
      {DUOMO_CONVERT, "export", "onnx", folder_.File("n.onnx.data"), "-o", folder_.File("n.onnx")});
  EXPECT_EQ(o.code, 1);
  EXPECT_NE(o.err.find("is the input itself"), o.err.npos) << o.err;
  EXPECT_FALSE(fs::exists(folder_.File("n.onnx")));
}

}  // namespace
}  // namespace duomo::testing
