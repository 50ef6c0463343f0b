// See report.h.
#include "evaluation/report.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <map>

#include "core/error.h"
#include "evaluation/markup.h"

namespace duomo::evaluation {
namespace {

constexpr size_t kGroups = 8;

constexpr const char* kStyle = R"(
:root{color-scheme:light dark;--page:#f4f5f7;--panel:#fff;--ink:#1c2430;--pale:#5d6878;--line:#dfe3e8;--best:#0a7d55;
--g0:#0072b2;--g1:#d55e00;--g2:#009e73;--g3:#b8578f;--g4:#a87400;--g5:#56b4e9;--g6:#7a4fbf;--g7:#a3333d;--g8:#b9c0c9}
@media screen and (prefers-color-scheme:dark){:root{--page:#11151b;--panel:#161b24;--ink:#e6ebf1;--pale:#9aa7b6;--line:#333c4a;--best:#4fd6a2;
--g0:#5cb8f0;--g1:#ff9a52;--g2:#3fcfa4;--g3:#e79ac6;--g4:#f0bd4a;--g5:#a5dcff;--g6:#b79cf0;--g7:#f07c86;--g8:#55606d}}
*{box-sizing:border-box}
body{margin:0;background:var(--page);color:var(--ink);font:15px/1.5 system-ui,-apple-system,'Segoe UI',Roboto,'Helvetica Neue',Arial,sans-serif;overflow-wrap:anywhere}
main{max-width:1000px;margin:0 auto;padding:36px 24px 60px}
h1{font-size:28px;line-height:1.25;margin:0 0 6px;letter-spacing:-.01em}h2{font-size:19px;margin:40px 0 10px}
h3{font-size:15px;margin:0 0 10px}h4{font-size:12px;margin:14px 0 4px;color:var(--pale);font-weight:600}
.card+p{margin-top:12px}p{margin:0 0 10px}.pale{color:var(--pale)}.warn{border-left:3px solid var(--g1);padding:4px 12px;margin-top:12px}
.card{background:var(--panel);border:1px solid var(--line);border-radius:12px;padding:18px 20px;overflow-x:auto}
table{border-collapse:separate;border-spacing:0;width:100%;font-variant-numeric:tabular-nums;overflow-wrap:normal}
th{font-weight:600;font-size:13px;color:var(--pale);text-align:right;padding:2px 12px 8px;white-space:nowrap}
td,tbody th{text-align:right;padding:8px 12px;border-top:1px solid var(--line);white-space:nowrap;vertical-align:top}
thead td{border:0}
tbody th,thead td{position:sticky;left:-20px;background:var(--panel);text-align:left;padding-left:0}
tbody th{color:var(--ink);font-size:15px}
td small{display:block;color:var(--pale);font-size:11.5px}td.best{color:var(--best);font-weight:700}
td.best small{font-weight:400}
svg{display:block}.map{max-width:100%;height:auto}
.wide{overflow-x:auto;margin:0 0 14px}.wide svg{width:100%;height:auto;min-width:620px}
.map path{fill-opacity:.82;stroke:var(--panel);stroke-width:.5}
.g0{fill:var(--g0)}.g1{fill:var(--g1)}.g2{fill:var(--g2)}.g3{fill:var(--g3)}.g4{fill:var(--g4)}.g5{fill:var(--g5)}.g6{fill:var(--g6)}.g7{fill:var(--g7)}.g8{fill:var(--g8)}
.key{display:flex;flex-wrap:wrap;gap:4px 18px;margin:12px 0 0;padding:0;list-style:none;font-size:13px}
.key svg{display:inline-block;width:13px;height:13px;margin-right:6px;vertical-align:-2px}
.users{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(270px,100%),1fr));gap:16px}
.users ol,.users ul{margin:0;padding-left:22px;font-size:14px}.users ul{list-style:none;padding-left:0}
.users b{font-weight:600;color:var(--best);font-size:12px}.users span{color:var(--pale);font-size:12px}
@media(max-width:600px){main{padding:24px 14px 40px}.card{padding:14px}tbody th,thead td{left:-14px}h1{font-size:23px}}
@media print{body{background:none;font-size:11pt}main{max-width:none;padding:0}.card,.wide{overflow:visible;break-inside:avoid}h2{break-after:avoid}
table{font-size:8.5pt}th,td{padding-left:4px;padding-right:4px}.wide svg{min-width:0}}
)";

constexpr auto Escape = EscapeMarkup;

std::string Fixed(double value, int digits) {
  char text[400];
  auto end = std::to_chars(text, text + sizeof(text), value, std::chars_format::fixed, digits).ptr;
  return {text, end};
}

int Digits(double value) { return std::abs(value) < 10 ? 4 : 1; }

const Measure* Find(const SystemReport& system, const std::string& name) {
  for (const Measure& m : system.measures) {
    if (m.name == name) return &m;
  }
  return nullptr;
}

// with_k: where the heading above does not say it.
std::string Table(const std::vector<SystemReport>& systems, const std::vector<std::string>& names,
                  bool with_k = false) {
  std::string out = "<div class=\"card\"><table><thead><tr><td></td>";
  for (const std::string& name : names) {
    out += StrCat("<th scope=\"col\">", Escape(with_k ? name : name.substr(0, name.find('@'))),
                  "</th>");
  }
  out += "</tr></thead><tbody>\n";
  for (const SystemReport& system : systems) {
    out += StrCat("<tr><th scope=\"row\"><bdi>", Escape(system.name), "</bdi></th>");
    for (const std::string& name : names) {
      const Measure* m = Find(system, name);
      if (m == nullptr) {
        out += "<td>–</td>";
        continue;
      }
      int digits = Digits(m->value.estimate);
      out += StrCat(IsBest(systems, *m) ? "<td class=\"best\">" : "<td>",
                    Fixed(m->value.estimate, digits));
      if (m->has_interval) {
        out += StrCat("<small>", Fixed(m->value.low, digits), " – ", Fixed(m->value.high, digits),
                      "</small>");
      }
      out += "</td>";
    }
    out += "</tr>\n";
  }
  return out + "</tbody></table></div>\n";
}

std::vector<std::string> MeasureNames(const std::vector<SystemReport>& systems) {
  std::vector<std::string> names;
  for (const SystemReport& system : systems) {
    for (const Measure& m : system.measures) {
      if (std::find(names.begin(), names.end(), m.name) == names.end()) names.push_back(m.name);
    }
  }
  return names;
}

std::string Capital(std::string text) {
  if (!text.empty() && text[0] >= 'a' && text[0] <= 'z') text[0] = static_cast<char>(text[0] - 32);
  return text;
}

// A table for each k, then one for what has none.
std::string Tables(const std::vector<SystemReport>& systems) {
  std::vector<std::string> ks;
  std::map<std::string, std::vector<std::string>> names;
  for (const SystemReport& system : systems) {
    for (const Measure& m : system.measures) {
      size_t at = m.name.find('@');
      std::string k = at == m.name.npos ? "" : m.name.substr(at + 1);
      if (std::find(ks.begin(), ks.end(), k) == ks.end()) ks.push_back(k);
      auto& list = names[k];
      if (std::find(list.begin(), list.end(), m.name) == list.end()) list.push_back(m.name);
    }
  }
  std::string out;
  for (const std::string& k : ks) {
    out += k.empty() ? "<h2>Whole rankings and ratings</h2>\n"
                     : StrCat("<h2>The first ", Escape(k), "</h2>\n");
    out += Table(systems, names[k]);
  }
  return out;
}

std::string Charts(const std::vector<SystemReport>& systems, const std::vector<LineChart>& costs) {
  LineChart recall, calibration;
  recall.title = "Recall by length of the list";
  recall.x_label = "k";
  recall.y_label = "recall@k";
  calibration.title = "Calibration: what was predicted, and what was given";
  calibration.x_label = "mean prediction";
  calibration.y_label = "mean rating";
  double low = INFINITY, high = -INFINITY;
  for (const SystemReport& system : systems) {
    if (system.recall_by_k.size() > 1) recall.series.push_back({system.name, system.recall_by_k});
    if (system.calibration.empty()) continue;
    LineChart::Series series;
    series.name = system.name;
    for (const CalibrationBin& b : system.calibration) {
      series.points.push_back({b.predicted, b.actual});
      low = std::min(low, b.predicted);
      high = std::max(high, b.predicted);
    }
    calibration.series.push_back(series);
  }
  std::vector<LineChart> all = costs;
  if (!recall.series.empty()) all.push_back(std::move(recall));
  if (!calibration.series.empty()) {
    calibration.series.push_back({"perfect", {{low, low}, {high, high}}});
    all.push_back(std::move(calibration));
  }
  std::string out = all.empty() ? "" : "<h2>Charts</h2>\n";
  for (size_t i = 0; i < all.size(); ++i) {
    out += StrCat("<div class=\"wide\">", all[i].Figure(StrCat("plot", i)), "</div>\n");
  }
  return out;
}

// Marks around a point, told apart without colour, too; the last one is of all other groups.
constexpr const char* kShapes[] = {"m-4 0a4 4 0 1 0 8 0a4 4 0 1 0-8 0", "m-3.5-3.5h7v7h-7z",
                                   "m0-4.8l4.4 7.8h-8.8z", "m0-5l4.4 5-4.4 5-4.4-5z"};
constexpr const char* kOtherShape = "m-2.5 0a2.5 2.5 0 1 0 5 0a2.5 2.5 0 1 0-5 0";

const char* Shape(size_t group) {
  return group < kGroups ? kShapes[group % std::size(kShapes)] : kOtherShape;
}

// The most frequent groups of the points first; kGroups at most.
std::vector<std::pair<std::string, size_t>> Groups(const std::vector<MapPoint>& points) {
  std::map<std::string, size_t> counts;
  for (const MapPoint& p : points) ++counts[p.group];
  counts.erase("");
  std::vector<std::pair<std::string, size_t>> groups(counts.begin(), counts.end());
  std::stable_sort(groups.begin(), groups.end(),
                   [](const auto& a, const auto& b) { return a.second > b.second; });
  if (groups.size() > kGroups) groups.resize(kGroups);
  return groups;
}

std::string Map(const std::vector<MapPoint>& points, const std::string& model) {
  auto groups = Groups(points);
  double x0 = INFINITY, x1 = -INFINITY, y0 = INFINITY, y1 = -INFINITY;
  for (const MapPoint& p : points) {
    x0 = std::min(x0, p.x), x1 = std::max(x1, p.x), y0 = std::min(y0, p.y), y1 = std::max(y1, p.y);
  }
  double x_scale = x1 > x0 ? 900 / (x1 - x0) : 0, y_scale = y1 > y0 ? 500 / (y1 - y0) : 0;
  std::vector<std::string> marks(kGroups + 1);
  size_t others = 0;
  for (const MapPoint& p : points) {
    size_t g = 0;
    while (g < groups.size() && groups[g].first != p.group) ++g;
    if (g == groups.size()) g = kGroups, ++others;
    marks[g] += StrCat("<path d=\"M", Fixed(20 + (p.x - x0) * x_scale, 1), " ",
                       Fixed(520 - (p.y - y0) * y_scale, 1), Shape(g), "\"><title>",
                       Escape(p.title), "</title></path>\n");
  }
  std::string key;
  auto explain = [&](size_t g, const std::string& name, size_t count) {
    key += StrCat("<li><svg class=\"g", g,
                  "\" viewBox=\"-6 -6 12 12\" aria-hidden=\"true\"><path d=\"M0 0", Shape(g),
                  "\"/></svg><bdi>", Escape(name), "</bdi> <span class=\"pale\">", count,
                  "</span></li>\n");
  };
  auto draw = [&](size_t g) { return StrCat("<g class=\"g", g, "\">\n", marks[g], "</g>\n"); };
  std::string drawing = others > 0 ? draw(kGroups) : "";  // what is many lies below
  for (size_t g = 0; g < groups.size(); ++g) {
    drawing += draw(g);
    explain(g, groups[g].first, groups[g].second);
  }
  if (others > 0) explain(kGroups, "others", others);
  return StrCat(
      "<h2>Map of the items</h2>\n<p class=\"pale\">The item vectors of <bdi>", Escape(model),
      "</bdi> along their two directions of most variance. Each mark is an item; colour and shape "
      "say the first of its genres.</p>\n<div class=\"card\"><svg class=\"map\" viewBox=\"0 0 940 "
      "540\" width=\"940\" height=\"540\" role=\"img\" aria-label=\"Map of ",
      points.size(), " items; the list below says how many are of which genre.\">\n", drawing,
      "</svg><ul class=\"key\">\n", key, "</ul></div>\n");
}

std::string Examples(const std::vector<ExampleUser>& users, const std::string& model) {
  std::string out =
      StrCat("<h2>What <bdi>", Escape(model), "</bdi> recommends</h2>\n<div class=\"users\">\n");
  auto items = [&](const std::vector<ExampleItem>& list) {
    for (const ExampleItem& item : list) {
      out += StrCat("<li><bdi>", Escape(item.title), "</bdi>");
      if (!item.note.empty()) {
        const char* tag = item.found ? "b" : "span";
        out += StrCat(" <", tag, ">", Escape(item.note), "</", tag, ">");
      }
      out += "</li>\n";
    }
  };
  for (const ExampleUser& user : users) {
    out += StrCat("<div class=\"card\"><h3>", Escape(user.name),
                  "</h3><h4>Liked in training</h4><ul>\n");
    items(user.liked);
    out += "</ul><h4>Recommended</h4><ol>\n";
    items(user.recommended);
    out += "</ol></div>\n";
  }
  return out + "</div>\n";
}

}  // namespace

bool IsBest(const std::vector<SystemReport>& systems, const Measure& measure) {
  if (measure.better == Better::kNeither || systems.size() < 2) return false;
  double sign = measure.better == Better::kHigher ? 1 : -1;
  for (const SystemReport& system : systems) {
    const Measure* other = Find(system, measure.name);
    if (other && sign * other->value.estimate > sign * measure.value.estimate) return false;
  }
  return true;
}

std::string Report::Html() const {
  std::string out = StrCat(
      "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"/>"
      // Nothing may run here or be fetched, whatever the data say.
      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src "
      "'unsafe-inline'\"/>"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/><title>",
      Escape(title), "</title><style>", kStyle, LineChart::Style(),
      "</style></head>\n<body><main>\n<h1>", Escape(title), "</h1>\n<p class=\"pale\">",
      Escape(subtitle), "</p>\n");
  for (const std::string& warning : warnings) {
    out += StrCat("<p class=\"warn\">", Escape(warning), "</p>\n");
  }
  for (const std::string& note : notes) {
    out += StrCat("<p class=\"pale\">", Escape(note), "</p>\n");
  }
  out += Tables(systems);
  for (const ReportPart& part : parts) {
    out += StrCat("<h2>", Escape(Capital(part.title)), "</h2>\n");
    out += Table(part.systems, MeasureNames(part.systems), /*with_k=*/true);
  }
  out +=
      "<p class=\"pale\">Small numbers: 95 % intervals, users drawn again and again (bootstrap). "
      "Bold and green: the best of its column; where intervals overlap, that may be chance.</p>\n";
  out += Charts(systems, costs);
  if (!map.empty()) out += Map(map, model);
  if (!examples.empty()) out += Examples(examples, model);
  return out + "</main></body></html>\n";
}

}  // namespace duomo::evaluation
