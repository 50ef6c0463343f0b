// Cost curves: of a running training, and from the log that one wrote.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "evaluation/chart.h"

namespace duomo::cli {

using Costs = std::vector<std::pair<double, double>>;  // step, cost

evaluation::LineChart CostChart(const std::string& title, const Costs& train, const Costs& test);

// From a file of `train --log`. Other events are passed over, and a last line without its end,
// which a training may still be writing. Throws Error: kCorrupt with the line for one that is no
// event, or when there is no cost at all; as FileBytes::Read.
evaluation::LineChart CostChartOfLog(const std::string& path);

}  // namespace duomo::cli
