#include "cli/two_stages.h"

#include <algorithm>
#include <numeric>
#include <unordered_map>

#include "core/thread_count.h"
#include "core/thread_pool.h"
#include "data/model_rows.h"
#include "training/pipeline.h"
#include "training/sequences.h"

namespace duomo::cli {
TwoStages RunTwoStages(const std::shared_ptr<const runtime::Engine>& candidates,
                       const std::shared_ptr<const runtime::Engine>& ranking, const TestData& test,
                       const evaluation::RankingTask& task, size_t count) {
  const model::Model& model = candidates->model();
  std::vector<uint32_t> users = data::RowsInModel(test.dataset.users, model.users().keys);
  std::vector<uint32_t> items = data::RowsInModel(test.dataset.items, model.items().keys);
  std::vector<uint32_t> back(model.items().count, data::kNotInModel);
  for (uint32_t item = 0; item < items.size(); ++item) {
    if (items[item] != data::kNotInModel) back[items[item]] = item;
  }
  training::Sequences sequences(test.dataset.interactions, test.dataset.users.size(),
                                test.split.train);
  size_t n = test.dataset.users.size();
  std::vector<std::vector<uint32_t>> found(n), ordered(n);
  std::vector<double> predicted(task.cases.size()), observed(task.cases.size());
  const data::Interactions& all = test.dataset.interactions;
  auto taken = [&](uint32_t user, uint32_t item) { return uint64_t{user} << 32 | item; };
  std::unordered_map<uint64_t, float> ratings;  // of the test rows
  for (uint32_t row : test.split.test)
    ratings[taken(all.users[row], all.items[row])] = all.ratings[row];
  ThreadPool pool(FewThreads());
  pool.Run([&](size_t worker) {
    training::Pipeline stages(candidates, ranking);
    Range range = Share(task.cases.size(), worker, pool.size());
    for (size_t i = range.begin; i < range.end; ++i) {
      uint32_t user = task.cases[i].user;
      std::optional<uint32_t> known;
      if (users[user] != data::kNotInModel) known = users[user];
      std::vector<uint32_t> history;
      for (uint32_t item : sequences.ItemsOf(user)) {
        if (items[item] != data::kNotInModel) history.push_back(items[item]);
      }
      auto results = stages.Recommend(known, history, count, count);
      std::erase_if(results, [&](const auto& r) { return back[r.item] == data::kNotInModel; });
      for (const auto& r : results) {
        ordered[user].push_back(back[r.item]);
        predicted[i] += double{r.output};
        auto rating = ratings.find(taken(user, back[r.item]));
        if (rating != ratings.end()) observed[i] += double{rating->second};
      }
      std::sort(results.begin(), results.end(), [](const auto& a, const auto& b) {
        return a.candidate_score != b.candidate_score ? a.candidate_score > b.candidate_score
                                                      : a.item < b.item;
      });
      for (const auto& r : results) found[user].push_back(back[r.item]);
    }
  });
  auto mean = [](const std::vector<double>& x) {
    return std::accumulate(x.begin(), x.end(), 0.0) /
           static_cast<double>(std::max<size_t>(1, x.size()));
  };
  return {std::make_unique<evaluation::ListRecommender>("candidates", std::move(found)),
          std::make_unique<evaluation::ListRecommender>("pipeline", std::move(ordered)),
          mean(predicted), mean(observed)};
}

}  // namespace duomo::cli
