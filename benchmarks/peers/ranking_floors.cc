// What a ranking has to beat on MovieLens 1M: the baselines on users 1 … 2999 (their timestamps are
// complete), leave-last-out, full catalogue; and with 99 sampled negatives, as papers report.
//   duomo-ranking-floors ML-1M.ZIP [BASELINE]
// BASELINE: only those whose name starts so. Seconds are processor time.
#include <cstdio>
#include <ctime>
#include <functional>
#include <memory>
#include <string>

#include "data/movielens.h"
#include "evaluation/baselines/bias.h"
#include "evaluation/baselines/content.h"
#include "evaluation/baselines/item_top_n.h"
#include "evaluation/baselines/item_transitions.h"
#include "evaluation/baselines/neighbours.h"
#include "evaluation/baselines/popularity.h"
#include "evaluation/bootstrap.h"
#include "evaluation/protocol.h"

namespace {

using namespace duomo;
using namespace duomo::evaluation;

int Run(const std::string& path, const std::string& only) {
  data::Dataset dataset = RestrictUsers(data::ReadMovieLens1M(path), 1, 2999);
  data::Split split = data::MakeSplit("leave-last", dataset.interactions);
  RankingCases cases = BuildRankingCases(dataset, split);
  auto ratings = RatingMatrix::Make(dataset, split.train);
  const data::Column& genres = *dataset.items.Find("genres");
  std::printf("%zu users, %zu ratings, %u items, %zu cases\n", dataset.users.size(),
              dataset.interactions.size(), cases.task.items, cases.task.cases.size());
  NeighbourhoodOptions supported;
  supported.min_support = 20;
  auto top_n = [&](uint32_t k) {
    ItemTopN::Options options;
    options.k = k;
    return std::make_unique<ItemTopN>(ratings, options);
  };
  const std::vector<std::pair<const char*, std::function<std::unique_ptr<Baseline>()>>> all = {
      {"popularity", [&] { return std::make_unique<Popularity>(ratings); }},
      {"popularity, favourite genre",
       [&] { return std::make_unique<GenrePopularity>(ratings, genres); }},
      {"bias", [&] { return std::make_unique<Bias>(dataset, split.train); }},
      {"item-top-n", [&] { return top_n(20); }},
      {"item-top-n, k 100", [&] { return top_n(100); }},
      {"item-top-n, all", [&] { return top_n(10000); }},
      {"item-transitions", [&] { return std::make_unique<ItemTransitions>(dataset, split.train); }},
      {"item-cf (predicted rating)", [&] { return std::make_unique<ItemCf>(ratings); }},
      {"item-cf, support 20", [&] { return std::make_unique<ItemCf>(ratings, supported); }},
      {"user-cf (predicted rating)", [&] { return std::make_unique<UserCf>(ratings); }},
      {"content", [&] { return std::make_unique<ContentBased>(ratings, dataset.items); }},
  };
  ThreadPool pool(1);
  RankingOptions full, sampled;
  full.ks = {10, 50};
  sampled.ks = {10};
  sampled.sampled_negatives = 99;
  std::printf("%-28s %7s %7s %16s %7s %7s %7s %7s %7s %7s | %7s %7s\n", "", "HR@10", "NDCG@10",
              "95 %", "R@50", "MRR", "cover", "novelty", "popular", "seconds", "HR@10 s", "NDCG s");
  for (const auto& [name, make] : all) {
    if (!std::string(name).starts_with(only)) continue;
    std::clock_t start = std::clock();
    auto baseline = make();
    RankingResult r = EvaluateRanking(*baseline, cases.task, full, pool);
    double seconds = static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;
    RankingResult s = EvaluateRanking(*baseline, cases.task, sampled, pool);
    std::vector<double> ndcg;
    for (const UserRanking& u : r.at[0].users) ndcg.push_back(u.ndcg);
    Interval interval = BootstrapMean(ndcg);
    std::printf(
        "%-28s %7.4f %7.4f  %.4f – %.4f %7.4f %7.4f %7.4f %7.2f %7.0f %7.1f | %7.4f %7.4f\n", name,
        r.at[0].mean.hit, r.at[0].mean.ndcg, interval.low, interval.high, r.at[1].mean.recall,
        r.mrr, r.at[0].lists->coverage, r.at[0].lists->novelty, r.at[0].lists->popularity, seconds,
        s.at[0].mean.hit, s.at[0].mean.ndcg);
    std::fflush(stdout);
  }
  return 0;
}

}  // namespace

int main(int count, char** arguments) {
  if (count < 2 || count > 3) {
    std::fprintf(stderr, "usage: duomo-ranking-floors ML-1M.ZIP [BASELINE]\n");
    return 2;
  }
  try {
    return Run(arguments[1], count == 3 ? arguments[2] : "");
  } catch (const std::exception& error) {
    std::fprintf(stderr, "duomo-ranking-floors: %s\n", error.what());
    return 1;
  }
}
