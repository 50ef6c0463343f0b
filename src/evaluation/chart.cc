#include "evaluation/chart.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <optional>
#include <span>

#include "core/error.h"
#include "evaluation/axis.h"
#include "evaluation/markup.h"
#include "evaluation/smooth.h"

namespace duomo::evaluation {
namespace {

constexpr double kWidth = 860, kHeight = 480;
constexpr double kLeft = 74, kRight = kWidth - 92, kBottom = kHeight - 62;
constexpr double kMargin = 28;      // left edge of title and legend
constexpr double kLabelGap = 17;    // between the end values of two series
constexpr double kLargest = 1e300;  // so that differences stay finite
constexpr size_t kDotsUpTo = 40;    // points that still get a dot each

// Okabe and Ito's colours, told apart by colour-blind people too; the second of each pair has the
// same hue and more light, for dark panels. The order has the two most different ones first.
struct Colour {
  const char *light, *dark;
};
constexpr Colour kPalette[] = {{"#0072b2", "#5cb8f0"}, {"#d55e00", "#ff9a52"},
                               {"#009e73", "#3fcfa4"}, {"#b8578f", "#e79ac6"},
                               {"#a87400", "#f0bd4a"}, {"#5f6b7a", "#b4bfcc"}};
constexpr size_t kColours = std::size(kPalette);

std::string Number(double value) {
  if (std::abs(value) < 0.05) value = 0;  // no "-0"
  char digits[32];
  auto end = std::to_chars(digits, digits + sizeof(digits), value, std::chars_format::fixed, 1).ptr;
  if (end - digits > 2 && end[-1] == '0' && end[-2] == '.') end -= 2;
  return {digits, end};
}

// A guess: nothing here knows the reader's font.
double TextWidth(const std::string& text) {
  auto starts = std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xC0) != 0x80; });
  return 7.1 * static_cast<double>(starts);
}

std::string Text(double x, double y, const char* anchor, const std::string& classes,
                 const std::string& text) {
  return StrCat("<text x=\"", Number(x), "\" y=\"", Number(y), "\" text-anchor=\"", anchor,
                "\" class=\"", classes, "\">", EscapeMarkup(text), "</text>\n");
}

std::string Line(double x1, double y1, double x2, double y2, const std::string& classes) {
  return StrCat("<line x1=\"", Number(x1), "\" y1=\"", Number(y1), "\" x2=\"", Number(x2),
                "\" y2=\"", Number(y2), "\" class=\"", classes, "\"/>\n");
}

std::string Polyline(std::span<const Point> pixels, const std::string& classes) {
  std::string out = StrCat("<polyline class=\"", classes, "\" points=\"");
  for (size_t i = 0; i < pixels.size(); ++i) {
    out += StrCat(i == 0 ? "" : " ", Number(pixels[i].first), ",", Number(pixels[i].second));
  }
  return out + "\"/>\n";
}

// A series after cleaning: `trend` is what the eye should follow, `raw` the noise around it.
struct Drawn {
  std::vector<Point> raw, trend;
};

class Drawing {
 public:
  // `id`: unique in the document. Standalone: a document of its own, with its style.
  Drawing(const LineChart& chart, const std::string& id, bool standalone)
      : chart_(chart), id_(EscapeMarkup(id)), standalone_(standalone) {
    for (const LineChart::Series& s : chart.series) drawn_.push_back(Clean(s));
  }

  std::string Run() {
    out_ = StrCat("<svg", standalone_ ? " xmlns=\"http://www.w3.org/2000/svg\"" : "",
                  " class=\"chart\" width=\"", kWidth, "\" height=\"", kHeight, "\" viewBox=\"0 0 ",
                  kWidth, " ", kHeight, "\" role=\"img\" aria-label=\"", EscapeMarkup(Spoken()),
                  "\">\n<title>", EscapeMarkup(chart_.title), "</title>\n");
    if (standalone_) out_ += StrCat("<style>", LineChart::Style(), "</style>\n");
    out_ += StrCat("<rect class=\"panel\" x=\"0.5\" y=\"0.5\" width=\"", kWidth - 1, "\" height=\"",
                   kHeight - 1, "\" rx=\"12\"/>\n");
    out_ += Text(kMargin, 40, "start", "title", chart_.title);
    double top = Legend(66) + 44;
    out_ += Text(kMargin, top - 16, "start", "text", chart_.y_label);
    out_ += Text((kLeft + kRight) / 2, kHeight - 20, "middle", "text", chart_.x_label);
    MakeAxes(top);
    if (!x_) {
      out_ += Text((kLeft + kRight) / 2, (top + kBottom) / 2, "middle", "text", "no data");
      return out_ + "</svg>\n";
    }
    Grid();
    out_ +=
        StrCat("<clipPath id=\"", id_, "\"><rect x=\"", Number(kLeft - 5), "\" y=\"",
               Number(top - 4), "\" width=\"", Number(kRight - kLeft + 10), "\" height=\"",
               Number(kBottom - top + 8), "\"/></clipPath>\n<g clip-path=\"url(#", id_, ")\">\n");
    for (size_t i = 0; i < drawn_.size(); ++i) Raw(i);
    for (size_t i = 0; i < drawn_.size(); ++i) Trend(i);
    out_ += "</g>\n";
    EndValues(top);
    return out_ + "</svg>\n";
  }

