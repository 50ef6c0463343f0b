// Presets on tables of other shapes.
#include "data/bind.h"

#include <algorithm>

#include "data/encode.h"
#include "data/synthetic.h"
#include "data/test_files.h"
#include "description/json.h"

namespace duomo::data {
namespace {

using model::Description;
using model::KeyKind;

Column Texts(const char* name, std::vector<std::string> values) {
  Column c = MakeColumn(name, ColumnKind::kString);
  c.texts = std::move(values);
  return c;
}

Column Integers(const char* name, std::vector<int64_t> values) {
  Column c = MakeColumn(name, ColumnKind::kInteger);
  c.integers = std::move(values);
  return c;
}

// Three readers with string keys and two books with sparse ids, rated 0 to 10.
Dataset Shop() {
  Dataset d;
  d.name = "shop";
  d.users.keys = {"ann", "bob", "eve"};
  d.users.columns = {Texts("reader", d.users.keys), Integers("age", {20, 33, 47})};
  d.items.ids = {7, 9000000};
  d.items.titles = {"First Book", "Second Book"};
  Column shelves = MakeColumn("shelves", ColumnKind::kSet);
  shelves.texts = {"crime", "old", "crime"};
  shelves.offsets = {0, 2, 3};
  d.items.columns = {Integers("book", d.items.ids), Texts("name", d.items.titles), shelves};
  d.interactions = {{0, 1, 2, 0}, {0, 1, 0, 1}, {0, 10, 5, 7}, {1, 2, 3, 4}, {}, {}, {}};
  return d;
}

BindOptions Of(const char* preset) {
  BindOptions o;
  o.preset = preset;
  o.learns_ratings = std::string(preset).starts_with("hybrid") || std::string(preset) == "mf";
  return o;
}

const model::Input& InputOf(const Description& d, const std::string& name) {
  for (const model::Input& input : d.inputs) {
    if (input.name == name) return input;
  }
  throw Error(Status::kNotFound, "no input " + name);
}

const model::Vocabulary& VocabularyOf(const Description& d, const std::string& name) {
  return d.vocabularies[static_cast<size_t>(InputOf(d, name).vocabulary)];
}

std::string Notes(const BoundPreset& bound) {
  std::string out;
  for (const std::string& note : bound.notes) out += note + "\n";
  return out;
}

TEST(Bind, NothingChangesOnMovieLens) {
  Dataset movies = MakeSynthetic(60, 40, 900, 1);
  for (const std::string& name : description::PresetNames()) {
    Description d = description::Preset(name).model, before = d;
    BindOptions options = Of(name.c_str());
    options.computed = {"example_age"};
    options.learns_order = name.starts_with("youtube");
    BoundPreset bound = BindToData(d, movies, options);
    EXPECT_EQ(d, before) << name;
    EXPECT_EQ(Notes(bound), "") << name;
    EXPECT_TRUE(bound.renamed.empty() && bound.left_out.empty());
  }
}

TEST(Bind, InputsFindTheirColumnsByRole) {
  Dataset shop = Shop();
  Description d = description::Preset("hybrid").model;
  BoundPreset bound = BindToData(d, shop, Of("hybrid"));
  ASSERT_EQ(d.inputs.size(), 5u);
  EXPECT_EQ(bound.left_out, (std::vector<std::string>{"gender", "job"}));
  EXPECT_EQ(VocabularyOf(d, "reader").keys, KeyKind::kString);
  EXPECT_EQ(VocabularyOf(d, "book").keys, KeyKind::kInt64) << "9,000,000 rows for two books";
  EXPECT_TRUE(VocabularyOf(d, "age").integers.empty()) << "33 is none of the preset's groups";
  EXPECT_TRUE(InputOf(d, "age").bucketed) << "numbers between those of the data are known";
  EXPECT_EQ(InputOf(d, "name").kind, model::InputKind::kTokens);
  EXPECT_EQ(InputOf(d, "shelves").kind, model::InputKind::kCategorySet);
  EXPECT_EQ(d.tables.size(), 5u);
  std::string notes = Notes(bound);
  for (const char* part : {"hybrid without gender, job: the users' table", "user_id is \"reader\"",
                           "title is \"name\"", "genres is \"shelves\"", "its values of age",
                           "sparse", "ratings from 0 to 10"}) {
    EXPECT_NE(notes.find(part), notes.npos) << notes;
  }
  // 5 · cos from -5 to 5 covers as much below the lowest rating as it does for stars.
  EXPECT_DOUBLE_EQ(d.output.offset + 5 * d.output.scale, 10);
  EXPECT_DOUBLE_EQ(d.output.offset - 5 * d.output.scale, -2.5);
  Encoded encoded = Encode(d, shop);
  EXPECT_EQ(VocabularyOf(encoded.description, "book").size, 2u);
}

TEST(Bind, StarsOfAllKindsKeepTheOutput) {
  Dataset shop = Shop();
  for (auto [low, high] : {std::pair(1.0f, 5.0f), {0.5f, 5.0f}, {0.0f, 5.0f}, {1.0f, 4.0f}}) {
    shop.interactions.ratings = {low, high, high, low};
    Description d = description::Preset("mf").model;
    model::Output before = d.output;
    BindToData(d, shop, Of("mf"));
    EXPECT_EQ(d.output, before);
  }
}

TEST(Bind, BiasesStayWithTheirInputs) {
  Dataset shop = Shop();
  Description d = description::Preset("mf").model;
  BindToData(d, shop, Of("mf"));
  EXPECT_EQ(d.inputs[static_cast<size_t>(d.head.user_bias)].name, "reader");
  EXPECT_EQ(d.inputs[static_cast<size_t>(d.head.item_bias)].name, "book");
}

TEST(Bind, ColumnsOfAnotherKindAreLeftOut) {
  Dataset shop = Shop();
  shop.users.columns[1] = MakeColumn("age", ColumnKind::kNumber);
  shop.users.columns[1].numbers = {20.5f, 33, 47};
  Description d = description::Preset("hybrid").model;
  BoundPreset bound = BindToData(d, shop, Of("hybrid"));
  EXPECT_NE(Notes(bound).find("hybrid without age: the data's columns"), std::string::npos)
      << Notes(bound);
}

TEST(Bind, WhatCannotBeLeftOutIsAnError) {
  Dataset shop = Shop();
  auto fails = [&](const char* preset, const char* text, BindOptions options) {
    Description d = description::Preset(preset).model;
    EXPECT_FAILS(BindToData(d, shop, options), Status::kInvalidArgument, text);
    d = description::Preset(preset).model;
    EXPECT_FAILS(BindToData(d, shop, options), Status::kInvalidArgument,
                 "run `duomo train` without --preset");
  };
  fails("hybrid-best", "has no gender", Of("hybrid-best"));
  shop.items.columns.resize(1);  // the key alone
  fails("content", "learns about items from genres, title alone", Of("content"));
  BindOptions ranking = Of("youtube-ranking");
  ranking.needed = {"genres"};
  fails("youtube-ranking", "cannot do without genres", ranking);
  BindOptions candidates = Of("youtube-candidates");
  candidates.learns_order = true;
  candidates.computed = {"example_age"};
  shop.interactions.timestamps.assign(4, 0);
  fails("youtube-candidates", "have no times", candidates);
  shop.interactions.ratings.assign(4, 1);
  fails("mf", "all 4 of shop are 1", Of("mf"));
}

TEST(Bind, HistoriesTakeTheKindOfTheItemsKeys) {
  Dataset shop = Shop();
  shop.items.ids.clear();
  shop.items.keys = {"b1", "b2"};
  shop.items.columns[0] = Texts("book", shop.items.keys);
  Description d = description::Preset("youtube-candidates").model;
  BindOptions options = Of("youtube-candidates");
  options.computed = {"example_age"};
  BindToData(d, shop, options);
  EXPECT_EQ(VocabularyOf(d, "watched").keys, KeyKind::kString);
  EXPECT_EQ(InputOf(d, "watched").vocabulary, InputOf(d, "book").vocabulary);
  Encoded encoded = Encode(d, shop, options.computed);
  EXPECT_EQ(VocabularyOf(encoded.description, "watched").size, 2u);
}

}  // namespace
}  // namespace duomo::data
