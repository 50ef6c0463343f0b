#include "evaluation/listed.h"

#include <algorithm>
#include <atomic>
#include <cmath>

namespace duomo::evaluation {
namespace {

constexpr double kUnit = 4294967296.0;  // 2^32
constexpr double kSurely = 40;          // e^−40 is nothing beside 1

void Increase(uint64_t& sum, uint64_t amount) {
  std::atomic_ref(sum).fetch_add(amount, std::memory_order_relaxed);
}

double MeanOf(const std::vector<double>& values) {
  double sum = 0, n = 0;
  for (double v : values) {
    if (std::isnan(v)) continue;
    sum += v;
    n += 1;
  }
  return n > 0 ? sum / n : 0;
}

}  // namespace

Novelty::Novelty(const RankingTask& t) : task(t) {
  double everyone = std::max(1u, task.training_users);
  for (uint32_t users : task.item_users) {
    of.push_back(-std::log2(std::max(users, 1u) / everyone));
    all_novelty += of.back();
    all_users += users;
  }
}

Listed::Listed(const Novelty& items, uint32_t k, size_t cases)
    : items_(items),
      k_(k),
      times_(items.of.size()),
      missed_(items.of.size()),
      novelty_(cases, NAN),
      popularity_(cases, NAN) {}

void Listed::Add(size_t index, const RankedRows& ranked) {
  double novelty = 0, popularity = 0;
  size_t at = 0;
  for (const TieGroup& group : ranked.groups) {
    if (at >= k_) break;
    double taken = static_cast<double>(std::min<uint64_t>(group.size, k_ - at));
    double share = taken / static_cast<double>(group.size);  // of the group's places
    double surprise = share < 1 ? std::min(kSurely, -std::log1p(-share)) : kSurely;
    auto once = static_cast<uint64_t>(share * kUnit);
    auto miss = static_cast<uint64_t>(surprise * kUnit);
    double group_novelty = 0, group_users = 0;
    auto count = [&](uint32_t item) {
      group_novelty += items_.of[item];
      group_users += items_.task.item_users[item];
    };
    if (at < ranked.above.size() || !ranked.last_is_the_rest) {
      bool last = at >= ranked.above.size();
      const uint32_t* rows = last ? ranked.last.data() : &ranked.above[at];
      for (size_t i = 0; i < group.size; ++i) {
        count(rows[i]);
        Increase(times_[rows[i]], once);
        Increase(missed_[rows[i]], miss);
      }
    } else {  // all, less the others: unsigned numbers come round again
      for (uint32_t item : ranked.last) {
        count(item);
        Increase(times_[item], -once);
        Increase(missed_[item], -miss);
      }
      Increase(times_of_all_, once);
      Increase(missed_of_all_, miss);
      group_novelty = items_.all_novelty - group_novelty;
      group_users = items_.all_users - group_users;
    }
    novelty += share * group_novelty;
    popularity += share * group_users;
    at += group.size;
  }
  if (at == 0) return;
  auto length = static_cast<double>(std::min<size_t>(at, k_));
  novelty_[index] = novelty / length;
  popularity_[index] = popularity / length;
}

ListMetrics Listed::Summarise() {
  for (uint64_t& times : times_) times += times_of_all_;
  for (uint64_t& missed : missed_) missed += missed_of_all_;
  std::sort(times_.begin(), times_.end());
  std::sort(missed_.begin(), missed_.end());
  auto items = static_cast<double>(times_.size());
  double total = 0, weighted = 0, present = 0;
  for (size_t i = 0; i < times_.size(); ++i) {
    double times = static_cast<double>(times_[i]) / kUnit;
    total += times;
    weighted += (2 * static_cast<double>(i + 1) - items - 1) * times;
    present -= std::expm1(-static_cast<double>(missed_[i]) / kUnit);
  }
  ListMetrics out;
  out.coverage = present / items;
  out.novelty = MeanOf(novelty_);
  out.popularity = MeanOf(popularity_);
  out.gini = total > 0 ? weighted / (items * total) : 0;
  return out;
}

}  // namespace duomo::evaluation
