// index: codes and lists made for trained files; the answers stay, whatever order the items get.
#include <gtest/gtest.h>

#include <filesystem>
#include <numeric>
#include <set>

#include "abi/fixtures.h"
#include "converter/shrinking.h"
#include "core/random.h"
#include "retrieval/planes.h"
#include "retrieval/topk.h"

namespace duomo::convert {
namespace {

using namespace duomo::testing;
using Json = nlohmann::ordered_json;

class Index : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    folder_ = new TemporaryFolder;
    std::string data = folder_->File("data.zip");
    Duomo({"synth", "-o", data, "--users", "150", "--items", "600", "--ratings", "15000"});
    for (std::string preset : {"hybrid", "youtube-candidates"}) {
      Duomo({"train", data, "-o", Model(preset), "--preset", preset, "--steps", "30",
             "--test-every", "0", "--store-history"});
    }
  }
  static void TearDownTestSuite() { delete folder_; }

  static std::string Model(const std::string& name) { return folder_->File(name + ".duomo"); }
  static std::string Duomo(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), DUOMO_PROGRAM);
    Outcome o = RunProgram(arguments);
    EXPECT_EQ(o.code, 0) << o.err;
    return o.out;
  }
  static Json Best(const std::string& path) {
    return Json::parse(Duomo({"topk", path, "--json", "--exclude-seen", "--user", "1", "2", "77"}));
  }

  static TemporaryFolder* folder_;
};
TemporaryFolder* Index::folder_ = nullptr;

TEST_F(Index, AnswersAreThoseOfVectorsAlone) {
  for (std::string preset : {"hybrid", "youtube-candidates"}) {
    SCOPED_TRACE(preset);
    std::string none = Model("none"), again = Model("again");
    auto trained = model::Model::Open(Model(preset));
    ASSERT_EQ(trained->items().planes.count, 600u);  // training writes them
    Json json = ConvertJson({"index", Model(preset), "-o", none, "--none"});
    EXPECT_TRUE(json["axes"].is_null());
    EXPECT_TRUE(model::Model::Open(none)->items().planes.empty());
    EXPECT_EQ(Best(none), Best(Model(preset)));
    json = ConvertJson({"index", none, "-o", again});
    EXPECT_EQ(json["items"], 600);
    EXPECT_EQ(json["size_after"], std::filesystem::file_size(Model(preset)));
    EXPECT_EQ(Best(again), Best(none));
    ExpectVerified(again);
    Json inspected = Json::parse(Convert({"inspect", again, "--json"}).out);
    EXPECT_EQ(inspected["search"]["axes"], json["axes"]);
    EXPECT_LE(inspected["search"]["left_out_energy"].get<double>(), 0.02);
    // Codes of other vectors are left out.
    ConvertJson({"quantize", again, "-o", none, "--vectors", "int8"});
    EXPECT_TRUE(model::Model::Open(none)->items().planes.empty());
  }
}

// The items change their places; keys, titles, features, histories and tables go with them, which
// verify proves by running the towers.
TEST_F(Index, ListsPutItemsInAnotherOrder) {
  for (std::string preset : {"hybrid", "youtube-candidates"}) {
    SCOPED_TRACE(preset);
    std::string listed = Model("listed");
    Json json =
        ConvertJson({"index", Model(preset), "-o", listed, "--lists", "12", "--recall", "0.9"});
    EXPECT_EQ(json["lists"], 12);
    EXPECT_GE(json["recall_at_10"].get<double>(), 0.9);
    EXPECT_GE(json["probes"].get<int>(), 1);
    ExpectVerified(listed);
    auto m = model::Model::Open(listed), before = model::Model::Open(Model(preset));
    EXPECT_EQ(m->items().planes.lists.size(), 12u);
    EXPECT_EQ(m->items().planes.lists.probes[0], json["probes"].get<uint32_t>());
    size_t moved = 0;
    for (uint64_t row = 0; row < 600; ++row) {
      uint64_t old = *before->items().keys.Find(m->items().keys.IntegerAt(row));
      moved += old != row;
      EXPECT_EQ(m->items().Title(row), before->items().Title(old));
    }
    EXPECT_GT(moved, 300u);
    EXPECT_EQ(Best(listed), Best(Model(preset)));
    EXPECT_EQ(Duomo({"similar", listed, "--item", "5", "--json"}),
              Duomo({"similar", Model(preset), "--item", "5", "--json"}));
    for (const char* left : {".ordered", ".searched"}) {
      EXPECT_FALSE(std::filesystem::exists(listed + left));
    }
  }
}

