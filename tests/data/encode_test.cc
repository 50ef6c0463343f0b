// Binding a description to a data set.
#include "data/encode.h"

#include <cmath>
#include <set>

#include "core/text.h"
#include "data/real_data.h"
#include "data/test_files.h"

namespace duomo::data {
namespace {

using model::Description;
using model::InputKind;
using model::KeyKind;
using model::Scope;
using Rows = std::vector<uint32_t>;
using Offsets = std::vector<uint64_t>;

// Grows a description input by input; the towers read what fits them.
class Builder {
 public:
  Builder() {
    d_.name = "test";
    d_.towers.resize(2);
    d_.towers[1].side = model::Side::kItem;
    for (auto& tower : d_.towers) tower.layers = {{.units = 4}};
  }

  model::Vocabulary& Vocabulary(const char* name, KeyKind keys) {
    d_.vocabularies.push_back({.name = name, .keys = keys, .integers = {}, .strings = {}});
    d_.tables.push_back({name, static_cast<uint32_t>(d_.vocabularies.size() - 1), 2});
    return d_.vocabularies.back();
  }

  // Of the vocabulary made last, or of the given one.
  model::Input& Input(const char* name, Scope scope, InputKind kind, int32_t vocabulary = -2) {
    bool number = kind == InputKind::kNumber;
    if (vocabulary == -2) vocabulary = static_cast<int32_t>(d_.vocabularies.size()) - 1;
    if (number) vocabulary = -1;
    model::Encoder encoder;
    encoder.input = static_cast<uint32_t>(d_.inputs.size());
    encoder.table = vocabulary;
    encoder.kind = number                         ? model::EncoderKind::kNumber
                   : kind == InputKind::kCategory ? model::EncoderKind::kEmbedding
                                                  : model::EncoderKind::kBag;
    encoder.pooling = model::Pooling::kSum;
    d_.towers[scope == Scope::kUser ? 0 : 1].encoders.push_back(encoder);
    d_.inputs.push_back({.name = name, .scope = scope, .kind = kind, .vocabulary = vocabulary});
    return d_.inputs.back();
  }

  Description Done() const { return d_; }

