// The verb `attributes`: tables of any kind become columns, and every way from file to file keeps
// them with their items.
#include <gtest/gtest.h>

#include "converter/shrinking.h"
#include "core/error.h"

namespace duomo::convert {
namespace {

using namespace duomo::testing;
using model::AttributeKind;

class Attributes : public ::testing::Test {
 protected:
  Attributes() { model::Save(path_, SoundContents(CosineDescription())); }  // items 100, 7, 30, 31

  std::string Table(const std::string& text, const std::string& name = "items.csv") {
    WriteText(folder_.File(name), text);
    return folder_.File(name);
  }
  nlohmann::ordered_json Add(const std::string& table, std::vector<std::string> more = {}) {
    std::vector<std::string> arguments = {"attributes", path_, "-o", out_, "--items", table};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return ConvertJson(arguments);
  }
  // It must fail, with exit code 1 and this in its message.
  void Fails(const std::string& fragment, std::vector<std::string> arguments, int code = 1) {
    arguments.insert(arguments.begin(), {"attributes", path_, "-o", out_});
    Outcome o = Convert(arguments);
    EXPECT_EQ(o.code, code) << o.out;
    EXPECT_NE(o.err.find(fragment), std::string::npos) << o.err;
    EXPECT_FALSE(std::filesystem::exists(out_));
  }

