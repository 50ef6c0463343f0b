// What comes back from an export, and what is refused. Foreign graphs are for onnx/check.
#include <gtest/gtest.h>

#include <cstring>
#include <functional>
#include <limits>

#include "converter/arrays/stock.h"
#include "converter/edit/quality.h"
#include "converter/files.h"
#include "converter/onnx/graph.h"
#include "converter/onnx/network.h"
#include "core/error.h"
#include "core/random.h"

namespace duomo::convert {
namespace {

using namespace duomo::testing;

// Networks of any parts in any order; the same one of the same seed.
model::Description AnyDescription(uint64_t seed) {
  using namespace model;
  Random random(seed);
  auto chance = [&] { return random.Below(2) == 1; };
  auto layers = [&](uint32_t width) {
    std::vector<Dense> out(random.Below(3));
    for (Dense& layer : out) {
      uint32_t units = 1 + static_cast<uint32_t>(random.Below(3));
      layer = {units, static_cast<Activation>(random.Below(4))};
    }
    if (width > 0) out.push_back({width, Activation::kTanh});
    return out;
  };
  Description d;
  d.name = "history";  // items have names, then
  d.vocabularies = {{"sku", KeyKind::kString, 4, {}, {}}, {"kind", KeyKind::kRange, 3, {}, {}}};
  for (uint32_t v : {0, 0, 1, 1}) {
    std::string name = StrCat("table", d.tables.size());
    d.tables.push_back({name, v, 1 + static_cast<uint32_t>(random.Below(2))});
  }
  const bool joint = random.Below(4) == 0;
  auto tower = [&](Side side, Scope scope, uint32_t width) {
    Tower t{side, {}, layers(width)};
    const auto first = static_cast<uint32_t>(d.inputs.size());
    const std::string prefix = scope == Scope::kUser ? "dense" : "i";
    d.inputs.push_back({prefix + "0", scope, InputKind::kCategory, 1, 0, 0});
    d.inputs.push_back({prefix + "1", scope, InputKind::kCategorySet, 1,
                        static_cast<uint32_t>(random.Below(3)), 0});
    d.inputs.push_back({prefix + "2", scope,
                        scope == Scope::kUser ? InputKind::kHistory : InputKind::kTokens, 0,
                        static_cast<uint32_t>(random.Below(3)), 0});
    d.inputs.push_back({prefix + "3", scope, InputKind::kNumber, -1, 0, 0.25f});
    const auto normalization = static_cast<Normalization>(random.Below(3));
    for (uint64_t n = 1 + random.Below(4); n > 0; --n) {
      Encoder e;
      e.name = StrCat("e", n);
      const auto in = static_cast<uint32_t>(random.Below(4));
      e.input = first + in;
      e.layers = layers(0);
      e.table = static_cast<int32_t>(random.Below(2)) + (in == 2 ? 0 : 2);
      e.activation = static_cast<Activation>(random.Below(4));
      if (in == 3) {
        e.kind = EncoderKind::kNumber;
        e.table = -1;
        e.square = chance(), e.root = chance();
        if (chance()) e.normalization = normalization;
      } else if (in == 2 && chance()) {
        e.kind = EncoderKind::kConvolution;
        e.filters = 1 + static_cast<uint32_t>(random.Below(2));
        e.windows = chance() ? std::vector<uint32_t>{3} : std::vector<uint32_t>{1, 2};
        e.pooling = static_cast<Pooling>(random.Below(3));
      } else if (in != 0) {
        e.kind = in == 1 && chance() ? EncoderKind::kMultiHot : EncoderKind::kBag;
        if (e.kind == EncoderKind::kBag) e.pooling = static_cast<Pooling>(random.Below(2));
      }
      bool active = e.kind == EncoderKind::kMultiHot || e.kind == EncoderKind::kConvolution;
      if (!active) e.activation = Activation::kIdentity;
      t.encoders.push_back(e);
    }
    d.towers.push_back(t);
  };
  if (joint) {
    tower(Side::kJoint, chance() ? Scope::kUser : Scope::kItem, 0);
    d.head.kind = HeadKind::kLogistic;
  } else {
    // Without layers where both have one width by chance.
    tower(Side::kUser, Scope::kUser, 0);
    tower(Side::kItem, Scope::kItem, 0);
    if (TowerWidth(d, d.towers[0]) != TowerWidth(d, d.towers[1])) {
      for (Tower& t : d.towers) t.layers.push_back({2, Activation::kTanh});
    }
    d.head.kind = chance() ? HeadKind::kDot : HeadKind::kCosine;
    d.head.scale = chance() ? 1 : 3;
    if (d.head.kind == HeadKind::kDot) {
      d.head.user_bias = chance() ? 0 : -1;
      d.head.item_bias = chance() ? 4 : -1;
      d.head.global_bias = chance();
    }
  }
  d.output.kind = static_cast<OutputKind>(random.Below(3));
  d.output.scale = chance() ? 1 : 0.5;
  d.output.offset = chance() ? 0 : 2.5;
  return d;
}

class ImportOnnx : public ::testing::Test {
 protected:
  ImportOnnx() { model::Save(path_, SoundContents(CosineDescription())); }

