#include "evaluation/slices.h"

#include <algorithm>

#include "core/error.h"
#include "core/text.h"

namespace duomo::evaluation {

RankingResult OfCases(const RankingResult& whole, const std::vector<uint8_t>& kept) {
  auto n = static_cast<size_t>(std::count_if(kept.begin(), kept.end(), [](auto k) { return k; }));
  if (kept.size() != whole.reciprocal_ranks.size() || n == 0) {
    Fail(Status::kInvalidArgument, n, " of ", kept.size(), " cases are kept of ",
         whole.reciprocal_ranks.size(), " that were measured");
  }
  RankingResult out;
  for (size_t i = 0; i < kept.size(); ++i) {
    if (kept[i]) out.reciprocal_ranks.push_back(whole.reciprocal_ranks[i]);
  }
  for (double r : out.reciprocal_ranks) out.mrr += r / static_cast<double>(n);
  for (const RankingAt& from : whole.at) {
    RankingAt& at = out.at.emplace_back();
    at.k = from.k;
    for (size_t i = 0; i < kept.size(); ++i) {
      if (kept[i]) at.users.push_back(from.users[i]);
    }
    at.mean = MeanOf(at.users);
  }
  return out;
}

std::optional<ColdTasks> MakeColdTasks(const RankingTask& task) {
  auto cold = [&](uint32_t item) { return task.item_users[item] == 0; };
  ColdTasks out;
  out.among_all.items = task.items;
  out.among_all.item_users = task.item_users;
  out.among_all.training_users = task.training_users;
  for (const RankingCase& c : task.cases) {
    RankingCase part;
    part.user = c.user;
    std::vector<uint32_t> warm;  // would be right, too, and is not asked for here
    for (uint32_t item : c.relevant) (cold(item) ? part.relevant : warm).push_back(item);
    if (part.relevant.empty()) continue;
    std::merge(c.excluded.begin(), c.excluded.end(), warm.begin(), warm.end(),
               std::back_inserter(part.excluded));
    out.among_all.cases.push_back(std::move(part));
  }
  if (out.among_all.cases.empty()) return std::nullopt;
  out.among_cold = out.among_all;
  for (uint32_t item = 0; item < task.items; ++item) {
    if (cold(item)) out.among_cold.candidates.push_back(item);
  }
  out.items = out.among_cold.candidates.size();
  return out;
}

std::vector<Slice> MeasureSlices(const Recommender& recommender, const RankingCases& cases,
                                 const RankingResult& whole, const RankingOptions& options,
                                 ThreadPool& pool) {
  std::vector<Slice> out;
  auto same =
      static_cast<size_t>(std::count(cases.same_time.begin(), cases.same_time.end(), uint8_t{1}));
  if (same > 0 && same < cases.same_time.size()) {
    std::vector<uint8_t> kept;
    for (uint8_t s : cases.same_time) kept.push_back(s ? 0 : 1);
    out.push_back({StrCat("without users whose test row has the time of the row before: ",
                          kept.size() - same, " of ", kept.size()),
                   OfCases(whole, kept)});
  }
  if (auto cold = MakeColdTasks(cases.task)) {
    std::string users = StrCat(cold->among_all.cases.size(), " users");
    out.push_back({StrCat("items without a training row, among all: ", users, ", ",
                          cases.task.items, " items"),
                   EvaluateRanking(recommender, cold->among_all, options, pool)});
    RankingOptions few = options;
    few.sampled_negatives = 0;  // the cold items are the sample
    out.push_back({StrCat("items without a training row, among such items alone: ", users, ", ",
                          cold->items, " items"),
                   EvaluateRanking(recommender, cold->among_cold, few, pool)});
  }
  return out;
}

}  // namespace duomo::evaluation
