// Vectors of other models become files that answer and that every other command takes.
#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <limits>
#include <nlohmann/json.hpp>

#include "converter/arrays/npz.h"
#include "converter/arrays/vectors.h"
#include "converter/files.h"
#include "core/error.h"
#include "core/random.h"
#include "data/gzip.h"
#include "retrieval/topk.h"
#include "runtime/fold_in.h"

namespace duomo::convert {
namespace {

using namespace duomo::testing;

constexpr uint64_t kUsers = 30, kItems = 50, kWidth = 7;

std::vector<float> RandomVectors(uint64_t count, uint64_t seed) {
  Random random(seed);
  std::vector<float> out(count * kWidth);
  for (float& x : out) x = static_cast<float>(random.Normal() * 3);
  return out;
}

class ImportVectors : public ::testing::Test {
 protected:
  ImportVectors() {
    for (size_t i = 0; i < kWidth; ++i) items_[3 * kWidth + i] = 0;  // a zero vector
    WriteNpy("users.npy", {kUsers, kWidth}, users_);
    WriteNpy("items.npy", {kItems, kWidth}, items_);
  }
  template <typename T>
  void WriteNpy(const std::string& name, std::vector<uint64_t> shape,
                const std::vector<T>& values) {
    std::string text = NpyHeader(file::kDTypeOf<T>, shape);
    text.append(reinterpret_cast<const char*>(values.data()), values.size() * sizeof(T));
    WriteText(folder_.File(name), text);
  }
  std::string In(const std::string& name) const { return folder_.File(name); }

  // The message, empty where it works.
  std::string Import(const std::string& users, const std::string& items,
                     std::vector<std::string> options = {}) {
    std::filesystem::remove(out_);
    std::vector<std::string> command = {"import", "vectors", "--items", In(items), "-o", out_};
    if (!users.empty()) command.insert(command.end(), {"--users", In(users)});
    command.insert(command.end(), options.begin(), options.end());
    Outcome o = Convert(command);
    EXPECT_EQ(o.code == 0, o.err.empty()) << o.err;
    EXPECT_EQ(o.code == 0, std::filesystem::exists(out_));
    for (const std::string& name : folder_.Names()) {
      EXPECT_EQ(name.find(".staged"), name.npos) << name;
    }
    said_ = o.out;
    return o.err;
  }
  double Dot(uint64_t user, uint64_t item) const {
    double dot = 0;
    for (size_t i = 0; i < kWidth; ++i) {
      dot += double{users_[user * kWidth + i]} * double{items_[item * kWidth + i]};
    }
    return dot;
  }
  double Cosine(uint64_t user, uint64_t item) const {
    double u = 0, v = 0;
    for (size_t i = 0; i < kWidth; ++i) {
      u += std::pow(double{users_[user * kWidth + i]}, 2);
      v += std::pow(double{items_[item * kWidth + i]}, 2);
    }
    return v == 0 ? 0 : Dot(user, item) / std::sqrt(u * v);
  }
  static void Expect(const std::string& error, std::vector<std::string> parts) {
    for (const std::string& part : parts) {
      EXPECT_NE(error.find(part), error.npos) << part << "\nin " << error;
    }
  }
  // Every prediction, and the best items of every user by brute force.
  void ExpectScores(const std::string& path, bool cosine, double tolerance = 1e-6) {
    auto engine = runtime::Engine::Create(model::Model::Open(path));
    retrieval::SearchWorkspace work;
    AlignedVector<float> a, b;
    for (uint64_t u = 0; u < kUsers; ++u) {
      retrieval::Query query;
      query.vector = engine->Vector(model::Side::kUser, u, a);
      query.k = kItems;
      auto hits = retrieval::TopK(retrieval::Catalogue(*engine), query, work);
      ASSERT_EQ(hits.size(), kItems);
      for (size_t k = 0; k < hits.size(); ++k) {
        double expected = cosine ? Cosine(u, hits[k].row) : Dot(u, hits[k].row);
        EXPECT_NEAR(hits[k].score, expected, tolerance * std::max(1.0, std::abs(expected)));
        if (hits[k].row == 3) {
          EXPECT_EQ(hits[k].score, 0);
        }
      }
    }
  }