 private:
  // What the picture says, for those who cannot see it: where each line ends.
  std::string Spoken() const {
    std::string out = StrCat("Line chart: ", chart_.title, ".");
    for (size_t i = 0; i < drawn_.size(); ++i) {
      if (drawn_[i].trend.empty()) continue;
      const Point& end = drawn_[i].trend.back();
      out += StrCat(" ", chart_.series[i].name, ": ", FormatValue(end.second), " at ",
                    chart_.x_label, " ", FormatValue(end.first), ".");
    }
    return out;
  }

  // Beyond the palette colours come again, with dashes.
  static std::string Stroke(size_t i) {
    return StrCat("line s", i % kColours, i / kColours % 2 == 1 ? " dashed" : "");
  }

  Drawn Clean(const LineChart::Series& series) const {
    std::vector<Point> points;
    for (const Point& p : series.points) {
      bool drawable = std::abs(p.first) <= kLargest && std::abs(p.second) <= kLargest &&
                      (!chart_.log_x || p.first > 0) && (!chart_.log_y || p.second > 0);
      if (drawable) points.push_back(p);
    }
    std::stable_sort(points.begin(), points.end(),
                     [](const Point& a, const Point& b) { return a.first < b.first; });
    if (!series.noisy && points.size() <= LineChart::kNoisyFrom) return {{}, std::move(points)};
    size_t window = std::max<size_t>(5, points.size() / 40);
    auto trend = RunningMean(points, window);
    return {std::move(points), std::move(trend)};
  }

  // Names with a piece of their line, in rows; returns the last row's baseline.
  double Legend(double y) {
    double x = kMargin;
    for (size_t i = 0; i < drawn_.size(); ++i) {
      const std::string& name = chart_.series[i].name;
      double width = 34 + TextWidth(name) + 22;
      if (x > kMargin && x + width > kWidth - kMargin) {
        x = kMargin;
        y += 20;
      }
      out_ += Line(x, y - 4.5, x + 24, y - 4.5, Stroke(i));
      if (Dotted(drawn_[i])) out_ += Dot({x + 12, y - 4.5}, i);
      out_ += Text(x + 34, y, "start", "text", name);
      x += width;
    }
    return y;
  }

  void MakeAxes(double top) {
    constexpr double kNone = std::numeric_limits<double>::infinity();
    double low_x = kNone, high_x = -kNone, low_y = kNone, high_y = -kNone;
    for (const Drawn& d : drawn_) {
      for (const Point& p : d.trend) {
        low_x = std::min(low_x, p.first);
        high_x = std::max(high_x, p.first);
        low_y = std::min(low_y, p.second);
        high_y = std::max(high_y, p.second);
      }
      if (d.raw.empty()) continue;
      // Outliers must not press the trend flat: the clip path cuts them off.
      std::vector<double> values;
      for (const Point& p : d.raw) values.push_back(p.second);
      low_y = std::min(low_y, Quantile(values, 0.005));
      high_y = std::max(high_y, Quantile(std::move(values), 0.995));
    }
    if (low_x > high_x) return;
    // A whole number of passes or steps starts at 0; the axis should, too.
    if (!chart_.log_x && low_x > 0 && low_x < 0.1 * high_x) low_x = 0;
    x_.emplace(low_x, high_x, kLeft, kRight, chart_.log_x, false, 8);
    y_.emplace(low_y, high_y, kBottom, top, chart_.log_y, true, 6);
  }

  void Grid() {
    for (const Tick& t : y_->ticks()) {
      double y = y_->Pixel(t.value);
      out_ += Line(kLeft, y, kRight, y, "grid");
      out_ += Text(kLeft - 10, y + 4.5, "end", "text", t.label);
    }
    for (const Tick& t : x_->ticks()) {
      double x = x_->Pixel(t.value);
      out_ += Line(x, kBottom, x, kBottom + 5, "axis");
      out_ += Text(x, kBottom + 21, "middle", "text", t.label);
    }
    out_ += Line(kLeft, kBottom, kRight, kBottom, "axis");
  }

  std::vector<Point> Pixels(std::span<const Point> points) const {
    std::vector<Point> out;
    for (const Point& p : points) {
      // Far outside is cut off anyway, and huge coordinates break renderers.
      double y = std::clamp(y_->Pixel(p.second), -kHeight, 2 * kHeight);
      out.emplace_back(x_->Pixel(p.first), y);
    }
    return out;
  }

  static bool Dotted(const Drawn& d) { return d.raw.empty() && d.trend.size() <= kDotsUpTo; }

