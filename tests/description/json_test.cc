// The JSON form of descriptions: there and back, and errors that point at the field.
#include "description/json.h"

#include <gtest/gtest.h>

#include <functional>
#include <set>
#include <string>
#include <vector>

namespace duomo::description {
namespace {

using namespace model;  // NOLINT: descriptions are written out below

std::string MessageOf(const std::function<void()>& act) {
  try {
    act();
  } catch (const Error& error) {
    EXPECT_NE(error.status(), Status::kInternal) << error.message();
    return error.message();
  }
  return "no error";
}

testing::AssertionResult Says(const std::string& message, const std::string& part) {
  if (message.find(part) != std::string::npos) return testing::AssertionSuccess();
  return testing::AssertionFailure() << '"' << message << "\" does not say \"" << part << '"';
}

// Every kind of part, and every field away from its default.
Description TwoTowers() {
  Description d;
  d.name = "everything";
  d.vocabularies = {{"user", KeyKind::kRange, 10, {}, {}},
                    {"age", KeyKind::kInt64, 3, {-5, 0, 7}, {}},
                    {"item", KeyKind::kInt64, 0, {}, {}},
                    {"tag", KeyKind::kString, 0, {}, {"a \"b\"", "ü", ""}},
                    {"word", KeyKind::kString, 0, {}, {}}};
  d.tables = {{"user", 0, 4}, {"age", 1, 3}, {"item", 2, 4}, {"tag", 3, 5}, {"word", 4, 6}};
  d.inputs = {{"user", Scope::kUser, InputKind::kCategory, 0, 0, 0},
              {"age", Scope::kUser, InputKind::kCategory, 1, 0, 0},
              {"seen", Scope::kUser, InputKind::kHistory, 2, 20, 0},
              {"item", Scope::kItem, InputKind::kCategory, 2, 0, 0},
              {"tags", Scope::kItem, InputKind::kCategorySet, 3, 0, 0},
              {"title", Scope::kItem, InputKind::kTokens, 4, 9, 0, Tokenizer::kUnicode},
              {"price", Scope::kItem, InputKind::kNumber, -1, 0, 2.5f}};
  Encoder user{"",    0,     EncoderKind::kEmbedding,
               0,     {},    {},
               {},    0,     {},
               false, false, {{4, Activation::kRelu}, {8, Activation::kSigmoid}}};
  Encoder age{"years", 1, EncoderKind::kEmbedding, 1, {}, {}, {}, 0, {}, false, false, {}};
  Encoder seen{"", 2, EncoderKind::kBag, 2, Pooling::kMean, {}, {}, 0, {}, false, false, {}};
  Encoder latest = seen;
  latest.name = "latest";
  latest.kind = EncoderKind::kConvolution;
  latest.pooling = Pooling::kSum;
  latest.activation = Activation::kRelu;
  latest.windows = {1, 2};
  latest.filters = 3;
  Encoder attention = seen;
  attention.name = "attention";
  attention.kind = EncoderKind::kAttention;
  attention.pooling = Pooling::kMax;
  attention.activation = Activation::kTanh;
  attention.positions = 11;
  attention.blocks = 3;
  attention.heads = 2;
  attention.feed_forward = 9;
  attention.places = Places::kBoth;
  Encoder item{"", 3, EncoderKind::kEmbedding, 2, {}, {}, {}, 0, {}, false, false, {}};
  Encoder tags{"",    4, EncoderKind::kMultiHot, 3, {}, Activation::kSigmoid, {}, 0, {}, false,
               false, {}};
  Encoder title = latest;
  title.name = "";
  title.input = 5;
  title.table = 4;
  title.pooling = Pooling::kMax;
  Encoder price{"", 6, EncoderKind::kNumber,     -1,   {},   {},
                {}, 0, Normalization::kQuantile, true, true, {}};
  for (Encoder* e : {&user, &age, &item, &tags, &price}) e->pooling = Pooling::kMax;
  d.towers = {{Side::kUser, {user, age, seen, latest, attention}, {{7, Activation::kIdentity}}},
              {Side::kItem, {item, tags, title, price}, {{9, {}}, {7, Activation::kTanh}}}};
  d.head = {HeadKind::kDot, 0.1, 1, 3, true};
  d.output = {OutputKind::kExponential, 1.0 / 3, -0.7, "seconds"};
  return d;
}

Description Joint() {
  Description d;
  d.name = "joint";
  d.vocabularies = {{"item", KeyKind::kString, 5, {}, {}}};
  d.tables = {{"item", 0, 2}};
  d.inputs = {{"item", Scope::kItem, InputKind::kCategory, 0, 0, 0},
              {"since", Scope::kPair, InputKind::kNumber, -1, 0, 0}};
  Encoder item;
  item.table = 0;
  Encoder since;
  since.input = 1;
  since.kind = EncoderKind::kNumber;
  since.normalization = Normalization::kStandard;
  d.towers = {{Side::kJoint, {item, since}, {}}};
  d.head.kind = HeadKind::kLogistic;
  d.output = {OutputKind::kSigmoid, 1, 0, "probability"};
  return d;
}

TEST(Json, ThereAndBackIsTheSame) {
  std::vector<Description> all = {TwoTowers(), Joint()};
  for (const std::string& name : PresetNames()) all.push_back(Preset(name).model);
  for (const Description& d : all) {
    Json json = ToJson(d);
    Description back = FromJson(json);
    EXPECT_TRUE(back == d) << json.dump(1);
    // And through text, where numbers must keep all their digits.
    EXPECT_TRUE(FromJson(ParseJson(json.dump(), "x")) == d) << json.dump(1);
    EXPECT_EQ(ToJson(back).dump(), json.dump());
  }
}

TEST(Json, MembersRepeatTablesAndEncoders) {
  Json once = ToJson(TwoTowers()), twice = once;
  twice["members"] = 2u;
  const Description one = FromJson(once), two = FromJson(twice);
  const size_t tables = one.tables.size(), encoders = one.towers[1].encoders.size();
  ASSERT_EQ(two.tables.size(), 2 * tables);
  ASSERT_EQ(two.towers[1].encoders.size(), 2 * encoders);
  for (size_t i = 0; i < 2 * tables; ++i) {
    const Table& original = one.tables[i % tables];
    EXPECT_EQ(two.tables[i].name, StrCat(original.name, i < tables ? " 1" : " 2"));
    EXPECT_EQ(two.tables[i].dim, original.dim);
  }
  std::set<std::string> names;
  for (size_t i = 0; i < 2 * encoders; ++i) {
    const Encoder& original = one.towers[1].encoders[i % encoders];
    const Encoder& e = two.towers[1].encoders[i];
    EXPECT_EQ(e.input, original.input);
    if (e.table >= 0) {
      EXPECT_EQ(
          two.tables[static_cast<size_t>(e.table)].name,
          StrCat(one.tables[static_cast<size_t>(original.table)].name, i < encoders ? " 1" : " 2"));
    }
    EXPECT_TRUE(names.insert(e.name).second) << e.name;
  }
  EXPECT_TRUE(FromJson(ToJson(two)) == two);
}

// Each part differs by one field; were that field lost, the result would equal the original.
TEST(Json, NoFieldIsLost) {
  const Description d = TwoTowers();
  auto differs = [&](const char* what, const std::function<void(Description&)>& change) {
    Description other = d;
    change(other);
    Description back = FromJson(ToJson(other));
    EXPECT_TRUE(back == other) << what;
    EXPECT_FALSE(back == d) << what;
  };
  differs("name", [](Description& o) { o.name = "else"; });
  differs("size", [](Description& o) { o.vocabularies[0].size = 11; });
  differs("integers", [](Description& o) { o.vocabularies[1].integers[2] = INT64_MIN; });
  differs("strings", [](Description& o) { o.vocabularies[3].strings[1] = "ö"; });
  differs("keys", [](Description& o) { o.vocabularies[2].keys = KeyKind::kRange; });
  differs("dim", [](Description& o) { o.tables[1].dim = 8; });
  differs("max_length", [](Description& o) { o.inputs[2].max_length = 0; });
  differs("fallback", [](Description& o) { o.inputs[6].fallback = 0.1f; });
  differs("tokens", [](Description& o) { o.inputs[5].tokenizer = Tokenizer::kSpaces; });
  differs("bucketed", [](Description& o) { o.inputs[1].bucketed = true; });
  differs("encoder name", [](Description& o) { o.towers[0].encoders[1].name = "age2"; });
  differs("bag pooling", [](Description& o) { o.towers[0].encoders[2].pooling = Pooling::kSum; });
  differs("windows", [](Description& o) { o.towers[0].encoders[3].windows = {5}; });
  differs("filters", [](Description& o) { o.towers[0].encoders[3].filters = 1; });
  differs("pooling", [](Description& o) { o.towers[1].encoders[2].pooling = Pooling::kMean; });
  differs("activation",
          [](Description& o) { o.towers[1].encoders[1].activation = Activation::kTanh; });
  differs("positions", [](Description& o) { o.towers[0].encoders[4].positions = 12; });
  differs("blocks", [](Description& o) { o.towers[0].encoders[4].blocks = 1; });
  differs("heads", [](Description& o) { o.towers[0].encoders[4].heads = 1; });
  differs("feed_forward", [](Description& o) { o.towers[0].encoders[4].feed_forward = 1; });
  differs("places", [](Description& o) { o.towers[0].encoders[4].places = Places::kLearned; });
  differs("attention's activation",
          [](Description& o) { o.towers[0].encoders[4].activation = Activation::kRelu; });
  differs("normalization",
          [](Description& o) { o.towers[1].encoders[3].normalization = Normalization::kNone; });
  differs("square", [](Description& o) { o.towers[1].encoders[3].square = false; });
  differs("root", [](Description& o) { o.towers[1].encoders[3].root = false; });
  differs("own layers", [](Description& o) { o.towers[0].encoders[0].layers.pop_back(); });
  differs("units", [](Description& o) { o.towers[1].layers[0].units = 1; });
  differs("layer activation",
          [](Description& o) { o.towers[0].layers[0].activation = Activation::kRelu; });
  differs("scale", [](Description& o) { o.head.scale = 2; });
  differs("user bias", [](Description& o) { o.head.user_bias = -1; });
  differs("item bias", [](Description& o) { o.head.item_bias = -1; });
  differs("global bias", [](Description& o) { o.head.global_bias = false; });
  differs("output kind", [](Description& o) { o.output.kind = OutputKind::kLinear; });
  differs("output scale", [](Description& o) { o.output.scale = 3; });
  differs("offset", [](Description& o) { o.output.offset = 0; });
  differs("unit", [](Description& o) { o.output.unit = "s"; });
}

// One field of the description changed by a JSON patch, and what the error must say.
struct Wrong {
  const char* pointer;
  const char* value;  // JSON; nullptr: removed
  std::vector<const char*> says;
};

TEST(Json, ErrorsPointAtTheField) {
  const Wrong cases[] = {
      // unknown fields, with what is possible
      {"/colour", "1", {"colour: unknown field", "vocabularies"}},
      {"/vocabularies/1/siez", "3", {"vocabularies[1].siez: unknown field", "size"}},
      {"/towers/1/encoders/2/window", "[3]", {"towers[1].encoders[2].window: unknown", "windows"}},
      {"/towers/0/dense/0/bias", "true", {"towers[0].dense[0].bias: unknown", "activation, units"}},
      {"/head/global", "true", {"head.global: unknown field", "global_bias"}},
      {"/output/unti", "\"\"", {"output.unti: unknown field", "unit"}},
      {"/inputs/5/tokens", "\"latin\"", {"inputs[5].tokens: ", "spaces", "unicode"}},
      {"/inputs/4/tokens", "\"unicode\"", {"inputs[4].tokens: unknown field"}},
      {"/inputs/6/max_length", "4", {"inputs[6].max_length: unknown field", "fallback"}},
      {"/members", "0", {"members: must be from 1 to 256"}},
      {"/members", "257", {"members: must be from 1 to 256"}},
      // missing fields
      {"/name", nullptr, {"name: is missing"}},
      {"/head", nullptr, {"head: is missing"}},
      {"/output", nullptr, {"output: is missing"}},
      {"/tables/2/dim", nullptr, {"tables[2].dim: is missing"}},
      {"/inputs/0/scope", nullptr, {"inputs[0].scope: is missing"}},
      {"/towers/0/side", nullptr, {"towers[0].side: is missing"}},
      {"/towers/0/encoders/3/windows", nullptr, {"towers[0].encoders[3].windows: is missing"}},
      {"/towers/0/encoders/2/pooling", nullptr, {"towers[0].encoders[2].pooling: is missing"}},
      {"/towers", nullptr, {"towers", "must be"}},
      // wrong types
      {"/name", "7", {"name: must be a string"}},
      {"/vocabularies", "{}", {"vocabularies: must be an array"}},
      {"/vocabularies/0", "[]", {"vocabularies[0]: must be an object"}},
      {"/vocabularies/0/size", "-1", {"vocabularies[0].size: must be a whole number"}},
      {"/vocabularies/0/size", "1.5", {"vocabularies[0].size: must be a whole number"}},
      {"/vocabularies/3/values", "[1]", {"vocabularies[3].values: must be strings"}},
      {"/vocabularies/1/values", "[1e3]", {"vocabularies[1].values"}},
      {"/tables/0/dim", "\"32\"", {"tables[0].dim: must be a whole number"}},
      {"/tables/0/dim", "5000000000", {"tables[0].dim: is too large"}},
      {"/inputs/6/fallback", "\"x\"", {"inputs[6].fallback: must be a number"}},
      {"/towers/1/encoders/3/square", "1", {"towers[1].encoders[3].square: must be true or false"}},
      {"/towers/0/encoders/3/windows", "3", {"towers[0].encoders[3].windows: must be an array"}},
      {"/towers/0/encoders/3/windows", "[0]", {"towers[0].encoders[3].windows: "}},
      {"/towers/0/encoders/3/windows", "[65]", {"towers[0].encoders[3].windows: ", "1 to 64"}},
      {"/head", "[]", {"head: must be an object"}},
      {"/head/scale", "null", {"head.scale: must be a number"}},
      // values out of a list
      {"/inputs/0/kind", "\"catgory\"", {"inputs[0].kind: unknown value \"catgory\"", "category"}},
      {"/towers/0/encoders/0/kind",
       "\"embeding\"",
       {"towers[0].encoders[0].kind: unknown value", "embedding, bag, multi_hot, convolution"}},
      {"/towers/0/dense/0/activation",
       "\"Tanh\"",
       {"towers[0].dense[0].activation", "identity, tanh, sigmoid, relu"}},
      // references
      {"/tables/0/vocabulary",
       "\"users\"",
       {"tables[0].vocabulary: there is no \"users\"", "possible: user, age, item, tag, word"}},
      {"/inputs/4/vocabulary", "\"tags\"", {"inputs[4].vocabulary: there is no \"tags\"", "tag,"}},
      {"/towers/0/encoders/0/input",
       "\"id\"",
       {"towers[0].encoders[0].input: there is no \"id\"", "user, age, seen"}},
      {"/towers/0/encoders/0/table", "\"id\"", {"towers[0].encoders[0].table: there is no \"id\""}},
      {"/head/user_bias", "\"nobody\"", {"head.user_bias: there is no \"nobody\"", "possible: "}},
      // what only the whole shows
      {"/towers/0/encoders/0/table", "\"item\"", {"towers[0].encoders[0].table", "vocabulary"}},
      {"/towers/0/encoders/0/input", "\"item\"", {"towers[0].encoders[0].input", "this side"}},
      {"/towers/0/dense/0/units", "8", {"towers", "they must be equal"}},
      {"/head/kind", "\"logistic\"", {"head.kind"}},
      {"/output/scale", "0", {"output.scale"}},
  };
  const Json whole = ToJson(TwoTowers());
  for (const Wrong& wrong : cases) {
    Json::json_pointer pointer{std::string(wrong.pointer)};
    Json json = whole;
    if (wrong.value != nullptr) {
      json[pointer] = Json::parse(wrong.value);
    } else {
      ASSERT_EQ(json.at(pointer.parent_pointer()).erase(pointer.back()), 1u) << wrong.pointer;
    }
    std::string message = MessageOf([&] { FromJson(json); });
    for (const char* part : wrong.says) EXPECT_TRUE(Says(message, part)) << wrong.pointer;
  }
  EXPECT_TRUE(Says(MessageOf([] { FromJson(Json::array()); }), "must be an object"));
}

TEST(Json, SyntaxErrorsNameFileLineAndColumn) {
  auto message = [](const char* text) { return MessageOf([&] { ParseJson(text, "mine.json"); }); };
  EXPECT_TRUE(Says(message("{\n  \"a\": 1,\n  \"b\": x\n}"), "mine.json:3:8: not valid JSON"));
  EXPECT_TRUE(Says(message("x"), "mine.json:1:1: "));
  EXPECT_TRUE(Says(message("{\"a\": 1,}"), "mine.json:1:9: "));
  EXPECT_TRUE(Says(message("{\n\n\n\"a\" 1}"), "mine.json:4:5: "));
  EXPECT_TRUE(Says(message(""), "mine.json:1:1: "));
  EXPECT_TRUE(Says(message("{\"a\": \"\xff\"}"), "mine.json:1:8: "));
  // A name that stands twice would silently drop one of its values.
  EXPECT_TRUE(Says(message("{\n \"a\": 1,\n \"a\": 2}"), "\"a\" stands twice"));
  EXPECT_TRUE(Says(message("[1e400]"), "mine.json: a number"));
  ParseJson("[{\"a\": {\"a\": 1}}, {\"a\": 2}]", "mine.json");  // twice, but not in one object
  EXPECT_TRUE(
      Says(message(std::string(100000, '[').c_str()), "mine.json: nested deeper than 64 levels"));
}

TEST(Json, RecipesSayWhichFileIsWrong) {
  EXPECT_TRUE(
      Says(MessageOf([] { RecipeFromText("{}", "mine.json"); }), "mine.json: model: is missing"));
  std::string text = Json{{"model", ToJson(Joint())}, {"trainig", Json::object()}}.dump();
  EXPECT_TRUE(Says(
      MessageOf([&] { RecipeFromText(text, "mine.json"); }),
      "mine.json: trainig: unknown field; possible here: data, model, search, split, training"));
  text = Json{{"model", ToJson(Joint())}}.dump();
  EXPECT_TRUE(RecipeFromText(text, "mine.json").model == Joint());
}

// Nested so deep that walking it would overflow the stack, wherever it stands.
TEST(Json, NestingHasALimit) {
  for (const char* before : {"", "{\"model\":", "{\"training\":{\"x\":"}) {
    for (const char* level : {"[", "{\"a\":"}) {
      std::string text = before;
      for (int i = 0; i < 200000; ++i) text += level;
      try {
        (void)ParseJson(text, "deep.json");
        ADD_FAILURE() << "accepted";
      } catch (const Error& error) {
        EXPECT_EQ(error.status(), Status::kInvalidArgument);
        EXPECT_NE(error.message().find("nested deeper"), std::string::npos) << error.message();
      }
    }
  }
  EXPECT_NO_THROW(ParseJson(std::string(60, '[') + std::string(60, ']'), "fine.json"));
}

}  // namespace
}  // namespace duomo::description
