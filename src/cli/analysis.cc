#include "cli/analysis.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "cli/command.h"
#include "core/error.h"
#include "selection/split_choice.h"

namespace duomo::cli {
namespace {

// What one user takes says nothing of others, and of one item nobody needs a list.
void RequireSeveral(const Understood& data) {
  const data::Interactions& rows = data.dataset.interactions;
  auto require = [&](const std::vector<uint32_t>& side, const char* one) {
    bool several = std::any_of(side.begin(), side.end(), [&](uint32_t row) { return row != side[0]; });
    if (several) return;
    Fail(Status::kInvalidArgument, "all ", side.size(), " rows are of one ", one,
         ", so nothing can be learned about others; give more rows, or name the column of ", one,
         "s with --map ", one, "=COLUMN");
  };
  require(rows.users, "user");
  require(rows.items, "item");
}

}  // namespace

Analysis Analyse(const DataOptions& options, const std::string& split, uint64_t seed) {
  Analysis out;
  out.data = Understand(options, EvidenceOf::kAll);
  for (const std::string& line : out.data.Lines()) Log("%s\n", line.c_str());
  RequireSeveral(out.data);
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