  // Exports the model at path_, changes the graph, and imports that. Returns what went wrong.
  std::string After(const std::function<void(onnx::Graph&)>& change,
                    std::vector<std::string> options = {}) {
    auto model = model::Model::Open(path_);
    onnx::Graph graph = GraphOf(*model);
    change(graph);
    onnx::Write(graph, onnx_);
    return Import(options);
  }
  std::string Import(std::vector<std::string> options = {}) {
    std::vector<std::string> command = {"import", "onnx", onnx_, "--like", path_, "-o", out_};
    command.insert(command.end(), options.begin(), options.end());
    Outcome o = Convert(command);
    EXPECT_EQ(o.code == 0, o.err.empty()) << o.err;
    EXPECT_EQ(o.code == 0, std::filesystem::exists(out_));
    return o.err;
  }
  static onnx::Node& NodeNamed(onnx::Graph& graph, const std::string& name) {
    for (onnx::Node& node : graph.nodes) {
      if (node.name == name) return node;
    }
    throw std::runtime_error("no node " + name);
  }
  static onnx::Tensor& TensorNamed(onnx::Graph& graph, const std::string& name) {
    for (onnx::Tensor& t : graph.constants) {
      if (t.name == name) {
        t.owned.assign(t.bytes().begin(), t.bytes().end());
        return t;
      }
    }
    throw std::runtime_error("no tensor " + name);
  }
  static void Expect(const std::string& error, std::vector<std::string> parts) {
    for (const std::string& part : parts) {
      EXPECT_NE(error.find(part), error.npos) << part << "\nin " << error;
    }
  }

