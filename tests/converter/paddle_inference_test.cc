// PaddlePaddle's inference models: the tiny ones of the fuzz corpus, and what is wrong with changed
// ones. Beside PaddlePaddle itself: paddle/check.
#include "fuzz/paddle_inference.h"

#include <gtest/gtest.h>

#include <cstring>
#include <functional>
#include <limits>

#include "converter/files.h"
#include "converter/paddle/program.h"
#include "core/error.h"

namespace duomo::convert {
namespace {

using namespace duomo::testing;

class PaddleInference : public ::testing::Test {
 protected:
  PaddleInference() {
    model::Save(like_, ContentsOf(fuzz::TinyDescription()));
    Take("seed-json", ".json");
  }

  // Puts a seed of the corpus into the folder, as PaddlePaddle wrote it.
  void Take(const char* seed, const std::string& ending) {
    std::string text = ReadText(StrCat(DUOMO_CORPUS, "/", seed));
    uint32_t size = 0;
    std::memcpy(&size, text.data(), 4);
    program_ = folder_.File("model" + ending);
    WriteText(program_, text.substr(4, size));
    WriteText(parameters_, text.substr(4 + size));
  }

  std::string Import(std::string input = "", std::vector<std::string> options = {},
                     const Surroundings& in = {}) {
    if (input.empty()) input = program_;
    std::vector<std::string> command = {"import", "paddle-inference", input, "--like", like_, "-o",
                                        out_};
    command.insert(command.end(), options.begin(), options.end());
    std::filesystem::remove(out_);
    size_t before = folder_.Names().size();
    Outcome o = Convert(command, in);
    EXPECT_EQ(o.code, o.err.empty() ? 0 : 1) << o.err;
    EXPECT_EQ(folder_.Names().size(), before + (o.code == 0 ? 1 : 0));
    return o.err;
  }
  // What importing says after text of the program was replaced, everywhere.
  std::string After(const std::string& text, const std::string& by) {
    std::string good = ReadText(program_), bad = good;
    EXPECT_NE(good.find(text), good.npos) << text;
    for (size_t at = 0; (at = bad.find(text, at)) != bad.npos; at += by.size()) {
      bad.replace(at, text.size(), by);
    }
    WriteText(program_, bad);
    std::string error = Import();
    WriteText(program_, good);
    return error;
  }
  std::string AfterParameters(const std::function<void(std::string&)>& change,
                              std::vector<std::string> options = {}) {
    std::string good = ReadText(parameters_), bad = good;
    change(bad);
    WriteText(parameters_, bad);
    std::string error = Import("", options);
    WriteText(parameters_, good);
    return error;
  }
  static void Expect(const std::string& error, std::vector<std::string> parts) {
    for (const std::string& part : parts) {
      EXPECT_NE(error.find(part), error.npos) << part << "\nin " << error;
    }
  }

