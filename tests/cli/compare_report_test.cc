// The page of `duomo compare --html`: its markup by our own check, what it looks like in Chromium.
// The data are hostile: titles, genres and file names full of markup.
#include <set>

#include "cli/png.h"
#include "cli/program.h"
#include "evaluation/xml_check.h"

namespace duomo::testing {
namespace {

const char* const kTitle = "<script>alert(1)</script> & \"x\" 'y'";
const char* const kGenre = "<img src=x onerror=alert(2)> & \"g\"";

struct Page {
  TemporaryFolder folder;
  std::string path = folder.File("report.html"), text;
};

std::string ReplaceAll(std::string text, const std::string& from, const std::string& to) {
  for (size_t at = 0; (at = text.find(from, at)) != text.npos; at += to.size()) {
    text.replace(at, from.size(), to);
  }
  return text;
}

// Made once: a rating model, two stages, baselines, and the logs of two trainings.
const Page& HostilePage() {
  static const Page& page = *[] {
    auto* made = new Page;
    DataFolder data;
    std::string movies;
    for (const std::string& line : Lines(data.Text("movies.dat"))) {
      std::string id = line.substr(0, line.find("::"));
      movies += id + "::" + kTitle + " " + id + " (1999)::" + kGenre + "\n";
    }
    data.Replace("movies.dat", movies);
    auto file = [&](const char* name) { return made->folder.File(name); };
    auto train = [&](const std::string& out, const char* preset, std::vector<std::string> more) {
      std::vector<std::string> words = {"train",    data.path(), "-o",        out,
                                        "--preset", preset,      "--split",   "leave-last",
                                        "--steps",  "30",        "--threads", "1"};
      words.insert(words.end(), more.begin(), more.end());
      Outcome o = Duomo(words);
      EXPECT_EQ(o.code, 0) << o.err;
    };
    std::string first = file("a <b>&\"c\".duomo"), log = file("log <i>&.jsonl");
    train(first, "hybrid", {"--log", log});
    train(file("c.duomo"), "youtube-candidates", {"--store-history", "--log", file("c.jsonl")});
    train(file("r.duomo"), "youtube-ranking", {"--candidates", file("c.duomo")});
    Outcome o =
        Duomo({"compare", data.path(), first, file("c.duomo"), "--pipeline", file("c.duomo"),
               file("r.duomo"), "--baselines", "popularity,genre-popularity,bias,item-top-n",
               "--logs", log + "," + file("c.jsonl"), "--html", made->path});
    EXPECT_EQ(o.code, 0) << o.err;
    made->text = ReadText(made->path);
    return made;
  }();
  return page;
}

TEST(Report, IsWellFormedAndHasEverything) {
  const std::string& text = HostilePage().text;
  const std::string doctype = "<!DOCTYPE html>\n";
  ASSERT_TRUE(text.starts_with(doctype));
  XmlCheck xml(std::string_view(text).substr(doctype.size()));
  ASSERT_EQ(xml.error(), "");
  EXPECT_EQ(xml.All("style").size(), 1u) << "shared by all charts";
  std::set<std::string> titles, ids;
  for (const Element& e : xml.elements()) {
    if (e.name == "text") titles.insert(e.text);
    if (auto id = e.attributes.find("id"); id != e.attributes.end()) {
      EXPECT_TRUE(ids.insert(id->second).second) << "twice: " << id->second;
    }
  }
  for (const char* title :
       {"Cost of training: log <i>&", "Cost of training: c", "Recall by length of the list",
        "Calibration: what was predicted, and what was given"}) {
    EXPECT_TRUE(titles.contains(title)) << title;
  }
  // Each clip path that is used is there.
  size_t clips = 0;
  for (const Element& e : xml.All("g")) {
    auto clip = e.attributes.find("clip-path");
    if (clip == e.attributes.end()) continue;
    ++clips;
    EXPECT_TRUE(ids.contains(clip->second.substr(5, clip->second.size() - 6))) << clip->second;
  }
  EXPECT_EQ(clips, 4u);
  EXPECT_NE(text.find("class=\"map\""), text.npos);
  for (const Element& e : xml.All("svg")) {
    bool named = e.attributes.contains("aria-label") || e.attributes.contains("aria-hidden");
    EXPECT_TRUE(named) << "a picture without words";
  }
}

TEST(Report, TextsOfTheDataStayText) {
  const std::string& text = HostilePage().text;
  XmlCheck xml(std::string_view(text).substr(text.find('\n') + 1));
  std::set<std::string> names;
  size_t titles = 0, genres = 0, files = 0;
  for (const Element& e : xml.elements()) {
    names.insert(e.name);
    titles += e.text.find(kTitle) != e.text.npos ? 1 : 0;
    genres += e.text == kGenre ? 1 : 0;
    files += e.name == "bdi" && e.text == "a <b>&\"c\"" ? 1 : 0;
  }
  EXPECT_GT(titles, 40u) << "each item of the map, and the examples";
  EXPECT_EQ(genres, 1u);
  EXPECT_GT(files, 3u);
  for (const char* bad : {"script", "img", "i", "iframe", "link", "object", "image", "use"}) {
    EXPECT_FALSE(names.contains(bad)) << bad;
  }
}

TEST(Report, RefersToNothingOutside) {
  const std::string& text = HostilePage().text;
  XmlCheck xml(std::string_view(text).substr(text.find('\n') + 1));
  for (const Element& e : xml.elements()) {
    for (const auto& [name, value] : e.attributes) {
      EXPECT_FALSE(name == "src" || name == "href" || name == "xlink:href" ||
                   name.starts_with("on"))
          << e.name << " " << name << "=" << value;
      EXPECT_EQ(value.find("://"), value.npos) << value;
    }
  }
  std::string style = xml.All("style").at(0).text;
  for (const char* bad : {"@import", "url(", "://"}) EXPECT_EQ(style.find(bad), style.npos) << bad;
  EXPECT_NE(text.find("content=\"default-src 'none'; style-src 'unsafe-inline'\""), text.npos);
}

// Chromium as ./dev installs it; where it is missing, that is a failure.
Outcome Chromium(std::vector<std::string> more) {
  TemporaryFolder profile;
  std::vector<std::string> words = {DUOMO_CHROMIUM,
                                    "--headless",
                                    "--no-sandbox",
                                    "--disable-gpu",
                                    "--disable-dev-shm-usage",
                                    "--no-first-run",
                                    "--hide-scrollbars",
                                    "--enable-logging=stderr",
                                    "--user-data-dir=" + profile.path()};
  words.insert(words.end(), more.begin(), more.end());
  Outcome o = RunProgram(words, {});
  EXPECT_EQ(o.code, 0) << "chromium (Debian package chromium) failed: " << o.err;
  return o;
}

// The page with a script of ours that measures it, since its own policy allows none.
TEST(ReportInBrowser, EveryPictureHasASizeAndThePageFits) {
  const Page& page = HostilePage();
  std::string text = page.text;
  size_t policy = text.find("<meta http-equiv=");
  ASSERT_NE(policy, text.npos);
  text.erase(policy, text.find('>', policy) + 1 - policy);
  text = ReplaceAll(text, "</body>", R"(<script>
var d = document.documentElement.dataset, sizes = [], alerts = 0;
document.querySelectorAll('svg').forEach(function (s) {
  var r = s.getBoundingClientRect();
  sizes.push(r.width > 5 && r.height > 5 ? 1 : 0);
});
d.pictures = sizes.length;
d.empty = sizes.filter(function (s) { return !s; }).length;
d.overflow = Math.max(0, document.documentElement.scrollWidth - window.innerWidth);
d.strangers = document.querySelectorAll('img,iframe,object,main script').length;
var title = document.querySelector('.chart text.title'), line = document.querySelector('.chart .line');
d.title = getComputedStyle(title).fontSize;
d.line = getComputedStyle(line).strokeWidth;
console.log('measured');
</script></body>)");
  WriteText(page.folder.File("measured.html"), text);
  for (const char* size : {"--window-size=1200,900", "--window-size=500,900"}) {
    Outcome o = Chromium({size, "--dump-dom", "file://" + page.folder.File("measured.html")});
    size_t begin = o.out.find("<html"), end = o.out.find('>', begin);
    ASSERT_NE(begin, o.out.npos) << o.err;
    std::string root = o.out.substr(begin, end - begin);
    // Four charts, the map, and a sign in its key.
    for (const char* part :
         {"data-pictures=\"6\"", "data-empty=\"0\"", "data-overflow=\"0\"", "data-strangers=\"0\"",
          "data-title=\"18px\"", "data-line=\"2.4px\""}) {
      EXPECT_NE(root.find(part), root.npos) << size << " no " << part << " in " << root;
    }
    // The console has our line and no other.
    size_t lines = 0;
    for (const std::string& line : Lines(o.err)) lines += line.find("CONSOLE") != line.npos ? 1 : 0;
    EXPECT_EQ(lines, 1u) << o.err;
  }
}

TEST(ReportInBrowser, IsNotBlankInLightAndDark) {
  const Page& page = HostilePage();
  struct Scheme {
    const char* setting;
    uint32_t background, line;  // of the page, and of the first series
  };
  for (Scheme scheme : {Scheme{"--blink-settings=preferredColorScheme=1", 0xf4f5f7, 0x0072b2},
                        Scheme{"--blink-settings=preferredColorScheme=0", 0x11151b, 0x5cb8f0}}) {
    std::string file = page.folder.File("shot.png");
    Outcome o = Chromium(
        {scheme.setting, "--window-size=1100,3600", "--screenshot=" + file, "file://" + page.path});
    EXPECT_EQ(o.err.find("CONSOLE"), o.err.npos) << o.err;
    Picture picture = ReadPng(ReadText(file));
    ASSERT_EQ(picture.width, 1100u);
    EXPECT_EQ(picture.At(2, 2), scheme.background) << scheme.setting;
    std::set<uint32_t> colours = picture.Colours();
    EXPECT_GT(colours.size(), 100u);
    EXPECT_TRUE(colours.contains(scheme.line)) << scheme.setting;
  }
}

TEST(Report, LogsThatAreNone) {
  TemporaryFolder folder;
  auto compare = [&](const std::string& log) -> std::vector<std::string> {
    return {"compare", SmallData(), SmallModel(), "--html", folder.File("x.html"), "--logs", log};
  };
  WriteText(folder.File("bad.jsonl"), "{\"event\":\"train\",\"step\":0,\"cost\":1}\nhello\n");
  ExpectFailure(1, compare(folder.File("bad.jsonl")), {"bad.jsonl", "line 2"});
  WriteText(folder.File("odd.jsonl"), "{\"event\":\"train\",\"step\":\"x\"}\n");
  ExpectFailure(1, compare(folder.File("odd.jsonl")), {"odd.jsonl", "line 1"});
  WriteText(folder.File("empty.jsonl"), "");
  ExpectFailure(1, compare(folder.File("empty.jsonl")), {"no cost"});
  ExpectFailure(1, compare(folder.File("none.jsonl")), {"none.jsonl"});
  ExpectFailure(2, {"compare", SmallData(), SmallModel(), "--logs", "x"}, {"--html"});
  // A line that is still being written is no fault.
  WriteText(folder.File("open.jsonl"), "{\"event\":\"train\",\"step\":0,\"cost\":1}\n{\"eve");
  EXPECT_EQ(Duomo(compare(folder.File("open.jsonl"))).code, 0);
}

}  // namespace
}  // namespace duomo::testing
