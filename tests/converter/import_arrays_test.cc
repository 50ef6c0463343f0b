// Parameters out to safetensors and NumPy and back, and what is said of those that do not fit.
#include <gtest/gtest.h>

#include <cstring>
#include <functional>
#include <limits>

#include "converter/arrays/arrays.h"
#include "converter/arrays/safetensors.h"
#include "converter/files.h"
#include "model/parameters.h"
#include "runtime/widen.h"

namespace duomo::convert {
namespace {

using namespace duomo::testing;

class ImportArrays : public ::testing::Test {
 protected:
  struct Tensor {
    std::string name;
    std::vector<uint64_t> shape;
    std::vector<float> values;
  };
  using Tensors = std::vector<Tensor>;

  // The parameters as `export safetensors` writes them, changed, written again and imported.
  // Returns what went wrong.
  std::string After(const std::function<void(Tensors&)>& change,
                    std::vector<std::string> options = {}) {
    EXPECT_EQ(Convert({"export", "safetensors", path_, "-o", file_}).code, 0);
    Tensors tensors;
    Arrays arrays = OpenSafetensors(file_);
    for (const Array& a : arrays.list) {
      auto values = FloatsOf(arrays, a);
      tensors.push_back({a.name, a.shape, {values.begin(), values.end()}});
    }
    change(tensors);
    Write(tensors);
    return Import("safetensors", options);
  }
  void Write(const Tensors& tensors) {
    std::vector<file::TensorSource> sources;
    for (const Tensor& t : tensors) {
      sources.push_back({t.name, file::DType::kF32, t.shape,
                         [&t](const auto& sink) { sink(std::as_bytes(std::span(t.values))); },
                         false});
    }
    WriteSafetensors(file_, sources);
  }
  std::string Import(const std::string& format, std::vector<std::string> options = {}) {
    std::filesystem::remove(out_);
    std::vector<std::string> command = {"import", format, file_, "--like", path_, "-o", out_};
    command.insert(command.end(), options.begin(), options.end());
    Outcome o = Convert(command);
    EXPECT_EQ(o.code == 0, o.err.empty()) << o.err;
    EXPECT_EQ(o.code == 0, std::filesystem::exists(out_));
    EXPECT_EQ(folder_.Names().size(), 2u + (o.code == 0) + std::filesystem::exists(map_));
    return o.err;
  }
  // Everything but the training report.
  void ExpectSame(const std::string& what) {
    auto before = model::Model::Open(path_), after = model::Model::Open(out_);
    EXPECT_EQ(after->description(), before->description()) << what;
    EXPECT_EQ(after->file().segments().size(), before->file().segments().size()) << what;
    for (const file::SegmentInfo& s : before->file().segments()) {
      auto found = after->file().Find(s.name);
      ASSERT_TRUE(found) << what << ": " << s.name;
      auto expected = before->file().Find(s.name)->bytes;
      EXPECT_TRUE(std::ranges::equal(found->bytes, expected)) << what << ": " << s.name;
    }
    EXPECT_EQ(Convert({"verify", out_}).code, 0) << what;
  }
  static Tensor& Named(Tensors& tensors, const std::string& name) {
    for (Tensor& t : tensors) {
      if (t.name == name) return t;
    }
    throw std::runtime_error("no tensor " + name);
  }
  static void Expect(const std::string& error, std::vector<std::string> parts) {
    for (const std::string& part : parts) {
      EXPECT_NE(error.find(part), error.npos) << part << "\nin " << error;
    }
  }
  void SetUp() override { model::Save(path_, SoundContents(CosineDescription())); }

