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

bool Ascends(const std::vector<uint32_t>& list, uint32_t items) {
  for (size_t i = 0; i < list.size(); ++i) {
    if (list[i] >= items || (i > 0 && list[i - 1] >= list[i])) return false;
  }
  return true;
}

void CheckList(const RankingCase& c, const std::vector<uint32_t>& list, const char* what,
               uint32_t items) {
  if (Ascends(list, items)) return;
  Fail(Status::kInvalidArgument, "user row ", c.user, ": the ", what,
       " items must ascend and be below ", items);
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
  if (!Ascends(task.candidates, task.items)) {
    Fail(Status::kInvalidArgument, "the candidates must ascend and be below ", task.items);
  }
  for (const RankingCase& c : task.cases) {
    if (c.relevant.empty()) {
      Fail(Status::kInvalidArgument, "user row ", c.user, " has no relevant item");
    }
    CheckList(c, c.relevant, "relevant", task.items);
    CheckList(c, c.excluded, "excluded", task.items);
    for (uint32_t item : c.relevant) {
      if (!task.candidates.empty() && !Holds(task.candidates, item)) {
        Fail(Status::kInvalidArgument, "user row ", c.user, ": the relevant item row ", item,
             " is no candidate");
      }
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

// Of one thread.
struct Scratch {
  std::vector<float> block, tolerances;  // scores of several users
  std::vector<float> drawn, best;
  std::vector<uint32_t> users, rows;
  RankedRows ranked;
};

// So many users are scored at once that a thread's scores take some 8 MB.
size_t UsersAtOnce(uint32_t items) {
  return std::clamp<size_t>((size_t{2} << 20) / std::max(1u, items), 1, 64);
}

class Evaluation {
 public:
  Evaluation(const Recommender& recommender, const RankingTask& task, const RankingOptions& options)
      : recommender_(recommender),
        task_(task),
        options_(options),
        longest_(*std::max_element(options.ks.begin(), options.ks.end())),
        discounts_(std::max<size_t>(1, std::min<size_t>(longest_, task.items))),
        novelty_(task),
        lists_(options.sampled_negatives == 0 && task.candidates.empty()) {
    if (task.candidates.empty()) return;
    for (uint32_t item = 0; item < task.items; ++item) {
      if (!Holds(task.candidates, item)) others_.push_back(item);
    }
  }

  RankingResult Run(ThreadPool& pool) {
    size_t n = task_.cases.size();
    result_.reciprocal_ranks.resize(n);
    for (uint32_t k : options_.ks) {
      RankingAt& at = result_.at.emplace_back();
      at.k = k;
      at.users.resize(n);
      if (lists_) listed_.emplace_back(novelty_, k, n);
    }
    std::atomic<uint64_t> nans = 0;
    pool.Run([&](size_t worker) {
      Range range = Share(n, worker, pool.size());
      Scratch s;
      size_t most = std::min(UsersAtOnce(task_.items), range.size());
      s.block.resize(most * task_.items);
      for (size_t begin = range.begin; begin < range.end; begin += most) {
        size_t count = std::min(most, range.end - begin);
        s.users.clear();
        for (size_t i = 0; i < count; ++i) s.users.push_back(task_.cases[begin + i].user);
        s.tolerances.resize(count);
        std::span<float> scores = std::span(s.block).subspan(0, count * task_.items);
        recommender_.ScoreUsers(s.users, scores, s.tolerances);
        for (size_t i = 0; i < count; ++i) {
          nans += User(begin + i, scores.subspan(i * task_.items, task_.items), s.tolerances[i], s);
        }
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
  uint64_t User(size_t index, std::span<float> scores, float tolerance, Scratch& s) {
    const RankingCase& c = task_.cases[index];
    for (uint32_t item : c.excluded) scores[item] = kCannot;
    for (uint32_t item : others_) scores[item] = kCannot;
    uint64_t nans = CountScores(scores, [](float score) { return score != score; });
    if (nans > 0) {
      for (float& score : scores) {
        if (std::isnan(score)) score = std::numeric_limits<float>::lowest();
      }
    }
    if (options_.sampled_negatives > 0) {
      s.rows = c.relevant;
      AddNegatives(c, task_.items, options_, s.rows);
      s.drawn.assign(task_.items, kCannot);
      for (uint32_t item : s.rows) s.drawn[item] = scores[item];
      scores = s.drawn;
    }
    if (tolerance > 0) MakeExact(c, scores, tolerance, s);
    float first = BestOf(c.relevant, scores);
    if (first > kCannot) {
      TieGroup tied{CountScores(scores, [first](float score) { return score == first; }), 0};
      for (uint32_t item : c.relevant) tied.relevant += scores[item] == first ? 1 : 0;
      result_.reciprocal_ranks[index] = ExpectedReciprocalRank(
          CountScores(scores, [first](float score) { return score > first; }), tied);
    }
    s.ranked.Rank(scores, longest_, c.relevant);
    for (size_t j = 0; j < options_.ks.size(); ++j) {
      result_.at[j].users[index] =
          ExpectedRanking(s.ranked.groups, c.relevant.size(), options_.ks[j], discounts_);
      if (lists_) listed_[j].Add(index, s.ranked);
    }
    return nans;
  }

  static float BestOf(std::span<const uint32_t> rows, std::span<const float> scores) {
    float best = kCannot;
    for (uint32_t row : rows) best = std::max(best, scores[row]);
    return best;
  }

  // Replaces scores by exact ones wherever the difference could change a measure: near the k-th and
  // above, and near the best relevant one. All others stay on their side of those.
  void MakeExact(const RankingCase& c, std::span<float> scores, float tolerance, Scratch& s) const {
    auto replace = [&](uint32_t row) { scores[row] = recommender_.ScoreOf(c.user, row); };
    for (uint32_t row : c.relevant) {
      if (scores[row] > kCannot) replace(row);
    }
    double off = tolerance, kth = KthScore(scores, longest_, s.best);
    // The true k-th is no lower than kth − off, and what could reach that has at least kth − 2 off.
    float least = Below(kth - 2 * off);
    ForScores(
        scores, [least](float score) { return score >= least; }, replace);
    double first = BestOf(c.relevant, scores);
    float low = Below(first - off), high = -Below(-(first + off));
    // One condition after the other would not be tested many at once.
    ForScores(
        scores, [low, high](float score) { return (score >= low) & (score <= high); }, replace);
  }

  // A float that is not above the number, but above kCannot.
  static float Below(double number) {
    return std::max(std::nextafter(static_cast<float>(number), kCannot),
                    std::numeric_limits<float>::lowest());
  }

  void Summarise(size_t j) {
    RankingAt& at = result_.at[j];
    at.mean = MeanOf(at.users);
    if (lists_) at.lists = listed_[j].Summarise();
  }

  const Recommender& recommender_;
  const RankingTask& task_;
  const RankingOptions& options_;
  uint32_t longest_;
  Discounts discounts_;
  Novelty novelty_;
  bool lists_;                    // whether lists are looked at
  std::vector<uint32_t> others_;  // that do not compete
  RankingResult result_;
  std::vector<Listed> listed_;
};

}  // namespace

UserRanking MeanOf(std::span<const UserRanking> users) {
  UserRanking mean;
  for (const UserRanking& u : users) {
    mean.hit += u.hit;
    mean.ndcg += u.ndcg;
    mean.recall += u.recall;
    mean.precision += u.precision;
    mean.average_precision += u.average_precision;
  }
  auto n = static_cast<double>(users.size());
  for (double* m :
       {&mean.hit, &mean.ndcg, &mean.recall, &mean.precision, &mean.average_precision}) {
    *m /= n;
  }
  return mean;
}

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
