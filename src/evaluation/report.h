// Several systems side by side as one HTML page that needs nothing else: no script, no font and no
// address from elsewhere. Data in, text out; the same data give the same bytes.
#pragma once

#include <string>
#include <vector>

#include "evaluation/chart.h"
#include "evaluation/measures.h"

namespace duomo::evaluation {

struct SystemReport {
  std::string name;
  std::vector<Measure> measures;
  std::vector<std::pair<double, double>> recall_by_k;  // ascending k
  std::vector<CalibrationBin> calibration;             // empty where it predicts no ratings
};

// The best value of each measure among `systems`, ties included; never of kNeither.
bool IsBest(const std::vector<SystemReport>& systems, const Measure& measure);

struct MapPoint {
  double x = 0, y = 0;
  std::string title, group;  // group: its colour and shape; the 8 most frequent have one each
};

struct ExampleItem {
  std::string title, note;  // note: "5", "held out" or empty
  bool found = false;       // a held-out item
};

struct ExampleUser {
  std::string name;
  std::vector<ExampleItem> liked, recommended;
};

// The systems on a part of the cases (slices.h), with a table of its own.
struct ReportPart {
  std::string title;
  std::vector<SystemReport> systems;
};

// All texts may hold anything; they are escaped.
struct Report {
  std::string title, subtitle;
  std::vector<std::string> warnings;
  std::vector<std::string> notes;  // what people should know and need not worry about
  std::vector<SystemReport> systems;
  std::vector<ReportPart> parts;
  std::vector<LineChart> costs;  // of trainings, one a run
  std::string model;             // whose map and examples these are
  std::vector<MapPoint> map;
  std::vector<ExampleUser> examples;

  std::string Html() const;
};

}  // namespace duomo::evaluation
