#include "evaluation/ranking.h"

#include <algorithm>
#include <cmath>

#include "core/random.h"

namespace duomo::evaluation {
namespace {

constexpr uint32_t kNone = UINT32_MAX;

struct Better {
  std::span<const float> scores;
  bool operator()(uint32_t a, uint32_t b) const {
    return scores[a] != scores[b] ? scores[a] > scores[b] : a < b;
  }
};

bool Holds(std::span<const uint32_t> ascending, uint32_t item) {
  return std::binary_search(ascending.begin(), ascending.end(), item);
}

// The first k of `rows` in order; the others are dropped.
void KeepFirst(std::vector<uint32_t>& rows, size_t k, const Better& better) {
  if (k < rows.size()) {
    std::nth_element(rows.begin(), rows.begin() + static_cast<std::ptrdiff_t>(k), rows.end(),
                     better);
    rows.resize(k);
  }
  std::sort(rows.begin(), rows.end(), better);
}

void CheckList(const RankingCase& c, const std::vector<uint32_t>& list, const char* what,
               uint32_t items) {
  for (size_t i = 0; i < list.size(); ++i) {
    if (list[i] < items && (i == 0 || list[i - 1] < list[i])) continue;
    Fail(Status::kInvalidArgument, "user row ", c.user, ": the ", what,
         " items must ascend and be below ", items);
  }
}

void Check(const RankingTask& task, const RankingOptions& options) {
  if (task.cases.empty()) Fail(Status::kInvalidArgument, "there is no user to evaluate on");
  if (task.item_users.size() != task.items) {
    Fail(Status::kInvalidArgument, "popularity of ", task.item_users.size(), " items, but ",
         task.items, " are in the catalogue");
  }
  if (options.ks.empty()) Fail(Status::kInvalidArgument, "no k is given to cut the rankings at");
  for (uint32_t k : options.ks) {
    if (k == 0) Fail(Status::kInvalidArgument, "rankings cannot be cut at k = 0");
  }
  for (const RankingCase& c : task.cases) {
    if (c.relevant.empty()) {
      Fail(Status::kInvalidArgument, "user row ", c.user, " has no relevant item");
    }
    CheckList(c, c.relevant, "relevant", task.items);
    CheckList(c, c.excluded, "excluded", task.items);
    for (uint32_t item : c.relevant) {
      if (!Holds(c.excluded, item)) continue;
      Fail(Status::kInvalidArgument, "user row ", c.user, ": item row ", item,
           " is both relevant and excluded");
    }
  }
}

// 1/log2(rank + 1) and its sums, by rank from 1.
struct Discounts {
  explicit Discounts(size_t n) : at(n + 1), sum(n + 1) {
    for (size_t rank = 1; rank <= n; ++rank) {
      at[rank] = 1 / std::log2(static_cast<double>(rank) + 1);
      sum[rank] = sum[rank - 1] + at[rank];
    }
  }
  std::vector<double> at, sum;
};

// Metrics of a list that starts with the `ranked` items.
UserRanking Measure(std::span<const uint32_t> ranked, const RankingCase& c, uint32_t k,
                    const Discounts& discounts) {
  size_t best = std::min<size_t>(c.relevant.size(), k), hits = 0;
  double gain = 0, precisions = 0;
  for (size_t i = 0; i < std::min<size_t>(k, ranked.size()); ++i) {
    if (!Holds(c.relevant, ranked[i])) continue;
    ++hits;
    gain += discounts.at[i + 1];
    precisions += static_cast<double>(hits) / static_cast<double>(i + 1);
  }
  UserRanking out;
  out.hit = hits > 0 ? 1 : 0;
  out.ndcg = gain / discounts.sum[best];
  out.recall = static_cast<double>(hits) / static_cast<double>(c.relevant.size());
  out.precision = static_cast<double>(hits) / k;
  out.average_precision = precisions / static_cast<double>(best);
  return out;
}

// Rows that are neither seen nor relevant, drawn without repetition.
void AddNegatives(const RankingCase& c, uint32_t items, const RankingOptions& options,
                  std::vector<uint32_t>& rows) {
  std::vector<uint32_t> pool;
  for (uint32_t item = 0; item < items; ++item) {
    if (!Holds(c.excluded, item) && !Holds(c.relevant, item)) pool.push_back(item);
  }
  // Splitmix's odd constant keeps the users' seeds apart.
  Random random(options.seed + (uint64_t{c.user} + 1) * 0x9E3779B97F4A7C15u);
  size_t n = std::min<size_t>(options.sampled_negatives, pool.size());
  for (size_t i = 0; i < n; ++i) {
    std::swap(pool[i], pool[i + static_cast<size_t>(random.Below(pool.size() - i))]);
    rows.push_back(pool[i]);
  }
}

// One k's lists while users are being evaluated.
struct Lists {
  std::vector<double> novelty, popularity;  // by case; NaN: an empty list
};

class Evaluation {
 public:
  Evaluation(const Recommender& recommender, const RankingTask& task, const RankingOptions& options)
      : recommender_(recommender),
        task_(task),
        options_(options),
        longest_(*std::max_element(options.ks.begin(), options.ks.end())),
        discounts_(std::max<size_t>(1, std::min<size_t>(longest_, task.items))) {}