  TemporaryFolder folder_;
  std::string path_ = folder_.File("model.duomo"), onnx_ = folder_.File("model.onnx"),
              out_ = folder_.File("imported.duomo");
};

TEST_F(ImportOnnx, WhatWasExportedComesBackToTheLastBit) {
  std::vector<model::Description> all = AllDescriptions();
  all.push_back(HybridDescription());
  for (const model::Description& d : all) {
    for (const char* limit : {"1000000000", "0"}) {
      model::Save(path_, SoundContents(d));
      ASSERT_EQ(Convert({"export", "onnx", path_, "-o", onnx_, "--inline-limit", limit}).code, 0);
      ASSERT_EQ(Import(), "") << d.name;
      auto before = model::Model::Open(path_), after = model::Model::Open(out_);
      EXPECT_EQ(after->description().vocabularies, d.vocabularies) << d.name;
      EXPECT_EQ(after->description().inputs, d.inputs) << d.name;
      EXPECT_EQ(after->description().tables.size(), d.tables.size()) << d.name;
      EXPECT_EQ(after->description().output, d.output) << d.name;
      for (const file::SegmentInfo& s : before->file().segments()) {
        auto found = after->file().Find(s.name);
        ASSERT_TRUE(found) << d.name << ": " << s.name;
        auto expected = before->file().Find(s.name)->bytes;
        EXPECT_TRUE(
            std::equal(found->bytes.begin(), found->bytes.end(), expected.begin(), expected.end()))
            << d.name << ": " << s.name;
      }
      EXPECT_EQ(Convert({"verify", out_}).code, 0);
    }
  }
}

TEST_F(ImportOnnx, AnyNetworkThatWasExportedComesBack) {
  for (uint64_t seed = 0; seed < 300; ++seed) {
    model::Description d = AnyDescription(seed);
    model::Contents contents = SoundContents(d);
    AlignedVector<std::byte> bytes = model::SaveToMemory(contents);
    auto before = model::Model::OpenBuffer(bytes);
    onnx::Graph graph = GraphOf(*before);
    onnx::CheckGraph(graph);
    Network network;
    try {
      network = NetworkOf(graph, before->description());
    } catch (const Error& error) {
      ADD_FAILURE() << seed << ": " << error.message();
      continue;
    }
    model::Contents imported = Stock(*before, network.description);
    std::ranges::move(network.sources, std::back_inserter(imported.sources));
    if (!model::IsJoint(d)) Freeze(imported);
    AlignedVector<std::byte> after_bytes = model::SaveToMemory(imported);
    auto after = model::Model::OpenBuffer(after_bytes);
    Quality quality = Measure(*runtime::Engine::Create(before), *runtime::Engine::Create(after),
                              {.pairs = 20, .users = 1});
    EXPECT_EQ(quality.features.largest, 0) << seed;
    EXPECT_EQ(quality.known.largest, 0) << seed;
  }
}

TEST_F(ImportOnnx, RenamesInputs) {
  auto rename = [](onnx::Graph& graph) {
    graph.inputs[0].name = "uid";
    for (onnx::Node& node : graph.nodes) {
      for (std::string& input : node.inputs) {
        if (input == "id") input = "uid";
      }
    }
  };
  Expect(After(rename), {"\"uid\"", "one of id, gender, movie, genres, title"});
  WriteText(folder_.File("map.json"), R"({"uid": "id"})");
  EXPECT_EQ(After(rename, {"--map", folder_.File("map.json")}), "");
  std::filesystem::remove(out_);
  WriteText(folder_.File("map.json"), R"({"uid": 3})");
  Expect(After(rename, {"--map", folder_.File("map.json")}), {"map.json", "JSON object of names"});
}

TEST_F(ImportOnnx, NamesTheNodeThatCannotBeExpressed) {
  Expect(After([](auto& g) { NodeNamed(g, "user/dense0/activation").op = "Softmax"; }),
         {"node \"user/dense0/activation\" (Softmax of \"user/dense0\")", "cannot be expressed"});
  Expect(After([](auto& g) {
           NodeNamed(g, "user/dense0").attributes = {{"alpha", 2.0f}};
         }),
         {"node \"user/dense0\" (Gemm of \"user/concatenated\"", "alpha 1"});
  Expect(After([](auto& g) {
           NodeNamed(g, "user/concatenated").attributes = {{"axis", int64_t{0}}};
         }),
         {"node \"user/concatenated\" (Concat", "axis 1"});
  Expect(
      After([](auto& g) {
        NodeNamed(g, "item/title/convolution3").attributes = {{"pads", std::vector<int64_t>{0, 0}}};
      }),
      {"node \"item/title/convolution3\" (Conv", "padding"});
  Expect(After([](auto& g) { NodeNamed(g, "user/unit").inputs[0] = "item/unit"; }), {"item/unit"});
  Expect(After([](auto& g) { NodeNamed(g, "head/products").inputs[1] = "user_vector"; }),
         {"users' inputs"});
  Expect(After([](auto& g) { g.outputs.erase(g.outputs.begin()); }),
         {"user_vector, item_vector", "\"prediction\""});
}

TEST_F(ImportOnnx, ShapesThatDoNotFit) {
  Expect(After([](auto& g) {
           onnx::Tensor& t = TensorNamed(g, "tables/user");
           t.dims = {4, 6};
         }),
         {"tensor \"tables/user\" has the shape [4, 6]", "vocabulary user", "5 rows, or 6"});
  Expect(After([](auto& g) {
           onnx::Tensor& t = TensorNamed(g, "item/dense0/weight");
           std::swap(t.dims[0], t.dims[1]);
           TensorNamed(g, "item/dense0/bias").dims = {t.dims[1]};
           TensorNamed(g, "item/dense0/bias").owned.resize(static_cast<size_t>(t.dims[1]) * 4);
         }),
         {"item/dense0/weight", "120 numbers", "[15, 15]"});
  Expect(After([](auto& g) {
           TensorNamed(g, "user/dense0/bias").dims = {3, 2};
         }),
         {"node \"user/dense0\"", "bias"});
}

TEST_F(ImportOnnx, NumbersThatAreNotFinite) {
  auto damage = [](onnx::Graph& g) {
    float nan = std::numeric_limits<float>::quiet_NaN();
    std::memcpy(TensorNamed(g, "user/dense0/weight").owned.data() + 12, &nan, 4);
  };
  Expect(After(damage), {"parameters/user/dense0/weight[0, 3]", "--allow-nonfinite"});
  EXPECT_EQ(After(damage, {"--allow-nonfinite"}), "");
}

TEST_F(ImportOnnx, GraphsThatContradictThemselves) {
  Expect(After([](auto& g) { NodeNamed(g, "user/unit").inputs[0] = "prediction"; }),
         {"node \"user/unit\"", "\"prediction\"", "no output of a node before it"});  // a cycle
  Expect(After([](auto& g) { std::swap(g.nodes[0], g.nodes[5]); }), {"no output of a node before"});
  Expect(After([](auto& g) { g.constants.pop_back(); }), {"no initialiser"});
  Expect(After([](auto& g) { g.constants.push_back(TensorNamed(g, "tables/user")); }),
         {"\"tables/user\" has a name that another value has"});
  Expect(After([](auto& g) {
           TensorNamed(g, "tables/user").dims = {6, 5};
         }),
         {"\"tables/user\" has 96 bytes; its dimensions say 120"});
  Expect(After([](auto& g) {
           TensorNamed(g, "tables/user").dims = {int64_t{1} << 40, 1 << 30};
         }),
         {"\"tables/user\"", "absurd"});
  Expect(After([](auto& g) { TensorNamed(g, "tables/user").dims = {-6, -4}; }), {"a dimension -6"});
  Expect(After([](auto& g) { TensorNamed(g, "tables/user").type = static_cast<onnx::Type>(10); }),
         {"\"tables/user\" is of data type 10"});
}

TEST_F(ImportOnnx, DeepAndEntangledGraphs) {
  auto chain = [](int count, bool twice) {
    return [count, twice](onnx::Graph& g) {
      onnx::Node& last = NodeNamed(g, "user/dense0");
      std::string value = last.inputs[0];
      std::vector<onnx::Node> more;
      for (int i = 0; i < count; ++i) {
        std::string next = "more" + std::to_string(i);
        more.push_back({twice ? "Add" : "Tanh", next, {value}, {next}, {}});
        if (twice) more.back().inputs.push_back(value);
        value = next;
      }
      last.inputs[0] = value;
      auto place = std::find_if(g.nodes.begin(), g.nodes.end(),
                                [](const auto& n) { return n.name == "user/dense0"; });
      g.nodes.insert(place, more.begin(), more.end());
    };
  };
  Expect(After(chain(50'000, false)), {"deeper or more entangled"});
  Expect(After(chain(64, true)), {"cannot be expressed"});
}

TEST_F(ImportOnnx, DataOutsideTheFolder) {
  ASSERT_EQ(Convert({"export", "onnx", path_, "-o", onnx_, "--inline-limit", "0"}).code, 0);
  model::Save(path_, SoundContents(HybridDescription()));
  ASSERT_EQ(Convert({"export", "onnx", path_, "-o", onnx_, "--inline-limit", "0"}).code, 0);
  const std::string good = ReadText(onnx_), name = "model.onnx.data";
  auto with_location = [&](const std::string& location) {
    ASSERT_EQ(location.size(), name.size());
    std::string bad = good;
    for (size_t at; (at = bad.find(name)) != bad.npos;) bad.replace(at, name.size(), location);
    WriteText(onnx_, bad);
  };
  for (const char* location : {"../../../passwd", "/etc/ssh/passwd", "a/../../x/passw"}) {
    with_location(location);
    Expect(Import(), {location, "tensor \"tables/user\""});
  }
  std::filesystem::create_symlink("/etc/passwd", folder_.File("leads-elsewher"));
  with_location("./leads-elsewhe");
  Expect(Import(), {"./leads-elsewhe"});
  std::filesystem::create_symlink("/etc/passwd", folder_.File("leads-elsewhere"));
  with_location("leads-elsewhere");
  Expect(Import(), {"leads-elsewhere", "a link that leads out"});
  // Shorter than the model says.
  WriteText(onnx_, good);
  std::filesystem::resize_file(onnx_ + ".data", 100'000);
  Expect(Import(), {"model.onnx.data", "its end"});
  std::filesystem::remove(onnx_ + ".data");
  Expect(Import(), {"model.onnx.data"});
}

TEST_F(ImportOnnx, OtherFiles) {
  for (const std::string& text :
       {std::string(), std::string("no model at all"), std::string(100, '\xFF'),
        std::string("\x08\x08\x42\x04\x0A\x00\x10\x11", 8)}) {
    WriteText(onnx_, text);
    Expect(Import(), {"duomo-convert: "});
  }
  Convert({"export", "onnx", path_, "-o", onnx_});
  std::string good = ReadText(onnx_);
  for (size_t size = 0; size < good.size(); size += 97) {
    WriteText(onnx_, good.substr(0, size));
    EXPECT_NE(Import(), "") << size;
  }
  Outcome o = Convert({"import", "onnx", onnx_, "--like", path_, "-o", path_});
  EXPECT_EQ(o.code, 1);
  Expect(o.err, {"is the input itself"});
}

}  // namespace
}  // namespace duomo::convert
