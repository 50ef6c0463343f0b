#include "cli/cost_log.h"

#include <string_view>

#include "cli/command.h"
#include "core/error.h"
#include "core/file_io.h"

namespace duomo::cli {

evaluation::LineChart CostChart(const std::string& title, const Costs& train, const Costs& test) {
  evaluation::LineChart chart;
  chart.title = title;
  chart.x_label = "step";
  chart.y_label = "cost";
  chart.series.push_back({"train, mean of a batch", train, true});
  if (!test.empty()) chart.series.push_back({"test", test, false});
  return chart;
}

evaluation::LineChart CostChartOfLog(const std::string& path) {
  FileBytes file = FileBytes::Read(path);
  std::string_view text(reinterpret_cast<const char*>(file.bytes().data()), file.bytes().size());
  Costs train, test;
  size_t line = 0;
  for (size_t end; (end = text.find('\n')) != text.npos; text.remove_prefix(end + 1)) {
    ++line;
    Json event = Json::parse(text.substr(0, end), nullptr, false);
    if (!event.is_object() || !event.contains("event")) {
      Fail(Status::kCorrupt, path, ", line ", line, ": not an event of train --log");
    }
    Costs* costs = event["event"] == "train" ? &train : event["event"] == "test" ? &test : nullptr;
    if (costs == nullptr) continue;
    if (!event.value("step", Json()).is_number() || !event.value("cost", Json()).is_number()) {
      Fail(Status::kCorrupt, path, ", line ", line, ": an event without step and cost");
    }
    costs->emplace_back(event["step"].get<double>(), event["cost"].get<double>());
  }
  if (train.empty() && test.empty()) Fail(Status::kCorrupt, path, " has no cost to draw");
  std::string name = path.substr(path.rfind('/') + 1);
  return CostChart("Cost of training: " + name.substr(0, name.rfind('.')), train, test);
}

}  // namespace duomo::cli
