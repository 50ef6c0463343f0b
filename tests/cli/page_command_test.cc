// `duomo page`: what the file holds and does not hold; and what people do with it in Chromium
// (page_clicks.mjs).
#include <set>

#include "cli/program.h"

namespace duomo::testing {
namespace {

const char* const kTitle =
    "<script>pwned=1</script> & \"x\" 'y' </ScRiPt><img src=x onerror=pwned=2>";

size_t Count(const std::string& text, const std::string& part) {
  size_t n = 0;
  for (size_t at = 0; (at = text.find(part, at)) != text.npos; at += part.size()) ++n;
  return n;
}

// A model whose titles and genres are full of markup, with histories to count and attributes to
// filter by.
std::string HostileModel(const TemporaryFolder& folder) {
  DataFolder data;
  std::string movies;
  int n = 0;
  for (const std::string& line : Lines(data.Text("movies.dat"))) {
    const std::string id = line.substr(0, line.find("::"));
    movies += id + "::" + kTitle + " Name" + id + " (1999)::" +
              (++n % 3 == 0 ? "<b>Crime</b> & co"
               : n % 3 == 1 ? "Drama"
                            : "Comedy|Drama") +
              "\n";
  }
  data.Replace("movies.dat", movies);
  const std::string model = folder.File("movies.duomo"), table = folder.File("years.csv");
  Outcome o = Duomo({"train", data.path(), "-o", model, "--preset", "hybrid", "--store-history",
                     "--steps", "30", "--threads", "1"});
  EXPECT_EQ(o.code, 0) << o.err;
  std::string years = "item,year,mood\n";
  for (const std::string& line : Lines(data.Text("movies.dat"))) {
    const std::string id = line.substr(0, line.find("::"));
    years += id + "," + std::to_string(1950 + std::stoi(id)) + "," +
             (std::stoi(id) % 2 == 0 ? "calm" : "wild") + "\n";
  }
  WriteText(table, years);
  o = RunProgram({DUOMO_CONVERT, "attributes", model, "--items", table, "-o", model}, {});
  EXPECT_EQ(o.code, 0) << o.err;
  return model;
}

const std::string& HostilePage() {
  static const TemporaryFolder& folder = *new TemporaryFolder;
  static const std::string& page = *[] {
    auto* path = new std::string(folder.File("page.html"));
    Outcome o = Duomo(
        {"page", HostileModel(folder), "-o", *path, "--title", std::string("Films ") + kTitle});
    EXPECT_EQ(o.code, 0) << o.err;
    EXPECT_NE(o.err.find("open it in a browser"), std::string::npos);
    EXPECT_EQ(o.out, "");
    return path;
  }();
  return page;
}

TEST(Page, IsOneFileThatNoTitleCanBreak) {
  const std::string text = ReadText(HostilePage());
  ASSERT_TRUE(text.starts_with("<!doctype html>"));
  EXPECT_EQ(text.find("{{"), text.npos) << "a mark is left";
  EXPECT_EQ(Count(text, "<script"), 4u) << "settings, wasm, model and the program";
  EXPECT_EQ(Count(text, "</script"), 4u);
  EXPECT_EQ(text.find("<img"), text.npos);
  EXPECT_EQ(text.find("http:"), text.npos);
  EXPECT_EQ(text.find(" src="), text.find(" src=x onerror")) << "of the title, as JSON";
  EXPECT_NE(text.find("\\u003cscript>pwned=1\\u003c/script>"), text.npos);
  EXPECT_NE(text.find("default-src 'none'; script-src 'sha256-"), text.npos);
}

// The model in it has no user: neither keys nor what was learned of them, nor histories.
TEST(Page, HoldsNoUsers) {
  const std::string text = ReadText(HostilePage());
  const std::string begin = "id=\"model-data\">";
  const size_t from = text.find(begin) + begin.size();
  TemporaryFolder folder;
  WriteText(folder.File("model.base64"), text.substr(from, text.find('<', from) - from));
  Outcome o = RunProgram({"/bin/sh", "-c", "base64 -d \"$1\" | gzip -d > \"$2\"", "sh",
                          folder.File("model.base64"), folder.File("model.duomo")},
                         {});
  ASSERT_EQ(o.code, 0) << o.err;
  o = RunProgram({DUOMO_CONVERT, "inspect", folder.File("model.duomo"), "--json"}, {});
  ASSERT_EQ(o.code, 0) << o.err;
  const Json found = Json::parse(o.out);
  std::set<std::string> names;
  for (const Json& segment : found.at("segments")) names.insert(segment.at("name"));
  EXPECT_TRUE(names.contains("items/vectors/scales")) << "a byte a number";
  for (const std::string& name : names) EXPECT_FALSE(name.starts_with("users/")) << name;
  o = RunProgram({DUOMO_CONVERT, "verify", folder.File("model.duomo")}, {});
  EXPECT_EQ(o.code, 0) << o.out << o.err;
}

TEST(Page, SaysWhatItWrote) {
  TemporaryFolder folder;
  const Json said = DuomoJson({"page", SmallModel(), "-o", folder.File("p.html"), "--json"});
  EXPECT_EQ(said.at("output"), folder.File("p.html"));
  EXPECT_EQ(said.at("items"), 40);
  EXPECT_EQ(said.at("size"), ReadText(folder.File("p.html")).size());
  // More bytes a number make it larger.
  const Json exact =
      DuomoJson({"page", SmallModel(), "-o", folder.File("q.html"), "--json", "--numbers", "fp32"});
  EXPECT_GT(exact.at("size").get<size_t>(), said.at("size").get<size_t>());
  // The same model makes the same page.
  DuomoJson({"page", SmallModel(), "-o", folder.File("r.html"), "--json", "--title",
             said.at("title").get<std::string>()});
  EXPECT_EQ(ReadText(folder.File("p.html")), ReadText(folder.File("r.html")));
}

TEST(Page, RefusesInWords) {
  TemporaryFolder folder;
  const std::string out = folder.File("p.html");
  ExpectFailure(2, {"page", SmallModel()}, {"--output"});
  ExpectFailure(2, {"page", SmallModel(), "-o", out, "--numbers", "int4"}, {"int8"});
  ExpectFailure(1, {"page", folder.File("none.duomo"), "-o", out}, {"none.duomo"});
  ExpectFailure(1, {"page", SmallModel(), "-o", folder.path()}, {folder.path()});
}

// By somebody's fingers: keys, clicks, sizes, what screen readers are told.
void Click(const std::string& page) {
  Outcome o = RunProgram({DUOMO_NODE, DUOMO_PAGE_CLICKS, page}, {});
  EXPECT_EQ(o.code, 0) << o.out << o.err;
  EXPECT_NE(o.out.find("page: clicks"), std::string::npos) << o.out;
}

TEST(PageInBrowser, HostileTitlesAndFilters) { Click(HostilePage()); }

// String keys in the place of titles, no histories: the page of any two tables of vectors.
TEST(PageInBrowser, KeysAlone) {
  TemporaryFolder folder;
  std::vector<std::string> users, items;
  for (int i = 0; i < 30; ++i) users.push_back("user " + std::to_string(i));
  for (int i = 0; i < 90; ++i) items.push_back("sku-" + std::to_string(1000 + i));
  ModelOfKeys(folder.File("keys.duomo"), users, items);
  Outcome o = Duomo({"page", folder.File("keys.duomo"), "-o", folder.File("keys.html")});
  ASSERT_EQ(o.code, 0) << o.err;
  Click(folder.File("keys.html"));
}

// A model that reads histories; the one that ranks what it finds has no page.
TEST(PageInBrowser, ReadsHistories) {
  TemporaryFolder folder;
  const std::vector<std::string> order = {"--split", "leave-last"};
  TrainSmall(folder.File("h.duomo"),
             {"--preset", "youtube-candidates", "--store-history", order[0], order[1]});
  TrainSmall(folder.File("r.duomo"), {"--preset", "youtube-ranking", "--candidates",
                                      folder.File("h.duomo"), order[0], order[1]});
  ExpectFailure(1, {"page", folder.File("r.duomo"), "-o", folder.File("r.html")},
                {"r.duomo", "ranks pairs"});
  Outcome o = Duomo({"page", folder.File("h.duomo"), "-o", folder.File("h.html")});
  ASSERT_EQ(o.code, 0) << o.err;
  Click(folder.File("h.html"));
}

}  // namespace
}  // namespace duomo::testing
