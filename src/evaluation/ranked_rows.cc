#include "evaluation/ranked_rows.h"

#include <algorithm>
#include <functional>

namespace duomo::evaluation {
float KthScore(std::span<const float> scores, size_t k, std::vector<float>& best) {
  // The best so far. Their least rises quickly, and then hardly any score passes it.
  size_t room = std::max<size_t>(256, 2 * k);
  float least = kCannot;
  best.clear();
  auto cut = [&] {
    auto kth = best.begin() + static_cast<std::ptrdiff_t>(k - 1);
    std::nth_element(best.begin(), kth, best.end(), std::greater<>());
    least = *kth;
    best.resize(k);
  };
  ForScores(
      scores, [&](float score) { return score > least; },
      [&](uint32_t row) {
        best.push_back(scores[row]);
        if (best.size() == room) cut();
      });
  if (best.size() >= k) cut();
  return least;
}

void RankedRows::Rank(std::span<const float> scores, size_t k, std::span<const uint32_t> relevant) {
  above.clear();
  groups.clear();
  last.clear();
  last_is_the_rest = false;
  float least = KthScore(scores, k, best_);
  auto gather = [&](const auto& test, std::vector<uint32_t>& rows) {
    ForScores(scores, test, [&](uint32_t row) { rows.push_back(row); });
  };
  gather([least](float score) { return score > least; }, above);
  std::sort(above.begin(), above.end(), [&](uint32_t a, uint32_t b) {
    return scores[a] != scores[b] ? scores[a] > scores[b] : a < b;
  });
  for (size_t i = 0; i < above.size(); ++i) {
    if (i == 0 || scores[above[i]] != scores[above[i - 1]]) groups.push_back({0, 0});
    ++groups.back().size;
    bool hit = std::binary_search(relevant.begin(), relevant.end(), above[i]);
    groups.back().relevant += hit ? 1 : 0;
  }
  if (least == kCannot) return;
  TieGroup tied{CountScores(scores, [least](float score) { return score == least; }), 0};
  for (uint32_t row : relevant) tied.relevant += scores[row] == least ? 1 : 0;
  groups.push_back(tied);
  last_is_the_rest = 2 * tied.size > scores.size();
  if (last_is_the_rest) {
    gather([least](float score) { return score != least; }, last);
  } else {
    gather([least](float score) { return score == least; }, last);
  }
}

}  // namespace duomo::evaluation