  TemporaryFolder folder_, other_;
  std::string like_ = other_.File("like.duomo"), program_,
              parameters_ = folder_.File("model.pdiparams"), out_ = folder_.File("out.duomo");
};

TEST_F(PaddleInference, FindsAndReadsBothKinds) {
  for (std::string input : {program_, folder_.File("model"), parameters_, folder_.path()}) {
    EXPECT_EQ(Import(input), "") << input;
    EXPECT_EQ(Convert({"verify", out_}).code, 0);
  }
  auto json = model::Model::Open(out_);
  EXPECT_EQ(json->description().head.kind, model::HeadKind::kCosine);
  EXPECT_EQ(json->description().head.scale, 5);
  EXPECT_EQ(json->description().towers[1].encoders[1].kind, model::EncoderKind::kConvolution);
  EXPECT_EQ(json->description().towers[1].layers[0].activation, model::Activation::kIdentity);

  Take("seed-columns", ".json");
  EXPECT_EQ(Import(), "");
  auto columns = model::Model::Open(out_);
  EXPECT_EQ(columns->description().output.offset, 2.5);
  std::filesystem::remove(program_);
  Take("seed-program", ".pdmodel");
  EXPECT_EQ(Import(), "");
  EXPECT_EQ(Import(folder_.path()), "");
  auto program = model::Model::Open(out_);
  EXPECT_EQ(program->description().head.kind, model::HeadKind::kDot);
  EXPECT_EQ(program->description().output.offset, 3.5);
}

TEST_F(PaddleInference, WeightsAreTheFilesOwn) {
  ASSERT_EQ(Import(), "");
  std::string json = ReadText(program_), bytes = ReadText(parameters_);
  paddle::Program program = paddle::ReadPir(json, "json");
  auto tensors = paddle::ReadParameters(std::as_bytes(std::span(bytes)), program, "parameters");
  auto model = model::Model::Open(out_);
  // The first table of five rows is the users'.
  for (const auto& [name, tensor] : tensors) {
    if (tensor.dims != std::vector<int64_t>{5, 3}) continue;
    auto table = model->parameter("tables/" + name).floats();
    ASSERT_GE(table.size_bytes(), tensor.bytes.size());
    EXPECT_EQ(std::memcmp(table.data(), tensor.bytes.data(), tensor.bytes.size()), 0);
  }
}

TEST_F(PaddleInference, NamesTheOperatorThatCannotBeExpressed) {
  Expect(After("1.tanh", "1.softmax"), {"softmax", "cannot be expressed"});
  Expect(After("1.concat", "1.stack"), {"paddle.stack", "cannot be expressed"});
  Expect(After("1.max\"", "1.median\""), {"paddle.median", "cannot be expressed"});
  Expect(After("1.divide", "1.pow"), {"paddle.pow", "cannot be expressed"});
  Expect(After(R"({"AT":{"#":"0.a_i64","D":-1},"N":"padding_idx"})",
               R"({"AT":{"#":"0.a_i64","D":1},"N":"padding_idx"})"),
         {"\"embedding\"", "row 1 is padding_idx and not zero"});
  Expect(After("\"NCHW\"", "\"NHWC\""), {"\"conv2d\"", "NCL"});
}

TEST_F(PaddleInference, ProgramsThatAreNone) {
  Expect(After("\"magic\":\"pir\"", "\"magic\":\"pie\""), {"no PIR program"});
  Expect(After("\"version\":4", "\"version\":5"), {"version 5", "up to 4"});
  Expect(After("{\"%\":", "{\"&\":"), {"damaged program", "\"%\" is missing"});
  Expect(After("\"blocks\":[", "\"blocks\":[{},"), {"several blocks"});
  Expect(After("1.fetch", "1.print"), {"0 outputs", "save it with one"});
  Expect(After("\"user_id\"", "\"user\""), {"\"user\"", "user_id, genres, title"});
  for (std::string text : {"", "{", "[1, 2]", "{\"base_code\": 3}", "\x80\x04}.", "PK\x03\x04"}) {
    WriteText(program_, text);
    EXPECT_NE(Import(), "") << text;
  }
  WriteText(program_, "\x80\x04}.");
  Expect(Import(), {"pickle"});
  WriteText(program_, std::string(100'000, '['));
  Expect(Import(), {"model.json"});
  std::filesystem::remove(program_);
  Expect(Import(), {"neither", "model.json", "model.pdmodel"});
  Take("seed-program", ".pdmodel");
  std::string good = ReadText(program_);
  for (size_t size = 0; size < good.size(); size += 97) {
    WriteText(program_, good.substr(0, size));
    EXPECT_NE(Import(), "") << size;
  }
}

TEST_F(PaddleInference, ParametersThatAreMissingExtraOrOfAnotherShape) {
  EXPECT_EQ(After("\"linear_0.w_0\"", "\"linear_0.x_0\""), "");  // it sorts the same way
  Expect(After("\"conv1d_0.b_0\"", "\"zonv1d_0.b_0\""), {"expected"});
  // One record more than the program has parameters, and one less.
  const size_t record = 4 + 8 + 4 + 4 + 4 + 2 * 4;  // a bias of 2 floats
  Expect(AfterParameters([&](auto& b) { b += b.substr(0, record); }),
         {"not expected: \"tensor 10\", 2"});
  Expect(AfterParameters([&](auto& b) { b.erase(0, record); }),
         {"missing: \"linear_2.w_0\", 4 × 4"});
  Expect(AfterParameters([](auto& b) { b.clear(); }),
         {"missing: \"conv1d_0.b_0\", 2", "missing: \"embedding_0.w_0\", 5 × 3",
          "missing: \"linear_2.w_0\", 4 × 4"});
  Expect(AfterParameters([](auto& b) { b[0] = 1; }), {"tensor 0 (from 0)", "version 1"});
  Expect(AfterParameters([](auto& b) { b[21] = 99; }), {"numbers of an unknown type"});
  Expect(AfterParameters([](auto& b) { b = "\x80\x04}."; }), {"pickle"});
  std::string good = ReadText(parameters_);
  for (size_t size = 1; size < good.size(); ++size) {
    if (size > 60 && size % 13 != 0) continue;
    Expect(AfterParameters([&](auto& b) { b.resize(size); }), {"model.pdiparams"});
  }
}

TEST_F(PaddleInference, NumbersThatAreNotFinite) {
  auto damage = [](std::string& b) {
    float bad = -std::numeric_limits<float>::infinity();
    std::memcpy(b.data() + 24 + 4, &bad, 4);
  };
  Expect(AfterParameters(damage), {"conv1d_0.b_0[1] is infinite", "--allow-nonfinite"});
  EXPECT_EQ(AfterParameters(damage, {"--allow-nonfinite"}), "");
}

TEST_F(PaddleInference, WhichModelAndWhoseUsers) {
  WriteText(folder_.File("second.pdiparams"), "");
  Expect(Import(folder_.path()), {"holds 2 models", "second"});
  Expect(Import(folder_.File("nothing")), {"neither"});
  std::filesystem::create_directory(other_.File("empty"));
  Expect(Import(other_.File("empty")), {"holds 0 models"});
  Outcome o = Convert({"import", "paddle-inference", program_, "-o", out_});
  EXPECT_EQ(o.code, 2);
  Expect(o.err, {"--like or --data"});
}

TEST_F(PaddleInference, AFullDiskLeavesNothing) {
  Surroundings full;
  full.largest_file = 1000;
  EXPECT_NE(Import("", {}, full), "");
}

}  // namespace
}  // namespace duomo::convert