  TemporaryFolder folder_;
  std::string path_ = folder_.File("model.duomo"), out_ = folder_.File("out.duomo");
};

const model::Attribute& Of(const model::Model& m, const std::string& name) {
  const model::Attribute* a = m.FindAttribute(name);
  if (a == nullptr) throw std::runtime_error("no attribute " + name);
  return *a;
}
uint64_t RowOf(const model::Model& m, int64_t key) { return m.items().keys.Find(key).value(); }

// "a|b" of a category or set, "" where it is missing.
std::string Texts(const model::Model& m, const std::string& name, int64_t key) {
  const model::Attribute& a = Of(m, name);
  std::string out;
  for (uint32_t row : a.rows.RowsOf(RowOf(m, key))) {
    if (row < a.values.size())
      out += (out.empty() ? "" : "|") + std::string(a.values.StringAt(row));
  }
  return out;
}

constexpr const char* kCsv =
    "item_id,price,year,released,brand,labels\n"
    "7,9.5,1994,1994-06-01,acme,new|sale\n"
    "100,,2001,1939-12-15,\"Größe, Süd\",sale\n"
    "555,1,1,2020-01-01,other,new\n"
    "31,3,,,acme,\n";

TEST_F(Attributes, KindsAreFoundByTheValues) {
  auto json = Add(Table(kCsv));
  EXPECT_EQ(json["items_matched"], 3);
  EXPECT_EQ(json["items_unknown"], 1);
  auto m = model::Model::Open(out_);
  const AttributeKind kinds[] = {AttributeKind::kNumber, AttributeKind::kInteger,
                                 AttributeKind::kTime, AttributeKind::kCategory,
                                 AttributeKind::kSet};
  ASSERT_EQ(m->attributes().size(), 5u);
  for (size_t i = 0; i < 5; ++i) EXPECT_EQ(m->attributes()[i].kind, kinds[i]);
  const auto prices = Of(*m, "price").numbers;
  EXPECT_EQ(prices[RowOf(*m, 7)], 9.5);
  EXPECT_EQ(prices[RowOf(*m, 31)], 3);
  EXPECT_TRUE(prices[RowOf(*m, 100)] != prices[RowOf(*m, 100)]);
  EXPECT_TRUE(prices[RowOf(*m, 30)] != prices[RowOf(*m, 30)]);  // has no row in the table
  EXPECT_EQ(Of(*m, "year").integers[RowOf(*m, 100)], 2001);
  EXPECT_EQ(Of(*m, "year").integers[RowOf(*m, 31)], model::kMissingInteger);
  EXPECT_EQ(Of(*m, "released").integers[RowOf(*m, 7)], 770428800);
  EXPECT_EQ(Of(*m, "released").integers[RowOf(*m, 100)], -948240000);  // before 1970
  EXPECT_EQ(Texts(*m, "brand", 100), "Größe, Süd");
  EXPECT_EQ(Texts(*m, "brand", 30), "");
  EXPECT_EQ(Texts(*m, "labels", 7), "new|sale");
  EXPECT_EQ(Texts(*m, "labels", 31), "");
  EXPECT_EQ(json["attributes"][0]["missing"], 2);
  EXPECT_EQ(json["attributes"][4]["values"], 2);
  ExpectVerified(out_);
  // People see the same.
  Outcome o = Convert({"attributes", path_, "-o", out_, "--items", folder_.File("items.csv")});
  EXPECT_EQ(o.code, 0) << o.err;
  EXPECT_NE(o.out.find("1 row is of items that the file lacks, the first of \"555\""),
            std::string::npos)
      << o.out;
  EXPECT_NE(o.out.find("3 of 4 items have a row"), std::string::npos) << o.out;
}

TEST_F(Attributes, KindsAreSaidAndColumnsChosen) {
  Add(Table(kCsv), {"--columns", "labels=category,year=number,price"});
  auto m = model::Model::Open(out_);
  ASSERT_EQ(m->attributes().size(), 3u);
  EXPECT_EQ(Texts(*m, "labels", 7), "new|sale");  // one text
  EXPECT_EQ(Of(*m, "labels").values.size(), 2u);
  EXPECT_EQ(Of(*m, "year").numbers[RowOf(*m, 7)], 1994);
  Add(Table("id\tseen\n7\t31.12.2019\n31\t01.02.2020\n", "t.tsv"), {"--columns", "seen=time"});
  EXPECT_EQ(Of(*model::Model::Open(out_), "seen").integers[RowOf(*m, 7)], 1577750400);
  Add(Table("what;key;cost\nx;7;1,5\ny;30;2,25\n", "semicolons.csv"), {"--item", "key"});
  auto semicolons = model::Model::Open(out_);
  EXPECT_EQ(Of(*semicolons, "cost").numbers[RowOf(*semicolons, 30)], 2.25);
  EXPECT_EQ(Texts(*semicolons, "what", 7), "x");
  Add(Table("{\"id\": 7, \"labels\": [\"a\", \"b\"], \"price\": 2}\n{\"id\": 30, \"labels\": []}\n",
            "t.jsonl"));
  auto lines = model::Model::Open(out_);
  EXPECT_EQ(Texts(*lines, "labels", 7), "a|b");
  EXPECT_EQ(Of(*lines, "price").integers[RowOf(*lines, 7)], 2);
}

TEST_F(Attributes, ReplacesAddsAndRemoves) {
  Add(Table(kCsv), {"--columns", "price,brand"});
  std::filesystem::rename(out_, path_);
  auto before = OpenEngine(path_);
  Add(Table("id,brand,stock\n7,5,1\n100,6,0\n", "new.csv"));
  auto m = model::Model::Open(out_);
  ASSERT_EQ(m->attributes().size(), 3u);
  EXPECT_EQ(Of(*m, "brand").kind, AttributeKind::kInteger);
  EXPECT_EQ(Of(*m, "brand").integers[RowOf(*m, 100)], 6);
  EXPECT_EQ(Of(*m, "price").numbers[RowOf(*m, 7)], 9.5);
  for (const auto& s : m->file().segments()) {
    EXPECT_FALSE(s.name.starts_with("attributes/brand/values")) << s.name;
  }
  auto after = OpenEngine(out_);
  EXPECT_EQ(PredictionBits(*before, 0, 2), PredictionBits(*after, 0, 2));
  std::filesystem::rename(out_, path_);
  ConvertJson({"attributes", path_, "-o", out_, "--remove", "brand,price"});
  auto fewer = model::Model::Open(out_);
  ASSERT_EQ(fewer->attributes().size(), 1u);
  for (const auto& s : fewer->file().segments()) {
    EXPECT_FALSE(s.name.starts_with("attributes/brand")) << s.name;
  }
  ExpectVerified(out_);
  std::filesystem::remove(out_);
  Fails("has no attribute \"nope\"; it has price, brand, stock", {"--remove", "nope"});
}

// Records of merge say what attributes items have now; what they do not say stays.
TEST_F(Attributes, MergeReplacesThem) {
  Add(Table(kCsv));
  std::filesystem::rename(out_, path_);
  auto before = OpenEngine(path_);
  auto merge = [&](const std::string& text, const std::string& name) {
    return ConvertJson({"merge", path_, "-o", out_, "--items", Table(text, name)});
  };
  auto json = merge(
      "id,price,brand,labels,released\n"
      "7,10.5,blau,sale,1994-06-01\n"          // another price, brand and set
      "100,2,\"Größe, Süd\",\"new, sale\",\n"  // two of the set's values; no date any more
      "31,3,acme,,\n"                          // nothing else
      "5,1.25,acme,fresh|new,2020-01-02\n",
      "changes.csv");
  EXPECT_EQ(json["items"]["added"], 1);
  EXPECT_EQ(json["items"]["replaced"], 2);
  EXPECT_EQ(json["items"]["unchanged"], 1);
  auto m = model::Model::Open(out_);
  EXPECT_EQ(Of(*m, "price").numbers[RowOf(*m, 7)], 10.5);
  EXPECT_EQ(Of(*m, "price").numbers[RowOf(*m, 31)], 3);
  EXPECT_EQ(Of(*m, "price").numbers[RowOf(*m, 5)], 1.25);
  EXPECT_EQ(Of(*m, "year").integers[RowOf(*m, 100)], 2001);  // not said
  EXPECT_EQ(Of(*m, "year").integers[RowOf(*m, 5)], model::kMissingInteger);
  EXPECT_EQ(Of(*m, "released").integers[RowOf(*m, 7)], 770428800);
  EXPECT_EQ(Of(*m, "released").integers[RowOf(*m, 100)], model::kMissingInteger);
  EXPECT_EQ(Of(*m, "released").integers[RowOf(*m, 5)], 1577923200);
  EXPECT_EQ(Texts(*m, "brand", 7), "blau");
  EXPECT_EQ(Texts(*m, "brand", 100), "Größe, Süd");
  EXPECT_EQ(Texts(*m, "brand", 31), "acme");
  EXPECT_EQ(Texts(*m, "brand", 30), "");
  EXPECT_EQ(Texts(*m, "labels", 7), "sale");
  EXPECT_EQ(Texts(*m, "labels", 100), "new|sale");
  EXPECT_EQ(Texts(*m, "labels", 31), "");
  EXPECT_EQ(Texts(*m, "labels", 5), "fresh|new");
  ExpectVerified(out_);
  // No network reads them: the vectors keep their bits.
  EXPECT_EQ(PredictionBits(*before, 1, 2), PredictionBits(*OpenEngine(out_), 1, 2));
  // Lines of JSON, that say one thing each.
  merge("{\"id\": 7, \"labels\": [\"a\", \"sale\"]}\n{\"id\": 30, \"brand\": \"other\"}\n",
        "t.jsonl");
  m = model::Model::Open(out_);
  EXPECT_EQ(Texts(*m, "labels", 7), "a|sale");
  EXPECT_EQ(Of(*m, "price").numbers[RowOf(*m, 7)], 9.5);
  EXPECT_EQ(Texts(*m, "brand", 30), "other");
  EXPECT_EQ(Texts(*m, "brand", 7), "acme");
  ExpectVerified(out_);
  // What is none of its kind is a bad line.
  std::filesystem::remove(out_);
  Outcome o =
      Convert({"merge", path_, "-o", out_, "--items", Table("id,price\n7,cheap\n", "bad.csv")});
  EXPECT_EQ(o.code, 1);
  EXPECT_NE(o.err.find("line 2: price: \"cheap\" is no number"), std::string::npos) << o.err;
  const std::string dates = Table("id,released\n7,03/04/2020\n", "dates.csv");
  o = Convert({"merge", path_, "-o", out_, "--items", dates});
  EXPECT_EQ(o.code, 1);
  EXPECT_NE(o.err.find("--date-format"), std::string::npos) << o.err;
  ConvertJson({"merge", path_, "-o", out_, "--items", dates, "--date-format", "%d/%m/%Y"});
  m = model::Model::Open(out_);
  EXPECT_EQ(Of(*m, "released").integers[RowOf(*m, 7)], 1585872000);
}

TEST_F(Attributes, EveryWayFromFileToFileKeepsThem) {
  Add(Table(kCsv));
  std::filesystem::rename(out_, path_);
  auto expect_kept = [&](const std::string& file) {
    auto m = model::Model::Open(file);
    ASSERT_EQ(m->attributes().size(), 5u) << file;
    EXPECT_EQ(Of(*m, "price").numbers[RowOf(*m, 7)], 9.5);
    EXPECT_EQ(Of(*m, "year").integers[RowOf(*m, 100)], 2001);
    EXPECT_EQ(Texts(*m, "brand", 100), "Größe, Süd");
    EXPECT_EQ(Texts(*m, "labels", 7), "new|sale");
    ExpectVerified(file);
  };
  for (const std::vector<std::string>& verb : std::vector<std::vector<std::string>>{
           {"compress"}, {"upgrade"}, {"quantize", "--vectors", "fp16", "--weights", "int8"}}) {
    std::vector<std::string> arguments = verb;
    arguments.insert(arguments.begin() + 1, {path_, "-o", out_});
    ConvertJson(arguments);
    expect_kept(out_);
  }
  const std::string dump = folder_.File("dump.json");
  for (const char* how : {"--values", "--json"}) {
    ASSERT_EQ(Convert({"dump", path_, "-o", dump, how}).code, 0);
    ASSERT_EQ(Convert({"build", dump, "-o", out_}).code, 0);
    expect_kept(out_);
    EXPECT_EQ(ReadText(out_), ReadText(path_));
  }
  // Items that go take their values along, and texts that nobody has any more.
  WriteText(folder_.File("keep"), "31\n7\n");
  ConvertJson({"prune", path_, "-o", out_, "--keep-items", folder_.File("keep")});
  auto pruned = model::Model::Open(out_);
  EXPECT_EQ(Of(*pruned, "price").numbers.size(), 2u);
  EXPECT_EQ(Of(*pruned, "price").numbers[RowOf(*pruned, 31)], 3);
  EXPECT_EQ(Of(*pruned, "released").integers[RowOf(*pruned, 31)], model::kMissingInteger);
  EXPECT_EQ(Texts(*pruned, "brand", 31), "acme");
  EXPECT_EQ(Of(*pruned, "brand").values.size(), 1u);
  EXPECT_EQ(Texts(*pruned, "labels", 7), "new|sale");
  EXPECT_EQ(ReadText(out_).find("Süd"), std::string::npos);
  ExpectVerified(out_);
  // Items that come have none.
  WriteText(folder_.File("new.jsonl"), "{\"id\": 999}\n");
  ConvertJson({"merge", path_, "-o", out_, "--items", folder_.File("new.jsonl")});
  expect_kept(out_);
  auto merged = model::Model::Open(out_);
  EXPECT_EQ(Texts(*merged, "brand", 999), "");
  EXPECT_EQ(Texts(*merged, "labels", 999), "");
  EXPECT_EQ(Of(*merged, "year").integers[RowOf(*merged, 999)], model::kMissingInteger);
  const double price = Of(*merged, "price").numbers[RowOf(*merged, 999)];
  EXPECT_TRUE(price != price);
}

TEST_F(Attributes, AreInspectedAndCompared) {
  Add(Table(kCsv));
  Outcome o = Convert({"inspect", out_, "--json"});
  auto json = nlohmann::ordered_json::parse(o.out);
  ASSERT_EQ(json["attributes"].size(), 5u);
  EXPECT_EQ(json["attributes"][3]["name"], "brand");
  EXPECT_EQ(json["attributes"][3]["kind"], "category");
  EXPECT_EQ(json["attributes"][3]["values"], 2);
  EXPECT_EQ(json["attributes"][3]["missing"], 1);
  EXPECT_NE(Convert({"inspect", out_}).out.find("brand"), std::string::npos);
  EXPECT_EQ(Convert({"inspect", path_}).out.find("attribute"), std::string::npos);
  o = Convert({"diff", path_, out_, "--json"});
  EXPECT_EQ(o.code, 1);
  json = nlohmann::ordered_json::parse(o.out);
  EXPECT_EQ(json["attributes"].size(), 5u);
  EXPECT_EQ(json["tensors"].size(), 12u);
  EXPECT_EQ(Convert({"diff", out_, out_}).code, 0);
}

TEST_F(Attributes, SaysWhatIsWrong) {
  Fails("nothing to do", {}, 2);
  Fails("there is no kind \"float\"", {"--items", Table(kCsv), "--columns", "price=float"}, 2);
  Fails("stands twice", {"--items", Table(kCsv), "--columns", "price,price=number"}, 2);
  Fails("has no column \"cost\"; its columns are item_id, price",
        {"--items", Table(kCsv), "--columns", "cost"});
  Fails("line 3: \"Größe, Süd\" in the column \"brand\" is no number",
        {"--items", Table("id,brand\n7,1\n100,\"Größe, Süd\"\n", "b.csv"), "--columns",
         "brand=number"});
  Fails("is no whole number", {"--items", Table(kCsv), "--columns", "price=integer"});
  Fails("in the column \"brand\" is no time", {"--items", Table(kCsv), "--columns", "brand=time"});
  Fails("too small for times", {"--items", Table(kCsv), "--columns", "price=time"});
  Fails("none of its 2 rows is of an item of", {"--items", Table("id,a\n1,2\n3,4\n", "none.csv")});
  Fails("the item 7 stands in line 2 already", {"--items", Table("id,a\n7,2\n7,4\n", "two.csv")});
  Fails("no column is called like the items' keys", {"--items", Table("a,b\nx,y\n", "ab.csv")});
  Fails("must not contain '/'", {"--items", Table("id,price/kg\n7,2\n", "slash.csv")});
  Fails("No such file", {"--items", folder_.File("nope.csv")});
}

}  // namespace
}  // namespace duomo::convert
