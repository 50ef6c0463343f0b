// The top of one user's ranking, with its ties, from which the metrics are computed. Depends on
// tied_ranking.h.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "evaluation/tied_ranking.h"

namespace duomo::evaluation {

// The number of scores that are tested together, before single scores are examined.
inline constexpr size_t kScoreBlock = 64;

// The number of scores that pass.
template <typename Test>
uint64_t CountScores(std::span<const float> scores, const Test& test) {
  uint32_t counts[kScoreBlock] = {};
  size_t at = 0;
  for (; at + kScoreBlock <= scores.size(); at += kScoreBlock) {
    const float* block = &scores[at];
    for (size_t i = 0; i < kScoreBlock; ++i) counts[i] += test(block[i]) ? 1u : 0u;
  }
  uint64_t count = 0;
  for (; at < scores.size(); ++at) count += test(scores[at]) ? 1u : 0u;
  for (uint32_t c : counts) count += c;
  return count;
}

// Calls use(row) for each row whose score passes, ascending; most should not. `use` may change the
// scores of rows up to its own.
template <typename Test, typename Use>
void ForScores(std::span<const float> scores, const Test& test, const Use& use) {
  size_t row = 0;
  for (; row + kScoreBlock <= scores.size(); row += kScoreBlock) {
    const float* block = &scores[row];
    uint32_t any = 0;
    for (size_t i = 0; i < kScoreBlock; ++i) any |= test(block[i]) ? 1u : 0u;
    if (any == 0) continue;
    for (size_t i = 0; i < kScoreBlock; ++i) {
      if (test(block[i])) use(static_cast<uint32_t>(row + i));
    }
  }
  for (; row < scores.size(); ++row) {
    if (test(scores[row])) use(static_cast<uint32_t>(row));
  }
}

// The k-th highest score; kCannot where there are fewer. `best` is scratch.
float KthScore(std::span<const float> scores, size_t k, std::vector<float>& best);

// The k best rows in groups of equal scores. The group that holds the k-th is the last one and
// complete, so that it may reach far beyond; rows of score kCannot are in none.
struct RankedRows {
  std::vector<uint32_t> above;    // rows of all groups but the last, best first
  std::vector<TieGroup> groups;   // with the last; empty where nothing can be recommended
  std::vector<uint32_t> last;     // rows of the last group or, where that is most of the
  bool last_is_the_rest = false;  // catalogue, all the other rows

  // `relevant` ascends. Scores must be numbers.
  void Rank(std::span<const float> scores, size_t k, std::span<const uint32_t> relevant);

 private:
  std::vector<float> best_;  // scratch
};

}  // namespace duomo::evaluation
