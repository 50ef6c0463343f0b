// merge: what is new answers as its features do, what is replaced keeps all that is not said, and
// histories follow the day.
#include <gtest/gtest.h>

#include <cmath>

#include "converter/output.h"
#include "converter/shop.h"
#include "converter/shrinking.h"
#include "core/error.h"
#include "data/gzip.h"

namespace duomo::convert {
namespace {

using namespace duomo::testing;
using model::Side;
using test::Gzip;
using Rows = std::vector<uint32_t>;

class Merge : public ::testing::Test {
 protected:
  void Save(model::Contents contents, const std::string& type = "") {
    model::Save(path_, contents);
    if (type.empty()) return;
    ConvertJson({"quantize", path_, "-o", out_, "--vectors", type, "--weights", type});
    std::filesystem::rename(out_, path_);
  }
  std::string List(const std::string& text) {
    WriteText(folder_.File("list"), text);
    return folder_.File("list");
  }
  auto MergeItems(const std::string& text) {
    return ConvertJson({"merge", path_, "-o", out_, "--items", List(text)});
  }

  TemporaryFolder folder_;
  std::string path_ = folder_.File("model.duomo"), out_ = folder_.File("out.duomo");
};

// Encodes new items of the cosine sample as a host would, from raw rows.
std::vector<float> Encoded(const runtime::Engine& engine, Side side, uint32_t row) {
  std::vector<runtime::InputSource> inputs;
  runtime::Workspace work;
  std::vector<float> out(engine.vector_width());
  engine.StoredInputs(side, {&row, 1}, inputs);
  engine.Encode(side, {1, inputs}, out.data(), work);
  return out;
}

// By the file's own tokeniser, which merge and the commands before it keep.
TEST_F(Merge, TextIsCutAsTheFileSays) {
  ConvertJson({"quantize", std::string(DUOMO_GOLDEN) + "/v3/good/words.duomo", "-o", path_,
               "--weights", "fp16"});
  ConvertJson({"merge", path_, "-o", out_, "--items",
               List("{\"id\": 5, \"features\": {\"title\": \"CAF\xC3\x89 \xE2\x80\x94 Don't!\"}}\n"
                    "{\"id\": 6, \"features\": {\"title\": \"cafe dont\"}}\n")});
  auto engine = OpenEngine(out_);
  const model::Model& m = engine->model();
  EXPECT_EQ(m.description().inputs[1].tokenizer, Tokenizer::kUnicode);
  EXPECT_EQ(m.file().minimum_reader_version(), 3u);
  auto rows = [&](uint64_t item) {
    auto of = m.items().features.inputs[1].RowsOf(item);
    return std::vector<uint32_t>(of.begin(), of.end());
  };
  EXPECT_EQ(rows(2), rows(3));
  EXPECT_EQ(rows(2), (std::vector<uint32_t>{static_cast<uint32_t>(*m.vocabulary(1).Find("cafe")),
                                            static_cast<uint32_t>(*m.vocabulary(1).Find("dont"))}));
  Outcome shown = Convert({"inspect", out_});
  EXPECT_NE(shown.out.find("words by Unicode"), shown.out.npos) << shown.out;
}

TEST_F(Merge, NewItemsByFeaturesAreWhatTheTowerMakesOfThem) {
  for (const std::string type : {"", "int8"}) {
    Save(SoundContents(CosineDescription()), type);
    std::string list = List(
        "{\"id\": 5, \"title\": \"New\", \"features\": {\"genres\": [\"genre0\", \"genre0\", "
        "\"nothing\"], \"title\": \"word0 word1\"}}\n\n{\"id\": 6}\n");
    auto json = ConvertJson({"merge", path_, "-o", out_, "--items", list});
    EXPECT_EQ(json["items"]["added"], 2);
    EXPECT_EQ(json["unknown_values"]["genres"], 1);
    auto before = OpenEngine(path_), after = OpenEngine(out_);
    ExpectVerified(out_);
    const model::Entities& items = after->model().items();
    ASSERT_EQ(items.count, 6u);
    EXPECT_EQ(items.keys.Find(int64_t{5}), 4u);
    EXPECT_EQ(items.keys.Find(int64_t{7}), before->model().items().keys.Find(int64_t{7}));
    EXPECT_EQ(items.Title(4), "New");
    EXPECT_EQ(items.Title(5), "");
    EXPECT_EQ(items.features.inputs[3].RowsOf(4).size(), 2u);  // genre0 once, and the unknown
    EXPECT_TRUE(items.features.inputs[3].RowsOf(5).empty());
    // What was there answers as before; what is new as its features do.
    for (uint64_t u = 0; u < 5; ++u) {
      for (uint64_t i = 0; i < 4; ++i) {
        EXPECT_EQ(PredictionBits(*after, u, i), PredictionBits(*before, u, i));
      }
    }
    AlignedVector<float> buffer;
    for (uint32_t row : {4u, 5u}) {
      auto frozen = after->Vector(Side::kItem, row, buffer);
      auto made = Encoded(*after, Side::kItem, row);
      for (size_t j = 0; j < made.size(); ++j) {
        EXPECT_NEAR(frozen[j], made[j], type.empty() ? 1e-6 : 0.01);
      }
    }
  }
}

TEST_F(Merge, CsvVectorsUsersAndHistories) {
  Save(SoundContents(CosineDescription()));
  std::string csv =
      List("id,title,genres\r\n5,\"A \"\"new\"\" one, here\",genre0|genre1\xC3\xA9\r\n6,,\r\n");
  ConvertJson({"merge", path_, "-o", out_, "--items", csv});
  auto after = OpenEngine(out_);
  EXPECT_EQ(after->model().items().Title(4), "A \"new\" one, here");
  EXPECT_EQ(after->model().items().features.inputs[3].RowsOf(4).size(), 2u);
  ExpectVerified(out_);

  // A vector is made as long as the head wants it.
  std::string vector = List("{\"id\": 9, \"vector\": [0, 3, 0, 4, 0, 0]}");
  auto json = ConvertJson({"merge", path_, "-o", out_, "--users", vector});
  EXPECT_EQ(json["vectors_given"], 1);
  AlignedVector<float> buffer;
  auto merged = OpenEngine(out_);
  auto given = merged->Vector(Side::kUser, 5, buffer);
  EXPECT_NEAR(given[1], 0.6, 1e-7);
  EXPECT_NEAR(given[3], 0.8, 1e-7);
  ExpectVerified(out_);

  Save(SoundContents(HistoryDescription()));
  auto before = OpenEngine(path_);
  std::string first(before->model().items().keys.StringAt(2));
  WriteText(folder_.File("items"), "{\"id\": \"new\"}");
  std::string users = List(StrCat("{\"id\": \"ann\", \"history\": [\"", first, "\", \"new\"]}"));
  ConvertJson({"merge", path_, "-o", out_, "--users", users, "--items", folder_.File("items")});
  auto both = OpenEngine(out_);
  EXPECT_EQ(both->model().users().keys.Find("ann"), 5u);
  ASSERT_EQ(both->model().HistoryOf(5).size(), 2u);
  EXPECT_EQ(both->model().HistoryOf(5)[0], 2u);
  EXPECT_EQ(both->model().HistoryOf(5)[1], 4u);
  ExpectVerified(out_);
}

TEST_F(Merge, BadRecordsAreRefusedWithTheirLine) {
  Save(SoundContents(CosineDescription()));
  auto refuse = [&](const std::string& text, const std::string& words) {
    Outcome o = Convert({"merge", path_, "-o", out_, "--items", List(text)});
    EXPECT_EQ(o.code, 1) << text;
    EXPECT_NE(o.err.find(words), o.err.npos) << o.err;
    EXPECT_FALSE(std::filesystem::exists(out_));
  };
  refuse("{\"id\": 5}\n{\"id\": 5}", "stands twice");
  refuse("{\"id\": \"x\"}", "whole number");
  refuse("{\"title\": \"x\"}", "no column has the keys; call it id");
  refuse("{\"id\": 5, \"features\": {\"colour\": 1}}", "colour");
  refuse("{\"id\": 5, \"features\": 1}", "must hold inputs by name");
  refuse("{\"id\": 5, \"vector\": [1, 2]}", "6 numbers");
  refuse("{\"id\": 5, \"vector\": [1]}", "must be a list of 6 numbers, and is one of 1 number.");
  refuse("{\"id\": 5, \"vector\": [1, null]}", "line 1: vector: null is not a number");
  refuse("{\"id\": 4}\n{\"id\": 5, \"vector\": [1, 2, 3, 4, 5, 6, null]}", "line 2: vector: null");
  refuse("{\"id\": 5, \"vector\": [1, 2, 3, 4, 5, 1e999]}", "line 1");
  refuse("{\"id\": 5, \"history\": [7]}", "history");
  refuse("{\"id\": 5", "line 1");
  refuse("", "is empty");
  refuse("id,title\n5", "1 field instead of 2");
  refuse("id,title\n5,\"a,b\"\n6,\"x", "never closed");
  EXPECT_EQ(Convert({"merge", path_, "-o", out_}).code, 2);
}

Rows ToRows(std::span<const uint32_t> rows) { return {rows.begin(), rows.end()}; }

class Upsert : public Merge {
 protected:
  void SetUp() override { Save(ShopContents()); }
};

TEST_F(Upsert, WhatARecordDoesNotSayStays) {
  auto before = OpenEngine(path_);
  auto json = MergeItems(
      "{\"id\": \"sku-bread\", \"features\": {\"tags\": [\"sweet\"]}}\n"
      "{\"id\": \"sku-cheese\", \"title\": \"Old ripe cheese\"}\n"
      "{\"id\": \"sku-new\", \"title\": \"Big red\", \"tags\": [\"dry\"]}\n");
  EXPECT_EQ(json["items"]["added"], 1);
  EXPECT_EQ(json["items"]["replaced"], 1);
  EXPECT_EQ(json["items"]["unchanged"], 1);
  EXPECT_EQ(json["vectors_made"], 2);
  ExpectVerified(out_);
  auto after = OpenEngine(out_);
  const model::Entities& items = after->model().items();
  ASSERT_EQ(items.count, 5u);
  EXPECT_EQ(items.Title(1), "Old bread");
  EXPECT_EQ(ToRows(items.features.inputs[6].RowsOf(1)), Rows{2});
  EXPECT_EQ(ToRows(items.features.inputs[7].RowsOf(1)), (Rows{1, 4}));  // title
  EXPECT_EQ(ToRows(items.features.inputs[5].RowsOf(1)), Rows{2});       // item_id
  EXPECT_EQ(ToRows(items.features.inputs[7].RowsOf(4)), (Rows{3, 0}));  // by its title
  // The others answer as they did.
  for (uint64_t user = 0; user < 5; ++user) {
    for (uint64_t item : {0, 2, 3}) {
      EXPECT_EQ(PredictionBits(*after, user, item), PredictionBits(*before, user, item));
    }
    EXPECT_NE(PredictionBits(*after, user, 1), PredictionBits(*before, user, 1));
  }
  for (uint64_t user = 0; user < 5; ++user) {
    EXPECT_EQ(ToRows(after->model().HistoryOf(user)), ToRows(before->model().HistoryOf(user)));
  }
}

TEST_F(Upsert, AnEmptyCellTakesAway) {
  for (const std::string text :
       {"id,title,tags\nsku-apple,,\n", "id\ttags\ttitle\nsku-apple\t\t\n",
        "[{\"id\": \"sku-apple\", \"title\": null, \"features\": {\"tags\": []}}]"}) {
    auto json = MergeItems(text);
    EXPECT_EQ(json["items"]["replaced"], 1) << text;
    auto m = model::Model::Open(out_);
    EXPECT_EQ(m->items().Title(0), "") << text;
    EXPECT_TRUE(m->items().features.inputs[6].RowsOf(0).empty()) << text;
    EXPECT_TRUE(m->items().features.inputs[7].RowsOf(0).empty()) << text;
    ExpectVerified(out_);
  }
  ConvertJson({"merge", path_, "-o", out_, "--users", List("user_id,age,history\nuser-anna,,\n")});
  auto m = model::Model::Open(out_);
  EXPECT_TRUE(std::isnan(m->users().features.inputs[2].numbers[0]));
  EXPECT_TRUE(m->HistoryOf(0).empty());
  EXPECT_EQ(ToRows(m->users().features.inputs[1].RowsOf(0)), (Rows{3, 0}));
  ExpectVerified(out_);
}

TEST_F(Upsert, EveryFormOfATableSaysTheSame) {
  const std::string csv =
      "id,title,tags\nsku-new,\"Big, red\",dry|sweet\nsku-dates,Ripe dates,fresh\n";
  MergeItems(csv);
  const std::string expected = ReadText(out_);
  for (const std::string& text :
       {std::string("id;tags;title\r\nsku-new;dry|sweet;Big, red\r\nsku-dates;fresh;Ripe dates"),
        std::string("\xEF\xBB\xBFtags\tid\ttitle\ndry|sweet\tsku-new\tBig, red\nfresh\tsku-dates\t"
                    "Ripe dates\n"),
        std::string(
            "id::title::tags\nsku-new::Big, red::dry|sweet\nsku-dates::Ripe dates::fresh\n"),
        std::string(
            "itemId,title,tags\nsku-new,\"Big, red\",\"dry,sweet\"\nsku-dates,Ripe dates,fresh"),
        std::string("item_id:token\ttitle:token\ttags:token_seq\nsku-new\tBig, red\tdry sweet\n"
                    "sku-dates\tRipe dates\tfresh\n"),
        std::string("[{\"id\": \"sku-new\", \"title\": \"Big, red\", \"tags\": [\"dry\", "
                    "\"sweet\"]},\n {\"id\": \"sku-dates\", \"title\": \"Ripe dates\", \"tags\": "
                    "\"fresh\"}]"),
        std::string("{\"id\": \"sku-new\", \"title\": \"Big, red\", \"features\": {\"tags\": "
                    "[\"dry\", \"sweet\"]}}\n{\"id\": \"sku-dates\", \"title\": \"Ripe dates\", "
                    "\"features\": {\"tags\": [\"fresh\"]}}\n"),
        Gzip(csv)}) {
    MergeItems(text);
    EXPECT_TRUE(ReadText(out_) == expected) << text;
  }
}

// The reader of JSON looks at the first 1,000 rows for the names of columns.
// A quote that opens and never closes may have swallowed something.
TEST_F(Upsert, HowATableWasReadIsSaid) {
  const std::string list = List("id,title\nsku-new,\"open\nsku-bread,Bread\n");
  Outcome o = Convert({"merge", path_, "-o", out_, "--items", list});
  EXPECT_EQ(o.code, 0) << o.err;
  EXPECT_NE(o.out.find(list + ": CSV, comma, quotes none, UTF-8; the quote that opens in line 2 "
                              "never closes and is text\nitems: 1 added"),
            std::string::npos)
      << o.out;
  auto json = ConvertJson({"merge", path_, "-o", out_, "--history", List("user;item\na;b\n")});
  EXPECT_EQ(json["events"]["table"], "CSV, semicolon, quotes doubled, UTF-8");
  EXPECT_EQ(json["items"]["table"], Json());
}

TEST_F(Upsert, NamesThatComeLateAreNotLost) {
  std::string text;
  for (int i = 0; i < 1100; ++i) text += StrCat("{\"id\": \"new-", i, "\", \"title\": \"x\"}\n");
  MergeItems(text + "{\"id\": \"sku-apple\", \"features\": {\"tags\": [\"dry\"]}}\n");
  auto m = model::Model::Open(out_);
  EXPECT_EQ(m->items().count, 1104u);
  EXPECT_EQ(ToRows(m->items().features.inputs[6].RowsOf(0)), Rows{1});
  Outcome o = Convert({"merge", path_, "-o", out_, "--items",
                       List(text + "{\"id\": \"sku-apple\", \"tgas\": [\"dry\"]}\n")});
  EXPECT_EQ(o.code, 1);
  EXPECT_NE(o.err.find("line 1101: there is no \"tgas\" of items"), std::string::npos) << o.err;
}

TEST_F(Upsert, AColumnThatNobodyKnowsIsNamed) {
  const std::string text = "id,title,gener\nsku-new,x,y\n";
  Outcome o = Convert({"merge", path_, "-o", out_, "--items", List(text)});
  EXPECT_EQ(o.code, 1);
  for (const char* part : {"there is no \"gener\" of items", "known are id, title, vector, item, ",
                           "tags", "--ignore \"gener\""}) {
    EXPECT_NE(o.err.find(part), std::string::npos) << o.err;
  }
  auto json = ConvertJson({"merge", path_, "-o", out_, "--items", List(text), "--ignore", "gener"});
  EXPECT_EQ(json["items"]["added"], 1);
  o = Convert({"merge", path_, "-o", out_, "--items", List("sku-new,1\nsku-old,2\n")});
  EXPECT_EQ(o.code, 1);
  EXPECT_NE(o.err.find("first row looks like data"), std::string::npos) << o.err;
}

TEST_F(Upsert, TitlesThatNoTowerReadsLeaveVectorsAndCodes) {
  auto contents = SoundContents(DotDescription());
  contents.tensors.push_back(  // something that was made of the vectors
      file::OwnedTensor::From<uint8_t>("items/codes", {3}, std::vector<uint8_t>{1, 2, 3}));
  Save(contents);
  auto json = MergeItems("{\"id\": 100, \"title\": \"Red\"}");
  EXPECT_EQ(json["items"]["replaced"], 1);
  EXPECT_EQ(json["vectors_made"], 0);
  EXPECT_EQ(json["tensors_left_out"], Json::array());
  auto m = model::Model::Open(out_);
  EXPECT_TRUE(m->file().Find("items/codes"));
  EXPECT_EQ(m->items().Title(0), "Red");
  ExpectVerified(out_);
  json = MergeItems("{\"id\": 100, \"tags\": [\"a tag that there is not\"]}");
  EXPECT_EQ(json["vectors_made"], 1);
  EXPECT_EQ(json["tensors_left_out"], Json::array({"items/codes"}));
  EXPECT_FALSE(model::Model::Open(out_)->file().Find("items/codes"));
  ExpectVerified(out_);
}

TEST_F(Upsert, VectorsOfEveryTypeAreReplacedInPlace) {
  for (const std::string type : {"", "fp16", "int8"}) {
    Save(ShopContents(), type);
    auto before = OpenEngine(path_);
    auto json =
        ConvertJson({"merge", path_, "-o", out_, "--items",
                     List("id,vector\nsku-cheese,1|2|3|4|5|6\nsku-new,\"[6, 5, 4, 3, 2, 1]\"\n")});
    EXPECT_EQ(json["vectors_given"], 2);
    auto after = OpenEngine(out_);
    AlignedVector<float> buffer;
    auto vector = after->Vector(Side::kItem, 2, buffer);
    for (size_t i = 0; i < 6; ++i) {
      EXPECT_NEAR(vector[i], static_cast<double>(i + 1), type == "int8" ? 0.03 : 0);
    }
    vector = after->Vector(Side::kItem, 4, buffer);
    for (size_t i = 0; i < 6; ++i) {
      EXPECT_NEAR(vector[i], 6.0 - static_cast<double>(i), type == "int8" ? 0.03 : 0);
    }
    for (uint64_t item : {0, 1, 3}) {
      EXPECT_EQ(PredictionBits(*after, 3, item), PredictionBits(*before, 3, item));
    }
    // Once more, and nothing is another.
    std::string again = folder_.File("again.duomo");
    json = ConvertJson(
        {"merge", out_, "-o", again, "--items", List("id,vector\nsku-cheese,1 2 3 4 5 6\n")});
    EXPECT_EQ(json["items"]["unchanged"], 1) << type;
    EXPECT_TRUE(ReadText(again) == ReadText(out_));
  }
}

TEST_F(Upsert, BadRecordsEndItOrAreCounted) {
  const std::string text =
      "id,tags\nsku-apple,dry\nsku-apple,sweet\n,dry\nsku-new,dry,more\nsku-cheese,dry\n";
  Outcome o = Convert({"merge", path_, "-o", out_, "--items", List(text)});
  EXPECT_EQ(o.code, 1);
  EXPECT_NE(o.err.find("list, line 3: the id \"sku-apple\" stands twice"), std::string::npos)
      << o.err;
  auto json = ConvertJson({"merge", path_, "-o", out_, "--items", List(text), "--skip-bad-lines"});
  EXPECT_EQ(json["items"]["bad_lines"], 3);
  EXPECT_EQ(json["items"]["replaced"], 1);
  EXPECT_EQ(json["items"]["unchanged"], 1);  // cheese is dry
  auto m = model::Model::Open(out_);
  EXPECT_EQ(ToRows(m->items().features.inputs[6].RowsOf(0)), Rows{1});
  ExpectVerified(out_);
  o = Convert({"merge", path_, "-o", out_, "--items", List("id\nsku-apple\n"), "--no-replace"});
  EXPECT_EQ(o.code, 1);
  EXPECT_NE(o.err.find("\"sku-apple\" is in the file already"), std::string::npos) << o.err;
}

TEST_F(Upsert, EventsFollowTheHistoryByTheirTimes) {
  auto before = OpenEngine(path_);
  auto json =
      ConvertJson({"merge", path_, "-o", out_, "--history",
                   List("timestamp,user,item,rating\n"
                        "1700000300,user-bob,sku-dates,5\n1700000100,user-bob,sku-apple,1\n"
                        "1700000200,user-anna,sku-cheese,2\n1700000250,stranger,sku-apple,2\n"
                        "1700000260,user-anna,sku-none,2\n1700000100,user-bob,sku-bread,4\n")});
  EXPECT_EQ(json["events"]["added"], 4);
  EXPECT_EQ(json["events"]["users"], 2);
  EXPECT_EQ(json["events"]["of_unknown_users"], 1);
  EXPECT_EQ(json["events"]["of_unknown_items"], 1);
  EXPECT_EQ(json["events"]["columns_not_read"], Json::array({"rating"}));
  auto after = OpenEngine(out_);
  EXPECT_EQ(ToRows(after->model().HistoryOf(0)), (Rows{0, 1, 2}));
  EXPECT_EQ(ToRows(after->model().HistoryOf(1)), (Rows{0, 1, 3}));
  EXPECT_EQ(ToRows(after->model().HistoryOf(3)), (Rows{2, 1, 0}));
  ExpectVerified(out_);  // their vectors were made again
  EXPECT_NE(PredictionBits(*after, 1, 0), PredictionBits(*before, 1, 0));
  EXPECT_EQ(PredictionBits(*after, 3, 0), PredictionBits(*before, 3, 0));

  // New users and items of the same run, no times, and the words for people.
  WriteText(folder_.File("users"), "user\nuser-fay\n");
  WriteText(folder_.File("items"), "id\nsku-figs\n");
  Outcome o = Convert({"merge", path_, "-o", out_, "--users", folder_.File("users"), "--items",
                       folder_.File("items"), "--history",
                       List("user,item\nuser-fay,sku-figs\nuser-fay,sku-apple\n")});
  EXPECT_EQ(o.code, 0) << o.err;
  EXPECT_NE(o.out.find("events: 2 added to the histories of 1 users, in the order of the file"),
            std::string::npos)
      << o.out;
  EXPECT_NE(o.out.find("items: 1 added, 0 replaced, 0 unchanged"), std::string::npos) << o.out;
  EXPECT_EQ(ToRows(model::Model::Open(out_)->HistoryOf(5)), (Rows{4, 0}));
  ExpectVerified(out_);
}

TEST_F(Upsert, EventsOfAFileWithoutHistories) {
  Save(SoundContents(CosineDescription()));
  ConvertJson(
      {"merge", path_, "-o", out_, "--history", List("userId,movieId\n7,30\n31,100\n7,100\n")});
  auto m = model::Model::Open(out_);
  ASSERT_TRUE(m->has_history());
  EXPECT_EQ(ToRows(m->HistoryOf(1)), (Rows{2, 0}));
  EXPECT_TRUE(m->HistoryOf(0).empty());
  EXPECT_EQ(ToRows(m->HistoryOf(3)), Rows{0});
  EXPECT_EQ(ConvertJson({"diff", out_, out_})["same"], true);
  ExpectVerified(out_);
}

TEST_F(Upsert, BadEventsAreRefused) {
  auto says = [&](const std::string& text, const std::string& words) {
    Outcome o = Convert({"merge", path_, "-o", out_, "--history", List(text)});
    EXPECT_EQ(o.code, 1) << text;
    EXPECT_NE(o.err.find(words), std::string::npos) << o.err;
  };
  says("usr,item\na,b\n", "no column says the user");
  says("user,itm\na,b\n", "no column says the item");
  says("user,item,timestamp\nuser-bob,sku-apple,1700000000\nuser-bob,sku-apple,soon\n", "line 3");
  says("user,item,timestamp\nuser-bob,sku-apple,\n", "there is no timestamp");
  says("7,8\n9,10\n", "first row looks like data");
}

}  // namespace
}  // namespace duomo::convert
