// Every rule of a description, and that its message names the field.
#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <limits>

#include "core/error.h"
#include "model/description.h"
#include "model/samples.h"

namespace duomo::model {
namespace {

using testing::CosineDescription;
using testing::DotDescription;
using testing::JointDescription;

void Refuse(Description d, const std::function<void(Description&)>& edit, const std::string& field,
            const std::string& words = "") {
  edit(d);
  try {
    Validate(d, true);
    ADD_FAILURE() << "accepted; expected an error of " << field;
  } catch (const Error& error) {
    EXPECT_EQ(error.status(), Status::kInvalidArgument);
    EXPECT_EQ(error.message().find("description: " + field + ": "), 0u)
        << "expected: " << field << "\nfound: " << error.message();
    EXPECT_NE(error.message().find(words), std::string::npos) << error.message();
  }
}

const float kNan = std::numeric_limits<float>::quiet_NaN();

TEST(ValidationTest, SamplesAreValid) {
  for (const Description& d : testing::AllDescriptions())
    EXPECT_NO_THROW(Validate(d, true)) << d.name;
  EXPECT_NO_THROW(Validate(testing::HybridDescription(), true));
}

TEST(ValidationTest, Names) {
  Description d = CosineDescription();
  Refuse(
      d, [](auto& x) { x.name = ""; }, "name");
  Refuse(
      d, [](auto& x) { x.name = "\xFF"; }, "name", "UTF-8");
  Refuse(
      d, [](auto& x) { x.name = std::string(256, 'x'); }, "name", "255");
  Refuse(
      d, [](auto& x) { x.inputs[1].name = "a/b"; }, "inputs[1].name", "'/'");
  Refuse(
      d, [](auto& x) { x.inputs[1].name = "a\nb"; }, "inputs[1].name", "control");
  Refuse(
      d, [](auto& x) { x.inputs[1].name = "id"; }, "inputs[1].name", "twice");
  Refuse(
      d, [](auto& x) { x.tables[2].name = "user"; }, "tables[2].name", "twice");
  Refuse(
      d, [](auto& x) { x.vocabularies[1].name = "user"; }, "vocabularies[1].name", "twice");
}

TEST(ValidationTest, Vocabularies) {
  Description d = CosineDescription();
  Refuse(
      d, [](auto& x) { x.vocabularies[0].keys = KeyKind(3); }, "vocabularies[0].keys", "3");
  Refuse(
      d, [](auto& x) { x.vocabularies[0].size = 1ull << 41; }, "vocabularies[0].size");
  Refuse(
      d, [](auto& x) { x.vocabularies[1].size = 0; }, "vocabularies[1].size", "\"gender\"");
  Refuse(
      d, [](auto& x) { x.vocabularies[1].integers = {1}; }, "vocabularies[1].values");
  Refuse(
      d, [](auto& x) { x.vocabularies[0].strings = {"a"}; }, "vocabularies[0].values");
  Refuse(
      d,
      [](auto& x) {
        x.vocabularies[1].strings = {"a", "a"};
      },
      "vocabularies[1].values", "twice");
  d.vocabularies[1].size = 0;
  EXPECT_NO_THROW(Validate(d, false));  // not yet bound
}

TEST(ValidationTest, TablesAndInputs) {
  Description d = CosineDescription();
  Refuse(
      d, [](auto& x) { x.tables[1].vocabulary = 5; }, "tables[1].vocabulary");
  Refuse(
      d, [](auto& x) { x.tables[1].dim = 0; }, "tables[1].dim");
  Refuse(
      d, [](auto& x) { x.tables[1].dim = 1u << 21; }, "tables[1].dim");
  Refuse(
      d, [](auto& x) { x.inputs[0].scope = Scope(-1); }, "inputs[0].scope");
  Refuse(
      d, [](auto& x) { x.inputs[0].kind = InputKind(5); }, "inputs[0].kind");
  Refuse(
      d, [](auto& x) { x.inputs[0].vocabulary = -1; }, "inputs[0].vocabulary");
  Refuse(
      d, [](auto& x) { x.inputs[0].vocabulary = 5; }, "inputs[0].vocabulary");
  Refuse(
      d, [](auto& x) { x.inputs[4].vocabulary = 0; }, "inputs[4].vocabulary", "string");
  Description j = JointDescription();
  Refuse(
      j, [](auto& x) { x.inputs[2].vocabulary = 0; }, "inputs[2].vocabulary", "none");
  Refuse(
      j, [](auto& x) { x.inputs[2].fallback = kNan; }, "inputs[2].fallback", "finite");
  for (uint32_t unknown : {0u, kLastTokenizer + 1}) {
    Refuse(
        d, [&](auto& x) { x.inputs[4].tokenizer = Tokenizer(unknown); }, "inputs[4].tokenizer",
        "unknown version");
  }
  Refuse(
      d, [](auto& x) { x.inputs[0].tokenizer = Tokenizer::kUnicode; }, "inputs[0].tokenizer",
      "only text");
  Refuse(
      d, [](auto& x) { x.inputs[4].bucketed = true; }, "inputs[4].bucketed", "integer keys");
  Refuse(
      j, [](auto& x) { x.inputs[2].bucketed = true; }, "inputs[2].bucketed", "only a category");
}

TEST(ValidationTest, Encoders) {
  Description d = CosineDescription();
  auto user = [](auto& x) -> Encoder& { return x.towers[0].encoders[0]; };
  auto text = [](auto& x) -> Encoder& { return x.towers[1].encoders[2]; };
  std::string u = "towers[0].encoders[0]", t = "towers[1].encoders[2]";
  Refuse(
      d, [&](auto& x) { user(x).input = 9; }, u + ".input");
  Refuse(
      d, [&](auto& x) { user(x).input = 2; }, u + ".input", "not an input of this side");
  Refuse(
      d, [&](auto& x) { user(x).kind = EncoderKind(6); }, u + ".kind");
  Refuse(
      d, [&](auto& x) { user(x).kind = EncoderKind::kNumber; }, u + ".kind", "does not fit");
  Refuse(
      d, [&](auto& x) { user(x).pooling = Pooling(3); }, u + ".pooling");
  Refuse(
      d, [&](auto& x) { user(x).activation = Activation(4); }, u + ".activation");
  Refuse(
      d, [&](auto& x) { user(x).normalization = Normalization(3); }, u + ".normalization");
  Refuse(
      d, [&](auto& x) { user(x).normalization = Normalization::kStandard; }, u + ".normalization",
      "only numbers");
  Refuse(
      d, [&](auto& x) { user(x).table = -1; }, u + ".table");
  Refuse(
      d, [&](auto& x) { user(x).table = 5; }, u + ".table");
  Refuse(
      d, [&](auto& x) { user(x).table = 1; }, u + ".table", "another vocabulary");
  Refuse(
      d, [&](auto& x) { text(x).kind = EncoderKind::kEmbedding; }, t + ".kind", "bag");
  Refuse(
      d, [&](auto& x) { text(x).kind = EncoderKind::kBag; }, t + ".pooling", "sum or mean");
  Refuse(
      d, [&](auto& x) { user(x).kind = EncoderKind::kConvolution; }, u + ".kind", "words");
  Refuse(
      d, [&](auto& x) { text(x).kind = EncoderKind::kAttention; }, t + ".kind", "history");
  Description h = testing::HistoryDescription();  // a table of 4
  auto seen = [](auto& x) -> Encoder& {
    Encoder& e = x.towers[0].encoders[0];
    e.kind = EncoderKind::kAttention;
    e.positions = 10;
    e.blocks = 2;
    e.heads = 2;
    e.feed_forward = 8;
    return e;
  };
  seen(h);
  Validate(h, true);
  EXPECT_EQ(PlacesOf(h, h.towers[0].encoders[0]), 10u);
  h.inputs[0].max_length = 6;
  EXPECT_EQ(PlacesOf(h, h.towers[0].encoders[0]), 6u);
  Refuse(
      h, [&](auto& x) { seen(x).positions = 0; }, u + ".positions");
  Refuse(
      h, [&](auto& x) { seen(x).positions = 4097; }, u + ".positions");
  Refuse(
      h, [&](auto& x) { seen(x).blocks = 0; }, u + ".blocks");
  Refuse(
      h, [&](auto& x) { seen(x).blocks = 65; }, u + ".blocks");
  Refuse(
      h, [&](auto& x) { seen(x).heads = 0; }, u + ".heads");
  Refuse(
      h, [&](auto& x) { seen(x).heads = 3; }, u + ".heads", "shared");
  Refuse(
      h, [&](auto& x) { seen(x).feed_forward = 0; }, u + ".feed_forward");
  Refuse(
      h, [&](auto& x) { seen(x).feed_forward = 1u << 20; }, u, "positions times width");
  Refuse(
      h, [&](auto& x) { seen(x).places = Places(3); }, u + ".places");
  Refuse(
      d, [&](auto& x) { text(x).windows = {}; }, t + ".windows");
  Refuse(
      d, [&](auto& x) { text(x).windows = std::vector<uint32_t>(17, 1); }, t + ".windows");
  Refuse(
      d, [&](auto& x) { text(x).windows = {0}; }, t + ".windows");
  Refuse(
      d, [&](auto& x) { text(x).windows = {65}; }, t + ".windows");
  Refuse(
      d,
      [&](auto& x) {
        text(x).windows = {3, 3};
      },
      t + ".windows", "twice");
  Refuse(
      d, [&](auto& x) { text(x).filters = 0; }, t + ".filters");
  Refuse(
      d, [&](auto& x) { text(x).filters = 1u << 20; }, t, "wider");
  Refuse(
      d,
      [&](auto& x) {
        text(x).filters = 1u << 20;
        text(x).layers = {{4}};
      },
      t, "wider");
  Refuse(
      d, [&](auto& x) { user(x).layers[0].units = 0; }, u + ".dense[0].units");
  Refuse(
      d, [&](auto& x) { user(x).layers[0].activation = Activation(9); },
      u + ".dense[0].activation");
  Refuse(
      d, [&](auto& x) { user(x).layers.resize(65, {4}); }, u + ".dense", "64");
}

TEST(ValidationTest, EncoderNames) {
  Description d = CosineDescription();
  auto name = [](const char* n) {
    return [n](Description& x) { x.towers[0].encoders[0].name = n; };
  };
  std::string field = "towers[0].encoders[0].name";
  Refuse(d, name("a/b"), field);
  Refuse(d, name("dense0"), field, "parameters of layers");
  Refuse(d, name("dense12x"), field);
  Refuse(d, name("convolution3"), field);
  Refuse(
      d, [](auto& x) { x.inputs[0].name = "dense7"; }, field);  // taken over from the input
  Refuse(d, name("gender"), "towers[0].encoders[1].name", "twice");
  for (const char* good : {"dense", "density", "convolution", "dense-0"}) {
    d.towers[0].encoders[0].name = good;
    EXPECT_NO_THROW(Validate(d, true)) << good;
  }
}

TEST(ValidationTest, NumbersAreNormalisedInOneWay) {
  Description d = JointDescription();
  Encoder again = d.towers[0].encoders[2];
  again.name = "again";
  d.towers[0].encoders.push_back(again);
  EXPECT_NO_THROW(Validate(d, true));
  d.towers[0].encoders.back().normalization = Normalization::kNone;
  EXPECT_NO_THROW(Validate(d, true));
  Refuse(
      d, [](auto& x) { x.towers[0].encoders.back().normalization = Normalization::kStandard; },
      "towers[0].encoders[5].normalization", "since_watch");
  Refuse(
      d, [](auto& x) { x.towers[0].encoders[2].table = 0; }, "towers[0].encoders[2].table");
}

TEST(ValidationTest, Towers) {
  Description d = CosineDescription();
  Refuse(
      d, [](auto& x) { x.towers.clear(); }, "towers");
  Refuse(
      d, [](auto& x) { x.towers.pop_back(); }, "towers");
  Refuse(
      d, [](auto& x) { std::swap(x.towers[0], x.towers[1]); }, "towers");
  Refuse(
      d, [](auto& x) { x.towers[0].side = Side(7); }, "towers");
  Refuse(
      d, [](auto& x) { x.towers[0].encoders.clear(); }, "towers[0].encoders");
  Refuse(
      d, [](auto& x) { x.towers[0].layers[0].units = 7; }, "towers", "7 wide");
  Refuse(
      d, [](auto& x) { x.towers[0].layers[0].units = 0; }, "towers[0].dense[0].units");
}

TEST(ValidationTest, HeadAndOutput) {
  Description d = CosineDescription(), dot = DotDescription();
  Refuse(
      d, [](auto& x) { x.head.kind = HeadKind(3); }, "head.kind");
  Refuse(
      d, [](auto& x) { x.head.kind = HeadKind::kLogistic; }, "head.kind", "joint");
  Refuse(
      JointDescription(), [](auto& x) { x.head.kind = HeadKind::kDot; }, "head.kind");
  for (double bad : {0.0, -1.0, double(kNan), double(INFINITY)}) {
    Refuse(
        d, [&](auto& x) { x.head.scale = bad; }, "head.scale");
    Refuse(
        d, [&](auto& x) { x.output.scale = bad; }, "output.scale");
  }
  Refuse(
      d, [](auto& x) { x.head.user_bias = 0; }, "head.user_bias", "dot");
  Refuse(
      d, [](auto& x) { x.head.global_bias = true; }, "head.global_bias");
  Refuse(
      dot, [](auto& x) { x.head.user_bias = 4; }, "head.user_bias");
  Refuse(
      dot, [](auto& x) { x.head.user_bias = 2; }, "head.user_bias", "that side");
  Refuse(
      dot, [](auto& x) { x.head.item_bias = 3; }, "head.item_bias", "category");
  Refuse(
      d, [](auto& x) { x.output.kind = OutputKind(3); }, "output.kind");
  Refuse(
      d, [](auto& x) { x.output.offset = kNan; }, "output.offset");
  Refuse(
      d, [](auto& x) { x.output.unit = "\xFF"; }, "output.unit");
}

TEST(WidthTest, FollowFromTheDescription) {
  Description d = CosineDescription();
  EXPECT_EQ(EncoderRawWidth(d, d.towers[1].encoders[2]), 8u);
  EXPECT_EQ(ConcatenatedWidth(d, d.towers[0]), 6u);
  EXPECT_EQ(ConcatenatedWidth(d, d.towers[1]), 4u + 3 + 8);
  EXPECT_EQ(TowerWidth(d, d.towers[1]), 6u);
  EXPECT_EQ(VectorWidth(d), 6u);
  EXPECT_EQ(VectorWidth(DotDescription()), 8u);  // two for the biases
  Description j = JointDescription();
  EXPECT_EQ(ConcatenatedWidth(j, j.towers[0]), 2u + 2 + 3 + 2 + 1);
  EXPECT_TRUE(IsJoint(j));
  EXPECT_EQ(&TowerOf(d, Side::kItem), &d.towers[1]);
}

}  // namespace
}  // namespace duomo::model