  RankingResult Run(ThreadPool& pool) {
    size_t n = task_.cases.size(), ks = options_.ks.size();
    result_.reciprocal_ranks.resize(n);
    result_.at.resize(ks);
    lists_.resize(ks);
    for (size_t j = 0; j < ks; ++j) {
      result_.at[j].k = options_.ks[j];
      result_.at[j].users.resize(n);
      lists_[j].novelty.assign(n, NAN);
      lists_[j].popularity.assign(n, NAN);
    }
    std::vector<std::vector<std::vector<uint32_t>>> listed(
        pool.size(), std::vector(ks, std::vector<uint32_t>(task_.items)));
    pool.Run([&](size_t worker) {
      Range range = Share(n, worker, pool.size());
      std::vector<float> scores(task_.items);
      std::vector<uint32_t> rows;
      for (size_t i = range.begin; i < range.end; ++i) User(i, scores, rows, listed[worker]);
    });
    for (size_t j = 0; j < ks; ++j) {
      for (size_t w = 1; w < listed.size(); ++w) {
        for (size_t i = 0; i < task_.items; ++i) listed[0][j][i] += listed[w][j][i];
      }
      Summarise(j, listed[0][j]);
    }
    for (double r : result_.reciprocal_ranks) result_.mrr += r;
    result_.mrr /= static_cast<double>(n);
    return std::move(result_);
  }

 private:
  void User(size_t index, std::vector<float>& scores, std::vector<uint32_t>& rows,
            std::vector<std::vector<uint32_t>>& listed) {
    const RankingCase& c = task_.cases[index];
    recommender_.Score(c.user, scores);
    for (uint32_t item = 0; item < task_.items; ++item) {
      if (!std::isnan(scores[item])) continue;
      Fail(Status::kInvalidArgument, '"', recommender_.name(), "\" scored item row ", item,
           " for user row ", c.user, " with NaN");
    }
    for (uint32_t item : c.excluded) scores[item] = kCannot;
    rows.clear();
    if (options_.sampled_negatives > 0) {
      rows = c.relevant;
      AddNegatives(c, task_.items, options_, rows);
    } else {
      for (uint32_t item = 0; item < task_.items; ++item) rows.push_back(item);
    }
    std::erase_if(rows, [&](uint32_t item) { return scores[item] == kCannot; });
    Better better{scores};
    uint32_t first = kNone;
    for (uint32_t item : c.relevant) {
      if (scores[item] == kCannot) continue;
      if (first == kNone || better(item, first)) first = item;
    }
    if (first != kNone) {
      auto ahead = std::count_if(rows.begin(), rows.end(),
                                 [&](uint32_t item) { return better(item, first); });
      result_.reciprocal_ranks[index] = 1 / (static_cast<double>(ahead) + 1);
    }
    KeepFirst(rows, longest_, better);
    for (size_t j = 0; j < options_.ks.size(); ++j) {
      result_.at[j].users[index] = Measure(rows, c, options_.ks[j], discounts_);
      if (options_.sampled_negatives == 0) List(index, j, rows, listed[j]);
    }
  }

  void List(size_t index, size_t j, std::span<const uint32_t> rows, std::vector<uint32_t>& listed) {
    rows = rows.subspan(0, std::min<size_t>(rows.size(), options_.ks[j]));
    if (rows.empty()) return;
    double novelty = 0, popularity = 0;
    for (uint32_t item : rows) {
      ++listed[item];
      double users = task_.item_users[item];
      popularity += users;
      novelty -= std::log2(std::max(users, 1.0) / std::max(1.0, double(task_.training_users)));
    }
    lists_[j].novelty[index] = novelty / static_cast<double>(rows.size());
    lists_[j].popularity[index] = popularity / static_cast<double>(rows.size());
  }

  static double MeanOf(const std::vector<double>& values) {
    double sum = 0, n = 0;
    for (double v : values) {
      if (std::isnan(v)) continue;
      sum += v;
      n += 1;
    }
    return n > 0 ? sum / n : 0;
  }

  void Summarise(size_t j, std::vector<uint32_t>& listed) {
    RankingAt& at = result_.at[j];
    for (const UserRanking& u : at.users) {
      at.mean.hit += u.hit;
      at.mean.ndcg += u.ndcg;
      at.mean.recall += u.recall;
      at.mean.precision += u.precision;
      at.mean.average_precision += u.average_precision;
    }
    auto n = static_cast<double>(at.users.size());
    for (double* m : {&at.mean.hit, &at.mean.ndcg, &at.mean.recall, &at.mean.precision,
                      &at.mean.average_precision}) {
      *m /= n;
    }
    if (options_.sampled_negatives > 0) return;
    ListMetrics& lists = at.lists.emplace();
    lists.novelty = MeanOf(lists_[j].novelty);
    lists.popularity = MeanOf(lists_[j].popularity);
    std::sort(listed.begin(), listed.end());
    auto items = static_cast<double>(listed.size());
    double total = 0, weighted = 0, present = 0;
    for (size_t i = 0; i < listed.size(); ++i) {
      total += listed[i];
      weighted += (2 * static_cast<double>(i + 1) - items - 1) * listed[i];
      present += listed[i] > 0 ? 1 : 0;
    }
    lists.coverage = present / items;
    lists.gini = total > 0 ? weighted / (items * total) : 0;
  }

  const Recommender& recommender_;
  const RankingTask& task_;
  const RankingOptions& options_;
  uint32_t longest_;
  Discounts discounts_;
  RankingResult result_;
  std::vector<Lists> lists_;
};

}  // namespace

RankingResult EvaluateRanking(const Recommender& recommender, const RankingTask& task,
                              const RankingOptions& options, ThreadPool& pool) {
  Check(task, options);
  return Evaluation(recommender, task, options).Run(pool);
}

std::vector<uint32_t> TopRows(std::span<const float> scores, std::span<const uint32_t> excluded,
                              size_t k) {
  std::vector<uint32_t> rows;
  for (uint32_t item = 0; item < scores.size(); ++item) {
    if (scores[item] > kCannot && !Holds(excluded, item)) rows.push_back(item);
  }
  KeepFirst(rows, k, Better{scores});
  return rows;
}

}  // namespace duomo::evaluation