  static std::string Dot(Point at, size_t i) {
    return StrCat("<circle cx=\"", Number(at.first), "\" cy=\"", Number(at.second),
                  "\" r=\"3.4\" class=\"f", i % kColours, "\"/>\n");
  }

  void Raw(size_t i) {
    if (drawn_[i].raw.empty()) return;
    out_ += Polyline(Envelope(Pixels(drawn_[i].raw), 2), StrCat("raw s", i % kColours));
  }

  void Trend(size_t i) {
    const Drawn& d = drawn_[i];
    if (d.trend.empty()) return;
    std::vector<Point> pixels = Pixels(d.trend);
    out_ += Polyline(d.raw.empty() ? pixels : Thin(pixels, 3), Stroke(i));
    if (!Dotted(d)) return;
    for (const Point& p : pixels) out_ += Dot(p, i);
  }

  // The last value of each series beside its end, moved apart where they would overlap.
  void EndValues(double top) {
    struct Label {
      size_t series;
      double x, y;
    };
    std::vector<Label> labels;
    for (size_t i = 0; i < drawn_.size(); ++i) {
      if (drawn_[i].trend.empty()) continue;
      Point end = Pixels(std::span(drawn_[i].trend).last(1))[0];
      labels.push_back({i, end.first, std::clamp(end.second, top, kBottom)});
    }
    std::stable_sort(labels.begin(), labels.end(),
                     [](const Label& a, const Label& b) { return a.y < b.y; });
    // Clusters of labels that touch, each centred on where its members want to be.
    std::vector<double> centre;
    std::vector<size_t> size;
    for (const Label& label : labels) {
      centre.push_back(label.y);
      size.push_back(1);
      while (size.size() > 1) {
        size_t k = size.size() - 1;
        double apart = kLabelGap * static_cast<double>(size[k] + size[k - 1]) / 2;
        if (centre[k] - centre[k - 1] >= apart) break;
        double a = static_cast<double>(size[k - 1]), b = static_cast<double>(size[k]);
        centre[k - 1] = (centre[k - 1] * a + centre[k] * b) / (a + b);
        size[k - 1] += size[k];
        centre.pop_back();
        size.pop_back();
      }
    }
    size_t next = 0;
    for (size_t k = 0; k < size.size(); ++k) {
      double first = centre[k] - kLabelGap * static_cast<double>(size[k] - 1) / 2;
      for (size_t j = 0; j < size[k]; ++j, ++next) {
        const Label& label = labels[next];
        double y = first + kLabelGap * static_cast<double>(j) + 4.5;
        out_ += Text(kRight + 12, y, "start", StrCat("value f", label.series % kColours),
                     FormatValue(drawn_[label.series].trend.back().second));
      }
    }
  }

  const LineChart& chart_;
  std::string id_;
  bool standalone_;
  std::vector<Drawn> drawn_;
  std::optional<Axis> x_, y_;
  std::string out_;
};

}  // namespace

std::string LineChart::Style() {
  // Scoped: on a page there is other text, too. On paper charts stay light.
  auto colours = [](const char* panel, const char* frame, const char* title, const char* text,
                    const char* grid, const char* axis, const char* Colour::*tone) {
    std::string out = StrCat(".chart .panel{fill:", panel, ";stroke:", frame,
                             "}.chart .title{fill:", title, "}.chart .text{fill:", text,
                             "}.chart .grid{stroke:", grid, "}.chart .axis{stroke:", axis, "}");
    for (size_t i = 0; i < kColours; ++i) {
      out += StrCat(".chart .s", i, "{stroke:", kPalette[i].*tone, "}.chart .f", i,
                    "{fill:", kPalette[i].*tone, "}");
    }
    return out;
  };
  return StrCat(
      ".chart text{font-family:system-ui,-apple-system,'Segoe UI',Roboto,'Helvetica Neue',Arial,"
      "sans-serif;font-size:13px}.chart .title{font-size:18px;font-weight:600}"
      ".chart .value{font-weight:600}"
      ".chart .line{fill:none;stroke-width:2.4;stroke-linejoin:round;stroke-linecap:round}"
      ".chart .dashed{stroke-dasharray:7 5}"
      ".chart .raw{fill:none;stroke-width:1;stroke-opacity:.28;stroke-linejoin:round}"
      ".chart .panel,.chart .grid,.chart .axis{stroke-width:1}",
      colours("#fff", "#d5dae1", "#1a2230", "#4b5666", "#e7eaef", "#98a2b0", &Colour::light),
      "@media screen and (prefers-color-scheme:dark){",
      colours("#161b24", "#333c4a", "#eef2f7", "#a9b4c3", "#262e3a", "#6c7787", &Colour::dark),
      "}");
}

std::string LineChart::Svg() const { return Drawing(*this, "plot", true).Run(); }

std::string LineChart::Figure(const std::string& id) const {
  return Drawing(*this, id, false).Run();
}

}  // namespace duomo::evaluation