  TemporaryFolder folder_;
  std::string out_ = folder_.File("out.duomo"), said_;
  std::vector<float> users_ = RandomVectors(kUsers, 1), items_ = RandomVectors(kItems, 2);
};

TEST_F(ImportVectors, ScoresAreThoseOfTheVectors) {
  ASSERT_EQ(Import("users.npy", "items.npy"), "");
  ExpectScores(out_, true);
  Expect(said_, {"30 users and 50 items", "length 1, for cosines: 79", "score of 0: 1 vectors"});
  EXPECT_EQ(Convert({"verify", out_}).code, 0);
  ASSERT_EQ(Import("users.npy", "items.npy", {"--head", "dot", "--json"}), "");
  ExpectScores(out_, false, 1e-6);
  auto json = nlohmann::json::parse(said_);
  EXPECT_EQ(json["items"]["zero"], 1);
  EXPECT_EQ(json["items"]["normalized"], 0);
  EXPECT_EQ(json["width"], kWidth);
  auto model = model::Model::Open(out_);
  EXPECT_EQ(std::memcmp(model->users().vectors.data, users_.data(), users_.size() * 4), 0);
  EXPECT_EQ(Convert({"verify", out_}).code, 0);
}

TEST_F(ImportVectors, EveryFormatGivesTheSameFile) {
  std::string fvecs, csv = "id,v1,v2,v3,v4,v5,v6,v7\n", tabs, json = "[", json_lines, spaces;
  uint32_t width = kWidth;
  for (uint64_t row = 0; row < kItems; ++row) {
    fvecs.append(reinterpret_cast<const char*>(&width), 4);
    fvecs.append(reinterpret_cast<const char*>(&items_[row * kWidth]), 4 * kWidth);
    csv += StrCat('"', row, '"');
    spaces += StrCat(row);
    std::string list;
    for (size_t i = 0; i < kWidth; ++i) {
      list += StrCat(i == 0 ? "" : ", ", items_[row * kWidth + i]);
      csv += StrCat(',', items_[row * kWidth + i]);
      spaces += StrCat(' ', items_[row * kWidth + i]);
    }
    csv += "\r\n";
    spaces += " \n";
    tabs += StrCat("[", list, "]\t", row, "\n");
    json += StrCat(row == 0 ? "" : ",\n", "{\"vector\": [", list, "], \"id\": ", row, "}");
    json_lines += StrCat("{\"id\": ", row, ", \"v\": [", list, "]}\n");
  }
  WriteText(In("items.fvecs"), fvecs);
  WriteText(In("items.csv"), csv);
  WriteText(In("items.txt"), spaces);
  WriteText(In("items.tsv"), "embedding\tid\n" + tabs);
  WriteText(In("items.json"), json + "]");
  WriteText(In("items.jsonl"), json_lines);
  WriteText(In("items.csv.gz"), test::Gzip(csv));
  std::vector<double> doubles(items_.begin(), items_.end());
  WriteNpy("items64.npy", {kItems, kWidth}, doubles);
  std::vector<float> columns;
  for (size_t i = 0; i < kWidth; ++i) {
    for (uint64_t row = 0; row < kItems; ++row) columns.push_back(items_[row * kWidth + i]);
  }
  WriteNpy("fortran.npy", {kItems, kWidth}, columns);
  std::string turned = ReadText(In("fortran.npy"));
  turned.replace(turned.find("False"), 5, " True");
  WriteText(In("fortran.npy"), turned);
  NpzWriter npz(In("both.npz"), true);
  npz.Add("keys", file::DType::kI64, std::vector<uint64_t>{1}, std::vector<std::byte>(8));
  npz.Add("a/items", file::DType::kF32, std::vector<uint64_t>{kItems, kWidth},
          std::as_bytes(std::span(items_)));
  npz.Commit();

  ASSERT_EQ(Import("users.npy", "items.npy"), "");
  std::string expected = ReadText(out_);
  for (const char* items :
       {"items.fvecs", "items.csv", "items.txt", "items.tsv", "items.json", "items.jsonl",
        "items.csv.gz", "items64.npy", "fortran.npy", "both.npz", "both.npz/a/items"}) {
    EXPECT_EQ(Import("users.npy", items), "") << items;
    EXPECT_TRUE(ReadText(out_) == expected) << items;
  }
}

TEST_F(ImportVectors, KeysAndTitles) {
  std::vector<int64_t> ids(kUsers);
  for (size_t i = 0; i < kUsers; ++i) ids[i] = 1000 - static_cast<int64_t>(i);
  WriteNpy("ids.npy", {kUsers}, ids);
  std::string keys;
  for (size_t i = 0; i < kItems; ++i) keys += StrCat(i == 0 ? "007" : StrCat("item ", i), '\n');
  WriteText(In("keys.txt"), keys);
  WriteText(In("titles.csv"), "title,id,year\n\"One, two\",007,1999\nThree,item 3,\nNo,nobody,\n");
  ASSERT_EQ(Import("users.npy", "items.npy",
                   {"--user-ids", In("ids.npy"), "--item-ids", In("keys.txt"), "--titles",
                    In("titles.csv"), "--unit", "points", "--scale", "2"}),
            "");
  Expect(said_, {"titles of items that are not there: 1", "not read: year"});
  auto model = model::Model::Open(out_);
  EXPECT_EQ(model->users().keys.Find(int64_t{998}), 2u);
  EXPECT_EQ(model->items().keys.Find("item 3"), 3u);
  EXPECT_EQ(model->items().keys.Find("007"), 0u);
  EXPECT_EQ(model->items().Title(0), "One, two");
  EXPECT_EQ(model->items().Title(1), "");
  EXPECT_EQ(model->description().output.unit, "points");
  EXPECT_EQ(Convert({"verify", out_}).code, 0);
  WriteText(In("keys.txt"), "a\nb\n");
  Expect(Import("users.npy", "items.npy", {"--item-ids", In("keys.txt")}),
         {"50 vectors, and 2 keys of items"});
  ids[3] = ids[4];
  WriteNpy("ids.npy", {kUsers}, ids);
  Expect(Import("users.npy", "items.npy", {"--user-ids", In("ids.npy")}),
         {"996", "rows 3 and 4", "unique"});
  Expect(Import("users.npy", "items.npy", {"--user-ids", In("users.npy")}), {"are no keys"});
}

TEST_F(ImportVectors, ItemsAlone) {
  ASSERT_EQ(Import("", "items.npy"), "");
  EXPECT_EQ(model::Model::Open(out_)->users().count, 0u);
  EXPECT_EQ(Convert({"verify", out_}).code, 0);
}

TEST_F(ImportVectors, UnitVectorsKeepTheirBits) {
  ASSERT_EQ(Import("users.npy", "items.npy"), "");
  std::string first = ReadText(out_);
  ASSERT_EQ(Convert({"export", "npz", out_, "-o", In("out.npz")}).code, 0);
  ASSERT_EQ(Import("out.npz/users/vectors", "out.npz/items/vectors"), "");
  auto a = model::Model::Open(out_);
  WriteText(In("first.duomo"), first);
  auto b = model::Model::Open(In("first.duomo"));
  EXPECT_EQ(std::memcmp(a->items().vectors.data, b->items().vectors.data, items_.size() * 4), 0);
  Expect(said_, {"score of 0: 1 vectors"});
  EXPECT_EQ(said_.find("length 1"), said_.npos);
}

TEST_F(ImportVectors, EveryOtherCommandTakesTheFile) {
  ASSERT_EQ(Import("users.npy", "items.npy"), "");
  for (const char* type : {"fp16", "bf16", "int8"}) {
    Outcome o =
        Convert({"quantize", out_, "-o", In("small.duomo"), "--weights", type, "--vectors", type});
    EXPECT_EQ(o.code, 0) << o.err;
    EXPECT_EQ(Convert({"verify", In("small.duomo")}).code, 0) << type;
    ExpectScores(In("small.duomo"), true, 0.05);
  }
  EXPECT_EQ(Convert({"inspect", out_}).code, 0);
  Outcome o = Convert({"dump", out_, "-o", In("dump.json")});
  EXPECT_EQ(o.code, 0) << o.err;
  EXPECT_EQ(Convert({"build", In("dump.json"), "-o", In("again.duomo")}).code, 0);
  EXPECT_TRUE(ReadText(In("again.duomo")) == ReadText(out_));
  EXPECT_EQ(Convert({"compress", out_, "-o", In("again.duomo")}).code, 0);
  EXPECT_EQ(Convert({"upgrade", out_, "-o", In("again.duomo")}).code, 0);
  EXPECT_EQ(Convert({"diff", out_, In("again.duomo")}).code, 0);

  // Nothing of a user who is pruned stays but his part of the mean.
  WriteText(In("keep.txt"), "0\n1\n");
  o = Convert({"prune", out_, "-o", In("less.duomo"), "--keep-users", In("keep.txt")});
  EXPECT_EQ(o.code, 0) << o.err;
  EXPECT_EQ(Convert({"verify", In("less.duomo")}).code, 0);
  std::string less = ReadText(In("less.duomo"));
  auto model = model::Model::Open(out_);
  std::string_view row(reinterpret_cast<const char*>(model->users().vectors.data) + 4 * kWidth * 2,
                       4 * kWidth);
  EXPECT_NE(ReadText(out_).find(row), std::string::npos);
  EXPECT_EQ(less.find(row), less.npos);

  WriteText(In("new.jsonl"), R"({"id": 1000, "vector": [1, 0, 0, 0, 0, 0, 0]})");
  o = Convert({"merge", In("less.duomo"), "-o", In("more.duomo"), "--items", In("new.jsonl")});
  EXPECT_EQ(o.code, 0) << o.err;
  EXPECT_EQ(Convert({"verify", In("more.duomo")}).code, 0);
  EXPECT_EQ(model::Model::Open(In("more.duomo"))->items().count, kItems + 1);
}

TEST_F(ImportVectors, WhoIsNotKnownIsTheAverage) {
  ASSERT_EQ(Import("users.npy", "items.npy", {"--head", "dot"}), "");
  auto engine = runtime::Engine::Create(model::Model::Open(out_));
  std::vector<runtime::InputSource> inputs(2);
  std::vector<float> vector(kWidth);
  runtime::Workspace work;
  engine->Encode(model::Side::kUser, {1, inputs}, vector.data(), work);
  for (size_t i = 0; i < kWidth; ++i) {
    double sum = 0;
    for (uint64_t u = 0; u < kUsers; ++u) sum += double{users_[u * kWidth + i]};
    EXPECT_EQ(vector[i], static_cast<float>(sum / kUsers));
  }
}

TEST_F(ImportVectors, AVectorWithNaNScoresLowestAndIsNamed) {
  items_[2 * kWidth + 1] = NAN;
  WriteNpy("nan.npy", {kItems, kWidth}, items_);
  ASSERT_EQ(Import("users.npy", "nan.npy", {"--head", "dot", "--allow-nonfinite"}), "");
  auto engine = runtime::Engine::Create(model::Model::Open(out_));
  retrieval::SearchWorkspace work;
  AlignedVector<float> buffer;
  for (uint64_t u = 0; u < kUsers; ++u) {
    retrieval::Query query;
    query.vector = engine->Vector(model::Side::kUser, u, buffer);
    query.k = kItems;
    const auto hits = retrieval::TopK(retrieval::Catalogue(*engine), query, work);
    ASSERT_EQ(hits.size(), kItems);
    EXPECT_EQ(hits.back().row, 2u);
    EXPECT_EQ(hits.back().score, std::numeric_limits<float>::lowest());
  }
  const Outcome verified = Convert({"verify", out_});
  EXPECT_EQ(verified.code, 1);
  Expect(verified.out, {"items/vectors: row 2 is not finite"});
}

TEST_F(ImportVectors, BadInput) {
  std::vector<float> bad = items_;
  bad[2 * kWidth + 1] = INFINITY;
  WriteNpy("bad.npy", {kItems, kWidth}, bad);
  Expect(Import("users.npy", "bad.npy"), {"bad.npy", "[2, 1] is infinite", "--allow-nonfinite"});
  EXPECT_EQ(Import("users.npy", "bad.npy", {"--allow-nonfinite"}), "");
  WriteNpy("narrow.npy", {kItems * kWidth, 1}, items_);
  Expect(Import("users.npy", "narrow.npy"), {"users.npy has vectors of 7 numbers", "of 1;"});
  WriteNpy("cube.npy", {kItems, kWidth, 1}, items_);
  Expect(Import("users.npy", "cube.npy"), {"cube.npy has no arrays of two axes", "50 × 7 × 1"});
  WriteNpy("empty.npy", {0, kWidth}, std::vector<float>());
  Expect(Import("users.npy", "empty.npy"), {"0 × 7"});
  WriteText(In("pickle.npy"), "\x80\x04\x95...");
  Expect(Import("users.npy", "pickle.npy"), {"pickle"});
  for (auto [text, part] :
       {std::pair("1,2,3\n2,4,x\n", "line 2: \"x\" is no number"),
        std::pair("1,2,3\n2,4\n", "line 2: 2 fields instead of 3"),
        std::pair("1,2,x\n2,4,5\n", "line 1: \"x\" is no number"),
        std::pair("[{\"id\": 1, \"v\": [1, 2]}, {\"id\": 2, \"v\": [1]}]",
                  "line 1: 1 numbers, and the first row has 2"),
        std::pair("{\"id\": 1, \"v\": [1, null]}\n{\"id\": 2, \"v\": [2]}\n",
                  "line 1: null is not a number"),
        std::pair("a,1\n,2\n", "line 2: the key is empty"), std::pair("", "is empty"),
        std::pair("id,v\n", "0 × 0"), std::pair("1,2,\n2,3,\n", "is no number"),
        std::pair("\"a,b\",1\n\"c,1\n", "line 1: \"b\"\" is no number"),
        std::pair("1,nan\n2,1\n", "NaN"), std::pair("1,1e99\n2,1\n", "infinite")}) {
    WriteText(In("bad.csv"), text);
    std::string error = Import("", "bad.csv");
    EXPECT_NE(error, "") << text;
    Expect(error, {"bad.csv", part});
  }
  // Keys may be words that columns are called; columns may be counted; bad lines may go.
  WriteText(In("words.txt"), "at 0.5 0.25\nvalue 1 2\n");
  EXPECT_EQ(Import("", "words.txt"), "");
  EXPECT_EQ(model::Model::Open(out_)->items().keys.Find("at"), 0u);
  WriteText(In("counted.csv"), "word,0,1\na,1,2\nb,x,3\nc,4,5\n");
  EXPECT_EQ(Import("", "counted.csv", {"--skip-bad-lines"}), "");
  EXPECT_EQ(model::Model::Open(out_)->items().count, 2u);
  Expect(said_, {"bad lines left out: 1"});
  std::string fvecs("\2\0\0\0abcdefgh\3\0\0\0abcdefgh", 24);
  WriteText(In("bad.fvecs"), fvecs);
  Expect(Import("", "bad.fvecs"), {"row 1 has the width 3, and the first 2"});
  WriteText(In("bad.fvecs"), fvecs.substr(0, 23));
  Expect(Import("", "bad.fvecs"), {"are no .fvecs"});
}

TEST_F(ImportVectors, SaysHowToFoldIn) {
  EXPECT_EQ(Import("", "items.npy"), "");
  EXPECT_FALSE(model::Model::Open(out_)->fold_in());
  EXPECT_EQ(Import("", "items.npy", {"--fold-in", "l2=0.25"}), "");
  EXPECT_EQ(model::Model::Open(out_)->fold_in().value().l2, 0.25);
  // [x, b, 1] and [y, 1, c]: columns 3 and 4 of 5.
  std::vector<float> users(kUsers * 5, 0.25f), items(kItems * 5, 0.5f);
  for (size_t i = 0; i < kUsers; ++i) users[i * 5 + 4] = 1;
  for (size_t i = 0; i < kItems; ++i) items[i * 5 + 3] = 1;
  WriteNpy("u5.npy", {kUsers, 5}, users);
  WriteNpy("i5.npy", {kItems, 5}, items);
  EXPECT_EQ(Import("u5.npy", "i5.npy", {"--head", "dot"}), "");
  EXPECT_NE(said_.find("met by biases, which new users have like the mean user: 3 4\n"),
            said_.npos);
  auto model = model::Model::Open(out_);
  EXPECT_EQ(model->fold_in().value().fixed, (std::vector<uint32_t>{3, 4}));
  EXPECT_EQ(model->fold_in()->l2, 0);
  auto engine = runtime::Engine::Create(model);
  runtime::Workspace work;
  std::vector<float> folded(5);
  runtime::FoldIn(*engine, std::vector<uint32_t>{1, 2}, {}, folded.data(), work);
  EXPECT_EQ(folded[3], 0.25f);
  EXPECT_EQ(folded[4], 1);
  EXPECT_EQ(Import("u5.npy", "i5.npy"), "");
  EXPECT_FALSE(model::Model::Open(out_)->fold_in()) << "cosines have no biases";
  for (const char* bad :
       {"l2", "l2=", "l2=0", "l2=-1", "l2=nan", "l2=inf", "l2=1x", "alpha=1", "1"}) {
    Expect(Import("", "items.npy", {"--fold-in", bad}), {bad, "write l2=NUMBER"});
  }
}

TEST_F(ImportVectors, AFullDiskLeavesNothing) {
  std::vector<float> many(200'000, 0.5f);
  WriteNpy("many.npy", {10'000, 20}, many);
  std::string text;
  for (int i = 0; i < 20'000; ++i) text += StrCat(i, ",0.5,0.25,1,2,3,4,5,6\n");
  WriteText(In("many.csv"), text);
  size_t before = folder_.Names().size();
  for (const char* items : {"many.npy", "many.csv"}) {
    for (long limit : {0L, 1000L, 200'000L}) {
      Surroundings full;
      full.largest_file = limit;
      full.out = "/dev/null";
      Outcome o = Convert({"import", "vectors", "--items", In(items), "-o", out_}, full);
      EXPECT_EQ(o.code, 1) << items << limit;
      EXPECT_EQ(folder_.Names().size(), before) << items << limit;
    }
  }
}

}  // namespace
}  // namespace duomo::convert
