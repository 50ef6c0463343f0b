#include "evaluation/tied_ranking.h"

#include <algorithm>
#include <cmath>

namespace duomo::evaluation {
namespace {

// The chance that none of the `relevant` of a group is among its first `taken` places.
double NoneTaken(const TieGroup& group, uint64_t taken) {
  if (taken > group.size - group.relevant) return 0;
  double none = 1;
  for (uint64_t i = 0; i < group.relevant; ++i) {
    none *= static_cast<double>(group.size - taken - i) / static_cast<double>(group.size - i);
  }
  return none;
}

}  // namespace

Discounts::Discounts(size_t n) : at(n + 1), sum(n + 1) {
  for (size_t rank = 1; rank <= n; ++rank) {
    at[rank] = 1 / std::log2(static_cast<double>(rank) + 1);
    sum[rank] = sum[rank - 1] + at[rank];
  }
}

UserRanking ExpectedRanking(std::span<const TieGroup> groups, size_t relevant, uint32_t k,
                            const Discounts& discounts) {
  double hits = 0, none = 1, gain = 0, precisions = 0;
  uint64_t before = 0;  // items ahead of the group
  for (const TieGroup& group : groups) {
    if (before >= k) break;
    uint64_t taken = std::min<uint64_t>(group.size, k - before);
    if (group.relevant > 0) {
      double share = static_cast<double>(group.relevant) / static_cast<double>(group.size);
      // Given that a place holds a relevant item, each earlier place of the group holds one of the
      // others with this chance.
      double other = group.size > 1 ? static_cast<double>(group.relevant - 1) /
                                          static_cast<double>(group.size - 1)
                                    : 0;
      for (uint64_t i = 0; i < taken; ++i) {
        auto rank = static_cast<size_t>(before + i + 1);
        gain += share * discounts.at[rank];
        precisions +=
            share * (hits + 1 + static_cast<double>(i) * other) / static_cast<double>(rank);
      }
      none *= NoneTaken(group, taken);
      hits += taken == group.size ? static_cast<double>(group.relevant)
                                  : share * static_cast<double>(taken);
    }
    before += group.size;
  }
  size_t best = std::min<size_t>(relevant, k);
  UserRanking out;
  out.hit = 1 - none;
  out.ndcg = gain / discounts.sum[best];
  out.recall = hits / static_cast<double>(relevant);
  out.precision = hits / k;
  out.average_precision = precisions / static_cast<double>(best);
  return out;
}

double ExpectedReciprocalRank(uint64_t ahead, const TieGroup& group) {
  // The chance that the first relevant one has place i, from the chance of place i − 1.
  double chance = static_cast<double>(group.relevant) / static_cast<double>(group.size), sum = 0;
  for (uint64_t i = 1; i <= group.size - group.relevant + 1; ++i) {
    sum += chance / static_cast<double>(ahead + i);
    if (i == group.size) break;
    chance *= static_cast<double>(group.size - i - (group.relevant - 1)) /
              static_cast<double>(group.size - i);
    if (chance < 1e-18) break;  // what is left changes no bit
  }
  return sum;
}

}  // namespace duomo::evaluation