  TemporaryFolder folder_;
  std::string path_ = folder_.File("model.duomo"), file_ = folder_.File("model.tensors"),
              out_ = folder_.File("imported.duomo"), map_ = folder_.File("map.json");
};

TEST_F(ImportArrays, WhatWasExportedComesBackToTheLastBit) {
  std::vector<model::Description> all = AllDescriptions();
  all.push_back(HybridDescription());
  all.push_back(AttentionDescription());
  for (const model::Description& d : all) {
    model::Save(path_, SoundContents(d));
    ASSERT_EQ(Convert({"export", "safetensors", path_, "-o", file_}).code, 0);
    for (const char* format : {"safetensors", "torch"}) {
      ASSERT_EQ(Import(format), "") << d.name;
      ExpectSame(d.name + format);
    }
    for (bool compress : {false, true}) {
      std::vector<std::string> command = {"export", "npz", path_, "-o", file_};
      if (compress) command.push_back("--compress");
      ASSERT_EQ(Convert(command).code, 0);
      ASSERT_EQ(Import(compress ? "npz" : "keras"), "") << d.name;
      ExpectSame(d.name + " npz");
    }
  }
}

TEST_F(ImportArrays, AttributesComeFromTheFileThatItIsLike) {
  TemporaryFolder aside;
  WriteText(aside.File("items.csv"),
            "item_id,price,brand,labels\n7,9.5,acme,new|sale\n30,2,other,\n");
  ASSERT_EQ(Convert({"attributes", path_, "-o", aside.File("with.duomo"), "--items",
                     aside.File("items.csv")})
                .code,
            0);
  std::filesystem::rename(aside.File("with.duomo"), path_);
  ASSERT_EQ(Convert({"export", "npz", path_, "-o", file_}).code, 0);
  for (const char* format : {"npz", "keras"}) {
    ASSERT_EQ(Import(format), "");
    ExpectSame(format);
    EXPECT_EQ(model::Model::Open(out_)->attributes().size(), 3u);
  }
}

TEST_F(ImportArrays, AttentionIsCalledAsPyTorchWould) {
  model::Save(path_, SoundContents(AttentionDescription()));
  ASSERT_EQ(Convert({"export", "safetensors", path_, "-o", file_}).code, 0);
  Arrays arrays = OpenSafetensors(file_);
  auto shape = [&](const char* name) {
    const Array* array = arrays.Find(std::string("user.watched.") + name);
    EXPECT_NE(array, nullptr) << name;
    return array == nullptr ? std::vector<uint64_t>{} : array->shape;
  };
  using Shape = std::vector<uint64_t>;
  EXPECT_EQ(shape("positions.weight"), (Shape{6, 4}));
  EXPECT_EQ(shape("block0.norm0.weight"), (Shape{4}));
  EXPECT_EQ(shape("block1.norm1.bias"), (Shape{4}));
  EXPECT_EQ(shape("block0.attention.weight"), (Shape{12, 4}));
  EXPECT_EQ(shape("block0.attention.bias"), (Shape{12}));
  EXPECT_EQ(shape("block0.distances"), (Shape{2, 6}));
  EXPECT_EQ(shape("block1.inner.weight"), (Shape{5, 4}));
  EXPECT_EQ(shape("norm.weight"), (Shape{4}));
}

TEST_F(ImportArrays, QuantisedParametersAsTheFloatsThatTheyStandFor) {
  for (const char* type : {"fp16", "bf16", "int8"}) {
    std::string small = folder_.File("small.duomo");
    model::Save(path_, SoundContents(HybridDescription()));
    ASSERT_EQ(Convert({"quantize", path_, "-o", small, "--weights", type}).code, 0);
    ASSERT_EQ(Convert({"export", "safetensors", small, "-o", file_}).code, 0);
    std::filesystem::remove(small + "x");
    Outcome o = Convert({"import", "safetensors", file_, "--like", small, "-o", out_});
    ASSERT_EQ(o.code, 0) << o.err;
    auto before = model::Model::Open(small), after = model::Model::Open(out_);
    for (const model::Parameter& p : model::ParametersOf(before->description())) {
      model::Rows a = before->parameter(p.name), b = after->parameter(p.name);
      ASSERT_EQ(a.size(), b.size());
      std::vector<float> x(a.size()), y(a.size());
      runtime::CopyRows(a, 0, a.count, x.data());
      runtime::CopyRows(b, 0, b.count, y.data());
      EXPECT_EQ(x, y) << type << ": " << p.name;
    }
    std::filesystem::remove(small);
  }
}

TEST_F(ImportArrays, EverythingThatDoesNotFitIsListed) {
  Expect(After([](Tensors& t) {
           std::erase_if(t, [](const auto& one) { return one.name == "user.dense0.weight"; });
           std::erase_if(t, [](const auto& one) { return one.name == "tables.user.weight"; });
           Tensor& bias = Named(t, "item.dense0.bias");
           bias.shape = {1, bias.shape[0]};
           t.push_back({"optimizer.step", {}, {1}});
         }),
         {"missing: \"tables.user.weight\", 6 × 4", "missing: \"user.dense0.weight\", ",
          "\"item.dense0.bias\" is 1 × ", "not expected: \"optimizer.step\", ()"});
}

TEST_F(ImportArrays, ATableWithoutARowForUnknownValues) {
  model::Save(path_, SoundContents(CosineDescription()));
  EXPECT_EQ(After([](Tensors& t) {
              Tensor& table = Named(t, "tables.user.weight");
              table.shape[0] -= 1;
              table.values.resize(table.shape[0] * table.shape[1]);
            }),
            "");
  auto model = model::Model::Open(out_);
  auto rows = model->parameter("tables/user").floats();
  size_t dim = 4, known = rows.size() / dim - 1;
  for (size_t c = 0; c < dim; ++c) {
    double sum = 0;
    for (size_t r = 0; r < known; ++r) sum += double{rows[r * dim + c]};
    EXPECT_EQ(rows[known * dim + c], static_cast<float>(sum / static_cast<double>(known)));
  }
}

TEST_F(ImportArrays, Maps) {
  auto rename = [](Tensors& t) {
    Named(t, "user.dense0.weight").name = "fc.weight";
    Named(t, "tables.user.weight").name = "embedding.weight";
    t.push_back({"steps", {}, {1}});
  };
  WriteText(map_, R"({"fc.weight": {"parameter": "user/dense0/weight", "transpose": true},
                      "embedding.weight": "parameters/tables/user", "steps": null})");
  EXPECT_EQ(After(rename, {"--map", map_}), "");
  ExpectSame("map");
  for (auto [map, part] :
       {std::pair("[]", "not a JSON object"), std::pair("{", "not valid JSON"),
        std::pair(R"({"a": 3})", "\"a\": must be"),
        std::pair(R"({"a": "b"})", "no parameter \"b\"; it has tables/user"),
        std::pair(R"({"a": "user/dense0/bias", "b": "user/dense0/bias"})", "\"a\" is mapped"),
        std::pair(R"({"a": {"parameter": "tables/user", "x": 1}})", "x")}) {
    WriteText(map_, map);
    Expect(After(rename, {"--map", map_}), {"map.json", part});
  }
}

TEST_F(ImportArrays, NumbersThatAreNotFinite) {
  auto damage = [](Tensors& t) {
    Named(t, "tables.user.weight").values[9] = std::numeric_limits<float>::quiet_NaN();
  };
  Expect(After(damage), {"\"tables.user.weight\"[2, 1] is NaN", "--allow-nonfinite"});
  EXPECT_EQ(After(damage, {"--allow-nonfinite"}), "");
}

TEST_F(ImportArrays, WhatIsNoArrayIsNeverLoaded) {
  WriteText(file_, "\x80\x02}q\x01.");
  for (const char* format : {"safetensors", "npz", "torch", "keras"}) {
    Expect(Import(format), {"model.tensors is a Python pickle", "never read"});
  }
  Expect(Import("torch"), {"safetensors.torch.save_file(model.state_dict()"});
}

TEST_F(ImportArrays, AFullDiskLeavesNothing) {
  model::Save(path_, SoundContents(HybridDescription()));
  ASSERT_EQ(Convert({"export", "safetensors", path_, "-o", file_}).code, 0);
  WriteText(out_, "what was there before");
  for (long limit : {0L, 1000L, 100'000L, 1'000'000L}) {
    Surroundings full;
    full.largest_file = limit;
    full.out = "/dev/null";
    Outcome o = Convert({"import", "safetensors", file_, "--like", path_, "-o", out_}, full);
    EXPECT_EQ(o.code, 1) << limit;
    o = Convert({"export", "safetensors", path_, "-o", out_}, full);
    EXPECT_EQ(o.code, 1) << limit;
    EXPECT_EQ(ReadText(out_), "what was there before");
    EXPECT_EQ(folder_.Names().size(), 3u);
  }
}

TEST_F(ImportArrays, WhereUsersAndItemsComeFromMustBeSaid) {
  for (std::vector<std::string> options : {std::vector<std::string>{},
                                           {"--preset", "hybrid"},
                                           {"--data", "x"},
                                           {"--like", path_, "--data", "x"}}) {
    std::vector<std::string> command = {"import", "npz", file_, "-o", out_};
    command.insert(command.end(), options.begin(), options.end());
    Outcome o = Convert(command);
    EXPECT_EQ(o.code, 2) << o.err;
    Expect(o.err, {"--like"});
  }
}

}  // namespace
}  // namespace duomo::convert
