#include "evaluation/chart.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <sstream>

#include "core/random.h"
#include "evaluation/xml_check.h"

namespace duomo::evaluation {
namespace {

using duomo::testing::Element;
using duomo::testing::XmlCheck;

LineChart Costs(size_t steps) {
  Random random(3);
  LineChart chart{
      "train and test cost", "step", "squared error", {{"train cost", {}}, {"test cost", {}}}};
  for (size_t i = 0; i < steps; ++i) {
    double x = static_cast<double>(i), cost = 3.2 + 6 * std::exp(-x / 300);
    chart.series[0].points.emplace_back(x, cost + 0.3 * random.Normal());
    if (i % 500 == 0) chart.series[1].points.emplace_back(x, cost);
  }
  return chart;
}

// Well-formed, and every coordinate is a number inside the picture's neighbourhood.
void ExpectSound(const std::string& svg) {
  XmlCheck xml(svg);
  ASSERT_EQ(xml.error(), "") << svg.substr(0, 2000);
  EXPECT_EQ(svg.find("nan"), svg.npos);
  EXPECT_EQ(svg.find("inf"), svg.npos);
  ASSERT_EQ(xml.elements()[0].name, "svg");
  EXPECT_EQ(xml.elements()[0].attributes.at("viewBox"), "0 0 860 480");
  for (const Element& e : xml.elements()) {
    for (const char* name :
         {"x", "y", "x1", "y1", "x2", "y2", "cx", "cy", "width", "height", "points"}) {
      auto found = e.attributes.find(name);
      if (found == e.attributes.end()) continue;
      std::string numbers = found->second;
      for (char& c : numbers) c = c == ',' ? ' ' : c;
      std::istringstream in(numbers);
      double value = 0;
      size_t count = 0;
      for (; in >> value; ++count) {
        EXPECT_GE(value, -500) << e.name << " " << name;
        EXPECT_LE(value, 1000) << e.name << " " << name;
      }
      EXPECT_TRUE(in.eof()) << e.name << " " << name << ": " << found->second;
      EXPECT_GE(count, 1u) << e.name << " " << name;
    }
  }
}

std::vector<std::string> Texts(const XmlCheck& xml) {
  std::vector<std::string> out;
  for (const Element& e : xml.All("text")) out.push_back(e.text);
  return out;
}

bool Has(const std::vector<std::string>& all, const std::string& one) {
  return std::find(all.begin(), all.end(), one) != all.end();
}

TEST(LineChart, HasTitleLabelsTicksLegendAndLines) {
  LineChart chart = Costs(7001);
  std::string svg = chart.Svg();
  ExpectSound(svg);
  XmlCheck xml(svg);
  std::vector<std::string> texts = Texts(xml);
  for (const char* text : {"train and test cost", "step", "squared error", "train cost",
                           "test cost", "0", "1,000", "7,000"}) {
    EXPECT_TRUE(Has(texts, text)) << text;
  }
  EXPECT_EQ(xml.All("title").at(0).text, "train and test cost");
  // A pale raw line, and one line a series.
  std::vector<Element> lines = xml.All("polyline");
  ASSERT_EQ(lines.size(), 3u);
  EXPECT_EQ(lines[0].attributes.at("class"), "raw s0");
  EXPECT_EQ(lines[1].attributes.at("class"), "line s0");
  EXPECT_EQ(lines[2].attributes.at("class"), "line s1");
  EXPECT_EQ(xml.All("circle").size(), 15u + 1);  // the test costs, and one in the legend
  EXPECT_NE(svg.find("prefers-color-scheme:dark"), svg.npos);
}

TEST(LineChart, IsSmallHoweverLongTheSeries) {
  size_t few = Costs(2000).Svg().size(), many = Costs(300000).Svg().size();
  EXPECT_LT(few, 40000u);
  EXPECT_LT(many, 40000u);
}

TEST(LineChart, TheSameDataGiveTheSameBytes) { EXPECT_EQ(Costs(3000).Svg(), Costs(3000).Svg()); }

TEST(LineChart, ThePointsLieWhereTheAxesSay) {
  LineChart chart{"t", "x", "y", {{"s", {{0, 0}, {5, 5}, {10, 10}}}}};
  XmlCheck xml(chart.Svg());
  ASSERT_EQ(xml.error(), "");
  std::vector<Element> dots = xml.All("circle");
  ASSERT_EQ(dots.size(), 4u);
  auto place = [&](size_t i, const char* name) { return std::stod(dots[i].attributes.at(name)); };
  // The first dot is the legend's.
  EXPECT_NEAR(place(2, "cx"), (place(1, "cx") + place(3, "cx")) / 2, 0.11);
  EXPECT_NEAR(place(2, "cy"), (place(1, "cy") + place(3, "cy")) / 2, 0.11);
  EXPECT_LT(place(1, "cx"), place(3, "cx"));
  EXPECT_GT(place(1, "cy"), place(3, "cy"));  // up is more
  double bottom = 0;
  for (const Element& e : xml.All("line"))
    bottom = std::max(bottom, std::stod(e.attributes.at("y1")));
  EXPECT_NEAR(place(1, "cy"), bottom, 0.11);
}

TEST(LineChart, OddDataAreDrawnWithoutNonsense) {
  const double nan = std::numeric_limits<double>::quiet_NaN(),
               inf = std::numeric_limits<double>::infinity();
  ExpectSound(LineChart{}.Svg());
  ExpectSound(LineChart{"empty", "", "", {{"none", {}}}}.Svg());
  EXPECT_TRUE(Has(Texts(XmlCheck(LineChart{}.Svg())), "no data"));
  ExpectSound(LineChart{"one", "", "", {{"s", {{3, 3}}}}}.Svg());
  ExpectSound(
      LineChart{"gaps", "", "", {{"s", {{0, nan}, {1, inf}, {2, 2}, {nan, 1}, {3, -inf}}}}}.Svg());
  ExpectSound(LineChart{"only gaps", "", "", {{"s", {{0, nan}}}}}.Svg());
  ExpectSound(LineChart{"flat", "", "", {{"s", {{0, 1e-300}, {1, 1e-300}}}}}.Svg());
  ExpectSound(LineChart{"huge", "", "", {{"s", {{-1e300, 1e300}, {1e300, -1e300}}}}}.Svg());
  ExpectSound(
      LineChart{"largest", "", "", {{"s", {{-1.7e308, 1.7e308}, {1.7e308, -1.7e308}, {1, 1}}}}}
          .Svg());
  ExpectSound(LineChart{"close", "", "", {{"s", {{1e9, 1}, {1e9 + 1e-7, 1 + 1e-16}}}}}.Svg());
  LineChart noisy{"outlier", "", "", {{"s", {}, true}}};
  for (int i = 0; i < 1000; ++i) noisy.series[0].points.emplace_back(i, i == 500 ? 1e30 : i % 7);
  ExpectSound(noisy.Svg());
}

TEST(LineChart, LogarithmicAxesLeaveOutWhatHasNoLogarithm) {
  LineChart chart{
      "log", "x", "y", {{"s", {{0, 1}, {1, 0}, {1, 10}, {10, 100}, {100, -5}, {100, 1000}}}}};
  chart.log_x = chart.log_y = true;
  ExpectSound(chart.Svg());
  EXPECT_EQ(XmlCheck(chart.Svg()).All("circle").size(), 4u);
}

TEST(LineChart, TextsOfAnyContentStayText) {
  const std::string nasty = "a<b> & \"c\" 'd' \x01 é 日本";
  LineChart chart{nasty, nasty, nasty, {{nasty, {{0, 1}, {1, 2}}}}};
  ExpectSound(chart.Svg());
  EXPECT_TRUE(Has(Texts(XmlCheck(chart.Svg())), "a<b> & \"c\" 'd' ? é 日本"));
  chart.title = "latin1 \xe9 and \xff";
  ExpectSound(chart.Svg());
  chart.title = "not a character: \xef\xbf\xbf";
  EXPECT_TRUE(Has(Texts(XmlCheck(chart.Svg())), "not a character: ?"));
}

TEST(LineChart, EndValuesDoNotOverlap) {
  LineChart chart{"many", "x", "y", {}};
  for (int i = 0; i < 6; ++i) {
    chart.series.push_back({"series " + std::to_string(i), {{0, 0}, {1, 5 + 0.01 * i}}});
  }
  ExpectSound(chart.Svg());
  std::vector<double> heights;
  for (const Element& e : XmlCheck(chart.Svg()).All("text")) {
    if (e.attributes.at("class").starts_with("value"))
      heights.push_back(std::stod(e.attributes.at("y")));
  }
  ASSERT_EQ(heights.size(), 6u);
  for (size_t i = 1; i < 6; ++i) EXPECT_GE(heights[i] - heights[i - 1], 15) << i;
}

}  // namespace
}  // namespace duomo::evaluation
