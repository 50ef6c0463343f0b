// Proposed descriptions: what becomes of each kind of column.
#include "data/propose.h"

#include <cmath>

#include "data/encode.h"
#include "data/open.h"
#include "data/real_data.h"
#include "data/test_files.h"

namespace duomo::data {
namespace {

using model::EncoderKind;

Column Texts(const char* name, std::vector<std::string> texts) {
  Column c = MakeColumn(name, ColumnKind::kString);
  c.texts = std::move(texts);
  return c;
}

Column Integers(const char* name, std::vector<int64_t> integers) {
  Column c = MakeColumn(name, ColumnKind::kInteger);
  c.integers = std::move(integers);
  return c;
}

// 600 users with one column of each sort, 4 items.
Dataset Everything() {
  Dataset d;
  d.name = "all/of it";
  std::vector<int64_t> ids, years, other, constant;
  std::vector<std::string> town, land, about, code, zip;
  Column height = MakeColumn("height", ColumnKind::kNumber);
  Column nothing = MakeColumn("nothing", ColumnKind::kNumber);
  Column likes = MakeColumn("likes", ColumnKind::kSet), many = MakeColumn("many", ColumnKind::kSet);
  for (int64_t i = 0; i < 600; ++i) {
    ids.push_back(1000000 + 7 * i);
    years.push_back(i % 5);
    other.push_back(i * i % 100003 / 2);
    constant.push_back(4);
    town.push_back(i % 20 == 0 ? "" : StrCat("t", i % 20));
    land.push_back(i % 20 == 0 ? "none" : StrCat("l", i % 20));
    about.push_back(StrCat("some words of ", i));
    code.push_back(StrCat("c", i));
    zip.push_back(StrCat("z", i % 290));
    height.numbers.push_back(i == 0 ? NAN : static_cast<float>(i % 90) / 50);
    nothing.numbers.push_back(NAN);
    likes.texts.push_back(StrCat("k", i % 9));
    likes.offsets.push_back(likes.texts.size());
    for (int k : {0, 1}) many.texts.push_back(StrCat("m", 2 * i + k));
    many.offsets.push_back(many.texts.size());
  }
  d.users.ids = ids;
  d.users.columns = {Integers("user", ids),
                     Integers("years", years),
                     Integers("other", other),
                     Integers("constant", constant),
                     Texts("town", town),
                     Texts("land", land),
                     Texts("about", about),
                     Texts("code", code),
                     Texts("zip", zip),
                     height,
                     nothing,
                     likes,
                     many,
                     Integers("dense1", years),
                     Integers("a/b", years)};
  d.items.keys = {"a", "b", "c", "d"};
  d.items.titles = {"One", "Two", "Three", "Four"};
  d.items.columns = {Texts("item", d.items.keys), Texts("name", d.items.titles)};
  d.interactions.users = {0, 1, 2};
  d.interactions.items = {0, 1, 3};
  d.interactions.ratings = {0.5f, 3, 5};
  d.interactions.timestamps = {0, 0, 0};
  return d;
}

const model::Encoder* EncoderOf(const model::Description& d, const char* input) {
  for (const model::Tower& tower : d.towers) {
    for (const model::Encoder& e : tower.encoders) {
      if (d.inputs[e.input].name == input) return &e;
    }
  }
  return nullptr;
}

TEST(Propose, EveryKindOfColumn) {
  const Dataset dataset = Everything();
  Proposal p = Propose(dataset);
  const model::Description& d = p.model;
  EXPECT_EQ(d.name, "proposal");  // the data set's name cannot be one
  EXPECT_FALSE(p.implicit);
  auto kind = [&](const char* name) {
    const model::Encoder* e = EncoderOf(d, name);
    return e == nullptr ? -1 : static_cast<int>(e->kind);
  };
  EXPECT_EQ(kind("user"), static_cast<int>(EncoderKind::kEmbedding));
  EXPECT_EQ(kind("years"), static_cast<int>(EncoderKind::kEmbedding));
  EXPECT_EQ(kind("other"), static_cast<int>(EncoderKind::kNumber));
  EXPECT_EQ(kind("town"), static_cast<int>(EncoderKind::kEmbedding));
  EXPECT_EQ(kind("about"), static_cast<int>(EncoderKind::kConvolution));
  EXPECT_EQ(kind("height"), static_cast<int>(EncoderKind::kNumber));
  EXPECT_EQ(kind("likes"), static_cast<int>(EncoderKind::kMultiHot));
  EXPECT_EQ(kind("many"), static_cast<int>(EncoderKind::kBag));
  EXPECT_EQ(kind("item"), static_cast<int>(EncoderKind::kEmbedding));
  EXPECT_EQ(kind("name"), static_cast<int>(EncoderKind::kConvolution));  // it is the titles
  for (const char* left_out : {"constant", "land", "code", "zip", "nothing", "a/b", "dense1"}) {
    EXPECT_EQ(kind(left_out), -1) << left_out;
    bool said = false;
    for (const std::string& note : p.notes)
      said |= note.find(StrCat('"', left_out, "\" is left")) == 7;
    EXPECT_TRUE(said) << left_out;
  }
  EXPECT_EQ(p.notes.size(), 7u);
  for (const model::Input& input : d.inputs) {
    bool text = input.kind == model::InputKind::kTokens;
    EXPECT_EQ(input.tokenizer, text ? Tokenizer::kUnicode : Tokenizer::kSpaces) << input.name;
  }
  EXPECT_EQ(d.vocabularies[0].keys, model::KeyKind::kInt64);  // too sparse for a range
  EXPECT_EQ(d.head.kind, model::HeadKind::kCosine);
  EXPECT_DOUBLE_EQ(d.output.offset + d.output.scale * d.head.scale, 5);
  EXPECT_DOUBLE_EQ(d.output.offset - d.output.scale * d.head.scale, 0.5);
  EXPECT_EQ(d.output.unit, "rating");
  EXPECT_EQ(TowerWidth(d, d.towers[0]), TowerWidth(d, d.towers[1]));
  EXPECT_EQ(TowerWidth(d, d.towers[0]), 200u);
  Encoded e = Encode(d, dataset);  // it takes what it was made for
  EXPECT_EQ(e.description.vocabularies[0].size, 600u);
}

TEST(Propose, ANameLikeALayer) {
  Dataset d = Everything();
  d.users.columns = {d.users.columns[0], d.users.columns[13]};
  Proposal p = Propose(d);
  EXPECT_EQ(EncoderOf(p.model, "dense1")->name, "column dense1");
  (void)Encode(p.model, d);
}

TEST(Propose, KeysAlone) {
  Dataset d = Everything();
  d.users.columns.resize(1);
  d.items.columns.resize(1);
  d.name = "keys";
  d.interactions.ratings = {1, 1, 1};
  Proposal p = Propose(d);
  EXPECT_TRUE(p.implicit);
  EXPECT_EQ(p.model.name, "keys");
  EXPECT_EQ(p.model.head.kind, model::HeadKind::kDot);
  EXPECT_EQ(TowerWidth(p.model, p.model.towers[0]), 64u);
  d.interactions = {};
  EXPECT_FAILS(Propose(d), Status::kInvalidArgument, "without interactions");
}

TEST(Propose, MovieLens) {
  const Dataset& dataset = test::MovieLensOrSynthetic().dataset;
  Proposal p = Propose(dataset);
  const model::Description& d = p.model;
  EXPECT_EQ(d.vocabularies[0].keys, model::KeyKind::kRange);
  for (const char* name : {"gender", "age", "job", "region", "movie_id"}) {
    ASSERT_NE(EncoderOf(d, name), nullptr) << name;
    EXPECT_EQ(EncoderOf(d, name)->kind, EncoderKind::kEmbedding) << name;
  }
  for (const model::Input& input : d.inputs) {
    EXPECT_EQ(input.bucketed, input.name == "age") << input.name;
  }
  EXPECT_EQ(EncoderOf(d, "genres")->kind, EncoderKind::kMultiHot);
  EXPECT_EQ(EncoderOf(d, "title")->kind, EncoderKind::kConvolution);
  ASSERT_EQ(p.notes.size(), 1u);
  EXPECT_NE(p.notes[0].find("\"occupation\" is left out: it says the same as \"job\""),
            std::string::npos);
  EXPECT_EQ(Encode(d, dataset).users.count, dataset.users.size());
}

}  // namespace
}  // namespace duomo::data