 private:
  Description d_;
};

Column Integers(const char* name, std::vector<int64_t> values) {
  Column c;
  c.name = name;
  c.kind = ColumnKind::kInteger;
  c.integers = std::move(values);
  return c;
}

Column Strings(const char* name, std::vector<std::string> values) {
  Column c;
  c.name = name;
  c.texts = std::move(values);
  return c;
}

Dataset Small() {
  Dataset d;
  d.name = "small";
  d.users.ids = {7, 3, 9};
  d.items.ids = {40, 20};
  Column height;
  height.name = "height";
  height.kind = ColumnKind::kNumber;
  height.numbers = {1.5f, NAN, 2};
  d.users.columns = {Integers("user_id", {7, 3, 9}), Strings("town", {"Ulm", "", "Bonn"}),
                     Integers("years", {30, 40, 30}), height};
  Column tags;
  tags.name = "tags";
  tags.kind = ColumnKind::kSet;
  tags.texts = {"b", "a", "b", "", "c"};
  tags.offsets = {0, 4, 5};
  d.items.columns = {Integers("item_id", {40, 20}), tags,
                     Strings("title", {"Zork the BLIMM", "the  end"})};
  return d;
}

Rows RowsOf(const Encoded& e, size_t input) {
  const auto& user = e.users.inputs[input].rows;
  const auto& item = e.items.inputs[input].rows;
  const auto& rows = user.empty() ? item : user;
  return {rows.begin(), rows.end()};
}

const file::OwnedTensor* TensorOf(const Encoded& e, const std::string& name) {
  for (const auto& tensor : e.vocabularies) {
    if (tensor.name == name) return &tensor;
  }
  return nullptr;
}

TEST(Encode, EveryKindOfInput) {
  Builder b;
  b.Vocabulary("users", KeyKind::kRange);
  b.Input("user_id", Scope::kUser, InputKind::kCategory);
  b.Vocabulary("towns", KeyKind::kString);
  b.Input("town", Scope::kUser, InputKind::kCategory);
  b.Vocabulary("years", KeyKind::kInt64);
  b.Input("years", Scope::kUser, InputKind::kCategory);
  b.Input("height", Scope::kUser, InputKind::kNumber);
  b.Vocabulary("tags", KeyKind::kString);
  b.Input("tags", Scope::kItem, InputKind::kCategorySet);
  b.Vocabulary("words", KeyKind::kString);
  b.Input("title", Scope::kItem, InputKind::kTokens);
  Encoded e = Encode(b.Done(), Small());

  EXPECT_EQ(e.users.count, 3u);
  EXPECT_EQ(e.items.count, 2u);
  ASSERT_EQ(e.users.inputs.size(), 6u);
  ASSERT_EQ(e.items.inputs.size(), 6u);
  EXPECT_EQ(RowsOf(e, 0), (Rows{7, 3, 9}));
  EXPECT_EQ(e.description.vocabularies[0].size, 10u);
  EXPECT_EQ(RowsOf(e, 1), (Rows{0, 2, 1}));  // no town: the unknown row
  EXPECT_EQ(e.description.vocabularies[1].size, 2u);
  EXPECT_EQ(RowsOf(e, 2), (Rows{0, 1, 0}));
  EXPECT_EQ(e.users.inputs[3].numbers[0], 1.5f);
  EXPECT_TRUE(std::isnan(e.users.inputs[3].numbers[1]));
  EXPECT_EQ(RowsOf(e, 4), (Rows{0, 1, 2}));  // b a | c: no repetition, no empty value
  EXPECT_EQ(e.item_columns[4].offsets, (Offsets{0, 2, 3}));
  EXPECT_EQ(RowsOf(e, 5), (Rows{0, 1, 2, 1, 3}));  // zork the blimm | the end
  EXPECT_EQ(e.item_columns[5].offsets, (Offsets{0, 3, 5}));
  EXPECT_TRUE(e.users.inputs[5].rows.empty());
  EXPECT_TRUE(e.items.inputs[0].rows.empty());
  EXPECT_NO_THROW(model::Validate(e.description, true));

  EXPECT_EQ(TensorOf(e, "vocabularies/users/keys"), nullptr);
  ASSERT_NE(TensorOf(e, "vocabularies/years/keys"), nullptr);
  const auto& keys = TensorOf(e, "vocabularies/years/keys")->bytes;
  ASSERT_EQ(keys.size(), 16u);
  EXPECT_EQ(reinterpret_cast<const int64_t*>(keys.data())[1], 40);
  ASSERT_NE(TensorOf(e, "vocabularies/words/text"), nullptr);
  const auto& text = TensorOf(e, "vocabularies/words/text")->bytes;
  EXPECT_EQ(std::string(reinterpret_cast<const char*>(text.data()), text.size()),
            "zorktheblimmend");

  Encoded moved = std::move(e);
  EXPECT_EQ(RowsOf(moved, 0), (Rows{7, 3, 9}));
}

TEST(Encode, MaximumLengthOfTokens) {
  Builder b;
  b.Vocabulary("years", KeyKind::kInt64);
  b.Input("years", Scope::kUser, InputKind::kCategory);
  b.Vocabulary("words", KeyKind::kString);
  b.Input("title", Scope::kItem, InputKind::kTokens).max_length = 1;
  Encoded e = Encode(b.Done(), Small());
  EXPECT_EQ(RowsOf(e, 1), (Rows{0, 1}));
  EXPECT_EQ(e.description.vocabularies[1].size, 2u);
}

TEST(Encode, WordsAreCutByTheTokenizerOfTheInput) {
  Dataset d = Small();
  d.items.columns.clear();
  d.items.columns.push_back(Strings(
      "title",
      std::vector<std::string>(d.items.size(), "Caf\xC3\xA9, cafe! (\xE6\x9D\xB1\xE4\xBA\xAC)")));
  for (Tokenizer tokenizer : {Tokenizer::kSpaces, Tokenizer::kUnicode}) {
    Builder b;
    b.Vocabulary("years", KeyKind::kInt64);
    b.Input("years", Scope::kUser, InputKind::kCategory);
    b.Vocabulary("words", KeyKind::kString);
    b.Input("title", Scope::kItem, InputKind::kTokens).tokenizer = tokenizer;
    Encoded e = Encode(b.Done(), d);
    bool unicode = tokenizer == Tokenizer::kUnicode;
    EXPECT_EQ(e.description.vocabularies[1].size, unicode ? 2u : 3u);
    EXPECT_EQ(RowsOf(e, 1).at(1), unicode ? 0u : 1u);
    EXPECT_EQ(e.description.inputs[1].tokenizer, tokenizer);
  }
}

TEST(Encode, ListedValuesKeepTheirOrderAndAreClosed) {
  auto with = [](std::vector<std::string> towns, std::vector<std::string> words) {
    Builder b;
    b.Vocabulary("towns", KeyKind::kString).strings = std::move(towns);
    b.Input("town", Scope::kUser, InputKind::kCategory);
    b.Vocabulary("words", KeyKind::kString).strings = std::move(words);
    b.Input("title", Scope::kItem, InputKind::kTokens);
    return b.Done();
  };
  Encoded e = Encode(with({"Bonn", "Köln", "Ulm"}, {"the"}), Small());
  EXPECT_EQ(RowsOf(e, 0), (Rows{2, 3, 0}));
  EXPECT_EQ(e.description.vocabularies[0].size, 3u);
  EXPECT_EQ(RowsOf(e, 1), (Rows{1, 0, 1, 0, 1}));  // other words: the unknown row
  EXPECT_FAILS(Encode(with({"Ulm"}, {"the"}), Small()), Status::kInvalidArgument,
               "input \"town\": row 2 of the column \"town\" has the value Bonn");
}

TEST(Encode, KeysThatBeginRangesTakeEveryNumber) {
  auto with = [](std::vector<int64_t> keys, bool bucketed) {
    Builder b;
    b.Vocabulary("ages", KeyKind::kInt64).integers = std::move(keys);
    b.Input("age", Scope::kUser, InputKind::kCategory).bucketed = bucketed;
    b.Vocabulary("words", KeyKind::kString);
    b.Input("title", Scope::kItem, InputKind::kTokens);
    return b.Done();
  };
  Dataset dataset = Small();
  dataset.users.columns[1] = Integers("age", {24, 99, 1});
  EXPECT_EQ(RowsOf(Encode(with({25, 35, 18}, true), dataset), 0), (Rows{2, 1, 2}));
  EXPECT_FAILS(Encode(with({25, 35, 18}, false), dataset), Status::kInvalidArgument,
               "has the value 24");
  // Values that are all known have the same rows either way, also in a list that the data make.
  EXPECT_EQ(RowsOf(Encode(with({}, true), dataset), 0),
            RowsOf(Encode(with({}, false), dataset), 0));
}

TEST(Encode, RangesOfAGivenSize) {
  auto with = [](uint64_t size) {
    Builder b;
    b.Vocabulary("users", KeyKind::kRange).size = size;
    b.Input("user_id", Scope::kUser, InputKind::kCategory);
    b.Vocabulary("items", KeyKind::kInt64);
    b.Input("item_id", Scope::kItem, InputKind::kCategory);
    return b.Done();
  };
  EXPECT_EQ(Encode(with(100), Small()).description.vocabularies[0].size, 100u);
  EXPECT_FAILS(Encode(with(9), Small()), Status::kInvalidArgument, "has the value 9");
  Dataset d = Small();
  d.users.columns[0].integers[1] = -1;
  EXPECT_FAILS(Encode(with(0), d), Status::kInvalidArgument, "\"user_id\"");
  d.users.columns[0].integers[1] = INT64_MAX;
  EXPECT_FAILS(Encode(with(0), d), Status::kInvalidArgument, "integer keys");
}

TEST(Encode, SharedVocabulariesTakeUsersFirst) {
  Dataset d = Small();
  d.items.columns.push_back(Strings("made_in", {"Rome", "Ulm"}));
  Builder b;
  b.Vocabulary("places", KeyKind::kString);
  b.Input("made_in", Scope::kItem, InputKind::kCategory);
  b.Input("town", Scope::kUser, InputKind::kCategory);
  Encoded e = Encode(b.Done(), d);
  EXPECT_EQ(RowsOf(e, 1), (Rows{0, 3, 1}));
  EXPECT_EQ(RowsOf(e, 0), (Rows{2, 0}));
}

TEST(Encode, Histories) {
  auto with = [](KeyKind keys, bool shared, Dataset d) {
    Builder b;
    b.Vocabulary("items", keys);
    b.Input("seen", Scope::kUser, InputKind::kHistory);
    if (!shared) b.Vocabulary("own", KeyKind::kInt64);
    b.Input("item_id", Scope::kItem, InputKind::kCategory);
    return Encode(b.Done(), d);
  };
  Encoded shared = with(KeyKind::kInt64, true, Small());
  EXPECT_EQ(RowsOf(shared, 1), (Rows{0, 1}));
  EXPECT_TRUE(shared.user_columns[0].rows.empty());
  EXPECT_TRUE(shared.user_columns[0].offsets.empty());
  EXPECT_EQ(shared.users.inputs[0].kind, InputKind::kHistory);
  EXPECT_EQ(with(KeyKind::kRange, false, Small()).description.vocabularies[0].size, 2u);
  EXPECT_FAILS(with(KeyKind::kRange, true, Small()), Status::kInvalidArgument,
               "input \"seen\": its vocabulary \"items\" has 41 rows");
  EXPECT_FAILS(with(KeyKind::kString, false, Small()), Status::kInvalidArgument, "\"seen\"");
  Dataset strange = Small();
  strange.items.columns[0].integers[0] = 5;  // the column has a value that is no item's id
  EXPECT_FAILS(with(KeyKind::kInt64, true, strange), Status::kInvalidArgument, "3 rows");
  Dataset named = Small();
  named.items.ids.clear();
  named.items.keys = {"x", "y"};
  EXPECT_FAILS(with(KeyKind::kInt64, false, named), Status::kInvalidArgument, "must be a range");
  Encoded strings = with(KeyKind::kString, false, named);
  EXPECT_EQ(strings.description.vocabularies[0].size, 2u);
  EXPECT_NE(TensorOf(strings, "vocabularies/items/text"), nullptr);
  EXPECT_EQ(with(KeyKind::kRange, false, named).items.count, 2u);
}

// Whoever makes the examples fills these; the data set has no such columns.
TEST(Encode, ComputedInputs) {
  Builder b;
  b.Vocabulary("ids", KeyKind::kInt64);
  b.Input("user_id", Scope::kUser, InputKind::kCategory);
  b.Input("age", Scope::kUser, InputKind::kNumber);
  b.Vocabulary("items", KeyKind::kInt64);
  b.Input("item_id", Scope::kItem, InputKind::kCategory);
  b.Input("last", Scope::kUser, InputKind::kCategory);  // shares the item's vocabulary
  b.Vocabulary("words", KeyKind::kString).strings = {"a", "b"};
  b.Input("query", Scope::kUser, InputKind::kTokens);
  b.Input("tags", Scope::kItem, InputKind::kCategorySet);
  b.Input("town", Scope::kUser, InputKind::kCategory);  // has a column, which is not read
  const std::vector<std::string> computed = {"age", "last", "query", "tags", "town"};
  Encoded e = Encode(b.Done(), Small(), computed);
  ASSERT_EQ(e.users.inputs[1].numbers.size(), 3u);
  for (float age : e.users.inputs[1].numbers) EXPECT_TRUE(std::isnan(age));
  EXPECT_EQ(RowsOf(e, 3), (Rows{2, 2, 2}));
  EXPECT_EQ(e.user_columns[4].offsets, (Offsets{0, 0, 0, 0}));
  EXPECT_EQ(e.item_columns[5].offsets, (Offsets{0, 0, 0}));
  EXPECT_EQ(RowsOf(e, 6), (Rows{2, 2, 2}));
  EXPECT_EQ(e.description.vocabularies[2].size, 2u);  // nothing came to the listed words
  EXPECT_FAILS(Encode(b.Done(), Small()), Status::kInvalidArgument, "no user column \"age\"");
  const std::vector<std::string> wrong = {"agee"};
  EXPECT_FAILS(Encode(b.Done(), Small(), wrong), Status::kInvalidArgument, "no input \"agee\"");
}

TEST(Encode, PairInputsHaveNoColumns) {
  Builder b;
  b.Vocabulary("ids", KeyKind::kInt64);
  b.Input("user_id", Scope::kUser, InputKind::kCategory);
  b.Vocabulary("items", KeyKind::kInt64);
  b.Input("item_id", Scope::kItem, InputKind::kCategory);
  Description d = b.Done();
  d.inputs.push_back({.name = "since", .scope = Scope::kPair, .kind = InputKind::kNumber});
  d.inputs.push_back(
      {.name = "seen", .scope = Scope::kPair, .kind = InputKind::kCategory, .vocabulary = 1});
  Encoded e = Encode(d, Small());
  for (size_t i : {2, 3}) {
    EXPECT_EQ(e.user_columns[i].kind, d.inputs[i].kind);
    EXPECT_TRUE(e.user_columns[i].rows.empty() && e.user_columns[i].numbers.empty());
    EXPECT_TRUE(e.item_columns[i].rows.empty() && e.item_columns[i].numbers.empty());
  }
}

TEST(Encode, MissingAndWrongColumns) {
  auto fails = [](const char* column, KeyKind keys, InputKind kind, const char* message) {
    Builder b;
    b.Vocabulary("v", keys);
    b.Input(column, Scope::kUser, kind);
    b.Vocabulary("items", KeyKind::kInt64);
    b.Input("item_id", Scope::kItem, InputKind::kCategory);
    EXPECT_FAILS(Encode(b.Done(), Small()), Status::kInvalidArgument, message);
  };
  fails("city", KeyKind::kString, InputKind::kCategory,
        "input \"city\": the data set \"small\" has no user column \"city\"; it has user_id, town");
  fails("town", KeyKind::kInt64, InputKind::kCategory,
        "input \"town\": the column \"town\" holds strings, but the input needs integers");
  fails("years", KeyKind::kString, InputKind::kCategory,
        "the column \"years\" holds integers, but the input needs strings");
  fails("town", KeyKind::kString, InputKind::kCategorySet, "needs sets");
  fails("town", KeyKind::kString, InputKind::kNumber, "needs numbers or integers");
  fails("height", KeyKind::kInt64, InputKind::kCategory, "holds numbers");
  fails("years", KeyKind::kString, InputKind::kTokens, "needs strings");
}

TEST(Encode, MovieLens) {
  const auto& [d, real] = test::MovieLensOrSynthetic();
  Builder b;
  b.Vocabulary("user_ids", KeyKind::kRange);
  b.Input("user_id", Scope::kUser, InputKind::kCategory);
  b.Vocabulary("genders", KeyKind::kString).strings = {"M", "F"};
  b.Input("gender", Scope::kUser, InputKind::kCategory);
  b.Vocabulary("movie_ids", KeyKind::kRange);
  b.Input("movie_id", Scope::kItem, InputKind::kCategory);
  b.Vocabulary("genres", KeyKind::kString);
  b.Input("genres", Scope::kItem, InputKind::kCategorySet);
  b.Vocabulary("words", KeyKind::kString);
  b.Input("title", Scope::kItem, InputKind::kTokens);
  Encoded e = Encode(b.Done(), d);
  const auto& v = e.description.vocabularies;
  EXPECT_EQ(v[1].size, 2u);
  EXPECT_EQ(v[3].size, 18u);
  if (real) {
    EXPECT_EQ(v[0].size, 6041u);
    EXPECT_EQ(v[2].size, 3953u);
    EXPECT_EQ(v[4].size, 5174u);
  }
  ASSERT_EQ(e.item_columns[4].offsets.size(), d.items.size() + 1);
  for (size_t i = 0; i < d.items.size(); ++i) {
    EXPECT_EQ(e.items.inputs[2].rows[i], d.items.ids[i]);
    EXPECT_EQ(e.items.inputs[4].RowsOf(i).size(), Words(d.items.Find("title")->texts[i]).size());
  }
  for (size_t i = 0; i < d.users.size(); ++i) {
    EXPECT_EQ(e.users.inputs[1].rows[i], d.users.Find("gender")->texts[i] == "M" ? 0u : 1u);
  }
}

}  // namespace
}  // namespace duomo::data
