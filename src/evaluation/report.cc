// See report.h.
#include "evaluation/report.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <map>

#include "core/text.h"
#include "evaluation/chart.h"

namespace duomo::evaluation {
namespace {

constexpr size_t kGroups = 8;

constexpr const char* kStyle = R"(
:root{color-scheme:light dark;--page:#f4f5f7;--panel:#fff;--ink:#1c2430;--pale:#5d6878;--line:#dfe3e8;--best:#0a7d55;--bar:#e3eefa;
--g0:#0072b2;--g1:#d55e00;--g2:#009e73;--g3:#b8578f;--g4:#c79100;--g5:#56b4e9;--g6:#7a4fbf;--g7:#a3333d;--g8:#b9c0c9}
@media(prefers-color-scheme:dark){:root{--page:#11151b;--panel:#1a2029;--ink:#e6ebf1;--pale:#9aa7b6;--line:#2d3641;--best:#4fd6a2;--bar:#22384f;
--g0:#5cb8f0;--g1:#ff9a52;--g2:#3fcfa4;--g3:#e79ac6;--g4:#f0cf5a;--g5:#a5dcff;--g6:#b79cf0;--g7:#f07c86;--g8:#55606d}}
*{box-sizing:border-box}
body{margin:0;background:var(--page);color:var(--ink);font:15px/1.5 system-ui,-apple-system,'Segoe UI',Roboto,'Helvetica Neue',Arial,sans-serif}
main{max-width:1000px;margin:0 auto;padding:36px 24px 60px}
h1{font-size:28px;margin:0 0 4px;letter-spacing:-.01em}h2{font-size:18px;margin:36px 0 10px}
h3{font-size:15px;margin:0 0 10px}h4{font-size:12px;margin:12px 0 4px;color:var(--pale);font-weight:600}
p{margin:0 0 10px}.pale{color:var(--pale)}.warn{border-left:3px solid var(--g1);padding:4px 12px}
.card{background:var(--panel);border:1px solid var(--line);border-radius:10px;padding:18px 20px;overflow-x:auto}
table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums}
th{font-weight:600;font-size:13px;color:var(--pale);text-align:right;padding:4px 12px 8px;white-space:nowrap}
td{text-align:right;padding:8px 12px;border-top:1px solid var(--line);white-space:nowrap}
th:first-child,td:first-child{text-align:left;padding-left:0}td:first-child{font-weight:600}
td small{display:block;color:var(--pale);font-size:11.5px}td.best{color:var(--best);font-weight:700}
td.best small{font-weight:400}
svg{max-width:100%;height:auto;display:block}
.charts svg{margin:0 auto 14px}
.map circle{fill-opacity:.75}.key{display:flex;flex-wrap:wrap;gap:4px 18px;margin:12px 0 0;padding:0;list-style:none;font-size:13px}
.key i{display:inline-block;width:10px;height:10px;border-radius:5px;margin-right:6px}
.users{display:grid;grid-template-columns:repeat(auto-fit,minmax(270px,1fr));gap:16px}
.users ol,.users ul{margin:0;padding-left:20px;font-size:14px}.users ul{list-style:none;padding-left:0}
.users b{font-weight:600;color:var(--best);font-size:12px}.users span{color:var(--pale);font-size:12px}
)";

std::string Escape(const std::string& text) {
  bool utf8 = IsUtf8(text);
  std::string out;
  for (char c : text) {
    auto byte = static_cast<unsigned char>(c);
    if (c == '&') {
      out += "&amp;";
    } else if (c == '<') {
      out += "&lt;";
    } else if (c == '>') {
      out += "&gt;";
    } else if (c == '"') {
      out += "&quot;";
    } else if (byte < 0x20 || byte == 0x7f || (byte >= 0x80 && !utf8)) {
      out += '?';
    } else {
      out += c;
    }
  }
  return out;
}

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

std::string Table(const std::vector<SystemReport>& systems, const std::vector<std::string>& names) {
  std::string out = "<div class=\"card\"><table><thead><tr><th></th>";
  for (const std::string& name : names) out += StrCat("<th>", Escape(name), "</th>");
  out += "</tr></thead><tbody>\n";
  for (const SystemReport& system : systems) {
    out += StrCat("<tr><td>", Escape(system.name), "</td>");
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

// As part of a page an SVG needs no namespace.
std::string Inline(const LineChart& chart) {
  std::string svg = chart.Svg();
  constexpr std::string_view kSpace = " xmlns=\"http://www.w3.org/2000/svg\"";
  if (size_t at = svg.find(kSpace); at != svg.npos) svg.erase(at, kSpace.size());
  return svg;
}

std::string Charts(const std::vector<SystemReport>& systems) {
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
  if (recall.series.empty() && calibration.series.empty()) return {};
  std::string out = "<h2>Charts</h2>\n<div class=\"charts\">\n";
  if (!recall.series.empty()) out += Inline(recall);
  if (!calibration.series.empty()) {
    calibration.series.push_back({"perfect", {{low, low}, {high, high}}});
    out += Inline(calibration);
  }
  return out + "</div>\n";
}

std::string Map(const std::vector<MapPoint>& points, const std::string& model) {
  std::map<std::string, size_t> counts;
  for (const MapPoint& p : points) ++counts[p.group];
  counts.erase("");
  std::vector<std::pair<std::string, size_t>> groups(counts.begin(), counts.end());
  std::stable_sort(groups.begin(), groups.end(),
                   [](const auto& a, const auto& b) { return a.second > b.second; });
  bool others = groups.size() > kGroups;
  if (others) groups.resize(kGroups);
  double x0 = INFINITY, x1 = -INFINITY, y0 = INFINITY, y1 = -INFINITY;
  for (const MapPoint& p : points) {
    x0 = std::min(x0, p.x), x1 = std::max(x1, p.x), y0 = std::min(y0, p.y), y1 = std::max(y1, p.y);
  }
  double x_scale = x1 > x0 ? 900 / (x1 - x0) : 0, y_scale = y1 > y0 ? 500 / (y1 - y0) : 0;
  std::string out = StrCat(
      "<h2>Map of the items</h2>\n<p class=\"pale\">The item vectors of ", Escape(model),
      " along their two directions of most variance; each dot is an item, its colour the first of "
      "its"
      " genres.</p>\n<div class=\"card\"><svg class=\"map\" viewBox=\"0 0 940 540\" width=\"940\""
      " height=\"540\" role=\"img\">\n");
  for (const MapPoint& p : points) {
    size_t g = 0;
    while (g < groups.size() && groups[g].first != p.group) ++g;
    out += StrCat("<circle cx=\"", Fixed(20 + (p.x - x0) * x_scale, 1), "\" cy=\"",
                  Fixed(520 - (p.y - y0) * y_scale, 1), "\" r=\"4\" style=\"fill:var(--g",
                  g < groups.size() ? g : kGroups, ")\"><title>", Escape(p.title),
                  "</title></circle>\n");
  }
  out += "</svg><ul class=\"key\">";
  for (size_t g = 0; g < groups.size(); ++g) {
    out += StrCat("<li><i style=\"background:var(--g", g, ")\"></i>", Escape(groups[g].first),
                  " <span class=\"pale\">", groups[g].second, "</span></li>");
  }
  if (others) out += "<li><i style=\"background:var(--g8)\"></i>others</li>";
  return out + "</ul></div>\n";
}

std::string Examples(const std::vector<ExampleUser>& users, const std::string& model) {
  std::string out = StrCat("<h2>What ", Escape(model), " recommends</h2>\n<div class=\"users\">\n");
  auto items = [&](const std::vector<ExampleItem>& list) {
    for (const ExampleItem& item : list) {
      out += StrCat("<li>", Escape(item.title));
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
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/><title>",
      Escape(title), "</title><style>", kStyle, "</style></head>\n<body><main>\n<h1>",
      Escape(title), "</h1>\n<p class=\"pale\">", Escape(subtitle), "</p>\n");
  for (const std::string& warning : warnings) {
    out += StrCat("<p class=\"warn\">", Escape(warning), "</p>\n");
  }
  out += Tables(systems);
  out +=
      "<p class=\"pale\">Small numbers: 95 % intervals, users drawn again and again (bootstrap). "
      "Green: the best of its column; where intervals overlap, that may be chance.</p>\n";
  out += Charts(systems);
  if (!map.empty()) out += Map(map, model);
  if (!examples.empty()) out += Examples(examples, model);
  return out + "</main></body></html>\n";
}

}  // namespace duomo::evaluation
