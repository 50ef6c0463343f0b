// quantize, compress and decompress.
#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>

#include "converter/shrinking.h"
#include "model/parameters.h"

namespace duomo::convert {
namespace {

using namespace duomo::testing;
using file::DType;

class Shrink : public ::testing::Test {
 protected:
  void Save(const model::Description& d) { model::Save(path_, SoundContents(d)); }
  TemporaryFolder folder_;
  std::string path_ = folder_.File("model.duomo"), out_ = folder_.File("out.duomo");
};

TEST_F(Shrink, EveryTypeOfEveryKindOfModelIsSmallerVerifiesAndSaysItsError) {
  std::vector<model::Description> all = AllDescriptions();
  all.push_back(HybridDescription());
  for (const model::Description& d : all) {
    Save(d);
    for (auto [name, dtype] :
         {std::pair("fp16", DType::kF16), {"bf16", DType::kBF16}, {"int8", DType::kI8}}) {
      SCOPED_TRACE(d.name + " " + name);
      auto json =
          ConvertJson({"quantize", path_, "-o", out_, "--weights", name, "--vectors", name});
      auto before = OpenEngine(path_), after = OpenEngine(out_);
      EXPECT_EQ(json["size_after"], std::filesystem::file_size(out_));
      if (d.name == "hybrid") {
        EXPECT_LT(json["size_after"].get<double>(), 0.6 * json["size_before"].get<double>());
      }
      for (const model::Parameter& p : model::ParametersOf(d)) {
        bool matrix = p.shape.size() == 2;
        DType expected = !matrix                                 ? DType::kF32
                         : dtype == DType::kI8 && p.shape[1] < 8 ? DType::kF16
                                                                 : dtype;
        EXPECT_EQ(after->model().parameter(p.name).dtype, expected) << p.name;
      }
      ExpectVerified(out_);
      if (model::IsJoint(d)) continue;
      // The report's numbers are those of the files.
      double largest = 0;
      for (uint64_t u = 0; u < before->model().users().count; ++u) {
        for (uint64_t i = 0; i < before->model().items().count; ++i) {
          auto x = std::bit_cast<float>(PredictionBits(*before, u, i));
          auto y = std::bit_cast<float>(PredictionBits(*after, u, i));
          largest = std::max(largest, std::abs(double{x} - double{y}));
        }
      }
      EXPECT_NEAR(json["known_pairs"]["max_error"].get<double>(), largest, 1e-8 * largest);
      EXPECT_EQ(json["known_pairs"]["pairs"], 10000);
      EXPECT_GE(json["by_features"]["max_error"].get<double>(),
                json["by_features"]["mean_error"].get<double>());
      EXPECT_EQ(json["top10"]["users"], 5);
      EXPECT_EQ(json["top10"]["overlap"], 1.0);  // of four items, all are among the best ten
    }
  }
}

TEST_F(Shrink, TypesAreChosenApart) {
  Save(HybridDescription());
  ConvertJson({"quantize", path_, "-o", out_, "--weights", "int8", "--vectors", "fp16",
               "--item-vectors", "bf16"});
  auto engine = OpenEngine(out_);
  EXPECT_EQ(engine->model().users().vectors.dtype, DType::kF16);
  EXPECT_EQ(engine->model().items().vectors.dtype, DType::kBF16);
  EXPECT_EQ(engine->model().parameter("tables/word").dtype, DType::kI8);
  EXPECT_EQ(engine->model().file().minimum_reader_version(), 2u);
  // And back: floats that stand for the same numbers.
  std::string back = folder_.File("back.duomo");
  ConvertJson({"quantize", out_, "-o", back, "--weights", "fp32", "--vectors", "fp32"});
  auto wide = OpenEngine(back);
  EXPECT_EQ(wide->model().file().minimum_reader_version(), 1u);
  EXPECT_EQ(PredictionBits(*wide, 2, 3), PredictionBits(*engine, 2, 3));
  EXPECT_FALSE(wide->model().file().Find("parameters/tables/word/scales"));
}

TEST_F(Shrink, TooLargeAnErrorWritesNothing) {
  Save(AllDescriptions()[1]);
  Outcome o = Convert({"quantize", path_, "-o", out_, "--vectors", "int8", "--max-error", "1e-9"});
  EXPECT_EQ(o.code, 1);
  EXPECT_NE(o.err.find("more than --max-error 1e-09"), o.err.npos) << o.err;
  EXPECT_EQ(folder_.Names(), std::vector<std::string>{"model.duomo"});
  EXPECT_EQ(Convert({"quantize", path_, "-o", out_, "--vectors", "int8", "--max-error", "9"}).code,
            0);
  EXPECT_EQ(folder_.Names().size(), 2u);
}

TEST_F(Shrink, NumbersThatDoNotFitAreRefusedByName) {
  auto contents = SoundContents(DotDescription());
  auto& t = TensorOf(contents, "parameters/tables/" + contents.description.tables[0].name);
  reinterpret_cast<float*>(t.bytes.data())[1] = 1e6f;
  model::Save(path_, contents);
  Outcome o = Convert({"quantize", path_, "-o", out_, "--weights", "fp16"});
  EXPECT_EQ(o.code, 1);
  EXPECT_NE(o.err.find(t.name), o.err.npos) << o.err;
  EXPECT_NE(o.err.find("range of f16"), o.err.npos) << o.err;
  EXPECT_EQ(folder_.Names(), std::vector<std::string>{"model.duomo"});
  EXPECT_EQ(Convert({"quantize", path_, "-o", out_, "--weights", "bf16"}).code, 0);
}

TEST_F(Shrink, WrongUsageAndFullDisks) {
  Save(CosineDescription());
  EXPECT_EQ(Convert({"quantize", path_, "-o", out_}).code, 2);
  EXPECT_EQ(Convert({"quantize", path_, "-o", out_, "--vectors", "int4"}).code, 2);
  EXPECT_EQ(Convert({"quantize", path_, "-o", path_, "--vectors", "int8"}).code, 1);
  Outcome full =
      Convert({"quantize", path_, "-o", out_, "--vectors", "int8"}, Surroundings{1000, false, ""});
  EXPECT_EQ(full.code, 1);
  EXPECT_NE(full.err.find(out_ + ":"), full.err.npos) << full.err;  // no other name
  EXPECT_EQ(folder_.Names(), std::vector<std::string>{"model.duomo"}) << full.err;
}

TEST_F(Shrink, CompressedFilesOpenAndComeBackToTheByte) {
  for (const model::Description& d : AllDescriptions()) {
    Save(d);
    std::string packed = folder_.File("packed.duomo");
    ConvertJson({"compress", path_, "-o", packed});
    ExpectVerified(packed);
    size_t compressed = 0;
    auto model = model::Model::Open(packed);
    for (const auto& s : model->file().segments()) compressed += s.compressed;
    EXPECT_GT(compressed, 0u);
    ConvertJson({"decompress", packed, "-o", out_});
    EXPECT_TRUE(ReadText(out_) == ReadText(path_)) << d.name;
  }
}

}  // namespace
}  // namespace duomo::convert
