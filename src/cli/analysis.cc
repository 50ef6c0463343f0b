#include "cli/analysis.h"

#include <utility>

#include "cli/command.h"
#include "selection/split_choice.h"

namespace duomo::cli {
Analysis Analyse(const DataOptions& options, const std::string& split, uint64_t seed) {
  Analysis out;
  out.data = Understand(options, EvidenceOf::kAll);
  for (const std::string& line : out.data.Lines()) Log("%s\n", line.c_str());
  out.goal = options.evidence.goal;
  selection::SplitChoice choice{split, "as asked for"};
  if (split.empty()) choice = selection::ChooseSplit(out.data.dataset, out.goal);
  out.spec = data::ParseSplit(choice.split);
  out.split = SplitData(options, out.spec, out.data.dataset, seed);
  out.why = choice.why;
  Log("goal: %s; test rows: %s (%s), %zu of %zu\n",
      out.goal == data::Goal::kRank ? "lists" : "ratings", choice.split.c_str(), out.why.c_str(),
      out.split.test.size(), out.data.dataset.interactions.size());
  return out;
}

}  // namespace duomo::cli
