#include "evaluation/ranking.h"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <limits>

#include "core/random.h"
#include "evaluation/listed.h"
#include "evaluation/ranked_rows.h"

namespace duomo::evaluation {
namespace {

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

struct Scratch {
  std::vector<float> scores, drawn;
  std::vector<uint32_t> rows;
  RankedRows ranked;
};

class Evaluation {
 public:
  Evaluation(const Recommender& recommender, const RankingTask& task, const RankingOptions& options)
      : recommender_(recommender),
        task_(task),
        options_(options),
        longest_(*std::max_element(options.ks.begin(), options.ks.end())),
        discounts_(std::max<size_t>(1, std::min<size_t>(longest_, task.items))),
        novelty_(task) {}

  RankingResult Run(ThreadPool& pool) {
    size_t n = task_.cases.size();
    result_.reciprocal_ranks.resize(n);
    for (uint32_t k : options_.ks) {
      RankingAt& at = result_.at.emplace_back();
      at.k = k;
      at.users.resize(n);
      if (options_.sampled_negatives == 0) listed_.emplace_back(novelty_, k, n);
    }
    std::atomic<uint64_t> nans = 0;
    pool.Run([&](size_t worker) {
      Range range = Share(n, worker, pool.size());
      Scratch scratch;
      scratch.scores.resize(task_.items);
      for (size_t i = range.begin; i < range.end; ++i) {
        recommender_.Score(task_.cases[i].user, scratch.scores);
        nans += User(i, scratch);
      }
    });
    result_.nan_scores = nans;
    for (size_t j = 0; j < options_.ks.size(); ++j) Summarise(j);
    for (double r : result_.reciprocal_ranks) result_.mrr += r;
    result_.mrr /= static_cast<double>(n);
    return std::move(result_);
  }

 private:
  // Returns how many scores were no numbers.
  uint64_t User(size_t index, Scratch& s) {
    const RankingCase& c = task_.cases[index];
    for (uint32_t item : c.excluded) s.scores[item] = kCannot;
    uint64_t nans = CountScores(s.scores, [](float score) { return score != score; });
    if (nans > 0) {
      for (float& score : s.scores) {
        if (std::isnan(score)) score = std::numeric_limits<float>::lowest();
      }
    }
    if (options_.sampled_negatives > 0) {
      s.rows = c.relevant;
      AddNegatives(c, task_.items, options_, s.rows);
      s.drawn.assign(task_.items, kCannot);
      for (uint32_t item : s.rows) s.drawn[item] = s.scores[item];
      s.scores.swap(s.drawn);
    }
    float first = kCannot;  // the best relevant score
    for (uint32_t item : c.relevant) first = std::max(first, s.scores[item]);
    if (first > kCannot) {
      TieGroup tied{CountScores(s.scores, [&](float score) { return score == first; }), 0};
      for (uint32_t item : c.relevant) tied.relevant += s.scores[item] == first ? 1 : 0;
      result_.reciprocal_ranks[index] = ExpectedReciprocalRank(
          CountScores(s.scores, [&](float score) { return score > first; }), tied);
    }
    s.ranked.Rank(s.scores, longest_, c.relevant);
    for (size_t j = 0; j < options_.ks.size(); ++j) {
      result_.at[j].users[index] =
          ExpectedRanking(s.ranked.groups, c.relevant.size(), options_.ks[j], discounts_);
      if (options_.sampled_negatives == 0) listed_[j].Add(index, s.ranked);
    }
    return nans;
  }

  void Summarise(size_t j) {
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
    if (options_.sampled_negatives == 0) at.lists = listed_[j].Summarise();
  }

  const Recommender& recommender_;
  const RankingTask& task_;
  const RankingOptions& options_;
  uint32_t longest_;
  Discounts discounts_;
  Novelty novelty_;
  RankingResult result_;
  std::vector<Listed> listed_;
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