// Users, too: whoever moved keeps key, title, features and history, and is found.
TEST_F(Index, ListsOfUsers) {
  std::vector<size_t> numbers(fixtures::kMembers);
  std::iota(numbers.begin(), numbers.end(), size_t{0});
  model::Save(Model("club"), fixtures::ClubModel(numbers, numbers));
  const std::string listed = Model("listed");
  Json json = ConvertJson(
      {"index", Model("club"), "-o", listed, "--lists", "10", "--users", "--recall", "0.97"});
  EXPECT_EQ(json["lists"], 10);
  EXPECT_EQ(json["users"]["lists"], 10);
  EXPECT_GE(json["users"]["recall_at_10"].get<double>(), 0.97);
  EXPECT_EQ(json["users"]["recall_queries"], fixtures::kMembers);
  auto before = OpenEngine(Model("club")), after = OpenEngine(listed);
  const model::Model &b = before->model(), &a = after->model();
  EXPECT_EQ(a.users().planes.lists.probes[0], json["users"]["probes"].get<uint32_t>());
  size_t moved = 0;
  auto read = [](const model::Model& m, uint64_t user) {
    std::vector<std::string> out;
    for (uint32_t item : m.HistoryOf(user)) out.emplace_back(m.items().keys.StringAt(item));
    return out;
  };
  for (uint64_t row = 0; row < numbers.size(); ++row) {
    const uint64_t old = *b.users().keys.Find(a.users().keys.StringAt(row));
    moved += old != row;
    EXPECT_EQ(a.users().Title(row), b.users().Title(old));
    EXPECT_EQ(a.users().features.inputs[0].RowsOf(row)[0],
              b.users().features.inputs[0].RowsOf(old)[0]);
    EXPECT_EQ(read(a, row), read(b, old));
  }
  EXPECT_GT(moved, 150u);
  // (verify would miss towers: the vectors of this file come from nowhere.) Exact searches of users
  // find the same ones; approximate ones most of them.
  const retrieval::Catalogue old_users(*before, false, model::Side::kUser),
      users(*after, false, model::Side::kUser);
  retrieval::SearchWorkspace work;
  AlignedVector<float> buffer;
  size_t found = 0;
  for (uint64_t row = 0; row < numbers.size(); ++row) {
    retrieval::Query q;
    q.vector = after->Vector(model::Side::kItem, row, buffer);
    auto keys = [&](const retrieval::Catalogue& of) {
      std::set<std::string> out;
      for (const retrieval::Hit& hit : retrieval::TopK(of, q, work)) {
        out.emplace(of.entities().keys.StringAt(hit.row));
      }
      return out;
    };
    const auto exact = keys(old_users);
    EXPECT_EQ(keys(users), exact);
    q.approximate = true;
    for (const std::string& key : keys(users)) found += exact.contains(key);
  }
  EXPECT_GE(found, numbers.size() * 10 * 95 / 100);
  for (const char* left : {".ordered", ".searched", ".items"}) {
    EXPECT_FALSE(std::filesystem::exists(listed + left));
  }
}

// Imports onto a file's users and items make the codes of their own vectors.
TEST_F(Index, ImportsHaveCodesOfTheirOwn) {
  std::string listed = Model("listed"), out = Model("out");
  ConvertJson({"index", Model("hybrid"), "-o", listed, "--lists", "12"});
  ConvertJson({"export", "onnx", listed, "-o", folder_->File("m.onnx")});
  ConvertJson({"export", "safetensors", listed, "-o", folder_->File("m.safetensors")});
  for (std::vector<std::string> import :
       {std::vector<std::string>{"onnx", "m.onnx"},
        std::vector<std::string>{"safetensors", "m.safetensors"}}) {
    ConvertJson({"import", import[0], folder_->File(import[1]), "--like", listed, "-o", out});
    auto m = model::Model::Open(out);
    EXPECT_EQ(m->items().planes.count, 600u) << import[0];
    EXPECT_EQ(m->items().planes.lists.size(), 0u);
    ExpectVerified(out);
  }
}

TEST_F(Index, SaysWhatCannotBe) {
  std::vector<float> user(8), items(40 * 8, 0.5f);
  model::Save(Model("small"), fixtures::VectorModel(model::HeadKind::kDot, 8, user, items));
  Outcome o = Convert({"index", Model("small"), "-o", Model("out"), "--lists", "3"});
  EXPECT_EQ(o.code, 1);
  EXPECT_NE(o.err.find("has 40 items; lists make sense from 256 on"), std::string::npos) << o.err;
  o = Convert({"index", Model("small"), "-o", Model("out")});
  EXPECT_EQ(o.code, 0);
  EXPECT_NE(o.out.find("searches scan the vectors, which is as fast for fewer than 256"),
            std::string::npos)
      << o.out;
  model::Save(Model("joint"), fixtures::JointModel());
  o = Convert({"index", Model("joint"), "-o", Model("out")});
  EXPECT_EQ(o.code, 1);
  EXPECT_NE(o.err.find("one joint tower"), std::string::npos) << o.err;
}

TEST_F(Index, VerifyFindsCodesOfOtherVectors) {
  Random random(1);
  std::vector<float> user(16), items(300 * 16);
  for (float& x : items) x = static_cast<float>(random.Normal());
  model::Contents contents = fixtures::VectorModel(model::HeadKind::kDot, 16, user, items);
  model::Rows rows;
  rows.data = reinterpret_cast<const std::byte*>(items.data());
  rows.count = 300;
  rows.width = 16;
  retrieval::AddPlanes(contents.tensors, rows);
  for (auto& t : contents.tensors) {
    if (t.name == "items/planes/second") t.bytes[7 * 12 + 5] ^= std::byte{1};
  }
  model::Save(Model("tampered"), contents);
  Outcome o = Convert({"verify", Model("tampered")});
  EXPECT_EQ(o.code, 1);
  EXPECT_NE(o.out.find("items/planes/second: row 7 is not what the item vectors give"),
            std::string::npos)
      << o.out;
}

}  // namespace
}  // namespace duomo::convert
